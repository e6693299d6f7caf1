"""Every rule a pack is held to: what it is about, what mends it, and whether it stops a promotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "advice"]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        title: what is wrong where it is broken.
        hint: what mends it.
        severity: an ``error`` stops the pack from being promoted.
        form: without it the pack cannot be read at all.
    """

    title: str
    hint: str
    severity: Severity = "error"
    form: bool = False


def _form(title: str, hint: str) -> Rule:
    return Rule(title, hint, form=True)


def _advice(title: str, hint: str) -> Rule:
    return Rule(title, hint, "advice")


RULES: Mapping[str, Rule] = {
    "pack.file.missing": _form("A file is missing", "Every pack has a pack.md with its front matter."),
    "pack.file.unknown": _form("A file belongs to nothing", "Declare its variant and language, move it to parts/, or remove it."),
    "pack.file.link": _form("A file is a link", "Copy the file: a pack holds files, so that its hash covers what is read."),
    "pack.file.encoding": _form("A file is no text", "Save it as UTF-8."),
    "pack.file.size": _form("A file is too large", "Shorten it; nobody reviews a text of that size."),
    "pack.folder": _form("Folder and front matter differ", "Call the folder NAME/VERSION as pack.md says."),
    "pack.front_matter": _form("No front matter", "Begin the file with YAML between two lines of '---'; each key once."),
    "pack.key.unknown": _form("An unknown key", "docs/packs.md lists the keys; correct its spelling or remove it."),
    "pack.key.missing": _form("A key is missing", "Add it; docs/packs.md says what it holds."),
    "pack.value": _form("A value does not fit", "docs/packs.md says what the key holds."),
    "pack.name": _form("The name does not fit", "Use lower-case letters, digits and hyphens."),
    "pack.version": _form("The version does not fit", "Use three numbers, such as 1.0.0."),
    "pack.format": _form("The format is too low", "Write 'format: 2' in pack.md."),
    "pack.template.missing": _form("A template is missing", "Add VARIANT.LANGUAGE.md, or remove variant or language."),
    "pack.template.empty": _form("A template is empty", "Write the mail below the front matter."),
    "pack.template.syntax": _form("A placeholder is broken", "Write it as {{ name }}."),
    "pack.template.expression": _form("A placeholder holds more than a name", "Templates merge plain names; nothing is run."),
    "pack.variable.undeclared": _form("An unknown variable", "Declare it under 'variables', or correct its spelling."),
    "pack.variable.unused": _form("A variable nobody uses", "Remove it, or write it where it belongs."),
    "pack.variable.optional": _form("An optional variable in a template", "Put it in a phrase that has a fallback."),
    "pack.phrase.unused": _form("A phrase nobody uses", "Remove it, or write it in a template."),
    "pack.phrase.needless": _form("A phrase that never falls back", "Write it in the template."),
    "pack.phrase.nested": _form("A phrase in a phrase", "Phrases stand in templates and frames only."),
    "pack.name.twice": _form("A name stands for two things", "Rename the phrase or the variable."),
    "pack.language.missing": _form("A language is missing", "Write it in every language of the pack."),
    "pack.language.unknown": _form("A language the pack does not speak", "Add it to 'languages', or remove the text."),
    "pack.frame.body": _form("A frame without a text", "Say where the text stands: {{ body }}."),
    "pack.footer.postal_address": _form("No postal address", "Show a variable whose source is sender.postal_address."),
    "part.empty": _form("An empty part", "Write the text below the front matter, or remove the file."),
    "part.name": _form("A part with an odd name", "Call it parts/NAME.md, parts/NAME.LANGUAGE.md or examples/NAME.LANGUAGE.md."),
    "compiled.json": _form("A compiled state that is no JSON", "Let the optimiser write it again."),
    "compiled.shape": _form("A compiled state of another shape", "docs/packs.md shows its keys."),
    "footer.opt_out": Rule("No opt-out line", "Say in the footer how to stop the mails: reply “unsubscribe”, «отписаться»."),
    "footer.identity": Rule("Nobody signs", "Show a variable whose source is sender.name below the mail or in the frame."),
    "frame.missing": Rule("No frame", "Add 'frame': what stands around a text that a model writes, in each language."),
    "limits.missing": Rule("Unbounded length", "Set limits.subject_characters and limits.body_words in pack.md."),
    "limits.template": Rule("A template breaks its own limits", "Cut it, or raise the limit if you mean it."),
    "limits.sentence": _advice("A long sentence", "Break it in two; people read mail on a telephone."),
    "text.spam": Rule("A phrase of spam", "Say what you mean in plain words; filters and people know this phrase."),
    "text.cliche": _advice("A phrase everybody writes", "Remove it: the mail says the same without it."),
    "text.shouting": Rule("Shouting", "Write words in small letters and end with one mark."),
    "text.mixed_alphabet": Rule("A word in two alphabets", "Type it again in one: filters take look-alike letters for fraud."),
    "text.language": Rule("Another language than declared", "Write it in the language of its file."),
    "text.gender": Rule("A guess who is a man or a woman", "Say it without a past tense or a title: «пишу», «вам», «было бы»."),
    "text.unfinished": Rule("Unfinished text", "Write what belongs there, or remove it."),
    "link.unknown": Rule("A link that is not allowed", "Add it to 'links' in pack.md, or remove it."),
    "claim.no_evidence": Rule("A claim without evidence", "Put it in a variable that campaign or fact fills, or remove it."),
    "part.missing": Rule("An instruction is missing", "Add the stage's part: without it no model can write by the pack."),
    "part.unknown": Rule("A part nobody reads", "Use a stage, 'tone' or 'variant-NAME'; remove it otherwise."),
    "part.language": Rule("A part in one language only", "Write it in every language, or as NAME.md for all."),
    "part.unbounded": Rule("An answer of any length", "Set limits.answer_tokens in the part."),
    "part.long": _advice("Long instructions", "Cut them: a model forgets the middle, and every call pays for them."),
    "part.placeholder": Rule("A placeholder in instructions", "Name the input in backticks; values reach a model as data only."),
    "part.input.missing": Rule("An input the stage needs", "Declare it under 'inputs' and say in the text what it is for."),
    "part.input.unknown": Rule("An input the stage does not have", "docs/packs.md lists the inputs of each stage."),
    "part.input.unused": Rule("An input the text never names", "Say in backticks what it is for, or remove it."),
    "part.output.missing": Rule("An output the stage needs", "Declare it under 'outputs'."),
    "part.output.unknown": Rule("An output the stage does not have", "docs/packs.md lists the outputs of each stage."),
    "part.variant": Rule("A part of an unknown variant", "Name a variant of pack.md."),
    "example.claim": Rule("A claim of an example rests on nothing", "Its words stand in the mail, its ids among the evidence."),
    "example.limits": Rule("A good example that breaks the limits", "Cut it: a model copies what it is shown."),
    "example.variant": Rule("An example of an unknown variant", "Name a variant of pack.md."),
    "example.points": Rule("An example that scores another rubric", "Score every point of the rubric, and no other."),
    "example.missing": _advice("No example", "Add one good example a language: it teaches more than a rule."),
    "rubric.weights": Rule("Weights that do not add up", "Those of quality add up to 1; the gravest point of risk weighs 1."),
    "rubric.anchors": Rule("A point without anchors", "Say what 0 and 10 look like, or scores drift."),
    "compiled.address": Rule("An address in the compiled state", "Mask what was learned from real mail before it is kept."),
    "compiled.secret": Rule("A key in the compiled state", "Save the state without the model's settings."),
    "version.order": Rule("Not a later version", "A version is higher than the one it is based on."),
    "version.step": Rule("Too small a step", "Raise the first number where something goes, the second where something comes."),
    "version.same": _advice("Nothing changed", "Remove the version, or make the change."),
}  # fmt: skip
"""By id. Those of ``form`` keep a pack from being read; the rest are what ``gtm pack lint`` looks for."""

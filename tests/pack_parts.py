"""A small pack with everything a pack may have, that breaks no rule."""

from __future__ import annotations

MANIFEST = """---
format: 2
pack: tiny
version: 1.1.0
based_on: 1.0.0
title: Tiny
languages: [en, ru]
variants:
  one: {title: One}
variables:
  first_name: {source: contact.first_name, required: false}
  company: {source: company.short_name}
  sender: {source: sender.name}
  postal: {source: sender.postal_address}
phrases:
  greeting:
    en: {text: "Hi {{ first_name }},", fallback: "Hello,"}
    ru: {text: "Здравствуйте, {{ first_name }}!", fallback: "Здравствуйте!"}
frame:
  en: "{{ greeting }} {{ body }} {{ sender }}"
  ru: "{{ greeting }} {{ body }} {{ sender }}"
footer:
  en: {text: "{{ postal }}", opt_out: Reply stop and it ends.}
  ru: {text: "{{ postal }}", opt_out: Ответьте «стоп».}
limits: {subject_characters: 60, body_words: 40, sentence_words: 15}
links: ["https://tiny.example/"]
---
Notes.
"""
TEMPLATES = {
    "one.en.md": "---\nsubject: About {{ company }}\n---\n{{ greeting }}\n\nA line for {{ company }}.\n\n{{ sender }}\n",
    "one.ru.md": "---\nsubject: О компании {{ company }}\n---\n{{ greeting }}\n\nСтрока для вас.\n\n{{ sender }}\n",
}
PLAN = """---
purpose: Plan.
inputs: [recipient, evidence, offer]
outputs: [angle, evidence_ids, call_to_action]
limits: {answer_tokens: 200}
---
From `evidence` and `offer` choose what matters to `recipient`.
"""
WRITE = """---
purpose: Write.
inputs: [recipient, evidence, offer, plan, language]
outputs: [subject, body, claims]
limits: {answer_tokens: 400}
---
Write to `recipient` in `language` by `plan`, from `evidence` and `offer` alone.
"""
REFINE = """---
purpose: Mend.
inputs: [draft, evidence, findings, language]
outputs: [subject, body, claims]
limits: {answer_tokens: 400}
---
Mend `draft` in `language` where `findings` say so, by `evidence`.
"""
TONE_EN = "---\npurpose: Tone.\n---\nPlain.\n"
TONE_RU = "---\npurpose: Тон.\n---\nПросто.\n"
EXAMPLE_EN = """---
shows: A fact and a question.
subject: The move of Acme
evidence: {"fact:1": Acme moved to Bremen.}
claims: [{text: you moved to Bremen, evidence: ["fact:1"]}]
---
Since you moved to Bremen, who reads your old mail?
"""
EXAMPLE_RU = """---
shows: Факт и вопрос.
subject: Переезд
evidence: {"fact:1": Компания переехала.}
claims: [{text: вы переехали, evidence: ["fact:1"]}]
---
Теперь, когда вы переехали, кто читает старую почту?
"""
FILES = TEMPLATES | {
    "pack.md": MANIFEST,
    "parts/plan.md": PLAN,
    "parts/write.md": WRITE,
    "parts/refine.md": REFINE,
    "parts/tone.en.md": TONE_EN,
    "parts/tone.ru.md": TONE_RU,
    "examples/move.en.md": EXAMPLE_EN,
    "examples/move.ru.md": EXAMPLE_RU,
    "compiled.json": '{"format": 1, "programs": {"draft": {"write": {"demos": []}}}}',
}
JUDGE = {
    "pack.md": """---
format: 2
kind: judge
pack: small-judge
version: 1.0.0
title: Judge
languages: [en]
rubric:
  clear: {measures: quality, weight: 0.6, question: Is it clear, anchors: {0: no, 10: yes}}
  true: {measures: quality, weight: 0.4, question: Is it true, anchors: {0: no, 10: yes}}
  invented: {measures: risk, weight: 1.0, question: Is it invented, anchors: {0: no, 10: yes}}
  rude: {measures: risk, weight: 0.5, question: Is it rude, anchors: {0: no, 10: yes}}
---
""".replace("  true:", "  honest:").replace("0: no, 10: yes", "0: 'no', 10: 'yes'"),
    "parts/judge.md": """---
purpose: Judge.
role: judge
inputs: [subject, body, evidence, findings, language]
outputs: [points, reasons]
limits: {answer_tokens: 400}
---
Score `subject` and `body` in `language` by `evidence` and `findings`.
""",
    "examples/fair.en.md": """---
shows: A middling mail.
subject: Hello
points: {clear: 5, honest: 5, invented: 0, rude: 0}
reasons: {clear: It says little.}
---
A line.
""",
}


def changed(path: str, old: str, new: str, files: dict[str, str] = FILES) -> dict[str, str]:
    """Return the pack with one text changed."""
    assert old in files[path], (path, old)
    return files | {path: files[path].replace(old, new)}


def without(*paths: str) -> dict[str, str]:
    """Return the pack without some of its files."""
    return {path: text for path, text in FILES.items() if path not in paths}

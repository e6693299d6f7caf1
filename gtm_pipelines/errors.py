"""Errors by what a person or a program should do about them.

The type says how to recover, the text names the next step. Each face maps a
type once: exit code, HTTP status, Dagster ``Failure(allow_retries=...)``.
Nothing here knows about a stage; a stage that needs a finer type derives it in
its own ``model.py``.
"""

from __future__ import annotations


class GtmError(Exception):
    """Root of every error the workbench raises on purpose.

    Attributes:
        code: stable name for programs and tests.
        exit_code: what a command exits with.
        retriable: whether trying again without a change can help.
    """

    code = "error"
    exit_code = 1
    retriable = False


class SettingsError(GtmError):
    """The configuration is wrong or incomplete. Fix ``gtm.toml`` or the environment."""

    code = "settings"
    exit_code = 78


class InputError(GtmError):
    """What the caller gave cannot be used. Fix the file, the filter or the argument."""

    code = "input"
    exit_code = 65


class NotFoundError(InputError):
    """The named thing is not in the record."""

    code = "not_found"
    exit_code = 66


class ConflictError(GtmError):
    """Somebody else changed the thing meanwhile. Look at it again, then repeat."""

    code = "conflict"
    exit_code = 75


class PolicyError(GtmError):
    """A rule forbids the action. ``rule`` names it; retrying never helps.

    Args:
        rule: stable id of the rule, such as ``approval.missing``.
        message: what was refused and what would make it allowed.
    """

    code = "policy"
    exit_code = 77

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class TransientError(GtmError):
    """Something outside did not answer in time. Trying again later may help."""

    code = "transient"
    exit_code = 75
    retriable = True


class PermanentError(GtmError):
    """Something outside refused for good. Trying again does not help."""

    code = "permanent"
    exit_code = 69

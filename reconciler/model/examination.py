"""What `doctor` finds out about targets."""

import msgspec

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.project import Target


class Finding(msgspec.Struct, frozen=True):
    """One thing that is so of a target. Where something should be done, `advice` says what."""

    about: str
    value: str
    advice: str | None = None


class Examination(msgspec.Struct, frozen=True):
    """What is found out about one target, and why not more."""

    target: Target
    findings: tuple[Finding, ...]
    problems: tuple[Diagnostic, ...] = ()

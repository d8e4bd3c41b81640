"""What `doctor` finds out about targets."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from reconciler.model.diagnostic import Diagnostic, has_errors
from reconciler.model.objects import Listing
from reconciler.model.project import Target


class Finding(msgspec.Struct, frozen=True):
    """One thing that is so of a target. Where something should be done, `advice` says what."""

    about: str
    value: str
    advice: str | None = None


class Examined(msgspec.Struct, frozen=True):
    """What a system found out about a target. `listings` are as much of them as was read for that, to hold what the
    files ask against: one with a problem could not be read, and of the others the objects may be missing where the
    system's `fit` says nothing for want of them."""

    findings: tuple[Finding, ...]
    listings: Mapping[str, Listing] = {}


class Condition(StrEnum):
    """How a target is, the worst first."""

    UNSEEN = "not_examined"
    ERRORS = "errors"  # a plan would complain of it
    ADVICE = "advice"
    WELL = "in_order"


class Examination(msgspec.Struct, frozen=True):
    """What is found out about one target. `problems` say why not more; `complaints` are what a plan would say: what the
    files ask for and it can't do, and what can't be read of what it shall hold."""

    target: Target
    findings: tuple[Finding, ...]
    problems: tuple[Diagnostic, ...] = ()
    complaints: tuple[Diagnostic, ...] = ()

    @property
    def condition(self) -> Condition:
        if self.problems:
            return Condition.UNSEEN
        if has_errors(self.complaints):
            return Condition.ERRORS
        advised = any(finding.advice is not None for finding in self.findings)
        return Condition.ADVICE if advised or self.complaints else Condition.WELL

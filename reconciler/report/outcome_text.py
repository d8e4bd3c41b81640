"""What became of a plan: the closing summary of an apply, as text and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import UNREAD, Diagnostic, in_order
from reconciler.model.outcome import Outcome, Status, Unchecked
from reconciler.model.plan import Action, Change, Plan, Reason
from reconciler.model.words import printable
from reconciler.report.alike import names_of
from reconciler.report.change_text import row, row_lines
from reconciler.report.diagnostics import body_lines, diagnostics_document, heading
from reconciler.report.plan_parts import amiss, owners
from reconciler.report.text import counted, listed, paint, prose

_TARGETS_SHOWN = 20  # of more it is said only what was not wholly done
_SKIPPED_SHOWN = 20  # they follow from failures, which are all shown
_DID = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}


class Result(msgspec.Struct, frozen=True):
    """One change and what became of it. A change without an outcome was never begun: it is skipped."""

    change: Change
    outcome: Outcome

    @property
    def status(self) -> Status:
        return self.outcome.status


def results(plan: Plan, outcomes: Iterable[Outcome]) -> list[Result]:
    """Every change of the plan with its outcome, in the plan's order. Adoptions and forgetting make no call, so they
    are here only when the outcomes have them."""
    by_address: Mapping[Address, Outcome] = {outcome.address: outcome for outcome in outcomes}
    return [
        Result(change, by_address.get(change.address, Outcome(address=change.address, status=Status.SKIPPED)))
        for change in plan.changes()
        if change.action is not Action.NOOP or change.address in by_address
    ]


def render_outcomes(
    plan: Plan,
    outcomes: Iterable[Outcome],
    verified: bool | None,
    problems: Sequence[Diagnostic],
    unchecked: Sequence[Unchecked] = (),
    *,
    color: bool,
) -> str:
    """The summary after an apply; it ends with a newline.

    `verified`: True when the targets were read again and hold what was written; False when they were read, or should
    have been, and do not or could not tell; None when it was not tried. `problems` are all diagnostics that belong to
    no outcome: values that read back differently, targets that could not be reached, an interruption. `unchecked` is
    what was written and can't be read back.
    """
    all_of_them = results(plan, outcomes)
    blocks = [
        _section(all_of_them, Status.UNKNOWN, "Outcome not known", color),
        _section(all_of_them, Status.FAILED, "Failed", color),
        _section(all_of_them, Status.SKIPPED, "Skipped, never sent", color),
        *([heading(problem, color=color), *body_lines(problem)] for problem in problems),
        _by_target(plan, all_of_them),
        _unread(plan, color),
        _closing(all_of_them, verified, problems, unchecked, color),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _section(all_of_them: Iterable[Result], status: Status, title: str, color: bool) -> list[str]:
    these = [result for result in all_of_them if result.status is status]
    if not these:
        return []
    shown = these[:_SKIPPED_SHOWN] if status is Status.SKIPPED else these
    rows = [row(result.change)._replace(name=printable(str(result.change.address)), why="") for result in shown]
    lines = [paint(f"{title} ({len(these):,}):", "warning" if status is Status.SKIPPED else "error", color)]
    for result, line in zip(shown, row_lines(rows, color), strict=True):
        lines.append("  " + line)
        diagnostic = result.outcome.diagnostic
        if diagnostic is not None:
            code = "" if status is Status.SKIPPED else f" ({diagnostic.code})"
            lines += prose(diagnostic.detail + code, "      ")
    if len(these) > len(shown):
        lines.append(f"  … and {len(these) - len(shown):,} more; --json has them all.")
    return lines


def _by_target(plan: Plan, all_of_them: Sequence[Result]) -> list[str]:
    """What was done on each target, when there are several."""
    of_target = _of_targets(all_of_them)
    parts = [(part.target, of_target[part.target]) for part in plan.targets if part.target in of_target]
    if len(parts) <= _TARGETS_SHOWN:
        lines = [f"{printable(name)}: {_tally(these)}" for name, these in parts]
        return lines if len(lines) > 1 else []
    short = [(name, these) for name, these in parts if any(each.status is not Status.DONE for each in these)]
    whole = len(parts) - len(short)
    lines = [f"{printable(name)}: {_tally(these)}" for name, these in short]
    return [*lines, *([f"{counted(whole, 'target')}: everything done"] if whole else [])]


def _unread(plan: Plan, color: bool) -> list[str]:
    """The targets that were not read or left out, so that the closing line is not taken for the whole."""
    wrong = amiss(plan, lambda names: listed(names_of(names, _TARGETS_SHOWN)))
    if not wrong:
        return []
    said = f"Incomplete: {wrong}, so not all that the files ask for was applied."
    return [paint(line, "error", color) for line in prose(said, "")]


def _of_targets(all_of_them: Iterable[Result]) -> dict[str, list[Result]]:
    """The results of each target that has any."""
    found: dict[str, list[Result]] = {}
    for each in all_of_them:
        found.setdefault(each.change.address.target, []).append(each)
    return found


def tally(all_of_them: Iterable[Result]) -> dict[Status, int]:
    """How many outcomes of each status, adoptions and forgetting included."""
    numbers = dict.fromkeys(Status, 0)
    for result in all_of_them:
        numbers[result.status] += 1
    return numbers


def _tally(all_of_them: Iterable[Result]) -> str:
    """`3 done, 1 failed`"""
    words = {Status.UNKNOWN: "with an unknown outcome"}
    numbers = tally(all_of_them)
    return ", ".join(f"{number:,} {words.get(status, status)}" for status, number in numbers.items() if number)


def _closing(
    all_of_them: Sequence[Result],
    verified: bool | None,
    problems: Sequence[Diagnostic],
    unchecked: Sequence[Unchecked],
    color: bool,
) -> list[str]:
    calls = [result for result in all_of_them if result.change.action is not Action.NOOP]
    numbers = tally(calls)
    done = numbers[Status.DONE]
    if not all_of_them:
        first = "Nothing had to be applied."
    elif done == len(calls):
        title = paint("Applied:", "good" if verified is not False and not problems else "warning", color)
        first = f"{title} {_did(all_of_them)}."
    else:
        title = "Applied in part:" if done else "Nothing was applied:"
        if not done and numbers[Status.UNKNOWN]:
            title = "Nothing is known to be applied:"
        first = f"{paint(title, 'error', color)} of {counted(len(calls), 'change')} {_tally(calls)}."
    advice = _advice(numbers)
    return [first, *prose(_verdict(verified, done, problems, unchecked), ""), *prose(advice, "")]


def _did(all_of_them: Iterable[Result]) -> str:
    """`3 created, 1 deleted; 5 adopted`: of what is done."""
    numbers: dict[str, int] = dict.fromkeys(("created", "updated", "deleted", "adopted", "forgotten"), 0)
    for result in all_of_them:
        if result.status is Status.DONE:
            quiet = "forgotten" if result.change.reason is Reason.REMOVED else "adopted"
            numbers[_DID.get(result.change.action, quiet)] += 1
    calls = [f"{number:,} {word}" for word, number in numbers.items() if number and word in _DID.values()]
    quiet_ones = [f"{number:,} {word}" for word, number in numbers.items() if number and word not in _DID.values()]
    return "; ".join(filter(None, (", ".join(calls), ", ".join(quiet_ones))))


def _verdict(verified: bool | None, done: int, problems: Sequence[Diagnostic], unchecked: Sequence[Unchecked]) -> str:
    """Whether what was written is what the targets hold; "verified" is said only when it is, and of that only."""
    if verified and unchecked:
        return f"Verified, but for what can't be read back: {', '.join(map(_named, unchecked))}."
    if verified:
        return "Verified: the targets were read again and hold what was written."
    differing = sum(problem.code == "RC0703" for problem in problems)
    if differing:
        lost = ", and not all targets could be read again" if any(each.code in UNREAD for each in problems) else ""
        return (
            f"Not verified: {counted(differing, 'value reads', 'values read')} back differently, as said above{lost}."
        )
    if verified is False:
        return "Not verified: the targets could not be read again, so whether they hold what was written is open."
    return "Not verified: the targets were not read again." if done else ""


def _named(each: Unchecked) -> str:
    """`photo of 3 employees`, `the deletion of 1 vehicle`"""
    return f"{each.path or 'the deletion'} of {owners(each.kind, each.objects)}"


def _advice(numbers: Mapping[Status, int]) -> str:
    """What to do next; "" when nothing is left."""
    again = "run apply again: it does what is left and repeats nothing that is done."
    sentences = []
    if numbers[Status.UNKNOWN]:
        sentences.append("What is not known is looked up by its key on the target before anything is sent again.")
    if numbers[Status.FAILED]:
        return " ".join([f"Mend what failed, then {again}", *sentences])
    if numbers[Status.SKIPPED] or sentences:
        return " ".join([again.capitalize(), *sentences])
    return ""


def outcomes_document(
    plan: Plan,
    outcomes: Iterable[Outcome],
    verified: bool | None,
    problems: Sequence[Diagnostic],
    unchecked: Sequence[Unchecked] = (),
) -> dict[str, Any]:
    """What became of the plan as plain JSON values: totals, each target's totals, every change, all diagnostics."""
    all_of_them = results(plan, outcomes)
    of_target = _of_targets(all_of_them)
    own = [result.outcome.diagnostic for result in all_of_them if result.outcome.diagnostic]
    return {
        "project": plan.project,
        "complete": plan.complete,
        "verified": verified,
        "unchecked": [msgspec.structs.asdict(each) for each in unchecked],
        "summary": _numbers(all_of_them),
        "targets": {part.target: _numbers(of_target.get(part.target, [])) for part in plan.targets},
        "outcomes": [_entry(result) for result in all_of_them],
        "diagnostics": diagnostics_document(in_order([*own, *problems])),
    }


def _numbers(all_of_them: Iterable[Result]) -> dict[str, int]:
    return {status.value: number for status, number in tally(all_of_them).items()}


def _entry(result: Result) -> dict[str, Any]:
    diagnostic = result.outcome.diagnostic
    return {
        "address": str(result.change.address),
        "action": result.change.action.value,
        "status": result.status.value,
        "id": result.outcome.id if result.outcome.id is not None else result.change.id,
        "diagnostic": diagnostics_document([diagnostic])[0] if diagnostic else None,
    }

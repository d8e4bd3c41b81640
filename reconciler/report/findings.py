"""What `doctor` found, as text and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.examination import Condition, Examination, Finding
from reconciler.model.words import printable, storable
from reconciler.report.alike import nameless, names_of
from reconciler.report.diagnostics import diagnostics_document, heading
from reconciler.report.text import counted, listed, pad, paint, prose, width

_FEW = 8  # of so many targets all is shown
_IN_FULL = 20  # of more, so many of those with errors, where no other is alike
_ALIKE_SHOWN = 5  # diagnostics of one target with one code
_NAMES_SHOWN = 20
_ODD_NAMES_SHOWN = 5
_ODD_SHOWN = 3  # values of one thing besides what most targets say
_WORDS: Mapping[Condition, tuple[str, str]] = {
    Condition.UNSEEN: ("not examined", "error"),
    Condition.ERRORS: ("with errors", "error"),
    Condition.ADVICE: ("with advice", "warning"),
    Condition.WELL: ("in order", "good"),
}
_RANKS = list(Condition)
_FITS = "The project asks nothing that it can't do."


def render_examinations(examinations: Sequence[Examination], *, color: bool, everything: bool = False) -> str:
    """The targets, the worst first, and a line that counts them. Of many, unless `everything` is wanted, those that are
    alike are told together."""
    ranked = sorted(examinations, key=lambda each: _RANKS.index(each.condition))
    if everything or len(ranked) <= _FEW:
        blocks = [_target(each, color, everything) for each in ranked]
    else:
        blocks = _many(ranked, color)
    return "\n\n".join("\n".join(block) for block in [*blocks, [_counts(ranked, color)]]) + "\n"


def _counts(ranked: Sequence[Examination], color: bool) -> str:
    """`12 targets: 1 not examined, 11 in order.`"""
    numbers = count_conditions(ranked)
    told = ", ".join(
        paint(f"{numbers[each]:,} {word}", tone, color) for each, (word, tone) in _WORDS.items() if numbers[each]
    )
    return f"{counted(len(ranked), 'target')}: {told}."


def count_conditions(examinations: Iterable[Examination]) -> dict[Condition, int]:
    conditions = [each.condition for each in examinations]
    return {condition: conditions.count(condition) for condition in Condition}


def _target(each: Examination, color: bool, everything: bool) -> list[str]:
    """All of one target."""
    lines = [_title(each, color), *_findings(each.findings, color)]
    lines += _diagnostics((*each.problems, *each.complaints), color, everything)
    return lines if each.problems or each.complaints else [*lines, f"  {_FITS}"]


def _title(each: Examination, color: bool) -> str:
    target = each.target
    return f"{paint(printable(target.name), 'strong', color)} ({printable(target.system)}, {printable(target.url)})"


def _findings(findings: Sequence[Finding], color: bool) -> list[str]:
    column = max((width(printable(finding.about)) for finding in findings), default=0)
    indent = " " * (column + 4)
    lines: list[str] = []
    for finding in findings:
        first, *more = prose(finding.value, indent) or [""]
        lines += [f"  {pad(printable(finding.about), column)}  {first.strip()}".rstrip(), *more]
        if finding.advice is not None:
            lines += [paint(line, "warning", color) for line in prose(finding.advice, indent)]
    return lines


def _diagnostics(diagnostics: Iterable[Diagnostic], color: bool, everything: bool) -> list[str]:
    """A paragraph for each code. Of many with one code the first few, and how many more."""
    lines: list[str] = []
    by_code = sorted(diagnostics, key=lambda each: (each.severity, each.code))
    for (severity, code), group in groupby(by_code, lambda each: (each.severity, each.code)):
        alike = list(group)
        shown = alike if everything else alike[:_ALIKE_SHOWN]
        lines.append(f"  {heading(alike[0], color=color)}")
        for each in shown:
            place = "  ".join(printable(str(part)) for part in (each.source, each.address) if part)
            lines += [*([f"    {place}"] if place else []), *prose(each.detail, " " * 6)]
        if left := len(alike) - len(shown):
            lines.append(f"    … and {counted(left, f'more {severity}')} with {code}: -v shows them.")
    return lines


def _many(ranked: Sequence[Examination], color: bool) -> list[list[str]]:
    """Those that are not in order, alike ones together; then the others, in few lines."""
    groups: dict[object, list[Examination]] = {}
    for each in ranked:
        if each.condition is not Condition.WELL:
            groups.setdefault(_signature(each), []).append(each)
    blocks: list[list[str]] = []
    for alike in groups.values():
        first, serious = alike[0], alike[0].condition in (Condition.UNSEEN, Condition.ERRORS)
        if len(alike) == 1 and serious and len(blocks) < _IN_FULL:
            blocks.append(_target(first, color, everything=False))
        else:
            blocks.append(_together(alike, color))
    seen = [each for each in ranked if each.condition is not Condition.UNSEEN]
    systems = dict.fromkeys(each.target.system for each in seen)
    return [*blocks, *(_overview([each for each in seen if each.target.system == system], color) for system in systems)]


def _signature(each: Examination) -> object:
    """What is the same of targets that are told of together: what is wrong, whatever the target's name and place."""

    def bare(text: str) -> str:
        return nameless(text, each.target.name, each.target.url)

    told = tuple(
        (found.severity, found.code, (found.address or "").partition("/")[2], bare(found.detail))
        for found in (*each.problems, *each.complaints)
    )
    advice = tuple((found.about, bare(found.advice)) for found in each.findings if found.advice is not None)
    return each.target.system, each.condition, told, advice


def _together(alike: Sequence[Examination], color: bool) -> list[str]:
    """What is wrong with the first of them, and who else is like that. What is as it should be is left out."""
    first, others = alike[0], [each.target.name for each in alike[1:]]
    advised = [finding for finding in first.findings if finding.advice is not None]
    lines = [_title(first, color), *_findings(advised, color)]
    lines += _diagnostics((*first.problems, *first.complaints), color, everything=False)
    if others:
        what = "The same advice holds for" if first.condition is Condition.ADVICE else "The same is true of"
        lines += prose(f"{what} {listed(names_of(others, _NAMES_SHOWN))}.", "  ")
    return lines


def _overview(seen: Sequence[Examination], color: bool) -> list[str]:
    """Of all targets of one system that were examined: which are in order, and what most of them have in common."""
    well = [each.target.name for each in seen if each.condition is Condition.WELL]
    system = printable(seen[0].target.system)
    lines = [f"{paint(system, 'strong', color)}: {len(seen):,} examined, {len(well):,} in order"]
    if well:
        lines += prose(f"In order: {listed(names_of(well, _NAMES_SHOWN))}. {_FITS}", "  ")
    lines += _findings([Finding(about, value) for about, value in _common(seen)], color)
    return [*lines, "  -v, or naming a target, shows all that was found."]


def _common(seen: Sequence[Examination]) -> Iterable[tuple[str, str]]:
    """What most of them say of one thing, and who says something else; what is different on many is left out, and so
    is what has advice, which is told of already."""
    said: dict[str, dict[str, list[str]]] = {}
    for each in seen:
        for finding in each.findings:
            if finding.advice is None:
                said.setdefault(finding.about, {}).setdefault(finding.value, []).append(each.target.name)
    for about, values in said.items():
        most, *odd = sorted(values.items(), key=lambda item: -len(item[1]))
        if len(most[1]) * 2 > len(seen) and len(odd) <= _ODD_SHOWN:
            parts = [f"{value} on {listed(names_of(names, _ODD_NAMES_SHOWN))}" for value, names in odd]
            number = "" if len(most[1]) == len(seen) else f" on {len(most[1]):,} of them"
            yield about, "; ".join([f"{most[0]}{number}", *parts])


def examinations_document(examinations: Sequence[Examination], diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The same as plain JSON values, with what there is to say of the files."""
    return {
        "targets": {
            each.target.name: {
                "system": each.target.system,
                "url": storable(each.target.url),
                "condition": each.condition.value,
                "reached": not each.problems,
                "fits": None if each.problems else not each.complaints,
                "findings": [
                    {
                        "about": found.about,
                        "value": storable(found.value),
                        "advice": None if found.advice is None else storable(found.advice),
                    }
                    for found in each.findings
                ],
                "diagnostics": diagnostics_document((*each.problems, *each.complaints)),
            }
            for each in examinations
        },
        "summary": {condition.value: number for condition, number in count_conditions(examinations).items()},
        "diagnostics": diagnostics_document(diagnostics),
    }

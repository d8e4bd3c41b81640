"""What `doctor` found, as text and as JSON."""

from collections.abc import Iterable
from typing import Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.examination import Examination
from reconciler.model.words import printable, storable
from reconciler.report.diagnostics import body_lines, diagnostics_document
from reconciler.report.text import pad, paint, prose, width


def render_examinations(examinations: Iterable[Examination], *, color: bool) -> str:
    """A paragraph for each target."""
    return "\n\n".join("\n".join(_target(each, color)) for each in examinations) + "\n"


def _target(each: Examination, color: bool) -> list[str]:
    target = each.target
    lines = [f"{paint(printable(target.name), 'strong', color)} ({printable(target.system)}, {printable(target.url)})"]
    column = max((width(finding.about) for finding in each.findings), default=0)
    for finding in each.findings:
        lines.append(f"  {pad(printable(finding.about), column)}  {printable(finding.value)}")
        if finding.advice is not None:
            lines += [paint(line, "warning", color) for line in prose(printable(finding.advice), " " * (column + 4))]
    for problem in each.problems:
        lines += [paint(f"  {problem.summary} ({problem.code})", "error", color), *body_lines(problem, indent="    ")]
    return lines


def examinations_document(examinations: Iterable[Examination], diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The same as plain JSON values, with what there is to say of the files."""
    return {
        "targets": {
            each.target.name: {
                "system": each.target.system,
                "url": storable(each.target.url),
                "reached": not each.problems,
                "findings": [
                    {"about": found.about, "value": storable(found.value), "advice": found.advice}
                    for found in each.findings
                ],
                "diagnostics": diagnostics_document(each.problems),
            }
            for each in examinations
        },
        "diagnostics": diagnostics_document(diagnostics),
    }

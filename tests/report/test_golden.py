"""Whole outputs. To write them anew after a wanted change: `RECONCILER_WRITE_GOLDEN=1 pytest tests/report`, then read
every difference as a user would."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import report_diagnostics
import report_outcomes
import report_samples
import report_schedules

from reconciler.model.plan import Plan
from reconciler.report.diagnostics import render_diagnostics, render_github
from reconciler.report.json_text import encode_json
from reconciler.report.junit import render_junit
from reconciler.report.outcome_text import outcomes_document, render_outcomes
from reconciler.report.plan_html import render_html
from reconciler.report.plan_json import plan_document
from reconciler.report.plan_markdown import render_markdown
from reconciler.report.plan_text import render_plan
from reconciler.report.sarif import sarif_document

GOLDEN = Path(__file__).parent / "golden"
PLANS: dict[str, Plan] = {
    "everything": report_samples.EVERYTHING,
    "long": report_samples.LONG,
    "nothing": report_samples.NOTHING,
    "adopted": report_samples.ADOPTED,
    "believed": report_samples.BELIEVED,
    "unread": report_samples.UNREAD,
    "keyless": report_samples.KEYLESS,
}


def without_assets(page: str) -> str:
    """The page without its style, its script and their digests."""
    page = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", page, flags=re.DOTALL)
    return re.sub(r"sha256-[\w+/=]+", "sha256-…", page)


def indented(document: object) -> str:
    return msgspec.json.format(encode_json(document), indent=1).decode() + "\n"


def views() -> dict[str, Callable[[], str]]:
    found: dict[str, Callable[[], str]] = {
        "plan-everything.color.txt": lambda: render_plan(report_samples.EVERYTHING, color=True),
        "plan-everything.json": lambda: indented(plan_document(report_samples.EVERYTHING)),
        "outcome-in-part.color.txt": lambda: render_outcomes(*report_outcomes.CASES["in-part"], color=True),
        "outcome-in-part.json": lambda: indented(outcomes_document(*report_outcomes.CASES["in-part"])),
        "outcome-applied-hidden.json": lambda: indented(outcomes_document(*report_outcomes.CASES["applied-hidden"])),
        "diagnostics.txt": lambda: render_diagnostics(
            report_diagnostics.ALL, report_diagnostics.read_line, color=False
        ),
        "diagnostics.color.txt": lambda: render_diagnostics(
            report_diagnostics.ALL, report_diagnostics.read_line, color=True
        ),
        "diagnostics.github.txt": lambda: render_github(report_diagnostics.ALL),
        "diagnostics.junit.xml": lambda: render_junit(report_diagnostics.ALL).decode(),
        "diagnostics.sarif": lambda: indented(sarif_document(report_diagnostics.ALL)),
        "plan-scheduled.md": lambda: render_markdown(report_schedules.SCHEDULED),
        "plan-scheduled.html": lambda: without_assets(render_html(report_schedules.SCHEDULED)),
        "plan-believed.html": lambda: without_assets(render_html(report_samples.BELIEVED)),
        "plan-everything.html": lambda: without_assets(render_html(report_samples.EVERYTHING)),
    }
    for name, plan in PLANS.items():
        found[f"plan-{name}.txt"] = lambda plan=plan: render_plan(plan, color=False)
        found[f"plan-{name}.md"] = lambda plan=plan: render_markdown(plan)
    for name, case in report_outcomes.CASES.items():
        found[f"outcome-{name}.txt"] = lambda case=case: render_outcomes(*case, color=False)
    return found


@pytest.mark.parametrize("name", sorted(views()))
def test_the_view_is_the_golden_one(name: str) -> None:
    rendered = views()[name]()
    path = GOLDEN / name
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_every_golden_file_is_still_made() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(views())


@pytest.mark.parametrize("name", sorted(views()))
def test_no_view_shows_a_secret_or_lets_a_control_character_through(name: str) -> None:
    rendered = views()[name]()
    assert not [secret for secret in report_samples.PLANTED if secret in rendered]
    kept = "\n\x1b" if ".color" in name else "\n"
    assert [char for char in rendered if not char.isprintable() and char not in kept] == []
    assert "\x1b[31mred" not in rendered

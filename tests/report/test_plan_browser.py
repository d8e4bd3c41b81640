"""The HTML report in a real browser: headless Chromium, from a file, without a network."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import report_samples
import report_schedules

from reconciler.model.plan import Plan
from reconciler.report.plan_html import render_html

CHROMIUM = shutil.which("chromium")
ITEM = re.compile(r'<li class="change [^>]*>')


@pytest.fixture(autouse=True)
def _installed() -> None:
    """Where everything is said to be there, a browser that is missing is a defect of the set-up."""
    if CHROMIUM is None and not os.environ.get("RECONCILER_WHOLE"):
        pytest.skip("chromium is not installed")
    assert CHROMIUM is not None


class Seen(NamedTuple):
    """The document after its script has run, and what the browser logged of it."""

    document: str
    console: list[str]

    @property
    def shown(self) -> str:
        """What a screen reader is told."""
        return re.findall(r'<output id="shown"[^>]*>(.*?)</output>', self.document)[0]

    @property
    def changes(self) -> list[str]:
        """The keys of the changes that are not hidden."""
        items = re.split(r'(?=<li class="change )', self.document)[1:]
        visible = [item for item in items if 'hidden=""' not in ITEM.findall(item)[0]]
        return [re.findall(r'<bdi class="key">(.*?)</bdi>', item)[0] for item in visible]


def browse(folder: Path, plan: Plan, fragment: str = "") -> Seen:
    """Opens the report of a plan at `#fragment`."""
    assert CHROMIUM is not None
    page = folder / "plan.html"
    page.write_text(render_html(plan), encoding="utf-8")
    ran = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--dump-dom"),
            *(f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000"),
            f"{page.as_uri()}#{fragment}",
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=True,
        env={**os.environ, "HOME": str(folder)},
    )
    return Seen(ran.stdout, [line for line in ran.stderr.splitlines() if "CONSOLE" in line])


def test_filters_come_from_the_address_and_stand_in_the_form(tmp_path: Path) -> None:
    seen = browse(tmp_path, report_samples.EVERYTHING, "target=hq&kind=employee&action=update&text=ROTH")
    assert (seen.shown, seen.changes) == ("1 of 21 listed changes are shown.", ["1008"])
    assert seen.console == []


def test_texts_that_mean_harm_do_none(tmp_path: Path) -> None:
    seen = browse(tmp_path, report_schedules.harmful(report_schedules.HARM))
    assert seen.document.splitlines()[1] == '<html lang="en"><head>'  # the harm would leave its mark here
    assert "<img" not in seen.document
    assert seen.shown == "All 5 listed changes are shown."
    assert seen.console == []


def test_a_plan_of_5_000_changes_can_be_searched(tmp_path: Path) -> None:
    seen = browse(tmp_path, report_schedules.large(5_000, 5), "text=000998&action=update&target=t3")
    assert (seen.shown, seen.changes) == ("1 of 5,000 listed changes are shown.", ["000998"])
    assert seen.console == []

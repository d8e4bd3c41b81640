"""The HTML report in a real browser: headless Chromium, from a file, without a network."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import report_samples
import report_schedules

from reconciler.model.plan import Change, Plan, Reason
from reconciler.report import plan_html
from reconciler.report.plan_html import render_html

CHROMIUM = shutil.which("chromium")
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
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
        laid_out = SCRIPT.sub("", self.document)
        items = re.split(r'(?=<li class="change )', laid_out)[1:]
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


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_html, "LAID_OUT", 100)


@pytest.mark.usefixtures("little_room")
def test_stored_changes_are_found_by_what_they_say_and_laid_out(tmp_path: Path) -> None:
    plan = report_schedules.large(300, 3)
    fleet = msgspec.structs.replace(plan, targets=(*plan.targets, *harmless_but_odd().targets))
    seen = browse(tmp_path, fleet, "text=%26amp;%20<b&action=create&target=z")
    assert (seen.shown, seen.changes) == ("1 of 301 listed changes are shown.", ["&amp;amp; &lt;b&gt;"])
    assert seen.console == []


def harmless_but_odd() -> Plan:
    change = Change(
        address=report_samples.at("employee", "&amp; <b>", "z"),
        reason=Reason.ABSENT,
        before=None,
        after={"first_name": '<li class="change '},
    )
    return report_samples.plan(report_samples.target("z", changes=(change,)))


@pytest.mark.usefixtures("little_room")
def test_of_very_many_the_first_are_laid_out_and_the_others_told(tmp_path: Path) -> None:
    seen = browse(tmp_path, report_schedules.large(3_300, 1), "action=update")
    assert seen.shown == "1,000 of 3,300 listed changes are shown. 1,100 match."
    assert len(seen.changes) == 1_000
    assert "<span>… and 100 more.</span>" in seen.document


def test_a_risk_can_be_filtered_by(tmp_path: Path) -> None:
    seen = browse(tmp_path, report_samples.EVERYTHING, "risk=more")
    assert (seen.shown, seen.changes) == ("1 of 21 listed changes are shown.", ["1001"])

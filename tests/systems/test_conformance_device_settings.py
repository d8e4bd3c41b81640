"""Every path of every setting of terminals: set, changed, cleared, put back after somebody changed it at the terminal,
and adopted."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conformance import Run
from conformance_devices import Site, site
from conformance_settings import CASES, Case, settings, write_pki

from reconciler.model.terminals import SETTINGS
from reconciler.systems.registry import system

BINDING = system("device").bindings["settings"]
HOMES = {case.path: f"127.0.3.{number}" for number, case in enumerate(CASES, 1)} | {"security.http": "127.0.0.1"}
"""Each path has a terminal of its own; the certificate is one of 127.0.0.1."""

COMPARED = {"clock.timezone": "clock.time"}
"""What a plan names in place of the path: a clock is right or off."""

NEVER_A_CHANGE = "clock.max_skew"

WARNED = {
    "network.ethernet.dhcp",
    "network.ethernet.address",
    "network.wifi.dhcp",
    "network.wifi.address",
    "security.http",  # twice: it is what `url` uses
    "security.api_key",
}
"""Changes that a plan warns of, beside those of what can't be read."""


def name_of(case: Case) -> str:
    return case.path.replace(".", "-")


def address(case: Case) -> str:
    return f"{name_of(case)}/settings/{case.path.partition('.')[0]}"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Site]:
    """A terminal for each path, and nothing but that path and what it needs in its settings."""
    with site(tmp_path) as here:
        write_pki(here.root)
        for case in CASES:
            here.install(name_of(case), address=HOMES[case.path])
            here.objects["device", name_of(case)]["manages"] = ["settings"]
            ask(here, case, case.first)
        yield here


def ask(here: Site, case: Case, value: Any) -> None:
    device = here.objects["device", name_of(case)]
    device |= {"settings": settings(case, value, HOMES[case.path]), "tls": {"ca_file": "pki/one.pem"}}


def follow(here: Site) -> None:
    """The files say where each terminal is now, and which key it has."""
    for case in CASES:
        device = here.objects["device", name_of(case)]
        device["url"] = here.terminals[name_of(case)].url
        if case.path == "security.api_key":
            device["api_key"] = device["settings"]["security"]["api_key"]


def changed(*cases: Case) -> dict[str, tuple[str, list[str]]]:
    """Of each case an update of its path alone."""
    return {address(case): ("update", [COMPARED.get(case.path, case.path)]) for case in cases}


def warnings(*cases: Case) -> list[tuple[str, str]]:
    """What is warned of when these change."""
    paths = [case for case in cases if case.path in BINDING.write_only]
    return sorted(("RC0407", address(case)) for case in [*paths, *(case for case in cases if case.path in WARNED)])


def test_every_path_has_its_case() -> None:
    """A new setting is not tested before it has one, and neither is what can be cleared."""
    fields = {path: field for path, field in SETTINGS.paths().items() if not field.derived}
    assert [case.path for case in CASES] == list(fields)
    empty = {path for path in BINDING.lengths.keys() - BINDING.fixed if not fields[path].lasting}
    assert {case.path for case in CASES if case.empty is not msgspec.UNSET} == empty


def test_each_path_is_set_changed_and_cleared_by_itself(fleet: Site) -> None:
    dumps = [fleet.terminals.dump()]
    applied = fleet.apply()
    assert (applied.status, applied.document["verified"], len(applied.outcomes)) == (0, True, len(CASES))
    follow(fleet)
    fleet.assert_settled()
    dumps.append(fleet.terminals.dump())

    for case in CASES:
        ask(fleet, case, case.second)
    moving = [case for case in CASES if case.path != NEVER_A_CHANGE]
    applied = fleet.apply()
    assert (applied.status, applied.steps, applied.complaints) == (0, changed(*moving), warnings(*moving))
    follow(fleet)
    fleet.assert_settled()
    dumps.append(fleet.terminals.dump())

    cleared = [case for case in CASES if case.empty is not msgspec.UNSET]
    for case in cleared:
        ask(fleet, case, case.empty)
    applied = fleet.apply()
    assert (applied.status, applied.steps, applied.complaints) == (0, changed(*cleared), warnings(*cleared))
    fleet.assert_settled()
    dumps.append(fleet.terminals.dump())

    names = [name_of(case) for case in CASES]
    moved = [{name for name in names if before[name] != after[name]} for before, after in pairwise(dumps)]
    assert moved == [{name_of(case) for case in each} for each in (moving, moving, cleared)]


def reasons(run: Run) -> dict[str, str]:
    return {each["address"]: each["action_reason"] for each in run.document["resource_changes"]}


def test_what_somebody_changes_is_put_back_and_without_state_what_can_be_read_is_adopted(fleet: Site) -> None:
    before = fleet.terminals.dump()
    assert fleet.apply().status == 0
    readable = [case for case in CASES if not case.path.startswith("security.") and case.path != NEVER_A_CHANGE]
    for case in readable:
        fleet.terminals[name_of(case)].load(before[name_of(case)])
    put_back = fleet.apply()
    assert (put_back.status, reasons(put_back)) == (0, {address(case): "drift" for case in readable})

    follow(fleet)
    fleet.forget_state()
    blind = {address(case) for case in CASES if case.path in BINDING.write_only}
    known = {address(case) for case in CASES} - blind
    adopted = fleet.apply()
    assert adopted.status == 0
    assert reasons(adopted) == dict.fromkeys(known, "adopt") | dict.fromkeys(blind, "unreadable")
    fleet.assert_settled()

"""For any organisation, any live state and any history, with and without faults: apply makes the next plan empty."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from command_line import Ran
from fault_project import PASSWORD, SYSTEMS, apply, changes, complaints, state, write_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from organisations import Drift, Objects, drifts, faults, histories, settings_of_targets

from reconciler.simulator import Fault, Server
from reconciler.transport import retry

COLLECTIONS = {"departments": "dept_code", "areas": "area_code", "positions": "position_code", "employees": "emp_code"}
PROFILES = st.sampled_from(sorted(SYSTEMS))
slow = settings(deadline=None, derandomize=True, max_examples=12, suppress_health_check=[HealthCheck.too_slow])


class Case:
    """A project folder for one example, with a server for each of its phases: the one goes on with the other's data."""

    def __init__(self, root: Path, profile: str, members: dict[str, Any]) -> None:
        self.root = root
        self.profile = profile
        self.members = members

    @contextmanager
    def phase(self, objects: Objects, data: dict[str, object] | None) -> Iterator[Server]:
        unique = self.members["prune"] != "never" and "select" not in self.members  # else a card may never come free
        switches = {"card_unique": unique, "parent_loops": "refused", "kept_codes": [], "page_size_max": 3}
        with Server(self.profile, password=PASSWORD, switches=switches) as server:
            if data is not None:
                server.load(data)
            where = {"system": SYSTEMS[self.profile], "url": server.url, **self.members}
            write_project(self.root, {"hq": where}, objects, retries=1)
            yield server
            assert server.errors == []

    def apply(self) -> Ran:
        """An apply that consents to what makes it wait for consent: the deletes of a whole kind."""
        ran = apply(self.root)
        if ran.status != 3:
            return ran
        assert "RC0603" in {code for code, _, _ in complaints(ran)}
        removed = sum(each["change"]["actions"] == ["delete"] for each in ran.document["resource_changes"])
        return apply(self.root, "--allow-deletes", str(removed))


@contextmanager
def case(profile: str, members: dict[str, Any]) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder, patch.object(retry, "_FIRST", 0.0):
        yield Case(Path(folder), profile, members)


def drift(server: Server, happened: list[Drift]) -> None:
    """What others do on the server."""
    codes = {name: {row[code] for row in server.rows(name)} for name, code in COLLECTIONS.items()}
    for what, code, value in happened:
        if what in COLLECTIONS:
            server.seed({what: [{"code": code, "name": value}]})
        elif what == "gone":
            dump: Any = server.dump()
            dump["tables"]["employees"] = [row for row in dump["tables"]["employees"] if row["emp_code"] != code]
            server.load(dump)
        elif what == "visitor":
            known = value if value in codes["departments"] else "1"
            server.seed({"employees": [{"code": code, "department": known}]})
        elif code in codes["employees"] and (what != "department" or value in codes["departments"]):
            [row] = [row for row in server.rows("employees") if row["emp_code"] == code] or [None]
            if row is not None:
                _change(server, code, what, value)


def _change(server: Server, code: str, field: str, value: str) -> None:
    dump: Any = server.dump()
    [row] = [row for row in dump["tables"]["employees"] if row["emp_code"] == code]
    if field == "department":
        [value] = [each["id"] for each in dump["tables"]["departments"] if each["dept_code"] == value]
    row[field] = value
    server.load(dump)


def strangers(server: Server, objects: Objects, owned: set[str]) -> dict[str, object]:
    """By address, the rows that are neither ours nor in the files."""
    found: dict[str, object] = {}
    for name, code in COLLECTIONS.items():
        held = {each["code"] for each in objects[name]} | {each.get("was") for each in objects[name]}
        for row in server.rows(name):
            address = f"hq/{name[:-1]}/{row[code]}"
            if address not in owned and row[code] not in held:
                found[address] = row
    return found


def built_in(server: Server) -> set[object]:
    return {
        code for name, code in COLLECTIONS.items() if name != "employees" for row in server.rows(name) if row["id"] == 1
    }


@given(history=histories(), happened=drifts, members=settings_of_targets, profile=PROFILES)
@slow
def test_apply_makes_the_next_plan_empty(
    history: tuple[Objects, Objects], happened: list[Drift], members: dict[str, Any], profile: str
) -> None:
    earlier, later = history
    with case(profile, members) as one:
        with one.phase(earlier, None) as server:
            first = one.apply()
            assert (first.status, _errors(first), changes(one.root)) == (0, [], [])
            assert server.created_twice() == []
            drift(server, happened)
            data = server.dump()
        with one.phase(later, data) as server:
            theirs = strangers(server, later, set(state(one.root)["entries"]))
            second = one.apply()
            assert (second.status, _errors(second), changes(one.root)) == (0, [], [])
            assert second.document.get("verified") in (True, None)
            assert server.created_twice() == []
            assert len(built_in(server)) == 3
            if members["prune"] != "all":
                now = strangers(server, later, set(state(one.root)["entries"]))
                assert {address: now.get(address) for address in theirs} == theirs


def _errors(ran: Ran) -> list[object]:
    return [each for each in ran.document["diagnostics"] if each["severity"] == "error"]


@given(history=histories(), happened=drifts, members=settings_of_targets, profile=PROFILES, troubles=faults)
@slow
def test_apply_converges_after_faults(
    history: tuple[Objects, Objects],
    happened: list[Drift],
    members: dict[str, Any],
    profile: str,
    troubles: list[Fault],
) -> None:
    """The faults pass by themselves; the apply that meets them, and at most three more."""
    earlier, later = history
    with case(profile, members) as one:
        with one.phase(earlier, None) as server:
            assert one.apply().status == 0
            drift(server, happened)
            data = server.dump()
        with one.phase(later, data) as server:
            theirs = strangers(server, later, set(state(one.root)["entries"]))
            server.faults.add(*troubles)
            assert one.apply().status in (0, 1, 3, 4)  # 3: other deletes than a moment ago, when consent was given
            server.faults.clear()
            tries = [one.apply().status for _ in range(3)]
            assert 0 in tries
            assert (changes(one.root), server.created_twice()) == ([], [])
            assert len(built_in(server)) == 3
            if members["prune"] != "all":
                now = strangers(server, later, set(state(one.root)["entries"]))
                assert {address: now.get(address) for address in theirs} == theirs

"""What the `state` commands do to a state."""

import pytest

from reconciler.model.address import parse_address
from reconciler.model.diagnostic import error
from reconciler.model.state import Entry, State
from reconciler.state.edit import forget, move

ANA = Entry(id=7, digests={"name": "00ff"}, protected=True, on_remove="resign")
STATE = State(
    lineage="l",
    serial=4,
    entries={"hq/employee/1": ANA, "hq/employee/2": Entry(id=8), "hq/area/x/1": Entry(id="a")},
    pending={"hq/employee/3": Entry(protected=True), "hq/area/z": Entry()},
)


@pytest.mark.parametrize(
    ("globs", "removed"),
    [
        (["hq/employee/*"], ["hq/employee/1", "hq/employee/2", "hq/employee/3"]),
        (["hq/area/x*", "*/2"], ["hq/area/x/1", "hq/employee/2"]),
        (["*"], ["hq/area/x/1", "hq/area/z", "hq/employee/1", "hq/employee/2", "hq/employee/3"]),
    ],
)
def test_forget_removes_what_a_glob_names_pending_or_not(globs: list[str], removed: list[str]) -> None:
    after, gone = forget(STATE, globs)
    assert gone == removed
    assert after == State(
        lineage="l",
        serial=5,
        entries={text: entry for text, entry in STATE.entries.items() if text not in removed},
        pending={text: entry for text, entry in STATE.pending.items() if text not in removed},
    )


@pytest.mark.parametrize("globs", [[], ["hq/employee"], ["HQ/*"]])
def test_forget_without_a_match_leaves_the_state_as_it_is(globs: list[str]) -> None:
    assert forget(STATE, globs) == (STATE, [])


def test_move_leaves_the_digests_behind_since_they_are_bound_to_the_address() -> None:
    after = move(STATE, parse_address("hq/employee/1"), parse_address("hq/employee/9"))
    assert after == State(
        lineage="l",
        serial=5,
        entries={
            "hq/employee/9": Entry(id=7, protected=True, on_remove="resign"),
            "hq/employee/2": Entry(id=8),
            "hq/area/x/1": Entry(id="a"),
        },
        pending=STATE.pending,
    )


def test_move_to_another_target_leaves_the_servers_id_behind() -> None:
    after = move(STATE, parse_address("hq/area/x/1"), parse_address("gate/area/x/1"))
    assert isinstance(after, State)
    assert after.entries == {"hq/employee/1": ANA, "hq/employee/2": Entry(id=8), "gate/area/x/1": Entry()}


@pytest.mark.parametrize(
    ("source", "destination", "code", "detail"),
    [
        (
            "hq/employee/3",
            "hq/employee/9",
            "RC0609",
            "hq/employee/3 is not in the state. `reconciler state list` shows what is.",
        ),
        (
            "hq/employee/1",
            "hq/employee/2",
            "RC0301",
            "hq/employee/2 is in the state already. Forget it first if it is not the object that you mean.",
        ),
        (
            "hq/employee/1",
            "hq/area/1",
            "RC0901",
            "hq/employee/1 is of kind employee and hq/area/1 of kind area. A kind never changes.",
        ),
    ],
)
def test_a_move_that_can_not_be(source: str, destination: str, code: str, detail: str) -> None:
    about = {"RC0609": parse_address(source), "RC0301": parse_address(destination)}.get(code)
    assert move(STATE, parse_address(source), parse_address(destination)) == error(code, detail, address=about)

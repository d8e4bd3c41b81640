"""An object's life on every server: adopted, renamed, left alone, deleted; and those that are the server's
own."""

from pathlib import Path

import msgspec
import pytest
from conformance import BY_PROFILE, SUBJECTS, Objects, Subject, World, code_of, summary, world
from conformance_values import COMPANIONS, companions, firsts, kinds_of, least, references

from reconciler.model.kinds import KINDS

subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])


KEEPING = msgspec.structs.replace(BY_PROFILE["zkbiotime"], kept=frozenset(kinds_of(BY_PROFILE["zkbiotime"])))
"""A server that keeps every code, and one that is written by PUT."""


def one_more(subject: Subject) -> Objects:
    """The companions, and of every kind an object that nothing refers to."""
    return companions(subject) | {(kind, "X"): least(subject, kind, "X") for kind in kinds_of(subject)}


@subjects
def test_what_is_there_already_is_adopted_without_a_call(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject) | {(kind, "ALL"): firsts(subject, kind, 1) for kind in kinds_of(subject)}
        here.settle()
        here.forget_state()
        here.server.journal.clear()

        planned = here.plan()
        assert (planned.status, planned.document["summary"]) == (0, summary(adopt=len(here.objects)))
        assert planned.steps == {f"{kind}/{key}": ("adopt", []) for kind, key in here.objects}
        here.settle()
        assert here.written() == []


@subjects
def test_what_the_files_no_longer_hold_is_deleted_users_first(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = one_more(subject)
        for kind in kinds_of(subject):
            for path, other in references(kind).items():
                here.objects[kind, "X"][path] = ["X"] if path == "areas" else "X" if other != kind else "R1"
        here.settle()
        here.objects = companions(subject)
        here.server.journal.clear()
        assert here.settle().steps == {f"{kind}/X": ("delete", []) for kind in kinds_of(subject)}
        assert {kind: here.codes(kind) for kind in kinds_of(subject)} == {
            kind: list(COMPANIONS) for kind in kinds_of(subject)
        }
        assert [method for method, _ in here.written()] == ["DELETE"] * len(kinds_of(subject))
        assert here.written()[0][1].startswith("employees/")


@subjects
def test_prune_says_what_becomes_of_what_the_files_do_not_hold(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = one_more(subject)
        _strangers(here)
        built_in = _built_in(here)
        here.settle()  # owned: strangers are nobody's business
        here.objects = companions(subject)
        here.server.journal.clear()

        here.settings["prune"] = "never"
        applied = here.apply()
        assert applied.status == 0
        planned = here.plan()
        assert (planned.status, planned.steps) == (0, {})
        assert planned.codes == ["RC0608"] * len(kinds_of(subject))
        left = "on hq are not in the files, 1 of them of an earlier apply, and `prune: never` leaves them: X, "
        assert all(left in detail for _, _, detail in planned.details)
        assert here.written() == []

        here.settings["prune"] = "all"
        here.settle()
        assert {kind: here.codes(kind) for kind in kinds_of(subject)} == {
            kind: list(COMPANIONS) for kind in kinds_of(subject)
        }
        assert _built_in(here) == built_in


@subjects
def test_the_servers_own_objects_change_and_are_never_deleted(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        built_in = _built_in(here)
        assert built_in.keys() >= {"department", "area"}
        here.objects = companions(subject) | {
            (kind, key): {**least(subject, kind, key), "name": "Ours"} for kind, key in built_in.items()
        }
        steps = here.plan().steps
        assert [steps[f"{kind}/{key}"] for kind, key in built_in.items()] == [("update", ["name"])] * len(built_in)
        here.settle()
        renamed = {kind: key if kind in subject.kept else "OWN" for kind, key in built_in.items()}
        for kind, key in renamed.items():
            values = here.objects.pop((kind, built_in[kind]))
            here.objects[kind, key] = values | ({} if kind in subject.kept else {"was": built_in[kind]})
        here.settle()
        assert _built_in(here) == renamed

        here.objects = companions(subject)
        here.settings["prune"] = "all"
        here.settle()
        assert _built_in(here) == renamed


@subjects
def test_a_rename_keeps_the_object_and_all_that_refers_to_it(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject)
        here.settle()
        movable = [kind for kind in kinds_of(subject) if kind not in subject.kept]
        numbers = {kind: here.row(kind, "R1")["id"] for kind in movable}
        for kind in movable:
            _rename(here, kind, "R1", "R9")
        planned = here.plan()
        assert planned.steps == {f"{kind}/R9": ("update", []) for kind in movable}
        assert {each["action_reason"] for each in planned.document["resource_changes"]} == {"renamed"}
        here.settle()
        assert numbers == {kind: here.row(kind, "R9")["id"] for kind in movable}
        assert [here.codes(kind) for kind in movable] == [["R2", "R9"]] * len(movable)


@pytest.mark.parametrize(
    "subject", [*(each for each in SUBJECTS if each.kept), KEEPING], ids=lambda each: f"{each.profile}-{len(each.kept)}"
)
def test_codes_that_the_server_keeps_are_errors_and_cost_nothing_else(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path, kept_codes=[KINDS[kind].plural for kind in subject.kept]) as here:
        here.objects = companions(subject)
        here.settle()
        before = here.objects
        new = {("position", "NEW"): least(subject, "position", "NEW")}
        for kind in subject.kept:
            _rename(here, kind, "R1", "R9")
        here.objects |= new
        applied = here.apply()
        failed = {f"{kind}/R9": "failed" for kind in subject.kept}
        assert (applied.status, applied.outcomes) == (4, failed | {"position/NEW": "done"})
        assert [(code, address) for code, address, _ in applied.details] == [
            ("RC0703", f"hq/{kind}/R9") for kind in sorted(subject.kept)
        ]
        for kind, (_, _, detail) in zip(sorted(subject.kept), applied.details, strict=True):
            assert f"the {kind} R1 is now R9, but its code is still R1" in detail
        here.objects = before | new
        here.assert_settled()


def _strangers(here: World) -> None:
    here.server.generate(employees=3, departments=2, areas=2, positions=2)


def _built_in(here: World) -> dict[str, str]:
    """The keys of the server's own objects, by kind."""
    return {
        kind: code_of(row)
        for kind in kinds_of(here.subject)
        if kind != "employee"
        for row in here.server.rows(KINDS[kind].plural)
        if row["id"] == 1
    }


def _rename(here: World, kind: str, old: str, new: str) -> None:
    """Gives an object another key, wherever the files name it."""
    here.objects = {
        (name, new if (name, key) == (kind, old) else key): {
            path: _replaced(value, old, new) if references(name).get(path) == kind else value
            for path, value in values.items()
        }
        for (name, key), values in here.objects.items()
    }
    here.objects[kind, new]["was"] = old


def _replaced(value: object, old: str, new: str) -> object:
    if isinstance(value, list):
        return [new if member == old else member for member in value]
    return new if value == old else value

"""What a reviewer has to look at closely, besides what is deleted."""

import pytest
from report_samples import DELETES, at, plan, target

from reconciler.model.fields import Value
from reconciler.model.plan import Change, FieldChange, Plan, Reason
from reconciler.model.secret import Secret
from reconciler.report.risks import Risk, concerns, whose

OFFICE = ("mon-fri 08:00-18:00",)
EARLY = ("mon-fri 07:00-17:00",)


def update(kind: str, key: str, *fields: FieldChange, on: str = "hq", reason: Reason = Reason.CONFIG) -> Change:
    return Change(address=at(kind, key, on), reason=reason, before={}, after={}, fields=fields)


def risks_of(kind: str, path: str, before: Value, after: Value) -> list[str]:
    change = update(kind, "1", FieldChange(path, before, after))
    return [each.risk.name for each in concerns(plan(target(changes=(change,))))]


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("access", OFFICE, ("mon-fri 08:00-19:00",), ["MORE"]),
        ("access", OFFICE, ("mon-fri 09:00-18:00",), ["LESS"]),
        ("access", OFFICE, EARLY, ["LESS", "MORE"]),
        ("access", OFFICE, (), ["LESS"]),
        ("access", ("daily 00:00-24:00",), ("mon-sun 00:00-24:00",), []),
        ("access", None, OFFICE, ["LESS"]),
        ("access", OFFICE, None, ["MORE"]),
        ("access", OFFICE, ("no week",), ["LESS", "MORE"]),
        ("areas", ("HQ", "LAB"), ("HQ",), ["LESS"]),
        ("areas", None, ("HQ",), ["MORE"]),
        ("access_levels", ("A",), ("B",), ["LESS", "MORE"]),
        ("elevator_levels", ("A",), ("A", "B"), ["MORE"]),
        ("entrance_levels", ("A",), None, ["LESS"]),
        ("card", Secret("1"), None, ["LESS"]),
        ("card", Secret("1"), Secret("2"), []),
        ("device_password", Secret("1"), None, ["LESS"]),
        ("verify_mode", "any", "card", ["LESS"]),
        ("verify_mode", "card+face", "card", ["MORE"]),
        ("verify_mode", "face", "card", ["LESS", "MORE"]),
        ("verify_mode", "device", "any", ["LESS", "MORE"]),
        ("verify_mode", "card", "device", ["LESS", "MORE"]),
        ("privilege", "user", "admin", ["MORE"]),
        ("privilege", "admin", "user", []),
        ("valid.from", None, "2026-03-01", ["LESS"]),
        ("valid.from", "2026-03-01", "2026-02-01", ["MORE"]),
        ("valid.until", "2026-03-01", None, ["MORE"]),
        ("valid.until", "2026-03-01", "2026-02-01", ["LESS"]),
        ("resigned.date", None, "2026-02-01", ["LESS"]),
        ("resigned.date", "2026-02-01", None, ["MORE"]),
        ("resigned.date", "2026-02-01", "2026-03-01", []),
        ("cvsecurity.disabled", False, True, ["LESS"]),
        ("cvsecurity.disabled", True, None, ["MORE"]),
        ("mobile", "1", "2", []),
    ],
)
def test_of_people(path: str, before: Value, after: Value, expected: list[str]) -> None:
    assert risks_of("employee", path, before, after) == expected


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("access.unlock_seconds", 5, 60, ["MORE"]),
        ("access.unlock_seconds", 5, 3, ["LESS"]),
        ("access.unlock_seconds", None, 3, []),
        ("access.verify_count", 2, 1, ["MORE"]),
        ("access.verify_count", 1, 2, ["LESS"]),
        ("access.tamper_alarm", True, False, ["MORE"]),
        ("access.tamper_alarm", False, True, []),
        ("face.liveness", True, False, ["MORE"]),
        ("face.threshold", "high", "low", ["MORE"]),
        ("face.threshold", "low", "high", []),
        ("local_editing", False, True, ["MORE"]),
        ("verify_mode", "card+face", "any", ["MORE"]),
        ("network.ethernet.address", "10.0.0.1/24", "10.0.0.2/24", ["CUT"]),
        ("network.wifi.access_points", None, ("x",), ["CUT"]),
        ("security.api_key", None, Secret("x"), ["CUT"]),
        ("security.https", True, False, ["CUT"]),
        ("security.verify_server", True, False, []),
        ("volume", 1, 9, []),
    ],
)
def test_of_settings(path: str, before: Value, after: Value, expected: list[str]) -> None:
    assert risks_of("settings", path, before, after) == expected


def test_of_access_levels_and_vehicles() -> None:
    assert risks_of("access_level", "week", OFFICE, ("daily 08:00-18:00",)) == ["MORE"]
    assert risks_of("vehicle", "list", "allow", "block") == ["LESS"]
    assert risks_of("vehicle", "list", "block", "allow") == ["MORE"]


def told(whole: Plan) -> list[tuple[Risk, str, str, list[str]]]:
    return [(each.risk, each.what, *whose(each)) for each in concerns(whole)]


def test_the_same_difference_is_told_once_with_whom_it_concerns() -> None:
    week = FieldChange("access", OFFICE, EARLY)
    parts = [
        target(
            name,
            changes=(
                *(update("employee", f"{number}", week, on=name) for number in range(7)),
                update("settings", "access", FieldChange("access.unlock_seconds", 5, 60), on=name),
            ),
        )
        for name in ("back", "gate")
    ]
    people = ("7 employees on 2 targets", ["0", "1", "2", "3", "4", "2 more"])
    what = 'access ["mon-fri 08:00-18:00"] → ["mon-fri 07:00-17:00"]'
    assert told(plan(*parts)) == [
        (Risk.LESS, what, *people),
        (Risk.MORE, what, *people),
        (Risk.MORE, "access.unlock_seconds 5 → 60", "2 terminals", ["back", "gate"]),
    ]


def test_who_loses_one_thing_and_keeps_others_is_told_with_whoever_loses_the_same() -> None:
    changes = (
        update("employee", "1", FieldChange("areas", ("HQ", "LAB"), ("LAB",))),
        update("employee", "2", FieldChange("areas", ("HQ", "YARD"), ("YARD", "ZOO"))),
    )
    assert told(plan(target(changes=changes))) == [
        (Risk.LESS, "areas -HQ", "2 employees on hq", ["1", "2"]),
        (Risk.MORE, "areas +ZOO", "1 employee on hq", ["2"]),
    ]


def test_what_changes_of_a_network_is_told_without_values() -> None:
    fields = (
        FieldChange("network.ethernet.dhcp", True, False),
        FieldChange("network.ethernet.gateway", None, "1.2.3.4"),
    )
    parts = [target(name, changes=(update("settings", "network", *fields, on=name),)) for name in ("back", "gate")]
    what = "network.ethernet.dhcp and network.ethernet.gateway change"
    assert told(plan(*parts)) == [(Risk.CUT, what, "2 terminals", ["back", "gate"])]


def test_a_long_difference_is_cut_around_the_place_where_it_is() -> None:
    week = tuple(f"{day} 00:01-00:02 00:03-00:04 00:05-00:06 00:07-00:08" for day in ("mon", "tue", "wed", "thu"))
    change = update("employee", "1", FieldChange("access", (*week, "fri 08:00-18:00"), (*week, "fri 08:00-20:00")))
    ((risk, what, _, _),) = told(plan(target(changes=(change,))))
    assert risk is Risk.MORE
    assert "18:00" in what.split(" → ")[0]
    assert "20:00" in what.split(" → ")[1]
    assert len(what) < 220


def test_new_people_with_rights_are_told_and_others_are_not() -> None:
    new = [
        Change(address=at("employee", key), reason=Reason.ABSENT, before=None, after={"privilege": each})
        for key, each in (("1", "user"), ("2", "admin"), ("3", None))
    ]
    assert told(plan(target(changes=tuple(new)))) == [
        (Risk.MORE, "privilege (none) → admin", "1 employee on hq", ["2"])
    ]


def test_what_is_deleted_or_removed_stands_elsewhere() -> None:
    resigned = update("employee", "1", FieldChange("resigned.date", None, "2026-01-01"), reason=Reason.REMOVED)
    assert concerns(plan(target(changes=(resigned, *DELETES)))) == []


@pytest.mark.parametrize(
    ("kind", "path", "after", "told"),
    [
        ("employee", "elevator_levels", (), "elevator_levels (can't be read) → []"),
        ("employee", "entrance_levels", ("T1",), "entrance_levels (can't be read) → [T1]"),
        ("employee", "privilege", "admin", "privilege (can't be read) → admin"),
        ("vehicle", "list", "allow", "list (can't be read) → allow"),
        ("access_level", "cvsecurity.doors", ("D1", "D2"), "cvsecurity.doors (can't be read) → [D1, D2]"),
        ("access_level", "cvsecurity.time_segment", "Always", "cvsecurity.time_segment (can't be read) → Always"),
    ],
)
def test_access_that_can_not_be_read_may_be_more_or_less(kind: str, path: str, after: Value, told: str) -> None:
    change = update(kind, "1", FieldChange(path, None, after, unreadable=True), on="gate")
    assert [(each.risk, each.what) for each in concerns(plan(target(changes=(change,))))] == [(Risk.UNSEEN, told)]
    others = [
        FieldChange(name, None, value, unreadable=True) for name, value in (("mobile", "1"), ("privilege", "user"))
    ]
    assert concerns(plan(target(changes=(update(kind, "1", *others, on="gate"),)))) == []

"""The line by which an export of several targets ends."""

from reconciler.model.agreement import Conflict, Outlook
from reconciler.report.agreement import render_agreement

ONE = "A plan of these files is not empty, since they describe one organisation:"


def differs(kind: str, key: str, path: str) -> Conflict:
    return Conflict(kind, key, path, "x", ("hq", "gate"), stands=False)


def test_they_agree():
    assert render_agreement(["hq", "gate"], [], [], {}) == (
        "hq and gate agree in all objects that several of them have. A plan of these files is empty."
    )


def test_where_to_read_what_differs():
    conflicts = [
        differs("employee", "7", "mobile"),
        differs("employee", "7", "email"),
        differs("area", "7", "parent"),
    ]
    assert render_agreement(["hq", "gate"], conflicts, None, {"employee": "employees/10.yaml"}) == (
        "hq and gate differ in 3 fields of 2 objects: the comments at the top of the areas and employees/10.yaml say "
        "in which."
    )


def test_what_a_plan_would_do():
    outlooks = [
        Outlook("hq", create=1_000, update=1),
        Outlook("gate", rewrite=3),
        Outlook("lobby", delete=2, errors=1),
    ]
    assert render_agreement(["hq", "gate", "lobby"], [], outlooks, {}).endswith(
        f"{ONE} on hq 1,000 to create and 1 to update; on gate 3 to update with what can't be read there; on lobby 2 "
        "to delete and 1 error."
    )


def test_of_many_targets_they_are_counted():
    names = [f"t{number}" for number in range(1_000)]
    said = render_agreement(names, [], [Outlook(name, create=2) for name in names[:6]], {})
    assert said == (f"1,000 targets agree in all objects that several of them have. {ONE} on 6 targets 12 to create.")

"""What an export of a CVSecurity server says otherwise than the server does."""

from collections.abc import Mapping

from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.project import Project, Target
from reconciler.systems.base import Aim, Exported
from reconciler.systems.cvsecurity.export import exported

HERE = Span("org.yaml", 1, 1)
TARGET = Target(name="gate", system="cvsecurity", url="http://10.0.0.1", span=HERE)


def export(
    live: Mapping[str, Mapping[str, Mapping[str, Value]]], departments: Mapping[str, Mapping[str, Value]] = {}
) -> dict[str, Exported]:
    """What is exported of live objects by kind and key, where the project has these departments."""
    declared = {
        key: Object(kind="department", key=key, values=dict(values), span=HERE) for key, values in departments.items()
    }
    organisation = Organisation(Project(name="acme", root="/", targets={}), {"department": declared}, "")
    listings = {
        kind: Listing(kind, {key: Live(key, key, dict(values)) for key, values in objects.items()})
        for kind, objects in live.items()
    }
    return {each.listing.kind: each for each in exported(TARGET, Aim(everything=True), organisation, listings)}


def test_what_the_files_have_at_the_top_stands_below_the_root_there() -> None:
    live = {"department": {"1": {"parent": None}, **{key: {"parent": "1"} for key in ("10", "20", "30")}}}
    found = export(live, {"10": {"parent": None}, "20": {"parent": "1"}, "1": {"parent": None}})
    parents = {key: each.values["parent"] for key, each in found["department"].listing.objects.items()}
    assert parents == {"1": None, "10": None, "20": "1", "30": "1"}


def test_levels_of_a_person_are_told_whole_or_not_at_all() -> None:
    people: dict[str, dict[str, Value]] = {
        "1": {"access_levels": ("Office",)},
        "2": {"access_levels": ("#9", "Office")},
    }
    found = export({"access_level": {"Office": {"control": "door"}}, "employee": people})
    values = {key: each.values for key, each in found["employee"].listing.objects.items()}
    assert values == {"1": {"access_levels": ("Office",)}, "2": {}}
    assert found["employee"].left_out == {("access_levels", "some of the levels there are not exported"): ("2",)}

import json

import msgspec
import pytest
import report_samples
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, Span, error
from reconciler.model.fields import Value
from reconciler.model.plan import Cause, Change, FieldChange, Plan, Reason, TargetPlan, Unread
from reconciler.model.secret import Secret
from reconciler.report.plan_json import WITHHELD, PlanFileError, encode_plan, plan_document, read_plan
from reconciler.report.plan_shape import flat, nested
from reconciler.report.plan_text import render_plan

PLANTED = "planted-4711"
names = st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8"), max_size=6)
keys = texts.filter(bool)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    texts,
    st.lists(texts, max_size=3).map(lambda members: tuple(sorted(set(members)))),
    st.just(Secret(PLANTED)),
)
paths = st.one_of(texts, st.sampled_from(["name", "attendance.enabled", "attributes.a.b", "attributes"]))
objects = st.none() | st.dictionaries(paths, values, max_size=5)
spans = st.none() | st.builds(Span, texts, st.integers(1, 9), st.integers(1, 9))
addresses = st.builds(Address, names, st.sampled_from(["department", "employee"]), keys)
fields = st.builds(FieldChange, paths, values, values, st.none() | st.sampled_from(Cause), st.booleans())
diagnostics = st.builds(
    Diagnostic, st.sampled_from(Severity), st.just("RC0608"), texts, texts, st.none() | texts, spans
)
tuples = lambda each: st.lists(each, max_size=3).map(tuple)  # noqa: E731


@st.composite
def target_plans(draw: st.DrawFn, name: str) -> TargetPlan:
    changes = st.builds(
        Change,
        address=st.builds(Address, st.just(name), st.sampled_from(["department", "employee"]), keys),
        reason=st.none() | st.sampled_from(Reason),
        before=objects,
        after=objects,
        fields=tuples(fields),
        id=st.none() | st.integers(0, 2**53) | texts,
        was=st.none() | texts,
        release=tuples(texts),
        depends_on=tuples(addresses),
        source=spans,
        live_digest=st.none() | texts,
        protected=st.booleans(),
        on_remove=st.none() | texts,
    )
    return TargetPlan(
        target=name,
        system=draw(texts),
        url=draw(texts),
        changes=draw(tuples(changes)),
        unchanged=draw(st.integers(0, 9)),
        live=draw(st.dictionaries(names, st.integers(0, 9), max_size=2)),
        complete=draw(st.booleans()),
        unread=draw(tuples(st.builds(Unread, names, texts, st.integers(1, 9)))),
        diagnostics=draw(tuples(diagnostics)),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    targets = draw(st.lists(names, unique=True, max_size=2))
    return Plan(
        project=draw(texts),
        timestamp=draw(texts),
        reconciler_version=draw(texts),
        files=draw(texts),
        targets=tuple(draw(target_plans(name)) for name in targets),
        key_id=draw(st.none() | texts),
        select=draw(tuples(texts)),
        exclude=draw(tuples(texts)),
        allow_deletes=draw(st.none() | st.integers(0, 9)),
        allow_changes=draw(st.none() | st.integers(0, 9)),
        diagnostics=draw(tuples(diagnostics)),
    )


def withheld(value: Value) -> Value:
    return WITHHELD if isinstance(value, Secret) else value


def without_secrets(plan: Plan) -> Plan:
    """The plan as it must come back: each masked value WITHHELD, all else the same."""

    def each(change: Change) -> Change:
        sides = {
            side: tree if tree is None else {path: withheld(value) for path, value in tree.items()}
            for side, tree in (("before", change.before), ("after", change.after))
        }
        return msgspec.structs.replace(
            change,
            **sides,
            fields=tuple(
                msgspec.structs.replace(field, before=withheld(field.before), after=withheld(field.after))
                for field in change.fields
            ),
        )

    return msgspec.structs.replace(
        plan,
        targets=tuple(msgspec.structs.replace(part, changes=tuple(map(each, part.changes))) for part in plan.targets),
    )


@given(plans())
@settings(max_examples=50, deadline=None)
def test_any_plan_comes_back_but_for_its_masked_values(plan: Plan) -> None:
    data = encode_plan(plan)
    again = read_plan(data, "p.json")
    assert again == without_secrets(plan)
    assert encode_plan(again) == data
    assert PLANTED.encode() not in data
    assert data.count(b"\n") == 1


@given(plans())
@settings(max_examples=25, deadline=None)
def test_any_plan_can_be_shown_and_hides_its_secrets(plan: Plan) -> None:
    shown = render_plan(plan, color=False)
    assert PLANTED not in shown
    assert shown == render_plan(read_plan(encode_plan(plan), "p.json"), color=False)


@given(st.dictionaries(paths, st.integers(), max_size=6))
@settings(max_examples=50, deadline=None)
def test_paths_survive_nesting(values: dict[str, int]) -> None:
    assert flat(nested(values)) == values


def test_blocks_are_nested_as_in_the_files() -> None:
    assert nested({"name": 1, "attendance.enabled": 2, "attributes.Global ID": 3, "attributes.a.b": 4}) == {
        "name": 1,
        "attendance": {"enabled": 2},
        "attributes": {"Global ID": 3, "a.b": 4},
    }


def test_the_document_holds_what_readers_of_terraform_plans_want() -> None:
    document = plan_document(report_samples.EVERYTHING)
    assert {key: document[key] for key in ("format_version", "terraform_version", "configuration")} == {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "configuration": {"root_module": {}},
    }
    assert document["summary"] == {
        "create": 3, "update": 7, "delete": 2, "adopt": 8, "forget": 1, "unchanged": 1034,
    }  # fmt: skip
    ana = next(each for each in document["resource_changes"] if each["address"] == "hq/employee/1001")
    assert ana == {
        "address": "hq/employee/1001",
        "mode": "managed",
        "type": "employee",
        "name": "1001",
        "target": "hq",
        "provider_name": "biotime",
        "change": {
            "actions": ["update"],
            "before": {"first_name": "Ana", "last_name": "Silva", "department": "10", "mobile": "912 000 111"},
            "after": {"first_name": "Ana", "last_name": "Silva", "department": "20", "mobile": "912 000 222"},
            "after_unknown": {},
            "before_sensitive": {},
            "after_sensitive": {},
        },
        "action_reason": "both",
        "fields": [
            {"path": "department", "before": "10", "after": "20", "cause": "config"},
            {"path": "areas", "before": ["HQ", "OPS"], "after": ["LAB", "OPS"], "cause": "both"},
            {"path": "mobile", "before": "912 000 111", "after": "912 000 222", "cause": "drift"},
            {
                "path": "card",
                "before": None,
                "after": None,
                "cause": "config",
                "before_sensitive": True,
                "after_sensitive": True,
            },
            {"path": "attendance.enabled", "before": None, "after": True, "cause": "config"},
        ],
        "depends_on": ["hq/department/20"],
        "source": {"file": "org/people.yaml", "line": 12, "column": 5},
        "reconciler": {"id": 17, "live_digest": "00ff"},
    }
    planned = {each["address"]: each["values"] for each in document["planned_values"]["root_module"]["resources"]}
    assert planned["hq/employee/1001"] == ana["change"]["after"]
    assert "hq/employee/1003" not in planned


def test_drift_is_told_the_way_it_happened() -> None:
    document = plan_document(report_samples.EVERYTHING)
    drift = {each["address"]: each["change"] for each in document["resource_drift"]}
    assert sorted(drift) == ["hq/employee/1001", "hq/employee/1007", "hq/employee/1017"]
    assert drift["hq/employee/1007"]["before"] == {"gender": "female", "attributes": {"Global ID": "G-2"}}
    assert drift["hq/employee/1007"]["after"] == {"gender": "S", "attributes": {"Global ID": "G-1"}}
    assert drift["hq/employee/1001"]["before"] == {"mobile": "912 000 222"}  # areas: only its digest is known
    assert drift["hq/employee/1001"]["after"] == {"areas": ["HQ", "OPS"], "mobile": "912 000 111"}
    assert (drift["hq/employee/1017"]["actions"], drift["hq/employee/1017"]["after"]) == (["delete"], None)


def with_error(code: str, **more: object) -> Plan:
    """A plan with changes on one target, and an error of another one."""
    faulty = report_samples.target("gate", diagnostics=(error(code, "So it is."),), **more)
    return report_samples.plan(report_samples.target(changes=report_samples.CREATES), faulty)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (report_samples.EVERYTHING, (False, True, False)),  # beyond a limit
        (report_samples.NOTHING, (True, False, False)),
        (report_samples.ADOPTED, (True, False, True)),
        (report_samples.UNREAD, (False, True, False)),
        (report_samples.KEYLESS, (True, False, True)),
        (with_error("RC0601"), (True, True, False)),  # the files ask what can't be done
        (with_error("RC0601", complete=False), (False, True, True)),  # of a target that is left out for it
        (with_error("RC0501", complete=False), (False, True, True)),
    ],
)
def test_complete_errored_and_applyable(plan: Plan, said: tuple[bool, bool, bool]) -> None:
    document = plan_document(plan)
    assert (document["complete"], document["errored"], document["applyable"]) == said


def test_a_plan_of_an_earlier_version_which_does_not_say_what_was_not_compared_is_read() -> None:
    document = plan_document(report_samples.BELIEVED)
    for part in document["targets"].values():
        del part["unread"]
    targets = tuple(msgspec.structs.replace(each, unread=()) for each in report_samples.BELIEVED.targets)
    earlier = msgspec.structs.replace(report_samples.BELIEVED, targets=targets)
    assert read_plan(json.dumps(document).encode(), "p.json") == earlier


def edited(**changes: object) -> bytes:
    return json.dumps(plan_document(report_samples.EVERYTHING) | changes).encode()


def first_change(**changes: object) -> bytes:
    document = plan_document(report_samples.EVERYTHING)
    document["resource_changes"][0] |= changes
    return json.dumps(document).encode()


ADVICE = "Nothing was changed. Make a new plan with `reconciler plan --out`."
NOT_OURS = f"p.json is not a plan that `reconciler plan --out` saved, or it was cut short. {ADVICE}"


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", NOT_OURS),
        (b"\xff\xfe", NOT_OURS),
        (b"[]", NOT_OURS),
        (b'{"format_version": "1.2"}', NOT_OURS),
        (b"[" * 100_000, NOT_OURS),
        (encode_plan(report_samples.EVERYTHING)[:-20], NOT_OURS),
        (
            edited(reconciler={"format": 2}),
            f"p.json has the format 2, and this version reads up to 1: use the newer one. {ADVICE}",
        ),
        (edited(project=7), f"p.json is damaged (Expected `str`, got `int` - at `$.project`). {ADVICE}"),
        (edited(targets={}), f"p.json is damaged (the target of hq/department/20 is not in it). {ADVICE}"),
        (first_change(name="21"), f"p.json is damaged (the entry of hq/department/20 contradicts itself). {ADVICE}"),
        (
            first_change(address="x"),
            f"p.json is damaged ('x' is not an address: write target/kind/key, such as hq/employee/1001). {ADVICE}",
        ),
    ],
)
def test_a_file_that_can_not_be_used_says_why(data: bytes, detail: str) -> None:
    with pytest.raises(PlanFileError) as raised:
        read_plan(data, "p.json")
    assert (raised.value.diagnostic.code, raised.value.diagnostic.detail) == ("RC0806", detail)


def test_an_action_that_the_values_deny_is_damage() -> None:
    document = plan_document(report_samples.EVERYTHING)
    document["resource_changes"][0]["change"]["actions"] = ["delete"]
    with pytest.raises(PlanFileError, match="contradicts itself"):
        read_plan(json.dumps(document).encode(), "p.json")

"""Each switch of CVSecurity in each of its positions: cvsecurity_switches.yaml is the specification."""

import pytest
from cvsecurity_helpers import check, specified

from reconciler.simulator import PROFILES, Profile, SimulatorError, switches
from reconciler.simulator.cvsecurity import CvSecurityProfile
from reconciler.simulator.systems import profile

SPECIFIED = specified("cvsecurity_switches.yaml")
CASES = [
    pytest.param(case, id=f"{name}-{number}") for name, cases in SPECIFIED.items() for number, case in enumerate(cases)
]
ELSEWHERE = {  # test_cvsecurity_server.py, test_cvsecurity_codes.py
    "token_refused",
    "message_language",
    "message_wording",
    "photo_refusal",
}


def test_every_switch_is_specified_and_documented():
    assert set(SPECIFIED) | ELSEWHERE == set(CvSecurityProfile.__struct_fields__)
    assert set(SPECIFIED) & ELSEWHERE == set()
    own = {name: text for name, text in switches().items() if name in CvSecurityProfile.__struct_fields__}
    assert [name for name, text in own.items() if not (text.startswith("CVSecurity: ") and text.endswith("."))] == []


def test_no_switch_is_of_both_systems():
    assert set(Profile.__struct_fields__) & set(CvSecurityProfile.__struct_fields__) == set()
    assert set(switches()) == {*Profile.__struct_fields__, *CvSecurityProfile.__struct_fields__}


@pytest.mark.parametrize("case", CASES)
def test_a_switch(case, cvsecurity):
    server, client = cvsecurity(switches=case.get("with"))
    check(server, client, case)


def test_the_editions_differ_in_what_they_have():
    features = ("department_list", "person_batches", "level_editing", "level_assignment", "query_forms", "paged_areas")
    assert {name: {getattr(PROFILES[f"cvsecurity-{name}"], it) for it in features} for name in ("1.0", "1.2")} == {
        "1.0": {False},
        "1.2": {True},
    }


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("cvsecurity-2", {}, "There is no profile 'cvsecurity-2'. The profiles are biotime-8.0, "),
        (
            "cvsecurity-1.0",
            {"bulk": True},
            "There is no switch 'bulk'. The switches are token_refused, missing_route, ",
        ),
        ("cvsecurity-1.0", {"modules": ["doors"]}, "A switch has a wrong value: Invalid enum value 'doors'"),
        ("biotime-8.5", {"push": "done"}, "There is no switch 'push'. The switches are jwt_seconds, "),
    ],
)
def test_a_profile_that_can_not_be_is_refused(name, given, message):
    with pytest.raises(SimulatorError) as caught:
        profile(name, given)
    assert str(caught.value).startswith(message)


def test_switches_may_be_texts_as_in_a_yaml_file():
    found = profile("cvsecurity-1.0", {"sync_person_grants": "true", "name_length": "30", "photo_refusal": "-63"})
    assert (found.sync_person_grants, found.name_length, found.photo_refusal) == (True, 30, -63)

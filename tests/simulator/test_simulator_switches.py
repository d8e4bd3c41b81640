"""Each switch in each of its positions: switches.yaml is the specification."""

import base64
import json
from pathlib import Path

import pytest
import yaml
from picking import pick

from reconciler.simulator import Profile, SimulatorError
from reconciler.simulator.profile import PROFILES, profile, switches

SPECIFIED = yaml.load((Path(__file__).parent / "switches.yaml").read_text("utf-8"), yaml.CSafeLoader)
CASES = [
    pytest.param(case, id=f"{name}-{number}") for name, cases in SPECIFIED.items() for number, case in enumerate(cases)
]
ELSEWHERE = {"jwt_refresh_seconds", "lockout_seconds"}  # they need a clock: test_simulator_auth.py

SEED = {
    "departments": [{"code": "OPS", "name": "Operations"}],
    "areas": [{"code": "HQ", "name": "Headquarters"}],
    "positions": [{"code": "ENG", "name": "Engineer"}],
    "employees": [{"code": "1001", "first_name": "Ana"}],
}


def test_every_switch_is_specified_and_documented():
    assert set(SPECIFIED) | ELSEWHERE == set(Profile.__struct_fields__)
    assert [name for name, text in switches().items() if not text.endswith(".")] == []


@pytest.mark.parametrize("case", CASES)
def test_a_switch(case, start):
    server, client = start("biotime-8.5", switches=case.get("with"), login=False, clock=lambda: 1_700_000_000)
    server.seed(SEED)
    server.seed(case.get("seed", {}))
    client.login()

    for method, path, *rest in case["calls"]:
        body = rest[0] if rest else None
        sent = body.encode() if isinstance(body, str) else body
        answer = client.call(method, path, sent, rest[1] if len(rest) > 1 else None)

    if "status" in case:
        assert answer.status == case["status"]
    if "text" in case:
        assert case["text"] in answer.raw.decode()
    if "body" in case:
        assert answer.raw.decode() == case["body"]
    if "claim" in case:
        payload = answer.json["token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        assert {name: claims[name] - 1_700_000_000 for name in case["claim"]} == case["claim"]
    if "expect" in case:
        assert pick(answer.json, case.get("pick", "")) == case["expect"]
    if "begins" in case:
        assert pick(answer.json, case["pick"]).startswith(case["begins"])
    if "subset" in case:
        found = pick(answer.json, case.get("pick", ""))
        assert {name: found.get(name, "<missing>") for name in case["subset"]} == case["subset"]


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_serves_its_own_data(name, start):
    server, client = start(name)
    server.seed(SEED)
    assert [row["emp_code"] for row in client.rows("employees")] == ["1001"]
    assert [row["id"] for row in client.rows("departments")] == [1, 2]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("biotime-7", {}, "There is no profile 'biotime-7'. The profiles are biotime-8.0, "),
        ("biotime-8.5", {"limt": "both"}, "There is no switch 'limt'. The switches are jwt_seconds, "),
        ("biotime-8.5", {"attendance": "round"}, "A switch has a wrong value: Invalid enum value 'round'"),
    ],
)
def test_a_profile_that_can_not_be_is_refused(name, given, message):
    with pytest.raises(SimulatorError) as caught:
        profile(name, given)
    assert str(caught.value).startswith(message)


def test_switches_may_be_texts_as_in_a_yaml_file():
    found = profile("zkbiotime", {"licence_gate": "true", "page_size_max": "100"})
    assert (found.licence_gate, found.page_size_max, found.updates) == (True, 100, "put")


def test_the_differences_of_versions_are_those_of_the_table():
    table = {
        name: (it.attendance, it.employee_detail, it.department_parent, it.resigns, it.bulk, it.updates, it.kept_codes)
        for name, it in PROFILES.items()
    }
    assert table == {
        "biotime-8.0": ("flat", "bare", "bare", False, False, "both", ()),
        "biotime-8.5": ("flat", "bare", "bare", True, False, "both", ()),
        "utimemaster-9.0": ("nested", "nested", "nested", False, False, "both", ()),
        "utimemaster-9.5": ("nested", "nested", "nested", True, True, "both", ("departments", "employees")),
        "zkbiotime": ("flat", "nested", "nested", True, True, "put", ()),
        "zkbiotime-company": ("flat", "nested", "nested", True, True, "put", ()),
    }

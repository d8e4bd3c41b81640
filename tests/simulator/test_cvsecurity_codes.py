"""Each failure of CVSecurity: cvsecurity_codes.yaml is the specification."""

import pytest
from cvsecurity_helpers import check, specified

from reconciler.simulator.cvsecurity.codes import FAILURES, SUCCESS, Failure

SPECIFIED = specified("cvsecurity_codes.yaml")
CASES = [
    pytest.param(case, id=f"{name}-{number}") for name, cases in SPECIFIED.items() for number, case in enumerate(cases)
]
ELSEWHERE = {"token", "pins_many"}  # test_cvsecurity_server.py, test_cvsecurity_lists.py

MANUAL = {
    *(-1, -10, -12, -13, -14, -15, -20, -22, -23, -24, -25, -26, -27, -29, -31, -32, -33, -34, -40, -41, -42, -43, -44),
    *(-45, -46, -47, -48, -70, -71, -80, -81, -82, -83, -90, -91, -92, -100, -101, -201, -202, -203, -221, -222, -223),
}
"""The codes of the manual's appendix that the simulated calls can answer."""

SEEN = {-62, -63, -71, -102, -105, -5001}
"""Those of edition 1.2, and those that real servers were seen to answer."""


def test_every_failure_is_specified():
    assert set(SPECIFIED) | ELSEWHERE == set(FAILURES)
    assert set(SPECIFIED) & ELSEWHERE == set()


def test_the_codes_are_those_of_the_appendix_and_of_real_servers():
    assert {failure.code for failure in FAILURES.values()} == MANUAL | SEEN


@pytest.mark.parametrize("case", CASES)
def test_a_failure(case, cvsecurity):
    server, client = cvsecurity(switches=case.get("with"))
    check(server, client, case)


@pytest.mark.parametrize(
    ("switches", "wanted"),
    [
        ({}, lambda failure: failure.seen or failure.manual),
        ({"message_wording": "manual"}, lambda failure: failure.manual),
        ({"message_language": "zh"}, lambda failure: failure.chinese),
        ({"message_language": "zh", "message_wording": "manual"}, lambda failure: failure.chinese),
    ],
)
def test_messages_are_in_the_language_and_wording_of_the_server(switches, wanted, cvsecurity):
    _, client = cvsecurity(switches=switches)
    calls: dict[str, tuple[Failure, tuple]] = {
        "success": (SUCCESS, ("POST", "person/add", {"pin": "3"})),
        "no_person": (FAILURES["no_person"], ("GET", "person/get/9")),
        "page": (FAILURES["page"], ("GET", "accLevel/list?pageNo=0&pageSize=1")),
    }
    for failure, call in calls.values():
        assert client.ask(*call).json["message"] == wanted(failure)

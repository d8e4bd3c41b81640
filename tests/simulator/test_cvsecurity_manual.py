"""Each example of the manual of CVSecurity, by its section: cvsecurity_manual.yaml."""

import pytest
from cvsecurity_helpers import check, specified

SPECIFIED = specified("cvsecurity_manual.yaml")
CASES = [
    pytest.param(case, id=f"{name}-{number}") for name, cases in SPECIFIED.items() for number, case in enumerate(cases)
]

FIRST, SECOND = "402856aa6c3bbde1016c3bc2329200ff", "402856aa6c3bbde1016c3bc232930100"
ELEVATOR = "402856aa6c3bbde1016c3bc232920100"

SEED = {
    "door_levels": [{"id": FIRST, "name": "public level group"}, {"id": SECOND, "name": "second"}],
    "elevator_levels": [{"id": ELEVATOR, "name": "public level group"}],
    "persons": [{"pin": "1", "door_levels": ["public level group", "second"]}],
}


@pytest.mark.parametrize("case", CASES)
def test_an_example_of_the_manual_is_answered_as_it_says(case, cvsecurity):
    server, client = cvsecurity("cvsecurity-1.2", seed=case.get("seed", SEED), switches=case.get("with"))
    check(server, client, case)

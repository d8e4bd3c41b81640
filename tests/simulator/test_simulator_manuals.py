"""Each example of the manuals, as a file: the rows that are there, the call, the answer."""

import json
import time
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "manuals").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_example_of_the_manual_is_answered_as_it_says(path, start):
    case = json.loads(path.read_text("utf-8"))
    clock = time.mktime(time.strptime(case["clock"], "%Y-%m-%d %H:%M:%S"))
    server, client = start(case["profile"], switches=case.get("switches"), clock=lambda: clock)
    dump = server.dump()
    for name, rows in case.get("rows", {}).items():
        ids = {row["id"] for row in rows}
        dump["tables"][name] = [row for row in dump["tables"][name] if row["id"] not in ids] + rows
    dump["next_id"] |= case.get("next_id", {})
    server.load(dump)

    answer = client.call(*case["call"])

    assert answer.status == case["status"]
    found = answer.json
    for member in case.get("unlike", []):
        del found[member]
    assert found == case["answer"]

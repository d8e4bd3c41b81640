"""What the tests of CVSecurity share."""

from pathlib import Path

import yaml
from picking import pick
from simulator_client import Answer, Client

from reconciler.simulator import Server

SEED = {
    "areas": [{"code": "HQ", "name": "Headquarters"}],
    "devices": [{"id": "dev1", "sn": "S1", "name": "Controller"}],
    "doors": [{"id": "door1", "name": "Front", "device": "S1"}, {"id": "door2", "name": "Back", "device": "S1"}],
    "door_levels": [{"id": "L1", "name": "Lobby"}, {"id": "L2", "name": "Vault"}],
    "elevator_levels": [{"id": "E1", "name": "Lift"}],
    "entrance_levels": [{"id": "P1", "name": "Gate"}],
    "departments": [
        {"code": "2", "name": "Operations", "levels": ["Lobby"]},
        {"code": "21", "name": "Night", "parent": "2"},
    ],
    "persons": [
        {
            "pin": "1",
            "name": "Ana",
            "department": "2",
            "cardNo": "100",
            "personPwd": "123",
            "email": "ana@example.org",
            "gender": "F",
            "door_levels": ["Lobby"],
        },
        {"pin": "2", "name": "Ben", "department": "21"},
    ],
}
"""What the cases of the YAML files begin with. The built-in department, area and levels are there besides."""


class CvClient(Client):
    """A client that puts the access token into the query."""

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """Call a path below /api/, which may have a query."""
        mark = "&" if "?" in path else "?"
        return self.call(method, f"/api/{path}{mark}access_token={self.server.token}", body, headers)

    def code(self, method: str, path: str, body: object = None) -> int:
        """The code of the answer to a call."""
        return self.ask(method, path, body).json["code"]

    def data(self, method: str, path: str, body: object = None):
        """What a call that succeeds answers."""
        answer = self.ask(method, path, body).json
        assert answer["code"] == 0, answer
        return answer["data"]

    def pins(self, parameters: str = "pageNo=1&pageSize=1000") -> list[str]:
        """The pins of v2/person/getPersonList."""
        return [row["pin"] for row in self.data("POST", f"v2/person/getPersonList?{parameters}")["data"]]


def specified(name: str) -> dict[str, list[dict]]:
    """The cases of a YAML file: {subject: [case]}."""
    return yaml.load((Path(__file__).parent / name).read_text("utf-8"), yaml.CSafeLoader)


def check(server: Server, client: CvClient, case: dict) -> None:
    """Make a case's calls, and compare the last answer, and the rows that are left, with what it says."""
    for method, path, *rest in case["calls"]:
        body = rest[0].encode() if rest and isinstance(rest[0], str) else rest[0] if rest else None
        answer = client.ask(method, path, body, *rest[1:])
    if "status" in case:
        assert answer.status == case["status"]
    if "code" in case:
        assert (answer.status, answer.json["code"]) == (200, case["code"])
    if "expect" in case:
        assert pick(answer.json, case.get("pick", "")) == case["expect"]
    if "subset" in case:
        found = pick(answer.json, case.get("pick", ""))
        assert {name: found.get(name, "<missing>") for name in case["subset"]} == case["subset"]
    for way, wanted in case.get("kept", {}).items():
        table, _, rest = way.partition(".")
        assert pick(server.rows(table), rest) == wanted

"""What the project file's schema takes of servers, by their systems."""

import pytest
from jsonschema import Draft202012Validator

from reconciler.model.project_schema import project_schema
from reconciler.model.systems import SYSTEMS

VALIDATOR = Draft202012Validator(project_schema([name for name in SYSTEMS if name != "device"]))
SECRET = {"env": "A"}
LOGIN = {"username": "a", "password": SECRET}
TOKEN = {"access_token": SECRET}

SERVERS = [
    # (system, the server's other keys, whether they are valid)
    ("cvsecurity", {"auth": TOKEN}, True),
    ("cvsecurity", {"auth": LOGIN}, False),
    ("cvsecurity", {"auth": {**TOKEN, "scheme": "jwt"}}, False),
    ("cvsecurity", {"auth": {"access_token": "hunter2"}}, False),
    ("cvsecurity", {"auth": {"access_token": {"table": "a"}}}, False),
    ("cvsecurity", {"manages": ["vehicles", "access_levels"], "prune": {"vehicles": "all"}}, True),
    ("cvsecurity", {"manages": ["positions"]}, False),
    ("cvsecurity", {"select": {"areas": ["HQ"]}}, True),
    ("cvsecurity", {"select": {"positions": ["HQ"]}}, False),
    ("cvsecurity", {"select": {"access_levels": ["Office"]}}, False),
    ("cvsecurity", {"prune": {"areas": "all"}}, False),
    ("biotime", {"prune": {"areas": "all"}}, True),
    ("biotime", {"auth": {**LOGIN, "scheme": "jwt"}}, True),
    ("biotime", {"auth": TOKEN}, False),
    ("biotime", {"manages": ["positions"]}, True),
    ("zkbiotime", {"manages": ["vehicles"]}, False),
    ("zkbiotime", {"prune": {"access_levels": "never"}}, False),
    ("{{ var.system }}", {"auth": TOKEN, "manages": ["vehicles", "positions"]}, True),
    ("{{ var.system }}", {"auth": LOGIN}, True),
    ("device", {}, False),
]


@pytest.mark.parametrize(("system", "keys", "valid"), SERVERS)
def test_a_server_has_what_its_system_has(system: str, keys: dict[str, object], valid: bool) -> None:
    server = {"system": system, "url": "https://a", **keys}
    assert VALIDATOR.is_valid({"version": 1, "project": "p", "targets": {"a": server}}) is valid


@pytest.mark.parametrize(("auth", "valid"), [(TOKEN, True), (LOGIN, True), ({**TOKEN, **LOGIN}, False), ({}, False)])
def test_all_servers_may_be_logged_in_to_alike(auth: object, valid: bool) -> None:
    assert VALIDATOR.is_valid({"version": 1, "project": "p", "defaults": {"auth": auth}}) is valid

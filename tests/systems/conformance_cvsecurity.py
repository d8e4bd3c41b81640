"""CVSecurity as a user runs it: a project on disk, a simulated server of either edition, and the real commands."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conformance import PASSWORD, TARGET, Run, Subject, World

from reconciler.simulator import Server
from reconciler.simulator.store import Row

EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
OLD, NEW = EDITIONS
both_editions = pytest.mark.parametrize("edition", EDITIONS)

UNREAD = "RC0407"
"""The code of the warning that what is written can't be read back."""

API = "/api/"
PHOTOS = {"one.jpg": b"\xff\xd8\xff\xe0 one face", "two.png": b"\x89PNG\r\n\x1a\n another face"}

SITE: dict[str, list[Row]] = {
    "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "7", "name": "Laboratory"}],
    "devices": [{"sn": "C1", "name": "Controller"}],
    "doors": [{"name": "Front", "device": "C1"}, {"name": "Back", "device": "C1"}],
    "time_segments": [{"name": "Always"}],
    "door_levels": [{"id": "D1", "name": "Office"}, {"id": "D2", "name": "Vault"}, {"id": "D3", "name": "Roof"}],
    "elevator_levels": [{"id": "E1", "name": "Lift"}, {"id": "E2", "name": "Goods lift"}],
    "entrance_levels": [{"id": "P1", "name": "Gate"}, {"id": "P2", "name": "Side gate"}],
}
"""What people make in the server's own pages. No file declares the level Roof."""

LEVELS = {"Office": "door", "Vault": "door", "Lift": "elevator", "Goods lift": "elevator"} | dict.fromkeys(
    ("Gate", "Side gate"), "entrance"
)
"""The levels that the files declare, and what they open."""

MEMBERSHIPS = ("door_levels", "elevator_levels", "entrance_levels", "attendance_areas", "kiosk_areas")


class Gate(World):
    """A project and its server. What servers can't show is warned of, and of nothing else."""

    def targets(self) -> dict[str, Any]:
        target = {"system": "cvsecurity", "url": self.server.url, "auth": {"access_token": {"env": "SERVER_PASSWORD"}}}
        return {TARGET: {**target, "retries": 0, **self.settings}}

    def settle(self, *options: str) -> Run:
        applied = self.apply(*options)
        assert wrong(applied) == []
        assert applied.status == 0
        self.assert_settled()
        return applied

    def held(self) -> int:
        """Areas are made in the server's own pages: there is nothing of theirs to compare."""
        return sum(kind != "area" for kind, _ in self.objects)

    def person(self, pin: str) -> Row:
        """A person's row, without its id and what is empty."""
        row = next(row for row in self.server.rows("persons") if row["pin"] == pin)
        return {name: value for name, value in row.items() if name != "id" and value not in ([], {})}

    def pins(self) -> list[str]:
        return sorted(str(row["pin"]) for row in self.server.rows("persons"))

    def member_of(self, pin: str) -> list[list[object]]:
        """The ids of the levels of doors, elevators and entrances, and the codes of the areas that a person has."""
        row = self.person(pin)
        return [sorted(row.get(name, [])) for name in MEMBERSHIPS]  # type: ignore[call-overload]

    def departments(self) -> dict[object, tuple[object, object]]:
        """Names and parents by code, but of the built-in one."""
        rows = self.server.rows("departments")
        return {row["code"]: (row["name"], row["parentCode"]) for row in rows if row["code"] != "1"}

    def edit(self, table: str, key: str, **members: object) -> None:
        """Somebody changes a row in the server's own pages; None takes a member away."""
        dump: Any = self.server.dump()
        for row in dump["tables"][table]:
            if key in (row.get("pin"), row.get("code"), row.get("id")):
                row |= members
                for name in [name for name, value in row.items() if value is None]:
                    del row[name]
        self.server.load(dump)

    def calls(self) -> Counter[str]:
        """How often each call arrived since the journal was cleared."""
        return Counter(each.path.removeprefix(API) for each in self.server.journal.entries())

    def wrote(self) -> list[str]:
        """The calls since the journal was cleared that write, in order."""
        paths = [each.path.removeprefix(API) for each in self.server.journal.entries() if each.method != "GET"]
        return [path for path in paths if "get" not in path]


def wrong(run: Run) -> list[tuple[str, str | None, str]]:
    """All that a run complains of, but that something can't be read back."""
    return [each for each in run.details if each[0] != UNREAD]


@contextmanager
def gate(edition: str, root: Path, **switches: object) -> Iterator[Gate]:
    """A server with the levels and areas of SITE, and its project with the levels, the areas and two departments. At
    its end the server must not have stumbled, nor made anything twice."""
    subject = Subject(profile=edition, system="cvsecurity", absent=frozenset(), wanted={}, kept=frozenset())
    with Server(edition, token=PASSWORD, switches=switches) as server:
        server.seed(SITE)
        here = Gate(subject, server, root / "project")
        here.objects = site()
        folder = here.root / "photos"
        folder.mkdir(parents=True)
        for name, content in PHOTOS.items():
            (folder / name).write_bytes(content)
        yield here
    assert (server.errors, server.created_twice()) == ([], [])


def site() -> dict[tuple[str, str], dict[str, Any]]:
    """What every project here begins with."""
    return {
        ("department", "OPS"): {"name": "Operations"},
        ("department", "RND"): {"name": "Research", "parent": "OPS"},
        ("area", "HQ"): {"name": "Headquarters"},
        ("area", "7"): {"name": "Laboratory"},
        **{("access_level", name): {"control": control} for name, control in LEVELS.items()},
    }


def employee(department: str = "OPS", **values: Any) -> dict[str, Any]:
    """An employee who has little."""
    return {"department": department, **values}

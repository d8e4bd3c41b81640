"""Reading levels of doors, elevators, entrances and visitors, and who has them (manual 2.1, 2.2, 2.16, 2.32)."""

from reconciler.simulator.cvsecurity.call import Call, Result, Site, person, texts
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.paging import bare, wrapped
from reconciler.simulator.cvsecurity.store import Row, Store, listed


class Levels:
    """The calls about one table of levels; a person's row has their ids in the member of the table's name."""

    def __init__(self, table: str) -> None:
        self._table = table

    def v1(self, site: Site, call: Call) -> Result:
        """list."""
        return Result(bare(self._rows(site), call.query, shape))

    def v2(self, site: Site, call: Call) -> Result:
        """v2 list."""
        return Result(wrapped(site, self._rows(site), call.query, shape))

    def _rows(self, site: Site) -> list[Row]:
        return list(site.store.tables[self._table].values())

    def by_id(self, site: Site, call: Call) -> Result:
        """getById."""
        return _found(site, site.store.get(self._table, call.key("id")), call.key("id"))

    def by_name(self, site: Site, call: Call) -> Result:
        """getByName."""
        name = call.key("name")
        return _found(site, named(site.store, self._table, name), name)

    def sync_person(self, site: Site, call: Call) -> Result:
        """syncPerson: push what the person has; the switch sync_person_grants makes it give the levels, too."""
        if site.profile.sync_person_grants:
            return self.add_to_person(site, call)
        self._asked(site, call)
        return pushed(site)

    def add_to_person(self, site: Site, call: Call) -> Result:
        """addLevelPerson: the person has these levels beside those that were there."""
        row, ids = self._asked(site, call)
        self.give(site, row, ids)
        return pushed(site)

    def give(self, site: Site, row: Row, ids: list[str]) -> None:
        """Let a person have these levels, too. Raises Refused (-24)."""
        if any(site.store.get(self._table, identity) is None for identity in ids):
            raise Refused("no_level")
        if "leaveDate" in row:
            raise Refused("authorize")
        both = list(dict.fromkeys([*listed(row, self._table), *ids]))
        site.store.put("persons", {**row, self._table: both})

    def take_from_person(self, site: Site, call: Call) -> Result:
        """deleteLevel: the person no longer has these levels; the levels stay."""
        row, ids = self._asked(site, call)
        held = listed(row, self._table)
        if site.profile.delete_unassigned == "refused" and not set(ids) <= set(held):
            raise Refused("delete_level")
        site.store.put("persons", {**row, self._table: [identity for identity in held if identity not in ids]})
        return pushed(site)

    def sync_level(self, site: Site, call: Call) -> Result:
        """syncLevel: push a level that somebody has."""
        identity = call.query.get("levelId", "").strip()
        if not identity:
            raise Refused("level_blank")
        if site.store.get(self._table, identity) is None:
            raise Refused("no_level")
        if not site.store.count(f"person {self._table}", identity):
            raise Refused("level_empty")
        return pushed(site)

    def _asked(self, site: Site, call: Call) -> tuple[Row, list[str]]:
        pin, ids = call.query.get("pin", "").strip(), texts(call.query.get("levelIds"))
        if not pin or not ids:
            raise Refused("pin_or_level_blank")
        row = person(site, pin)
        if any(site.store.get(self._table, identity) is None for identity in ids):
            raise Refused("no_level")
        return row, ids


def shape(row: Row) -> Row:
    """A level as all calls show it: nothing of its doors, its times or its persons."""
    return {"id": row["id"], "name": row["name"]}


def named(store: Store, table: str, name: str) -> Row | None:
    """The first level of a name."""
    found = store.having(table, name)
    return store.get(table, found[0]) if found else None


def pushed(site: Site) -> Result:
    """The answer of a call after which devices are told."""
    return Result(failure="push" if site.profile.push == "fails" else "")


def _found(site: Site, row: Row | None, asked: str) -> Result:
    if not asked:
        raise Refused("level_blank")
    if row is None and site.profile.missing_level == "code":
        raise Refused("no_level")
    return Result(shape(row) if row else None)

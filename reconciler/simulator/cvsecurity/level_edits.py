"""Making levels and giving them by the array, as edition 1.2 can."""

from reconciler.simulator.cvsecurity.batches import counted, each
from reconciler.simulator.cvsecurity.call import Call, Result, Site, person, pins_of, text, texts
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.levels import Levels, named, pushed, shape
from reconciler.simulator.cvsecurity.paging import bare
from reconciler.simulator.cvsecurity.store import Row, listed

_ENTRANCE = Levels("entrance_levels")


def add_levels(site: Site, call: Call) -> Result:
    """accLevel/addLevel: [{name, timeSegName, areaName}]; a level of this name is changed. The times and the area must
    be there; there is no call that reads a level's."""
    return each(site, call.items(), lambda item: _level(site, item))


def _level(site: Site, item: dict[str, object]) -> None:
    name, segment, area = (text(item.get(member)) for member in ("name", "timeSegName", "areaName"))
    if not name or site.store.get("time_segments", segment) is None:
        raise Refused("program")
    if not site.store.having("area_name", area):
        raise Refused("no_area")
    row = named(site.store, "door_levels", name) or {"id": site.store.new_id(), "name": name}
    site.store.put("door_levels", {**row, "time_segment": segment, "area": area})


def add_doors(site: Site, call: Call) -> Result:
    """accLevel/addLevelDoor: [{levelName, doorName}]; a level's doors can't be taken away, nor read."""
    items, done = call.items(), 0
    for item in items:
        try:
            _door(site, text(item.get("levelName")), text(item.get("doorName")))
            done += 1
        except Refused:
            if site.profile.level_doors == "refused":
                raise
    return counted(done, len(items) - done)


def _door(site: Site, level: str, door: str) -> None:
    row = named(site.store, "door_levels", level)
    if row is None:
        raise Refused("no_level")
    if not site.store.having("door_name", door):
        raise Refused("no_door")
    site.store.put("door_levels", {**row, "doors": list(dict.fromkeys([*listed(row, "doors"), door]))})


def by_department(site: Site, call: Call) -> Result:
    """accLevel/getAccLevelListByDeptCode: the levels of a department, which people set in the browser."""
    department = site.store.get("departments", call.query.get("deptCode", "").strip())
    if department is None:
        raise Refused("no_department")
    found = [site.store.get("door_levels", identity) for identity in listed(department, "levels")]
    return Result(bare([row for row in found if row], call.query, shape))


def entrance_by_level(site: Site, call: Call) -> Result:
    """v2/psgLevel/addLevelByLevel: [{levelId, pins}]."""

    def give(item: dict[str, object]) -> None:
        identity = text(item.get("levelId"))
        if not identity:
            raise Refused("level_blank")
        for pin in pins_of(site, item.get("pins")):
            _ENTRANCE.give(site, person(site, pin), [identity])

    return _pushed(site, each(site, call.items(), give))


def entrance_by_person(site: Site, call: Call) -> Result:
    """v2/psgLevel/addLevelByPerson: [{pin, levelIds}]."""

    def give(item: dict[str, object]) -> None:
        ids = texts(item.get("levelIds"))
        if not ids:
            raise Refused("level_blank")
        row: Row = person(site, text(item.get("pin")))
        _ENTRANCE.give(site, row, ids)

    return _pushed(site, each(site, call.items(), give))


def _pushed(site: Site, result: Result) -> Result:
    return result if result.failure else pushed(site) if site.profile.push == "fails" else result

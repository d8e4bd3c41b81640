"""The paths below /api/: what answers them, by which method, and which module and edition have them."""

from collections.abc import Callable, Iterator

import msgspec

from reconciler.simulator.cvsecurity import (
    areas,
    cards,
    departments,
    doors,
    level_edits,
    media,
    parking,
    person_lists,
    persons,
)
from reconciler.simulator.cvsecurity.call import Call, Result, Site
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.levels import Levels


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One path; one that ends in "/*" takes a key there. `methods` empty is as the switch deletes says; `module` and
    `feature` are what must be licensed, and the switch that must be on."""

    path: str
    answer: Callable[[Site, Call], Result]
    methods: tuple[str, ...] = ("GET",)
    module: str = ""
    feature: str = ""


GET, POST, DELETES = ("GET",), ("POST",), ()


def _reject(_site: Site, _call: Call) -> Result:
    raise Refused("program")


def _keyed(
    path: str,
    answer: Callable[[Site, Call], Result],
    methods: tuple[str, ...] = GET,
    module: str = "",
    *,
    query_methods: tuple[str, ...] | None = None,
) -> Iterator[Route]:
    """A call with its key in the path, and the form of edition 1.2 with the key in the query."""
    yield Route(path=f"{path}/*", answer=answer, methods=methods, module=module)
    given = methods if query_methods is None else query_methods
    yield Route(path=path, answer=answer, methods=given, module=module, feature="query_forms")


def _personnel() -> Iterator[Route]:
    yield Route(path="department/add", answer=departments.add, methods=POST)
    yield from _keyed("department/get", departments.get)
    yield from _keyed("department/delete", departments.delete, DELETES, query_methods=POST)
    yield Route(
        path="department/getDepartmentList", answer=departments.everything, methods=POST, feature="department_list"
    )
    for name, answer in (
        ("add", persons.add),
        ("addPersonnelBasicInfo", persons.add_basic),
        ("updatePersonnelPhoto", persons.update_photo),
        ("getPersonList", person_lists.v1),
        ("leave", persons.leave),
        ("reinstated", persons.reinstate),
    ):
        yield Route(path=f"person/{name}", answer=answer, methods=POST)
    yield from _keyed("person/get", person_lists.get)
    yield from _keyed("person/delete", persons.delete, DELETES, query_methods=POST)
    yield Route(path="v2/person/getPersonList", answer=person_lists.v2, methods=POST)
    yield Route(path="v2/person/addPersons", answer=persons.add_all, methods=POST, feature="person_batches")
    yield Route(path="v2/person/deleteByPins", answer=persons.delete_all, methods=POST, feature="person_batches")
    # Edition 1.2 documents it as deleting one template; a public client deletes persons with it.
    yield Route(path="v2/person/delete", answer=_reject, methods=POST, feature="query_forms")
    yield from _keyed("card/getCards", cards.get)
    yield Route(path="card/set", answer=cards.put, methods=POST)
    yield Route(path="bioTemplate/add", answer=cards.add_template, methods=POST)
    yield from _keyed("bioTemplate/getFgListByPin", cards.templates)
    yield from _keyed("bioTemplate/deleteByPin", cards.delete_templates, POST)
    yield Route(path="bioTemplate/delete", answer=cards.delete_template, methods=("DELETE", "POST"))


def _levels(prefix: str, table: str, module: str) -> Iterator[Route]:
    levels = Levels(table)
    yield Route(path=f"{prefix}/list", answer=levels.v1, module=module)
    yield Route(path=f"v2/{prefix}/list", answer=levels.v2, module=module)
    yield from _keyed(f"{prefix}/getById", levels.by_id, GET, module)
    yield from _keyed(f"{prefix}/getByName", levels.by_name, GET, module)
    for name, answer in (
        ("syncPerson", levels.sync_person),
        ("deleteLevel", levels.take_from_person),
        ("syncLevel", levels.sync_level),
    ):
        yield Route(path=f"{prefix}/{name}", answer=answer, methods=POST, module=module)


def _access() -> Iterator[Route]:
    yield from _levels("accLevel", "door_levels", "access")
    yield from _levels("eleLevel", "elevator_levels", "elevator")
    yield from _levels("psgLevel", "entrance_levels", "entrance")
    yield Route(path="visLevel/list", answer=Levels("visitor_levels").v1, module="visitor")
    for path, answer, feature in (
        ("accLevel/addLevel", level_edits.add_levels, "level_editing"),
        ("accLevel/addLevelDoor", level_edits.add_doors, "level_editing"),
        ("accLevel/addLevelPerson", Levels("door_levels").add_to_person, "level_assignment"),
        ("v2/psgLevel/addLevelByLevel", level_edits.entrance_by_level, "level_assignment"),
        ("v2/psgLevel/addLevelByPerson", level_edits.entrance_by_person, "level_assignment"),
    ):
        module = "entrance" if "psgLevel" in path else "access"
        yield Route(path=path, answer=answer, methods=POST, module=module, feature=feature)
    yield Route(
        path="accLevel/getAccLevelListByDeptCode",
        answer=level_edits.by_department,
        module="access",
        feature="level_assignment",
    )


def _hardware() -> Iterator[Route]:
    for path, table, module in (
        ("device/accList", "devices", "access"),
        ("door/list", "doors", "access"),
        ("reader/accList", "readers", "access"),
        ("floor/list", "floors", "elevator"),
    ):
        yield Route(path=path, answer=doors.v1(table), module=module)
        second = f"v2/{path.partition('/')[0]}/list"
        yield Route(path=second, answer=doors.v2(table), module=module)
    yield Route(path="door/get", answer=doors.door, module="access")
    yield Route(path="door/allDoorState", answer=doors.all_states, module="access")
    yield Route(path="door/doorStateById", answer=doors.state_by_id, module="access")
    yield Route(path="door/doorStateBySn", answer=doors.states_by_sn, module="access")
    yield Route(path="reader/getAcc", answer=doors.reader, module="access")
    yield from _keyed("device/getAcc", doors.device, GET, "access")
    # Headings say remoteClose, URLs remoteoff (2.11.6, 2.11.7).
    for verb in ("remoteOpen", "remoteClose", "remoteoff"):
        yield Route(path=f"door/{verb}ById", answer=doors.by_id, methods=POST, module="access")
        yield Route(path=f"door/{verb}ByName", answer=doors.by_name, methods=POST, module="access")
    yield Route(path="floor/remoteOpenById", answer=doors.floor_by_id, methods=POST, module="elevator")


def _areas() -> Iterator[Route]:
    attendance, kiosk = areas.Members("attendance_areas"), areas.Members("kiosk_areas")
    yield from _keyed("attAreaPerson/area/get", areas.get, GET, "attendance")
    yield Route(path="attAreaPerson/area/list", answer=areas.v1, module="attendance")
    yield Route(path="v2/attAreaPerson/area/list", answer=areas.v2, module="attendance", feature="paged_areas")
    yield Route(path="attAreaPerson/set", answer=attendance.put, methods=POST, module="attendance")
    yield Route(path="attAreaPerson/delete", answer=attendance.take, methods=DELETES, module="attendance")
    yield Route(path="attPerson/editAttPerson", answer=persons.edit_attendance, methods=POST, module="attendance")
    yield Route(path="insAreaPerson/getAreaList", answer=areas.v1, module="facekiosk")
    yield Route(path="v2/insAreaPerson/getAreaList", answer=areas.v2, module="facekiosk", feature="paged_areas")
    yield Route(path="insAreaPerson/setAreaPerson", answer=kiosk.put, methods=POST, module="facekiosk")
    yield Route(path="insAreaPerson/delAreaPerson", answer=kiosk.take, methods=POST, module="facekiosk")
    yield Route(path="attPerson/editInsPerson", answer=persons.edit_kiosk, methods=POST, module="facekiosk")
    yield Route(path="adMedia/add", answer=media.add, methods=POST, module="facekiosk")
    yield Route(path="adMedia/get/*", answer=media.get, module="facekiosk")
    yield Route(path="adMedia/delete/*", answer=media.delete, methods=("DELETE", "POST"), module="facekiosk")
    yield Route(path="parkAuthorize/addBlackWhite", answer=parking.add, methods=POST, module="parking")
    yield Route(path="parkAuthorize/editBlackWhite", answer=parking.edit, methods=POST, module="parking")
    yield Route(path="parkAuthorize/delBlackWhite", answer=parking.delete, methods=POST, module="parking")


ROUTES: dict[str, Route] = {
    route.path: route for routes in (_personnel(), _access(), _hardware(), _areas()) for route in routes
}
"""All of them, by path."""

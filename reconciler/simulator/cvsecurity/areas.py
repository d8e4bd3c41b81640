"""Areas, and who is in those of attendance and FaceKiosk: there is no call that reads it (manual 2.7, 2.8, 2.28)."""

from reconciler.simulator.cvsecurity.call import Call, Result, Site, person, pins_of, text
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.paging import bare, wrapped
from reconciler.simulator.cvsecurity.store import Row, listed


def get(site: Site, call: Call) -> Result:
    """attAreaPerson/area/get."""
    code = call.key("code")
    if not code:
        raise Refused("area_blank")
    return Result(_shape(_area(site, code)))


def v1(site: Site, call: Call) -> Result:
    """attAreaPerson/area/list and insAreaPerson/getAreaList."""
    return Result(bare(list(site.store.tables["areas"].values()), call.query, _shape))


def v2(site: Site, call: Call) -> Result:
    """The same in the wrapper that counts."""
    return Result(wrapped(site, list(site.store.tables["areas"].values()), call.query, _shape))


class Members:
    """Putting persons into areas and taking them out. `member` is where a person's row has the codes."""

    def __init__(self, member: str) -> None:
        self._member = member

    def put(self, site: Site, call: Call) -> Result:
        """set: these persons are in the area, too; or they alone (switch area_set)."""
        code, pins = self._asked(site, call)
        if site.profile.area_set == "replaced":
            for pin in set(site.store.having(f"person {self._member}", code)) - set(pins):
                self._take(site, pin, code)
        for pin in pins:
            row = person(site, pin)
            codes = list(dict.fromkeys([*listed(row, self._member), code]))
            site.store.put("persons", {**row, self._member: codes})
        return Result()

    def take(self, site: Site, call: Call) -> Result:
        """delete: these persons are no longer in the area; who was not in it stays so."""
        code, pins = self._asked(site, call)
        for pin in pins:
            self._take(site, pin, code)
        return Result()

    def _take(self, site: Site, pin: str, code: str) -> None:
        row = person(site, pin)
        codes = [other for other in listed(row, self._member) if other != code]
        site.store.put("persons", {**row, self._member: codes})

    def _asked(self, site: Site, call: Call) -> tuple[str, list[str]]:
        given = call.members()
        code = text(given.get("code"))
        if not code:
            raise Refused("area_blank")
        _area(site, code)
        return code, pins_of(site, given.get("pins"))


def _area(site: Site, code: str) -> Row:
    row = site.store.get("areas", code)
    if row is None:
        raise Refused("no_area")
    return row


def _shape(row: Row) -> Row:
    return {"id": row["id"], "code": row["code"], "name": row["name"]}

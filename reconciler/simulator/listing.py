"""Lists: filters, order and pages."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import msgspec

from reconciler.simulator.messages import Refusal, Request, Response, detail, json_response
from reconciler.simulator.profile import Profile
from reconciler.simulator.schema import COLLECTIONS, UNITS, Collection
from reconciler.simulator.site import Site, language
from reconciler.simulator.store import Row
from reconciler.simulator.texts import text

Test = Callable[[Row], bool]

_CACHED = 16


class Lists:
    """The lists of one site. The ids of the last few queries are kept until a row changes, so that walking the pages
    of a large collection filters and sorts it once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._version = -1
        self._found: dict[tuple[object, ...], list[int]] = {}

    def page(self, request: Request, name: str) -> Response:
        """One page of a collection. Raises Refusal for a page that is not there and for a filter that can't be."""
        site = self._site
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        ids = self._ids(COLLECTIONS[name], query, language(site, request))
        size = page_size(site.profile, query)
        number = _number(query.get("page") or "1")
        pages = max(1, -(-len(ids) // size))
        if number is None or not 1 <= number <= pages:
            raise Refusal(detail(404, "Invalid page."))
        table = site.store.tables[name]
        rows = [site.shapes.read(name, table[identity]) for identity in ids[(number - 1) * size : number * size]]
        envelope: Row = {
            "count": len(ids),
            "next": _link(site.profile, request, query, number + 1) if number < pages else None,
            "previous": _link(site.profile, request, query, number - 1) if number > 1 else None,
            "msg": "",
            "code": 0,
        }
        members = ("results", "data") if site.profile.rows_member == "both" else (site.profile.rows_member,)
        return json_response(200, envelope | dict.fromkeys(members, rows))

    def _ids(self, collection: Collection, query: dict[str, str], spoken: str) -> list[int]:
        if self._version != self._site.store.version:
            self._found.clear()
            self._version = self._site.store.version
        wanted = {name: value for name, value in query.items() if value and name not in {"page", "page_size", "limit"}}
        key = (collection.name, *sorted(wanted.items()))
        if key not in self._found:
            if len(self._found) >= _CACHED:
                self._found.clear()
            self._found[key] = self._select(collection, wanted, spoken)
        return self._found[key]

    def _select(self, collection: Collection, query: dict[str, str], spoken: str) -> list[int]:
        site = self._site
        tests = list(_tests(site, collection, query, spoken))
        code = query.get("emp_code")
        if collection.name == "employees" and code and site.profile.filter_match == "exact":
            found = site.store.find("employees", {"emp_code": code})
            candidates = [] if found is None else [site.store.tables["employees"][found]]
        else:
            candidates = list(site.store.tables[collection.name].values())
        rows = [row for row in candidates if all(test(row) for test in tests)] if tests else candidates
        return [_id(row) for row in _sorted(site.profile, collection, rows, query)]


def page_size(profile: Profile, query: dict[str, str]) -> int:
    """Rows of a page for a query: nonsense counts as not asked."""
    names = {"page_size": ("page_size",), "limit": ("limit",), "both": ("page_size", "limit")}
    asked = [_number(query[name]) for name in names[profile.page_size_parameter] if query.get(name)]
    size = next((number for number in asked if number and number > 0), profile.page_size_default)
    return min(size, profile.page_size_max) if profile.page_size_max else size


def _link(profile: Profile, request: Request, query: dict[str, str], number: int) -> str:
    host = profile.next_host or f"{request.scheme}://{request.headers.get('host', 'localhost')}"
    rest = {name: value for name, value in query.items() if name != "page"}
    if number > 1:
        rest["page"] = str(number)
    return f"{host}{request.path}" + (f"?{urlencode(sorted(rest.items()))}" if rest else "")


def _tests(site: Site, collection: Collection, query: dict[str, str], spoken: str) -> list[Test]:
    """One test per filter that the collection knows; other parameters are ignored without a word."""
    filters = _filters(collection)
    tests: list[Test] = []
    for name, value in query.items():
        field, kind = filters.get(name, ("", ""))
        if kind == "text":
            tests.append(_matches(field, value, site.profile.filter_match))
        elif kind == "contains":
            tests.append(_contains((field,), value))
        elif kind == "status":
            tests.append(_equals(field, _whole(name, value, spoken, "filter_number")))
        elif kind:
            identity = _whole(name, value, spoken, "filter_choice")
            if kind != "number" and site.store.get(kind, identity) is None:
                raise Refusal(json_response(400, {name: [text(spoken, "filter_choice")]}))
            tests.append(_equals(field, identity))
    if query.get("search"):
        fields = tuple(column.name for column in collection.columns if column.type in {"text", "email"})
        tests.append(_contains(fields, query["search"]))
    if collection.name == "employees" and site.profile.resigned != "listed":
        tests += _resigned_hidden(site, by_code=bool(query.get("emp_code")))
    return tests


def _filters(collection: Collection) -> dict[str, tuple[str, str]]:
    """The filters of a collection: parameter to (field, how): text, contains, status, number or the collection that
    the id is of."""
    found: dict[str, tuple[str, str]] = {}
    names = {
        "employees": ("emp_code", "first_name", "last_name"),
        "terminals": ("sn", "alias", "ip_address"),
        "resigns": ("resign_date",),
    }.get(collection.name, (collection.key, collection.title))
    for name in names:
        found[name] = (name, "text")
        found[f"{name}_icontains"] = (name, "contains")
    if collection.name in UNITS:
        found[collection.parent] = (collection.parent, collection.name)
    if collection.name in (*UNITS, "employees"):
        found["company"] = ("company", "company")
    if collection.name == "employees":
        found |= {
            "department": ("department", "departments"),
            "departments": ("department", "departments"),
            "areas": ("area", "areas"),
            "app_status": ("app_status", "status"),
        }
    if collection.name == "terminals":
        found |= {"area": ("area", "areas"), "state": ("state", "number")}
    if collection.name == "resigns":
        found |= {"employee": ("employee", "employees"), "resign_type": ("resign_type", "number")}
    return found


def _matches(field: str, value: str, how: str) -> Test:
    if how == "contains":
        return _contains((field,), value)
    if how == "prefix":
        return lambda row: str(row.get(field) or "").startswith(value)
    return lambda row: row.get(field) == value


def _contains(fields: tuple[str, ...], value: str) -> Test:
    wanted = value.lower()
    return lambda row: any(wanted in str(row.get(field) or "").lower() for field in fields)


def _equals(field: str, number: int) -> Test:
    def test(row: Row) -> bool:
        held = row.get(field, 0 if field == "app_status" else 1 if field == "state" else None)
        return number in held if isinstance(held, list) else held == number

    return test


def _resigned_hidden(site: Site, *, by_code: bool) -> list[Test]:
    gone = {row["employee"] for row in site.store.tables["resigns"].values()}
    if not gone or (by_code and site.profile.resigned == "by_code"):
        return []
    return [lambda row: row["id"] not in gone]


def _sorted(profile: Profile, collection: Collection, rows: list[Row], query: dict[str, str]) -> list[Row]:
    found = sorted(rows, key=_id)
    known = {"id", collection.key, collection.title, "first_name", "last_name"} - {""}
    wanted = [name for name in query.get("ordering", "").split(",") if name.lstrip("-") in known]
    if not profile.ordering or not wanted:
        wanted = [profile.employees_order] if collection.name == "employees" else ["id"]
    for name in reversed(wanted):
        field = name.lstrip("-")
        if field == "id":
            found.sort(key=_id, reverse=name.startswith("-"))
        else:
            found.sort(key=lambda row, field=field: str(row.get(field) or ""), reverse=name.startswith("-"))  # type: ignore[misc]
    return found


def _id(row: Row) -> int:
    return msgspec.convert(row["id"], int)


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _whole(name: str, value: str, spoken: str, problem: str) -> int:
    number = _number(value)
    if number is None:
        raise Refusal(json_response(400, {name: [text(spoken, problem)]}))
    return number

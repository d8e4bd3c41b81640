"""A server of the BioTime family without its network: requests in, responses out."""

import threading
import time
from collections.abc import Callable, Mapping

from reconciler.simulator import biotime_faults, bulk, writes
from reconciler.simulator import seed as seeding
from reconciler.simulator.auth import Gate
from reconciler.simulator.faults import Fault
from reconciler.simulator.listing import Lists
from reconciler.simulator.messages import (
    Refusal,
    Request,
    Response,
    detail,
    html_response,
    json_response,
    not_found_page,
)
from reconciler.simulator.profile import Profile
from reconciler.simulator.schema import COLLECTIONS
from reconciler.simulator.shapes import Shapes
from reconciler.simulator.site import Site, body
from reconciler.simulator.store import Row, Store, copied

_LOGINS = ("/api-token-auth/", "/jwt-api-token-auth/", "/jwt-api-token-refresh/")
_UPDATES = {"both": ("PATCH", "PUT"), "patch": ("PATCH",), "put": ("PUT",)}
_SINGULAR = {COLLECTIONS[name].singular: name for name in ("departments", "areas", "positions", "employees")}


class Application:
    """One server's answers. Safe for threads: one request is answered at a time, as one transaction."""

    def __init__(self, profile: Profile, username: str, password: str, clock: Callable[[], float] = time.time) -> None:
        store = Store(companies=profile.companies)
        self.site = Site(profile, store, Shapes(profile, store), clock)
        self.lock = threading.RLock()
        self.gate = Gate(profile, username, password, clock)
        self._lists = Lists(self.site)

    def handle(self, request: Request) -> Response:
        """The response to one request."""
        with self.lock:
            try:
                return self._route(request)
            except Refusal as refusal:
                return refusal.response

    @property
    def version(self) -> int:
        """A number that grows with every write."""
        return self.site.store.version

    def expire(self) -> None:
        """Refuse every token and JWT given so far."""
        self.gate.expire()

    def spoilt(self, response: Response, fault: Fault) -> Response:
        """The response as a fault of envelopes and lists leaves it."""
        return biotime_faults.spoilt(response, fault)

    def shift(self, request: Request, response: Response, fault: Fault) -> None:
        """Move the rows of the list that was answered by one, for the pages to come."""
        biotime_faults.shift(self.site.store, request, response, fault)

    def seed(self, rows: seeding.Seed) -> None:
        """Put rows in people's words. Raises SimulatorError for what no server would hold."""
        seeding.seed(self.site, rows)

    def generate(self, numbers: Mapping[str, int]) -> None:
        """Make up so many employees, departments, areas and positions."""
        seeding.generate(self.site, seeding.Generate(**numbers))

    def dump(self) -> dict[str, object]:
        """All data as plain values: {"tables": {collection: [rows by id]}, "next_id": {collection: id}}."""
        return self.site.store.dump()

    def load(self, dump: dict[str, object]) -> None:
        """Replace all data by a dump. Raises SimulatorError for anything else."""
        self.site.store.load(dump)

    def rows(self, collection: str) -> list[Row]:
        """The rows of a collection by id, as they are kept."""
        table = self.site.store.tables[collection]
        return [copied(table[identity]) for identity in sorted(table)]

    def created_twice(self) -> list[str]:
        """What calls created more than once, as collection/code."""
        return sorted(name for name, count in self.site.store.creates.items() if count > 1)

    def _route(self, request: Request) -> Response:
        path = request.path
        if not path.endswith("/"):
            if not self._exists(path + "/"):
                return self._unknown()
            query = f"?{request.query}" if request.query else ""
            return Response(301, b"", {"Location": f"{path}/{query}", "Content-Type": "text/html; charset=utf-8"})
        if not self._exists(path):
            return self._unknown()
        if path == "/api/docs/":
            return self._docs(request)
        if path in _LOGINS:
            if request.method != "POST":
                return _not_allowed(request)
            return self.gate.login(path, body(self.site, request))
        self.gate.check(request)
        name, rest = self._split(path)
        if not rest:
            return self._collection(request, name)
        if _is_id(rest):
            return self._object(request, name, int(rest))
        return self._action(request, rest)

    def _collection(self, request: Request, name: str) -> Response:
        if request.method == "GET":
            return self._lists.page(request, name)
        if request.method == "POST" and name != "terminals":
            return writes.create(self.site, request, name)
        return _not_allowed(request)

    def _object(self, request: Request, name: str, identity: int) -> Response:
        site = self.site
        updates = _UPDATES["both" if name == "resigns" else site.profile.updates]
        allowed = ("GET",) if name == "terminals" else ("GET", "DELETE", *updates)
        if request.method not in allowed:
            return _not_allowed(request)
        row = site.store.get(name, identity)
        if row is None:
            return detail(404, "Not found.")
        if request.method == "DELETE":
            return writes.delete(site, request, name, identity)
        if request.method in updates:
            return writes.update(site, request, name, row)
        shape = site.shapes.read(name, row, bare=name == "employees" and site.profile.employee_detail == "bare")
        if name == "employees" and not site.profile.detail_id:
            del shape["id"]
        return json_response(200, shape)

    def _action(self, request: Request, action: str) -> Response:
        if request.method != "POST":
            return _not_allowed(request)
        if action == "reinstatement":
            return bulk.reinstatement(self.site, request)
        return bulk.ACTIONS[action](self.site, request)

    def _docs(self, request: Request) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return detail(406, "Could not satisfy the request Accept header.")
        return html_response(200, self.site.profile.docs_title, "\n".join(_LOGINS))

    def _unknown(self) -> Response:
        return not_found_page() if self.site.profile.unknown_path == "html" else detail(404, "Not found.")

    def _split(self, path: str) -> tuple[str, str]:
        """The collection and the rest of a path that exists."""
        segments = path.strip("/").split("/")
        name = segments[2]
        if self.site.profile.singular_paths:
            name = _SINGULAR.get(name, name)
        return name, segments[3] if len(segments) > 3 else ""

    def _exists(self, path: str) -> bool:
        if path in _LOGINS or path == "/api/docs/":
            return True
        segments = path.strip("/").split("/")
        if not 3 <= len(segments) <= 4 or segments[1] != "api":
            return False
        name, rest = self._split(path)
        profile = self.site.profile
        absent = {"company": not profile.companies, "resigns": not profile.resigns}
        module = "iclock" if name == "terminals" else "personnel"
        if name not in COLLECTIONS or absent.get(name) or segments[0] != module:
            return False
        if name == "employees" and rest in bulk.ACTIONS:
            return profile.bulk and (profile.resigns or rest != "adjust_regsin")
        return not rest or _is_id(rest) or (name == "resigns" and rest == "reinstatement")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _not_allowed(request: Request) -> Response:
    return detail(405, f'Method "{request.method}" not allowed.')

"""A CVSecurity server without its network: requests in, responses out."""

import hmac
import threading
import time
from collections.abc import Callable, Mapping

from reconciler.simulator.cvsecurity import faults as at_fault
from reconciler.simulator.cvsecurity import seed as seeding
from reconciler.simulator.cvsecurity.call import Call, Result, Site
from reconciler.simulator.cvsecurity.codes import FAILURES, SUCCESS, Failure, Missing, Refused
from reconciler.simulator.cvsecurity.routes import ROUTES, Route
from reconciler.simulator.cvsecurity.store import Row, Store, copied
from reconciler.simulator.cvsecurity.switches import CvSecurityProfile
from reconciler.simulator.faults import Fault
from reconciler.simulator.messages import Refusal, Request, Response, html_response, json_response

_REASONS = {401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}
_METHODS = {"both": ("DELETE", "POST"), "delete": ("DELETE",), "post": ("POST",)}
_LOGIN = "/bioLogin.do"


class CvSecurity:
    """One server's answers. Safe for threads: one request is answered at a time, as one transaction."""

    def __init__(self, profile: CvSecurityProfile, token: str, clock: Callable[[], float] = time.time) -> None:
        self.profile = profile
        self.store = Store(profile.root_name)
        self.lock = threading.RLock()
        self._token = token
        self._clock = clock

    def handle(self, request: Request) -> Response:
        """The response to one request."""
        with self.lock:
            try:
                return self._answer(request)
            except Refusal as refusal:
                return refusal.response

    @property
    def version(self) -> int:
        """A number that grows with every write."""
        return self.store.version

    def expire(self) -> None:
        """Refuse the access token from now on, as when somebody deletes the client in the browser."""
        self._token = ""

    def spoilt(self, response: Response, fault: Fault) -> Response:
        """The response as a fault of envelopes and lists leaves it."""
        return at_fault.spoilt(self.profile, response, fault)

    def shift(self, request: Request, response: Response, fault: Fault) -> None:
        """Move the rows of the list that was answered by one, for the pages to come."""
        at_fault.shift(self.profile, self.store, request, response, fault)

    def seed(self, rows: seeding.Seed) -> None:
        """Put rows in people's words. Raises SimulatorError for what no server would hold."""
        seeding.seed(self._site(), rows)

    def generate(self, numbers: Mapping[str, int]) -> None:
        """Make up so many persons (employees), departments and areas. Raises SimulatorError for positions."""
        seeding.generate(self._site(), numbers)

    def dump(self) -> dict[str, object]:
        """All data as plain values: {"tables": {table: [rows]}, "serial": number}."""
        return self.store.dump()

    def load(self, dump: dict[str, object]) -> None:
        """Replace all data by a dump. Raises SimulatorError for anything else."""
        self.store.load(dump)

    def rows(self, collection: str) -> list[Row]:
        """The rows of a table as they are kept, in the order in which they were made."""
        return [copied(row) for row in self.store.tables[collection].values()]

    def created_twice(self) -> list[str]:
        """What calls created more than once, as table/key."""
        return sorted(name for name, count in self.store.creates.items() if count > 1)

    def _site(self) -> Site:
        return Site(self.profile, self.store, time.strftime("%Y-%m-%d", time.localtime(self._clock())))

    def _answer(self, request: Request) -> Response:
        if not request.path.startswith("/api/"):
            return self._browser(request)
        if not self._let_in(request):
            if self.profile.token_refused == "status":  # noqa: S105  a switch
                return self._framework(request, 401, FAILURES["token"].manual)
            return self._envelope(FAILURES["token"])
        route, variable = self._route(request)
        methods = route.methods or _METHODS[self.profile.deletes]
        if request.method not in methods:
            return self._framework(request, 405, f"Request method '{request.method}' not supported")
        call = Call(request, variable)
        try:
            result = route.answer(self._site(), call)
        except Missing:
            self.store.undo(0)
            return self._framework(request, 404, "No message available")
        except Refused as refused:
            self.store.undo(0)
            return self._envelope(FAILURES[refused.name])
        except BaseException:
            self.store.undo(0)
            raise
        self.store.settle()
        return self._envelope(FAILURES[result.failure] if result.failure else SUCCESS, result)

    def _let_in(self, request: Request) -> bool:
        given = Call(request).query.get("access_token", "")
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token.encode())

    def _route(self, request: Request) -> tuple[Route, str | None]:
        """The route of a path and its key; what follows a semicolon in a key is lost, as in the real framework."""
        path = request.path.removeprefix("/api/").rstrip("/")
        head, _, last = path.rpartition("/")
        route, variable = ROUTES.get(path), None
        if route is None:
            route, variable = ROUTES.get(f"{head}/*"), last.partition(";")[0]
        profile = self.profile
        absent = route is None or (route.module and route.module not in profile.modules)
        if route is None or absent or (route.feature and not getattr(profile, route.feature)):
            if profile.missing_route == "code":
                raise Refusal(self._envelope(FAILURES["program"]))
            raise Refusal(self._framework(request, 404, "No message available"))
        return route, variable

    def _browser(self, request: Request) -> Response:
        """What is no API: the page to log in, to which all others lead."""
        if request.path == _LOGIN:
            return html_response(200, "ZKBio CVSecurity", "Log in")
        return Response(302, b"", {"Location": _LOGIN})

    def _envelope(self, failure: Failure, result: Result | None = None) -> Response:
        profile = self.profile
        text = failure.seen if profile.message_wording == "seen" and failure.seen else failure.manual
        if profile.message_language == "zh":
            text = failure.chinese
        code, data = failure.code, None
        if result is not None and not result.failure:
            code, data, text = profile.success_code, result.data, result.message or text
        return json_response(200, {"code": code, profile.message_member: text, "data": data})

    def _framework(self, request: Request, status: int, message: str) -> Response:
        """The answer of the web framework, where no call was reached."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(self._clock()))
        if "text/html" in request.headers.get("accept", ""):
            title = "Whitelabel Error Page"
            return html_response(status, title, f"There was an unexpected error (type={_REASONS[status]}, {status}).")
        value = {"timestamp": moment, "status": status, "error": _REASONS[status], "message": message}
        return json_response(status, {**value, "path": request.path})

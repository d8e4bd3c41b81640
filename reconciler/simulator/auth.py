"""Who may ask: tokens that stay, JWTs that expire, HTTP Basic, the licence gate and the lock after failed logins."""

import base64
import hashlib
import hmac
from collections.abc import Callable

import msgspec

from reconciler.simulator.messages import Refusal, Request, Response, detail, json_response
from reconciler.simulator.profile import Profile

_REFUSED = "Unable to log in with provided credentials."
_GATED = ("/personnel/api/", "/iclock/api/")


class Gate:
    """The account of one server. Not safe for threads: its server calls it under its lock."""

    def __init__(self, profile: Profile, username: str, password: str, clock: Callable[[], float]) -> None:
        self._profile = profile
        self._username = username
        self._password = password
        self._clock = clock
        self._generation = 0
        self._failures = 0
        self._locked_until = 0.0

    def expire(self) -> None:
        """Refuse every token and JWT given so far; a new login gives new ones."""
        self._generation += 1

    def login(self, path: str, given: dict[str, object]) -> Response:
        """The answer of the endpoint `path` to the body `given`."""
        if path == "/jwt-api-token-refresh/":
            return self._refresh(str(given.get("token", "")))
        if self._clock() < self._locked_until:
            return json_response(400, {"non_field_errors": [_REFUSED]})
        missing = [name for name in ("username", "password") if not given.get(name)]
        if missing:
            return json_response(400, {name: ["This field is required."] for name in missing})
        if not self._known(str(given["username"]), str(given["password"])):
            self._count_failure()
            return json_response(400, {"non_field_errors": [_REFUSED]})
        self._failures = 0
        return json_response(200, {"token": self._token() if path == "/api-token-auth/" else self._jwt(self._clock())})

    def check(self, request: Request) -> None:
        """Raise Refusal (401 or 403) unless the request may pass."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        scheme, value = scheme.lower(), value.strip()
        if scheme == "basic" and self._profile.basic:
            if not self._basic(value):
                raise Refusal(_challenge("Invalid username/password."))
            return
        if scheme == "token":
            if not _same(value, self._token()):
                raise Refusal(_challenge("Invalid token."))
        elif scheme == "jwt":
            self._claims(value)
        else:
            raise Refusal(_challenge("Authentication credentials were not provided."))
        if self._profile.licence_gate and request.path.startswith(_GATED):
            raise Refusal(detail(403, "The API is not licensed on this server."))

    def _known(self, username: str, password: str) -> bool:
        return _same(username, self._username) and _same(password, self._password)

    def _count_failure(self) -> None:
        self._failures += 1
        if self._profile.lockout_failures and self._failures >= self._profile.lockout_failures:
            self._locked_until = self._clock() + self._profile.lockout_seconds
            self._failures = 0

    def _basic(self, value: str) -> bool:
        try:
            username, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return False
        return self._known(username, password)

    def _secret(self) -> bytes:
        # From the account alone, so that tokens outlive a restart as they do on real servers.
        return hashlib.sha256(f"{self._username}\0{self._password}\0{self._generation}".encode()).digest()

    def _token(self) -> str:
        return hashlib.sha256(b"token" + self._secret()).hexdigest()[:40]

    def _jwt(self, origin: float) -> str:
        now = int(self._clock())
        claims = {
            "user_id": 1,
            "username": self._username,
            "exp": now + self._profile.jwt_seconds,
            "email": "",
            "orig_iat": int(origin),
        }
        head = _b64(b'{"typ":"JWT","alg":"HS256"}') + "." + _b64(msgspec.json.encode(claims))
        return f"{head}.{self._signature(head)}"

    def _signature(self, head: str) -> str:
        return _b64(hmac.new(self._secret(), head.encode(), hashlib.sha256).digest())

    def _claims(self, token: str) -> dict[str, object]:
        head, _, signature = token.rpartition(".")
        if not head or not _same(signature, self._signature(head)):
            raise Refusal(_challenge("Error decoding signature."))
        payload = head.partition(".")[2]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=dict)
        if claims["exp"] <= self._clock():
            raise Refusal(_challenge("Signature has expired."))
        return claims

    def _refresh(self, token: str) -> Response:
        try:
            claims = self._claims(token)
        except Refusal as refusal:
            words = msgspec.json.decode(refusal.response.body)["detail"]
            return json_response(400, {"non_field_errors": [words]})
        origin = float(str(claims["orig_iat"]))
        if self._clock() > origin + self._profile.jwt_refresh_seconds:
            return json_response(400, {"non_field_errors": ["Refresh has expired."]})
        return json_response(200, {"token": self._jwt(origin)})


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _challenge(text: str) -> Response:
    return Response(
        401,
        msgspec.json.encode({"detail": text}),
        {"Content-Type": "application/json", "WWW-Authenticate": 'JWT realm="api"'},
    )


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

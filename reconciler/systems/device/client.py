"""Calls to one terminal at one url with one key (manual: Device control interface)."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack
from itertools import count
from typing import Self
from urllib.parse import quote

import httpx
import msgspec

from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.model.words import cited, printable
from reconciler.systems.device.facts import Capabilities, Facts
from reconciler.transport.failure import Failure, Reply, Sent
from reconciler.transport.http import HttpReader, HttpWriter, open_reader, open_writer
from reconciler.transport.redaction import Redactor, secrets_in
from reconciler.transport.retry import REAL, Timing

Payload = Mapping[str, object]

ITEMS = "items"
"""Where the payload of a reply that is a bare array is found (GetDeptList's example, B4 8)."""

_PATH = "control"
_READS = ("Get", "Query")
_RESULTS = {"QueryJobStatus": "JobStatus"}
_CANNOT = ("not_supported", "unknown_command")
_NO_USER = "user_id_not_exists"
_LONGEST_UID = 64
_MOST_ARGUMENTS = 5
_NOTHING: Payload = {}


def no_such_user(failure: Failure) -> bool:
    """Whether the terminal said that the user is not there (manual: Error Response)."""
    return isinstance(failure.body, Mapping) and failure.body.get("code") == _NO_USER


class ApiKey(httpx.Auth):
    """The key in the url of every call (manual: Interface address). The empty one, the factory's, is left out. `known`
    are further keys of the terminal, which no reply may show either."""

    def __init__(self, key: Secret, known: Iterable[Secret] = ()) -> None:
        self.key = key
        self._known = tuple(each.reveal() for each in (key, *known))

    def secrets(self) -> Iterable[str]:
        """What has to be hidden."""
        return self._known

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if key := self.key.reveal():
            request.url = request.url.copy_with(query=f"api_key={quote(key, safe='')}".encode())
        response = yield request
        if response.status_code in (401, 403):  # seen as 403; others answer 401 (B2 3)
            raise Failure(Sent.REFUSED, "RC0503", "The terminal refused the API key.", status=response.status_code)


class Terminal:
    """Asks a terminal, and can do nothing else. `facts` are asked for when they are not given. Raises Failure."""

    def __init__(self, http: HttpReader, target: Target, auth: ApiKey, lines: ExitStack, facts: Facts | None) -> None:
        self.target = target
        self._http = http
        self._auth = auth
        self._lines = lines
        self._numbers = count(1)
        self.facts = facts or self._introduced()

    @classmethod
    def open(cls, target: Target, auth: ApiKey, timing: Timing = REAL, facts: Facts | None = None) -> Self:
        """The terminal at the target's url, to be closed. Raises Failure."""
        lines = ExitStack()
        http = lines.enter_context(open_reader(target, auth, timing))
        try:
            return cls(http, target, auth, lines, facts)
        except Failure:
            lines.close()
            raise

    def close(self) -> None:
        """Ends its connections."""
        self._lines.close()

    def ask(self, command: str, payload: Payload = _NOTHING) -> dict[str, object]:
        """The payload of the answer; a bare array is found under `ITEMS`.

        Raises Failure, and ValueError for a command that does not only read.
        """
        if not command.startswith(_READS):
            raise ValueError(f"{command} is not a command that only reads")
        message = self._message(command, payload)
        answer = self._http.ask(_PATH, message, name=command)
        return self._payload(answer, message, _RESULTS.get(command, command.removeprefix("Get")), reads=True)

    def _message(self, command: str, payload: Payload) -> dict[str, object]:
        return {"mid": f"rc{next(self._numbers)}", "cmd": command, "payload": payload}

    def _payload(self, answer: object, message: Reply, result: str, *, reads: bool) -> dict[str, object]:
        reply = answer if isinstance(answer, dict) else {}
        payload = reply.get("payload", {})
        command = str(message["cmd"])
        if (reply.get("mid"), reply.get("result")) == (message["mid"], result) and isinstance(payload, dict | list):
            return payload if isinstance(payload, dict) else {ITEMS: payload}
        redactor = Redactor((*self._auth.secrets(), *secrets_in(message["payload"])))
        if (reply.get("mid"), reply.get("result")) == (message["mid"], "Error"):
            raise self._refusal(command, payload, redactor, reads=reads)
        what = (
            f"with the result {_quoted(reply.get('result'), redactor)} instead of {result}"
            if reply.get("mid") == message["mid"]
            else "with the answer to another message"
            if "mid" in reply
            else "with something that is no message"
        )
        doubt = "" if reads else " Whether it was carried out is not known."
        raise Failure(
            Sent.UNKNOWN,
            "RC0505",
            f"The terminal {self.target.name} answered {command} {what}.{doubt} Check the `url` of the device: "
            "something else may answer there.",
        )

    def _refusal(self, command: str, payload: object, redactor: Redactor, *, reads: bool) -> Failure:
        """The manual has one code; real terminals have others, which are passed on (B2 4)."""
        said = payload if isinstance(payload, dict) else {}
        code, arguments = said.get("code"), said.get("arguments")
        text = _quoted(code, redactor)
        if isinstance(arguments, list) and arguments:
            text += f" ({', '.join(_quoted(each, redactor) for each in arguments[:_MOST_ARGUMENTS])})"
        body = {"code": code if code == _NO_USER else redactor.clean_json(code)}
        what = f"The terminal {self.target.name} refused {command}: it says {text}."
        if not reads:
            return Failure(Sent.REFUSED, "RC0701", what, body=body)
        if code in _CANNOT:
            return Failure(Sent.REFUSED, "RC0601", f"{what} Its firmware does not have that command.", body=body)
        return Failure(Sent.REFUSED, "RC0505", what, body=body)

    def _introduced(self) -> Facts:
        uid = self.ask("GetDeviceUid").get("device_uid")
        capabilities = self.ask("GetDeviceCapabilities")
        if not isinstance(uid, str) or not 0 < len(uid) <= _LONGEST_UID or not uid.isalnum():
            raise self.senseless("GetDeviceUid", "there is no uid in it")
        try:
            has = msgspec.convert(capabilities, Capabilities, strict=False)
        except msgspec.ValidationError:
            raise self.senseless("GetDeviceCapabilities", "what it has is not said by true and false") from None
        return Facts(uid, self.target.url, self._auth.key, has)

    def senseless(self, command: str, why: str) -> Failure:
        """The failure of an answer that does not have the manual's form."""
        detail = (
            f"The terminal {self.target.name} answered {command} in a form that is not the manual's: {why}. Its "
            "firmware may be of another kind."
        )
        return Failure(Sent.REFUSED, "RC0505", detail)


class WritingTerminal(Terminal):
    """Asks and writes. What it asks leaves no doubt: when that fails, the change that wanted it was not sent."""

    @classmethod
    def open(cls, target: Target, auth: ApiKey, timing: Timing = REAL, facts: Facts | None = None) -> Self:
        """As `Terminal.open`."""
        lines = ExitStack()
        http = lines.enter_context(open_writer(target, auth, timing))
        try:
            return cls(http, target, auth, lines, facts)
        except Failure:
            lines.close()
            raise

    def __init__(self, http: HttpWriter, target: Target, auth: ApiKey, lines: ExitStack, facts: Facts | None) -> None:
        self._writer = http
        super().__init__(http, target, auth, lines, facts)

    def ask(self, command: str, payload: Payload = _NOTHING) -> dict[str, object]:
        """As `Terminal.ask`."""
        try:
            return super().ask(command, payload)
        except Failure as failure:
            if failure.sent is not Sent.UNKNOWN:
                raise
            raise Failure(Sent.NOT_SENT, failure.code, failure.detail, status=failure.status) from None

    def do(self, command: str, payload: Payload = _NOTHING, *, repeatable: bool = True) -> dict[str, object]:
        """Carries out a command; its payload may hold secrets at any depth. `repeatable` says that it may arrive twice
        and mean the same. Raises Failure."""
        message = self._message(command, payload)
        answer = self._writer.send("POST", _PATH, message, repeatable=repeatable, name=command)
        return self._payload(answer, message, "Success", reads=False)


def _quoted(value: object, redactor: Redactor) -> str:
    """What a terminal said, harmless."""
    cleaned = redactor.clean_json(value)
    return cited(printable(cleaned if isinstance(cleaned, str) else msgspec.json.encode(cleaned).decode()))

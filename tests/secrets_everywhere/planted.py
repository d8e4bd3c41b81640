"""A project full of distinctive secrets, and the search for them in all that the program leaves behind."""

import base64
import html
import json
import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from command_line import Project, Ran, serving

from reconciler.simulator import Server
from reconciler.simulator.messages import Request, Response

LITERAL_CARDS = ("8830011111", "8830022222")
SECRETS = {
    "password": 'Zq7 "Pl&nted"/ß+pw',
    "card by reference": "8830033333",
    "card by table": "8830044444",
    "PIN from the environment": "pin-Env/1+ä",
    "PIN from a file": "pin-File/2+ä",
    "PIN from a command": "pin-Cmd/3+ä",
    "PIN from a table": "pin-Tab/4+ä",
    "key": "planted-key-of-the-state-0123456789",
}
ENVIRONMENT = {
    "HQ_PASSWORD": SECRETS["password"],
    "CARD_2": SECRETS["card by reference"],
    "PIN_1": SECRETS["PIN from the environment"],
    "RECONCILER_KEY": SECRETS["key"],
}
SOURCES = {"org.yaml", "private/cards.csv", "private/pins.csv", "private/pin-2", "private/pin-3"}
"""Files in which somebody wrote secrets, and which only the program may read."""

PROJECT = """\
version: 1
project: planted
resources: [org.yaml]
secrets: {{pins: {{file: private/pins.csv}}, cards: {{command: [cat, private/cards.csv]}}}}
targets:
  hq:
    system: biotime
    url: {url}
    auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}, scheme: {scheme}}}
    retries: 1
    concurrency: 1
"""
ORGANISATION = f"""\
departments:
  - {{code: "10", name: Operations}}
areas:
  - {{code: HQ, name: Headquarters}}
employees:
  - code: E1
    first_name: Ana
    department: "10"
    areas: [HQ]
    card: "{LITERAL_CARDS[0]}"
    device_password: {{env: PIN_1}}
  - code: E2
    first_name: Ben
    department: "10"
    areas: [HQ]
    card: {{env: CARD_2}}
    device_password: {{file: private/pin-2}}
  - code: E3
    first_name: Cy
    department: "10"
    areas: [HQ]
    card: "{LITERAL_CARDS[1]}"
    device_password: {{command: [cat, private/pin-3]}}
  - code: E4
    first_name: Dee
    department: "10"
    areas: [HQ]
    card: {{table: cards}}
    device_password: {{table: pins}}
"""


class PlantedProject(Project):
    """Keeps all that its commands printed and logged, and the tokens that its server saw."""

    def __init__(self, root: Path, server: Server, scheme: str = "token") -> None:
        super().__init__(root, server, ORGANISATION)
        self.scheme = scheme
        self.write("reconciler.yaml", PROJECT.format(url=server.url, scheme=scheme))
        (root / "private").mkdir(exist_ok=True)
        self.write("private/pin-2", SECRETS["PIN from a file"] + "\n")
        self.write("private/pin-3", SECRETS["PIN from a command"] + "\n")
        self.write("private/pins.csv", f"key,value\nE4,{SECRETS['PIN from a table']}\n")
        self.write("private/cards.csv", f"key,value\nE4,{SECRETS['card by table']}\n")
        self.said: list[str] = []
        self.tokens: set[str] = set()
        self.answer("", "", lambda _: Response(200))  # meets nothing, and sees every request
        self._records = Records()

    def answer(self, method: str, path: str, reply: Callable[[Request], Response]) -> None:
        handle = self.server._app.handle

        def instead(request: Request) -> Response:
            self.tokens.add(request.headers.get("authorization", "").partition(" ")[2])
            met = request.method == method and path in request.path
            return reply(request) if met else handle(request)

        self.server._app.handle = instead  # type: ignore[method-assign]

    def run(self, *arguments: str, **settings: Any) -> Ran:
        with self._records.kept():
            ran = super().run(*arguments, environment={**ENVIRONMENT, **settings.pop("environment", {})}, **settings)
        self.said += [ran.out, ran.err]
        return ran

    def leaks(self) -> list[str]:
        """Where a secret, or another form of one, stands: in what was printed, logged or written."""
        secrets = {**SECRETS, **{f"card {card}": card for card in LITERAL_CARDS}}
        secrets |= {f"token {number}": token for number, token in enumerate(sorted(self.tokens - {""}))}
        return found(self.root, self.said + self._records.texts, secrets, SOURCES, in_files=LITERAL_CARDS)


def found(
    root: Path, said: Iterable[str], secrets: Mapping[str, str], sources: Container[str], *, in_files: Container[str]
) -> list[str]:
    """Where a secret, or another form of one, stands: in what was said, or in a file of the project that is none of the
    `sources`. What stands `in_files` may stand in the cache of the files, too."""
    places = {f"output {number}": text.encode() for number, text in enumerate(said)}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in sources:
            places[name] = name.encode() + path.read_bytes()
    return [
        f"{what} in {where}"
        for where, data in places.items()
        for what, secret in secrets.items()
        if not ("/cache/" in where and secret in in_files)
        if any(form in data for form in forms(secret))
    ]


class Records(logging.Handler):
    """Every record of every logger, as text, at the finest level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += [self.format(record), repr(record.__dict__)]

    @contextmanager
    def kept(self) -> Iterator[None]:
        loggers = [logging.getLogger(name) for name in ("reconciler", "httpx", "httpcore")]
        before = [logger.level for logger in loggers]
        for logger in loggers:
            logger.addHandler(self)
            logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            for logger, level in zip(loggers, before, strict=True):
                logger.removeHandler(self)
                logger.setLevel(level)


@cache
def forms(secret: str) -> set[bytes]:
    """A text as it may stand in JSON, a URL, HTML, Base64 or a Python literal."""
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    encoded = {quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret)}
    # Base64 of a text is another one at each of three places of a longer text; the ends depend on the neighbours
    data = secret.encode()
    coded = {base64.b64encode(b" " * shift + data)[[0, 2, 3][shift] : -4] for shift in range(3)}
    return {text.encode() for text in {secret, *escaped, *encoded}} | {code for code in coded if len(code) > 7}


@contextmanager
def planted(root: Path, scheme: str = "token", **switches: object) -> Iterator[PlantedProject]:
    with serving(password=SECRETS["password"], switches=dict(switches)) as server:
        yield PlantedProject(root, server, scheme)

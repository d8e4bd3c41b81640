"""A client of terminals that knows nothing but HTTP and JSON."""

import http.client
import json
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)


class TerminalClient:
    """One kept-alive connection to a terminal's URL."""

    def __init__(self, url: str, key: str | None = "", context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self.path = parts.path
        self.key = key
        if parts.scheme == "https":
            self.connection = http.client.HTTPSConnection(parts.netloc, timeout=10, context=context)
        else:
            self.connection = http.client.HTTPConnection(parts.netloc, timeout=10)

    def begin(self, method: str, path: str, body: bytes | None = None) -> None:
        self.connection.request(method, path, body)

    def end(self) -> Answer:
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        self.begin(method, path, body)
        return self.end()

    def post(self, body: object) -> Answer:
        query = "" if self.key is None else f"?api_key={self.key}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", f"{self.path}/control{query}", data)

    def call(self, command: str, payload: object = None) -> dict:
        """The whole message that answers a command."""
        answer = self.post({"mid": "a123456", "cmd": command, "payload": {} if payload is None else payload})
        assert answer.status == 200, answer
        message = answer.json
        assert message.pop("mid") == "a123456"
        return message

    def get(self, command: str, payload: object = None):
        """The payload that answers a command that succeeds."""
        message = self.call(command, payload)
        assert message["result"] != "Error", message
        return message["payload"]

    def code(self, command: str, payload: object = None) -> list:
        """The code and the arguments of the Error that answers a command."""
        message = self.call(command, payload)
        assert message["result"] == "Error", message
        return [message["payload"]["code"], *message["payload"]["arguments"]]

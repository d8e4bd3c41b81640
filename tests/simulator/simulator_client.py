"""A client that knows nothing but HTTP."""

import http.client
import json
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from reconciler.simulator import Server


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)


class Client:
    """One kept-alive connection, logged in with a token unless `authorization` says otherwise."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(server.url)
        if context:
            self.connection = http.client.HTTPSConnection(parts.netloc, context=context, timeout=10)
        else:
            self.connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        self.server = server
        self.authorization = ""

    def login(self) -> "Client":
        answer = self.call(
            "POST", "/api-token-auth/", {"username": self.server.username, "password": self.server.password}
        )
        self.authorization = f"Token {answer.json['token']}"
        return self

    def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        sent = {"Authorization": self.authorization} if self.authorization else {}
        data = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        self.connection.request(method, path, data, sent | (headers or {}))
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def get(self, path: str):
        return self.call("GET", path).json

    def rows(self, collection: str, query: str = "page_size=1000") -> list:
        return self.get(f"/personnel/api/{collection}/?{query}")["data"]

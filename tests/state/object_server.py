"""A small object store on loopback with the conditional writes of S3, Google Cloud Storage and Azure Blob Storage.

An object is replaced or made under If-Match, If-None-Match or x-goog-if-generation-match only if it is what the header
says; otherwise the answer is 412. Requests without a signature are refused where `signed`, and another bucket always.
"""

import hashlib
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

from faulty_server import FaultyServer, Reply

BUCKET = "states"


class ObjectServer(FaultyServer):
    def __init__(self, *, signed: bool = True) -> None:
        super().__init__()
        self.signed = signed
        self.objects: dict[str, tuple[bytes, int]] = {}
        self._generation = 0
        self._mutex = threading.Lock()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        path = request.path.partition("?")[0]
        if self.signed and not request.headers.get("authorization"):
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        if path.split("/")[1] != BUCKET:
            return Reply(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        with self._mutex:
            if request.command == "PUT":
                return self._put(path, request, body)
            if path not in self.objects:
                return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
            if request.command == "DELETE":
                del self.objects[path]
                return Reply(204)
            data, generation = self.objects[path]
            return Reply(200, data, _headers(data, generation))

    def _put(self, path: str, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        there = self.objects.get(path)
        if not _allowed(request, there):
            return Reply(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self._generation += 1
        self.objects[path] = body, self._generation
        return Reply(201 if "x-ms-blob-type" in request.headers else 200, b"", _headers(body, self._generation))


def _allowed(request: BaseHTTPRequestHandler, there: tuple[bytes, int] | None) -> bool:
    match, none_match, generation = (
        request.headers.get(name) for name in ("if-match", "if-none-match", "x-goog-if-generation-match")
    )
    if none_match is not None:
        assert none_match == "*"
        return there is None
    if match is not None:
        return there is not None and match == _tag(*there)
    if generation is not None:
        return generation == str(there[1] if there else 0)
    return True


def _tag(data: bytes, generation: int) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:16]}-{generation}"'


def _headers(data: bytes, generation: int) -> dict[str, str]:
    return {
        "ETag": _tag(data, generation),
        "Last-Modified": formatdate(usegmt=True),
        "x-goog-generation": str(generation),
        "Content-Type": "application/json",
    }

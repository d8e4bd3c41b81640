"""A state server on loopback that speaks the protocol of Terraform's http backend, in two ways.

As GitLab: locks at ADDRESS/lock by POST and DELETE; of a lock only its id is kept, and who is refused gets its own
words back beside that id; a write must name the lock and raise the serial. As a plain one: LOCK and UNLOCK on the
address, and who is refused gets the holder's words.
"""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from faulty_server import FaultyServer, Reply

USER, PASSWORD = "gitlab-ci-token", "the-job-token-of-the-tests"
_FIELDS = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")


class TerraformServer(FaultyServer):
    def __init__(self, *, gitlab: bool = True) -> None:
        super().__init__()
        self.gitlab = gitlab
        self.address = f"{self.url}/api/v4/projects/7/terraform/state/production"
        self.versions: list[bytes] = []
        self.lock: dict[str, Any] | None = None
        self._mutex = threading.Lock()

    @property
    def place(self) -> dict[str, str]:
        """What the project file says of it beside the address."""
        if not self.gitlab:
            return {}
        lock = f"{self.address}/lock"
        return {"lock_address": lock, "unlock_address": lock, "lock_method": "POST", "unlock_method": "DELETE"}

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        url = urlsplit(request.path)
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {credentials}":
            return Reply(401)
        if body and request.headers.get("content-md5") != base64.b64encode(hashlib.md5(body).digest()).decode():
            return Reply(400)
        name = (parse_qs(url.query).get("ID") or [None])[0]
        locks = {"POST": self._lock, "DELETE": self._unlock} if self.gitlab else {}
        with self._mutex:
            if url.path.endswith("/lock") and request.command in locks:
                return locks[request.command](json.loads(body or b"{}"))
            if not self.gitlab and request.command in ("LOCK", "UNLOCK"):
                return (self._lock if request.command == "LOCK" else self._unlock)(json.loads(body or b"{}"))
            if request.command == "GET":
                return Reply(200, self.versions[-1]) if self.versions else Reply(204 if self.gitlab else 404)
            return self._write(body, name) if request.command == "POST" else Reply(405)

    def _write(self, body: bytes, name: str | None) -> Reply:
        if name != (self.lock["ID"] if self.lock else None):
            return Reply(409 if self.gitlab else 423)
        serials = [json.loads(version)["serial"] for version in self.versions]
        if self.gitlab and json.loads(body)["serial"] in serials:
            return Reply(422)
        self.versions.append(body)
        return Reply(200)

    def _lock(self, info: dict[str, Any]) -> Reply:
        if any(field not in info for field in _FIELDS) or not 0 < len(info["ID"]) <= 255:
            return Reply(400)
        if self.lock is None:
            self.lock = info if not self.gitlab else {"ID": info["ID"]}
            return Reply(200, json.dumps(info).encode())
        if not self.gitlab:
            return Reply(423, json.dumps(self.lock).encode())
        told = info | {"ID": self.lock["ID"], "Who": "project_7_bot", "Created": "2026-11-22T12:00:00.000Z"}
        return Reply(409, json.dumps(told).encode())

    def _unlock(self, info: dict[str, Any]) -> Reply:
        if "ID" in info and info["ID"] != (self.lock["ID"] if self.lock else None):
            return Reply(409)
        self.lock = None
        return Reply(200)

"""GitHub's and GitLab's API on loopback, as far as the jobs use it: comments, issues, kept plans, the rules of an
environment, and GitLab's state."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

TOKEN = "the-token-of-the-tests"
BOT = {"id": 7, "type": "Bot", "login": "github-actions[bot]"}
PERSON = {"id": 8, "type": "User", "login": "ana"}
_GITHUB, _GITLAB = "/repos/acme/org", "/api/v4/projects/42"

Answer = tuple[int, Any]


class Kept(NamedTuple):
    """Files that a run kept under a name, and what is known of the run."""

    id: int
    name: str
    files: Mapping[str, bytes]
    number: int = 1  # of the pull request
    head: str = "head"
    workflow: str = "plan.yml"
    event: str = "pull_request"
    success: bool = True
    foreign: bool = False
    expired: bool = False


class Merge(NamedTuple):
    """Of a pull request: how its last commit is called on its branch, and where it went."""

    number: int
    head: str
    base: str = "main"


class ForgeServer:
    """Both forges. What jobs write is in `comments` and `issues`; `changes` are the writes, in their order."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.changes: list[str] = []
        self.merges: dict[str, Merge] = {}  # by the commit that it made
        self.kept: list[Kept] = []
        self.newest: Callable[[], str] = lambda: "c0ffee"  # the commit of main
        self.refusals: list[tuple[int, dict[str, str]]] = []  # how the next calls are answered
        self.lost = ""  # calls of this method are answered by a proxy, with 502
        self.reviewers = False
        self.state: bytes | None = None
        self.state_calls = 0
        self.lock: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def keep(self, name: str, files: Mapping[str, bytes], **more: Any) -> None:
        """A run keeps files."""
        self.kept.append(Kept(len(self.kept) + 1, name, dict(files), **more))

    def say(self, text: str, author: Mapping[str, Any]) -> None:
        """Somebody comments on the pull request."""
        self.comments.append({"id": 100 + len(self.comments), "body": text, "user": author, "author": author})

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes, who: str) -> Answer:
        if "/terraform/state/" in path:
            self.state_calls += 1
            return self._state(method, path, query, body)
        if who != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        for pattern, route in self._routes().items():
            if found := re.fullmatch(pattern, f"{method} {path}"):
                status, answer = route(found, {**json.loads(body or b"{}"), "query": query})
                if isinstance(answer, list) and "page" in query:
                    size, page = int(query["per_page"][0]), int(query["page"][0])
                    answer = answer[size * (page - 1) : size * page]
                return status, answer
        return 404, {"message": "Not Found"}

    def _routes(self) -> dict[str, Callable[[re.Match[str], dict[str, Any]], Answer]]:
        return {
            rf"GET {_GITHUB}/issues/\d+/comments": lambda *_: (200, self.comments),
            rf"POST {_GITHUB}/issues/\d+/comments": lambda _, row: self._create("comment", row),
            rf"PATCH {_GITHUB}/issues/comments/(\d+)": lambda found, row: self._update("comment", int(found[1]), row),
            rf"GET {_GITLAB}/merge_requests/\d+/notes": lambda *_: (200, self.comments),
            rf"POST {_GITLAB}/merge_requests/\d+/notes": lambda _, row: self._create("comment", row),
            rf"PUT {_GITLAB}/merge_requests/\d+/notes/(\d+)": lambda found, row: self._update(
                "comment", int(found[1]), row
            ),
            rf"GET ({_GITHUB}|{_GITLAB})/issues": lambda *_: (200, [row for row in self.issues if row["open"]]),
            rf"POST ({_GITHUB}|{_GITLAB})/issues": lambda _, row: self._create("issue", row),
            rf"(?:PATCH {_GITHUB}|PUT {_GITLAB})/issues/(\d+)": lambda found, row: self._update(
                "issue", int(found[1]), row
            ),
            rf"GET {_GITHUB}/branches/main": lambda *_: (200, {"commit": {"sha": self.newest()}}),
            rf"GET {_GITLAB}/repository/branches/main": lambda *_: (200, {"commit": {"id": self.newest()}}),
            rf"GET {_GITHUB}/commits/(\w+)/pulls": lambda found, _: (200, self._pulls(found[1])),
            rf"GET {_GITHUB}/actions/workflows/([a-z.]+)/runs": lambda found, row: (
                200,
                {"workflow_runs": self._runs(found[1], row["query"])},
            ),
            rf"GET {_GITHUB}/actions/runs/(\d+)/artifacts": lambda found, row: (
                200,
                {"artifacts": self._artifacts(int(found[1]), row["query"]["name"][0])},
            ),
            rf"GET {_GITHUB}/actions/artifacts/(\d+)/zip": lambda found, _: (302, f"{self.url}/blobs/{found[1]}"),
            rf"GET {_GITHUB}/environments/reconciler-approval": lambda *_: (200, self._environment()),
            "GET /api/v4/user": lambda *_: (200, BOT),
            rf"GET {_GITLAB}/repository/commits/(\w+)/merge_requests": lambda found, _: (200, self._requests(found[1])),
            rf"GET {_GITLAB}/merge_requests/(\d+)/pipelines": lambda found, _: (200, self._pipelines(int(found[1]))),
            rf"GET {_GITLAB}/pipelines/(\d+)/jobs": lambda found, _: (200, self._jobs(int(found[1]))),
            rf"GET {_GITLAB}/jobs/(\d+)/artifacts/(.+)": lambda found, _: self._file(int(found[1]), found[2]),
        }

    def blob(self, number: int) -> bytes:
        """Where GitHub keeps files: the address is signed, and a token is refused."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in self.kept[number - 1].files.items():
                archive.writestr(name, data)
        return packed.getvalue()

    def _create(self, what: str, row: dict[str, Any]) -> Answer:
        del row["query"]
        rows = self.comments if what == "comment" else self.issues
        new = {"id": 100 + len(rows), "number": len(rows) + 1, "iid": len(rows) + 1, "open": True}
        rows.append(new | {"user": BOT, "author": BOT} | row)
        self.changes.append(f"{what} created")
        return 201, rows[-1]

    def _update(self, what: str, number: int, row: dict[str, Any]) -> Answer:
        rows, name = (self.comments, "id") if what == "comment" else (self.issues, "number")
        found = next(each for each in rows if each[name] == number)
        del row["query"]
        closes = row.get("state") == "closed" or row.get("state_event") == "close"
        found |= {"open": False} if closes else row
        self.changes.append(f"{what} {'closed' if closes else 'updated'}")
        return 200, found

    def _pulls(self, commit: str) -> list[dict[str, Any]]:
        made = self.merges.get(commit)
        row = {"merged_at": "2026-11-22T08:00:00Z", "merge_commit_sha": commit}
        ends = {"number": made.number, "head": {"sha": made.head}, "base": {"ref": made.base}} if made else {}
        return [row | ends] if made else []

    def _requests(self, commit: str) -> list[dict[str, Any]]:
        made = self.merges.get(commit)
        row = {"state": "merged", "merge_commit_sha": None, "squash_commit_sha": commit}
        return [row | {"iid": made.number, "sha": made.head, "target_branch": made.base}] if made else []

    def _runs(self, workflow: str, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """GitHub's list. A run that kept something has its artifact's number; it is of the branch main unless it is of
        a pull request."""
        wanted = {name: query[name][0] for name in ("event", "head_sha", "branch", "status") if name in query}
        return [
            {"id": each.id, "repository": {"id": 42}, "head_repository": {"id": 43 if each.foreign else 42}}
            for each in self.kept
            if each.workflow == workflow
            and wanted.items()
            <= {
                "event": each.event,
                "head_sha": each.head,
                "branch": "wedding" if each.event == "pull_request" else "main",
                "status": "success" if each.success else "failure",
            }.items()
        ]

    def _artifacts(self, run: int, name: str) -> list[dict[str, Any]]:
        return [{"id": each.id, "expired": each.expired} for each in self.kept if (each.id, each.name) == (run, name)]

    def _pipelines(self, number: int) -> list[dict[str, Any]]:
        """GitLab's list. A pipeline whose job kept something has its artifact's number."""
        sources = {"pull_request": "merge_request_event"}
        return [
            {
                "id": each.id,
                "project_id": 43 if each.foreign else 42,
                "sha": each.head,
                "source": sources.get(each.event, each.event),
            }
            for each in self.kept
            if each.number == number
        ]

    def _jobs(self, pipeline: int) -> list[dict[str, Any]]:
        status = "success" if self.kept[pipeline - 1].success else "failed"
        plan = {"id": pipeline, "name": "plan", "status": status, "artifacts_file": {"size": 1}}
        return [{"id": pipeline + 1000, "name": "validate", "status": "success"}, plan]

    def _file(self, job: int, name: str) -> Answer:
        found = self.kept[job - 1]
        return (404, {"message": "404 Not found"}) if found.expired else (200, found.files[name])

    def _environment(self) -> dict[str, Any]:
        return {"protection_rules": [{"id": 1, "type": "required_reviewers"}] if self.reviewers else []}

    def _state(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Answer:
        if path.endswith("/lock"):
            name = json.loads(body)["ID"]
            if method == "POST" and self.lock is not None:
                return 409, json.loads(body) | {"ID": self.lock}
            self.lock = name if method == "POST" else None
            return 200, json.loads(body)
        if method == "GET":
            return (200, self.state) if self.state is not None else (204, b"")
        assert query["ID"] == [self.lock]
        self.state = body
        return 200, {}


def _handler(forge: ForgeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            who = self.headers.get("PRIVATE-TOKEN") or (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            more: dict[str, str] = {}
            if forge.refusals:
                (status, more), answer = forge.refusals.pop(0), {"message": "Refused by the tests"}
            elif url.path.startswith("/blobs/"):
                status, answer = (400, b"") if who else (200, forge.blob(int(url.path[7:])))
            else:
                status, answer = forge.answer(self.command, url.path, parse_qs(url.query), body, who)
            if self.command == forge.lost:
                status, answer = 502, b"<h1>Bad gateway</h1>"
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status == 302:
                self.send_header("Location", answer)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if status != 204:
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler

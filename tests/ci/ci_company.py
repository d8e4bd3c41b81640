"""A new project in a repository, with a simulated server, a forge, and two people's clones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from ci_jobs import Forge, git
from command_line import run, serving
from forge_server import TOKEN, ForgeServer

from reconciler.simulator import Fault, Server

PASSWORD = "demo-office"
KEY = "0123456789abcdef0123456789abcdef"


class Company:
    """What the tests do to it, and what its server holds."""

    def __init__(self, forge: Forge, server: Server) -> None:
        self.forge = forge
        self._server = server
        self.first, self.second = forge.clone("first"), forge.clone("second")

    def begin(self, ci: str) -> None:
        """The first clone's owner writes the project and pushes it."""
        assert run("-C", str(self.first), "init", "--ci", ci).status == 0
        (self.first / ".git/info/exclude").write_text("/.reconciler/\n", "utf-8")
        text = (self.first / "reconciler.yaml").read_text("utf-8")
        text = text.replace("project: first", "project: acme").replace("http://127.0.0.1:18081", self._server.url)
        state = "state: {backend: local, path: .reconciler/state.json}"
        assert state in text
        text = text.replace(state, f"state: {self._state(ci)}\ndefaults: {{prune: owned}}")
        (self.first / "reconciler.yaml").write_text(text, "utf-8")
        git(self.first, "checkout", "-q", "-B", "main")
        git(self.first, "add", ".")
        git(self.first, "commit", "-q", "-m", "A new project")
        git(self.first, "push", "-q", "origin", "main")

    def _state(self, ci: str) -> str:
        address = f"{self.forge.server.url}/api/v4/projects/42/terraform/state/reconciler"
        variable = "CI_JOB_TOKEN" if ci == "gitlab" else "STATE_PASSWORD"
        place = {"address": address, "lock_address": f"{address}/lock", "unlock_address": f"{address}/lock"}
        place |= {"lock_method": "POST", "unlock_method": "DELETE", "username": "gitlab-ci-token"}
        described = {"backend": "http", **place, "password": {"env": variable}}
        return yaml.safe_dump(described, default_flow_style=True, width=1000).strip()

    def apply(self) -> None:
        """Somebody has applied what is on the branch main."""
        environment = {"OFFICE_PASSWORD": PASSWORD, "RECONCILER_KEY": KEY}
        environment |= {"CI_JOB_TOKEN": TOKEN, "STATE_PASSWORD": TOKEN}
        ran = run("-C", str(self.first), "apply", "--auto-approve", environment=environment)
        assert ran.status == 0, ran

    def branch(self, name: str, old: str, new: str, *, file: str = "org/employees.yaml") -> str:
        """The second clone's owner edits a file on a branch. Gives the ref at which the forge tries the merge."""
        git(self.second, "fetch", "-q", "origin")
        there = git(self.second, "branch", "-r", "--list", f"origin/{name}")
        git(self.second, "checkout", "-q", "-B", name, f"origin/{name}" if there else "origin/main")
        path = self.second / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        git(self.second, "commit", "-q", "-a", "-m", f"{old} to {new}")
        git(self.second, "push", "-q", "origin", name)
        return f"origin/{name}"

    def names(self) -> list[str]:
        return [row["last_name"] for row in self._rows("employees")]

    def rename(self, name: str) -> None:
        """Somebody changes the employee at the server's own pages."""
        dump: Any = self._server.dump()
        for row in dump["tables"]["employees"]:
            row["last_name"] = name
        self._server.load(dump)

    def break_employees(self) -> None:
        """The server refuses to change an employee, once."""
        self._server.faults.add(Fault(effect="status", status=400, path="/employees/", method="PATCH", nth=1))

    def add_departments(self, number: int) -> None:
        """Somebody makes departments at the server's own pages."""
        dump: Any = self._server.dump()
        rows = dump["tables"]["departments"]
        for code in range(number):
            new = {"id": 500 + code, "dept_code": f"X{code}", "dept_name": f"X{code}", "parent_dept": None}
            rows.append({**rows[0], **new})
        self._server.load(dump)

    def _rows(self, table: str) -> list[dict[str, Any]]:
        dump: Any = self._server.dump()
        return list(dump["tables"][table])


@contextmanager
def company(root: Path, ci: str, programs: Path) -> Iterator[Company]:
    """The project is on the branch main, and its server holds nothing of it yet."""
    with ForgeServer() as forge, serving(password=PASSWORD) as server:
        made = Company(Forge(root, forge, {"RECONCILER_KEY": KEY, "OFFICE_PASSWORD": PASSWORD}, programs), server)
        made.begin(ci)
        yield made

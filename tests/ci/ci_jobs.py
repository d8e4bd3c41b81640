"""Runs the jobs of workflow files for real: their shell steps in bash, in a clone of their own; of the actions that
they use, what those do to files."""

import os
import re
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from forge_server import TOKEN, ForgeServer, Merge

_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_QUIET_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@acme.example",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@acme.example",
}


class Job(NamedTuple):
    """How a job ended, what it printed, where it ran, its outputs, and what stands in the run's summary."""

    status: int
    log: str
    folder: Path
    outputs: dict[str, str]
    summary: str


def git(folder: Path, *arguments: str) -> str:
    """A git command in a folder; what it prints."""
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | _QUIET_GIT, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


class Forge:
    """A bare repository, the forge's API, and the machine that runs jobs."""

    def __init__(self, root: Path, server: ForgeServer, secrets: Mapping[str, str], programs: Path) -> None:
        self.root = root
        self.server = server
        self.secrets = dict(secrets)
        self.bare = root / "bare.git"
        git(root, "init", "-q", "--bare", "-b", "main", str(self.bare))
        self._programs = programs
        self._jobs = 0
        server.newest = self.main

    def clone(self, name: str) -> Path:
        git(self.root, "clone", "-q", str(self.bare), name)
        return self.root / name

    def main(self) -> str:
        return git(self.bare, "rev-parse", "main")

    def merge(self, clone: Path, branch: str, number: int, *, squash: bool = True) -> None:
        """Merges a pull request, as somebody's click does: the commit is a new one."""
        git(clone, "fetch", "-q", "origin")
        git(clone, "checkout", "-q", "-B", "main", "origin/main")
        if squash:
            git(clone, "merge", "-q", "--squash", f"origin/{branch}")
            git(clone, "commit", "-q", "-m", f"Merge of {number}")
        else:
            git(clone, "rebase", "-q", "--force-rebase", "main", f"origin/{branch}")
            git(clone, "checkout", "-q", "-B", "main", "HEAD")
        git(clone, "push", "-q", "origin", "main")
        self.server.merges[self.main()] = Merge(number, git(clone, "rev-parse", f"origin/{branch}"))

    def folder(self, ref: str) -> Path:
        """A clone for one job, at a commit or branch."""
        self._jobs += 1
        folder = self.root / f"job-{self._jobs}"
        git(self.root, "clone", "-q", "--shared", "--no-checkout", str(self.bare), folder.name)
        git(folder, "checkout", "-q", "--detach", ref)
        return folder

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Of a job: nothing of the machine's own but where programs are."""
        path = f"{self._programs}:{os.environ['PATH']}"
        return {**_QUIET_GIT, "PATH": path, "HOME": str(self.root), "CI": "true", **more}

    def github(self, file: str, job: str, ref: str, *, pull: int | None = None, fork: bool = False) -> Job:
        """A job of a GitHub workflow, at a ref; `pull` is the number of the pull request that it is about. It is given
        no secret when that comes from a fork."""
        folder = self.folder(ref)
        workflow = yaml.safe_load((folder / ".github/workflows" / file).read_text("utf-8"))
        described = workflow["jobs"][job]
        shell = workflow.get("defaults", {}).get("run", {}).get("shell")
        output, summary = self.root / f"output-{folder.name}", self.root / f"summary-{folder.name}"
        output.touch()
        known = {f"secrets.{name}": "" if fork else value for name, value in self.secrets.items()}
        known |= {"github.token": TOKEN, "github.event.pull_request.number": str(pull)}
        environment = self.environment(
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.server.url,
                "GITHUB_REPOSITORY": "acme/org",
                "GITHUB_SERVER_URL": "https://github.example.com",
                "GITHUB_RUN_ID": folder.name,
                "GITHUB_REF": f"refs/pull/{pull}/merge" if pull else "refs/heads/main",
                "GITHUB_REF_NAME": f"{pull}/merge" if pull else "main",
                "GITHUB_BASE_REF": "main" if pull else "",
                "GITHUB_SHA": git(folder, "rev-parse", "HEAD"),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "STATE_PASSWORD": "" if fork else TOKEN,
            }
        )
        status, log, ran_ids = 0, "", set()
        run = {"workflow": file, "event": "pull_request" if pull else "push", "foreign": fork}
        run |= {"number": pull or 0, "head": git(folder, "rev-parse", "HEAD")}
        for step in described["steps"]:
            if not _runs(step.get("if"), status, ran_ids, _outputs(output)):
                continue
            ran_ids.add(step.get("id"))
            if "uses" in step:
                self._use(step["uses"], _filled(step.get("with", {}), known), folder, run)
                continue
            ran = bash(step["run"], folder, environment | _filled(step.get("env", {}), known), shell=shell)
            status, log = status or ran.returncode, log + ran.stdout
        return Job(status, log, folder, _outputs(output), summary.read_text("utf-8") if summary.exists() else "")

    def _use(self, action: str, options: Mapping[str, str], folder: Path, run: Mapping[str, Any]) -> None:
        """What an action does to the job's files."""
        match action.partition("@")[0]:
            case "actions/upload-artifact":
                names = [name for name in options["path"].split() if (folder / name).exists()]
                self.server.keep(options["name"], {name: (folder / name).read_bytes() for name in names}, **run)
            case "actions/download-artifact":
                kept = [each for each in self.server.kept if each.name == options["name"]]
                for name, data in kept[-1].files.items():
                    (folder / name).write_bytes(data)
            case "actions/checkout" | "actions/setup-python":
                pass
            case other:
                raise AssertionError(f"nobody has said what {other} does")

    def gitlab(self, job: str, ref: str, *, pull: int | None = None, source: Job | None = None) -> Job:
        """A job of the GitLab pipeline; it gets the files that the job `source` kept."""
        folder = self.folder(ref)
        pipeline = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))
        environment = self.environment(
            {
                "GITLAB_CI": "true",
                "CI_API_V4_URL": f"{self.server.url}/api/v4",
                "CI_PROJECT_ID": "42",
                "CI_COMMIT_SHA": git(folder, "rev-parse", "HEAD"),
                "CI_COMMIT_BRANCH": "" if pull else "main",
                "CI_COMMIT_REF_NAME": "wedding" if pull else "main",
                "CI_JOB_URL": f"https://gitlab.example.com/jobs/{folder.name}",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_MERGE_REQUEST_IID": str(pull or ""),
                "CI_JOB_TOKEN": TOKEN,
                "GITLAB_TOKEN": TOKEN,
                **self.secrets,
            }
        )
        if source is not None:
            for name in pipeline["apply"]["artifacts"]["paths"]:
                if (source.folder / name).exists():
                    (folder / name).write_bytes((source.folder / name).read_bytes())
        head = git(folder, "rev-parse", "HEAD")
        lines = [*pipeline["default"]["before_script"], *pipeline[job]["script"]]
        ran = bash("\n".join(lines), folder, environment, shell="bash")
        kept = pipeline[job].get("artifacts", {})
        if pull and ran.returncode == 0 and "paths" in kept:
            files = {name: (folder / name).read_bytes() for name in kept["paths"]}
            self.server.keep(job, files, number=pull, head=head)
        return Job(ran.returncode, ran.stdout, folder, {}, "")


def bash(
    script: str, folder: Path, environment: Mapping[str, str], *, shell: str | None
) -> "subprocess.CompletedProcess[str]":
    """A script as the forges run it: the first command that fails ends it. A command in a pipe counts only where GitHub
    was told that the shell is bash, and on GitLab."""
    options = ["--noprofile", "--norc", "-e", "-o", "pipefail"] if shell == "bash" else ["-e"]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    command = ["bash", *options, "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, text=True, check=False, **output)  # type: ignore[call-overload, no-any-return]


def _runs(condition: str | None, status: int, ran: Collection[str], outputs: Mapping[str, str]) -> bool:
    match condition:
        case None:
            return status == 0
        case "${{ !cancelled() && steps.plan.outcome != 'skipped' }}":
            return "plan" in ran
        case "steps.apply.outputs.waits == 'true'":
            return status == 0 and outputs.get("waits") == "true"
    raise AssertionError(f"nobody has said what {condition} means")


def _filled(values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    return {name: _EXPRESSION.sub(lambda found: known[found[1]], str(value)) for name, value in values.items()}


def _outputs(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())

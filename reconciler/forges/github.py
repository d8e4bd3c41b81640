"""GitHub, as a job of its Actions sees it."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from reconciler.forges.calls import Forge, ForgeError, Place, call, download, rows

_PULL = re.compile(r"refs/pull/(\d+)/")


def from_environment(environment: Mapping[str, str]) -> Forge:
    """The forge, by the variables that GitHub sets. The workflow has to give the token. Raises ForgeError."""
    if not environment.get("GITHUB_TOKEN"):
        raise ForgeError("GITHUB_TOKEN is not set: give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`.")
    project = f"repos/{environment['GITHUB_REPOSITORY']}"
    pull = _PULL.match(environment.get("GITHUB_REF", ""))
    number = pull[1] if pull else ""
    comments = Place(
        collection=f"{project}/issues/{number}/comments",
        one=f"{project}/issues/comments/{{}}",
        method="PATCH",
        id="id",
        text="body",
    )
    issues = Place(
        collection=f"{project}/issues",
        one=f"{project}/issues/{{}}",
        method="PATCH",
        id="number",
        text="body",
        query={"state": "open"},
        closing={"state": "closed"},
    )
    return Forge(
        name="github",
        api=environment["GITHUB_API_URL"],
        headers={
            "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        project=project,
        commit=environment["GITHUB_SHA"],
        branch=environment.get("GITHUB_BASE_REF") or environment["GITHUB_REF_NAME"],
        run=f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
        f"/actions/runs/{environment['GITHUB_RUN_ID']}",
        comments=comments if number else None,
        issues=issues,
    )


def newest_commit(forge: Forge) -> str:
    """The commit that the branch is at now. Raises ForgeError."""
    with forge.client() as client:
        found = call(client, "GET", f"{forge.project}/branches/{quote(forge.branch, safe='')}")
    return str(found["commit"]["sha"])


def saved_plan(forge: Forge, file: str) -> bytes | None:
    """The plan that plan.yml kept of the last commit of the pull request whose merge is this commit. None: there is
    none, or it has expired. Raises ForgeError."""
    with forge.client() as client:
        merged = [
            pull
            for pull in rows(client, f"{forge.project}/commits/{forge.commit}/pulls")
            if pull.get("merged_at")
            and pull.get("merge_commit_sha") == forge.commit
            and pull["base"]["ref"] == forge.branch
        ]
        if not merged:
            return None
        # Whoever can push a branch can keep a file by any name. What counts was kept by the workflow that the reviewers
        # had before them: that of the very commit that they merged.
        of = {"event": "pull_request", "head_sha": merged[0]["head"]["sha"]}
        return _kept(client, forge, "plan.yml", of, f"reconciler-plan-{merged[0]['number']}", file)


def saved_snapshot(forge: Forge, file: str) -> bytes | None:
    """The snapshot that drift.yml kept on the branch last. None: there is none. Raises ForgeError."""
    with forge.client() as client:
        return _kept(client, forge, "drift.yml", {"branch": forge.branch}, "reconciler-snapshot", file)


def _kept(
    client: httpx.Client, forge: Forge, workflow: str, of: Mapping[str, str], artifact: str, file: str
) -> bytes | None:
    """A file of the artifact that the newest successful run of the workflow kept, if it did."""
    actions = f"{forge.project}/actions"
    runs = call(client, "GET", f"{actions}/workflows/{workflow}/runs", None, status="success", per_page=100, **of)
    ours = [run["id"] for run in runs["workflow_runs"] if _is_ours(run)]
    if not ours:
        return None
    found = call(client, "GET", f"{actions}/runs/{max(ours)}/artifacts", name=artifact, per_page=100)["artifacts"]
    kept = [each["id"] for each in found if not each["expired"]]
    return _member(download(client, f"{actions}/artifacts/{max(kept)}/zip"), file) if kept else None


def _is_ours(run: Mapping[str, Any]) -> bool:
    """Whether the run was of a branch of this very repository: a fork's runs may keep what they like."""
    return bool((run.get("head_repository") or {}).get("id") == run["repository"]["id"])


def _member(archive: bytes, file: str) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.read(file) if file in opened.namelist() else None
    except zipfile.BadZipFile:
        raise ForgeError("The artifact of the plan is not a zip file.") from None

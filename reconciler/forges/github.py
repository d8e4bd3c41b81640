"""GitHub, as a job of its Actions sees it."""

import io
import re
import zipfile
from collections.abc import Mapping

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
        comments=comments if number else None,
        issues=issues,
    )


def saved_plan(forge: Forge, file: str) -> bytes | None:
    """The newest plan that was kept for the pull request whose merge is this commit. None: there is none, or it has
    expired. Raises ForgeError."""
    with forge.client() as client:
        merged = [
            pull["number"]
            for pull in rows(client, f"{forge.project}/commits/{forge.commit}/pulls")
            if pull.get("merged_at") and pull.get("merge_commit_sha") == forge.commit
        ]
        if not merged:
            return None
        name = f"reconciler-plan-{merged[0]}"
        found = call(client, "GET", f"{forge.project}/actions/artifacts", name=name, per_page=100)["artifacts"]
        kept = [each for each in found if not each["expired"] and _is_ours(each["workflow_run"])]
        if not kept:
            return None
        newest = max(kept, key=lambda each: int(each["id"]))
        return _member(download(client, f"{forge.project}/actions/artifacts/{newest['id']}/zip"), file)


def _is_ours(run: Mapping[str, int]) -> bool:
    """Whether the run was of a branch of this very repository: a fork's runs may keep what they like."""
    return run["head_repository_id"] == run["repository_id"]


def _member(archive: bytes, file: str) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.read(file) if file in opened.namelist() else None
    except zipfile.BadZipFile:
        raise ForgeError("The artifact of the plan is not a zip file.") from None

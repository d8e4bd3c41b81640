"""GitLab, as a job of its CI sees it."""

from collections.abc import Mapping
from urllib.parse import quote

from reconciler.forges.calls import Forge, ForgeError, Place, call, download, rows

_JOB = "plan"


def from_environment(environment: Mapping[str, str]) -> Forge:
    """The forge, by the variables that GitLab sets. The job's own token can't write comments, so the project has to
    give another one. Raises ForgeError."""
    if not environment.get("GITLAB_TOKEN"):
        raise ForgeError(
            "GITLAB_TOKEN is not set: it is a project access token with the scope api and the role Developer, kept as "
            "a masked CI/CD variable."
        )
    project = f"projects/{environment['CI_PROJECT_ID']}"
    request = environment.get("CI_MERGE_REQUEST_IID", "")
    notes = f"{project}/merge_requests/{request}/notes"
    return Forge(
        name="gitlab",
        api=environment["CI_API_V4_URL"],
        headers={"PRIVATE-TOKEN": environment["GITLAB_TOKEN"]},
        project=project,
        commit=environment["CI_COMMIT_SHA"],
        branch=environment["CI_COMMIT_REF_NAME"],
        run=environment["CI_JOB_URL"],
        comments=Place(collection=notes, one=f"{notes}/{{}}", method="PUT", id="id", text="body") if request else None,
        issues=Place(
            collection=f"{project}/issues",
            one=f"{project}/issues/{{}}",
            method="PUT",
            id="iid",
            text="description",
            query={"state": "opened"},
            closing={"state_event": "close"},
        ),
    )


def newest_commit(forge: Forge) -> str:
    """The commit that the branch is at now. Raises ForgeError."""
    with forge.client() as client:
        found = call(client, "GET", f"{forge.project}/repository/branches/{quote(forge.branch, safe='')}")
    return str(found["commit"]["id"])


def saved_plan(forge: Forge, file: str) -> bytes | None:
    """The plan that was kept of the last commit of the merge request whose merge is this commit. None: there is none,
    or it has expired. Raises ForgeError."""
    with forge.client() as client:
        path = f"{forge.project}/repository/commits/{forge.commit}/merge_requests"
        merged = [each for each in rows(client, path) if _became(each, forge)]
        if not merged:
            return None
        pipelines = [
            each["id"]
            for each in rows(client, f"{forge.project}/merge_requests/{merged[0]['iid']}/pipelines")
            if _is_ours(each, forge, merged[0]["sha"])
        ]
        jobs = [
            job["id"]
            for pipeline in sorted(pipelines, reverse=True)[:1]
            for job in rows(client, f"{forge.project}/pipelines/{pipeline}/jobs")
            if job["name"] == _JOB and job["status"] == "success" and job.get("artifacts_file")
        ]
        if not jobs:
            return None
        try:
            return download(client, f"{forge.project}/jobs/{max(jobs)}/artifacts/{file}")
        except ForgeError as problem:
            if problem.status == 404:  # it expired
                return None
            raise


def _became(request: Mapping[str, object], forge: Forge) -> bool:
    """Whether the merge of the request made this commit: by a merge, by squashing, or by a fast forward."""
    made = {request.get(name) for name in ("merge_commit_sha", "squash_commit_sha", "sha")}
    return request["state"] == "merged" and request["target_branch"] == forge.branch and forge.commit in made


def _is_ours(pipeline: Mapping[str, object], forge: Forge, commit: str) -> bool:
    """Whether the jobs of the pipeline are those that the reviewers had before them: of this project, not a fork's, and
    of the very commit that they merged. Who starts a pipeline of a branch by hand can give it any variables."""
    here = forge.project == f"projects/{pipeline['project_id']}"
    return here and pipeline["source"] == "merge_request_event" and pipeline["sha"] == commit

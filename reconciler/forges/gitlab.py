"""GitLab, as a job of its CI sees it."""

from collections.abc import Mapping

from reconciler.forges.calls import Forge, ForgeError, Place, download, rows

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


def saved_plan(forge: Forge, file: str) -> bytes | None:
    """The newest plan that was kept for the merge request whose merge is this commit. None: there is none, or it has
    expired. Raises ForgeError."""
    with forge.client() as client:
        path = f"{forge.project}/repository/commits/{forge.commit}/merge_requests"
        merged = [each["iid"] for each in rows(client, path) if _became(each, forge.commit)]
        if not merged:
            return None
        pipelines = [
            each["id"]
            for each in rows(client, f"{forge.project}/merge_requests/{merged[0]}/pipelines")
            if forge.project == f"projects/{each['project_id']}"  # a fork's pipelines may keep what they like
        ]
        jobs = [
            job["id"]
            for pipeline in sorted(pipelines, reverse=True)[:1]
            for job in rows(client, f"{forge.project}/pipelines/{pipeline}/jobs")
            if job["name"] == _JOB and job["status"] == "success" and job.get("artifacts_file")
        ]
        return download(client, f"{forge.project}/jobs/{max(jobs)}/artifacts/{file}") if jobs else None


def _became(request: Mapping[str, object], commit: str) -> bool:
    """Whether the merge of the request made this commit: by a merge, by squashing, or by a fast forward."""
    made = {request.get(name) for name in ("merge_commit_sha", "squash_commit_sha", "sha")}
    return request.get("state") == "merged" and commit in made

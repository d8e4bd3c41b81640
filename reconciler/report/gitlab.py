"""What GitLab shows of a plan on a merge request, by a report of the kind `terraform`."""

from reconciler.model.plan import Plan, count


def gitlab_counts(plan: Plan) -> dict[str, int]:
    """The three numbers, under the names that GitLab wants."""
    numbers = count(plan)
    return {"create": numbers.create, "update": numbers.update, "delete": numbers.delete}

"""How an apply of a job ended, for who looks at the run and not at its log."""

_ANEW = {"github": "re-run all jobs of this run", "gitlab": "run the job apply again"}
_NEXT = {
    1: "Nothing was applied, or no change succeeded: the log says why. Once that is mended, {anew}.",
    3: "A limit or a lifecycle rule refused the plan, and nothing was applied. If it is what you want, raise `limits` "
    "in reconciler.yaml by a pull request, and put them back by another.",
    4: "Applied in part: the log says what failed and what was not reached. What was done stays. Once the cause is "
    "mended, {anew}: the rest is planned anew, and waits for an approval.",
    5: "Something has moved since the plan was made, and nothing was applied. To make a new plan, {anew}.",
    6: "Another run holds the lock of the state, and nothing was applied. When it has ended, {anew}.",
}
_STOPPED = "The run was stopped. What was done until then stays, and is known. To go on, {anew}."
_SHOWN = 100  # lines of the log
_LONGEST = 500  # characters of a line


def advice(status: int, forge: str) -> str:
    """What the exit status of an apply means, and what to do. "" when all is well."""
    if status == 0:
        return ""
    return (_NEXT.get(status) or (_STOPPED if status > 128 else _NEXT[1])).format(anew=_ANEW[forge])


def summary(told: str, log: str) -> str:
    """The advice and the end of the log as Markdown. Each line of the log is indented, so that whatever a name has in
    it stays code."""
    lines = [line[:_LONGEST] for line in log.splitlines()][-_SHOWN:]
    return "\n".join(
        ["## Apply", "", *([f"**{told}**", ""] if told else []), *(f"    {line}" for line in lines), "", ""]
    )

"""Who holds a lock: what every backend's lock tells of its holder, and how it is said."""

import getpass
import os
import socket
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from reconciler.model.diagnostic import Diagnostic, error, warning

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

HEARTBEAT = timedelta(seconds=10)
"""How often a living holder says so."""

LIMIT = timedelta(seconds=60)
"""A holder on another machine that has not said so for longer is dead."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One run that holds a lock. `machine` is the same for all processes under one running kernel, containers included.
    `process_start` is None where the system does not tell. `run` is the URL of the CI job, or "". Moments have whole
    seconds, so that a heartbeat never changes the length of what is written."""

    id: str
    operation: str
    who: str  # user@host
    host: str
    machine: str
    pid: int
    process_start: Moment | None
    created: Moment
    heartbeat: Moment
    run: str


def machine() -> str:
    """What all processes under this running kernel have in common, and no others: the kernel's boot id."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return socket.gethostname()


def now() -> datetime:
    """The current moment in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def this_process(operation: str, run: str, moment: datetime) -> Holder:
    """This process as the holder of a new lock that it takes at `moment`."""
    host = socket.gethostname()
    return Holder(
        id=str(uuid.uuid4()),
        operation=operation,
        who=f"{_user()}@{host}",
        host=host,
        machine=machine(),
        pid=os.getpid(),
        process_start=_process_start(),
        created=moment,
        heartbeat=moment,
        run=run,
    )


def ci_run(environment: Mapping[str, str]) -> str:
    """The URL of the CI job that this process is part of, by GitHub's or GitLab's variables; "" elsewhere."""
    github = [environment.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    if all(github):
        return "{}/{}/actions/runs/{}".format(*github)
    return environment.get("CI_JOB_URL", "")


def describe_holder(holder: Holder, moment: datetime) -> str:
    """One phrase that names the holder as seen at `moment`; it goes on after "held by" or "locked by"."""
    facts = [f"process {holder.pid} on {holder.host}"]
    if holder.process_start is not None:
        facts[0] += f", started {_utc(holder.process_start)}"
    age = round((moment - holder.heartbeat).total_seconds())
    facts.append(f"last heartbeat {age} s ago" if age >= 0 else f"last heartbeat {-age} s ahead of this clock")
    if holder.run:
        facts.append(f"run {holder.run}")
    return f"{holder.operation} of {holder.who} since {_utc(holder.created)} ({'; '.join(facts)}; lock {holder.id})"


def whose(holder: Holder | None, moment: datetime) -> str:
    """The same, also of a lock that names nobody."""
    return describe_holder(holder, moment) if holder else "a run whose name can't be read"


def refusal(where: str, whose: str, *, here: bool, limit: timedelta = LIMIT) -> Diagnostic:
    """RC0804: the state is locked. `here`: its holder's process is to be seen from this one."""
    if here:
        advice = "If it hangs, end that process: the lock is free at once."
    else:
        advice = f"If it is dead, its lock is taken over {round(limit.total_seconds())} s after its last heartbeat."
    detail = f"{where} is locked by {whose}. Nothing was changed. Wait until it is done and run the command again. "
    return error("RC0804", detail + advice)


def taken_over(where: str, whose: str, why: str) -> Diagnostic:
    """RC0805. `why` is how the holder's death was seen, in a clause."""
    detail = (
        f"The lock of {where} was held by {whose}. It was taken over, since {why}. "
        "What that run left unfinished is looked up on the targets by this one."
    )
    return warning("RC0805", detail)


def lost(lock: str, holder: Holder, other: Holder | None) -> Diagnostic:
    """RC0804: the lock, named by `lock`, is not `holder`'s any more, but `other`'s or nobody's."""
    if other is None:
        detail = f"The {lock} was removed while {holder.operation} held it, or can't be read."
    else:
        by = describe_holder(other, other.heartbeat)
        detail = f"The {lock} was taken over while {holder.operation} held it, by {by}."
    advice = " This run stops, since two at once would undo each other's work. Run the command again."
    return error("RC0804", detail + advice)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # a container's user need not have a name
        return str(os.getuid())


def _process_start() -> datetime | None:
    """Field 22 of proc(5)'s stat is the start in clock ticks since boot."""
    try:
        ticks = int(Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None
    return (datetime.now(UTC) - timedelta(seconds=age)).replace(microsecond=0)

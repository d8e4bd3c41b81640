"""What a run writes down when it takes the lock of a state that other machines share, and whether that run lives."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from reconciler.state import holder as holders
from reconciler.state.holder import Holder, Moment

_ENDED = ("Z", "X")  # states of proc(5): what was killed and not collected yet


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """`space` tells where `holder.pid` means that process: a running kernel and its namespace of process ids, since
    containers on one machine number theirs apart; "" where neither is known. `ticks` is the process's start, counted
    from the kernel's: unlike a time of day it never shifts. After `expires` without a newer heartbeat it is dead."""

    holder: Holder
    space: str
    ticks: int | None
    expires: Moment


def this_claim(operation: str, run: str, moment: datetime, limit: timedelta) -> Claim:
    """This process's claim, made at `moment`."""
    holder = holders.this_process(operation, run, moment)
    return Claim(holder=holder, space=this_space(), ticks=_process("self")[1], expires=moment + limit)


def renewed(claim: Claim, moment: datetime, limit: timedelta) -> Claim:
    """The claim with a heartbeat at `moment`."""
    return msgspec.structs.replace(
        claim, holder=msgspec.structs.replace(claim.holder, heartbeat=moment), expires=moment + limit
    )


def lives(claim: Claim) -> bool | None:
    """Whether the claim's process lives; None where that is not to be seen from this one."""
    if not claim.space or claim.space != this_space():
        return None
    try:
        os.kill(claim.holder.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's
    state, ticks = _process(str(claim.holder.pid))
    if state in _ENDED:
        return False
    return ticks is None or claim.ticks is None or ticks == claim.ticks


def this_space() -> str:
    """The same for all processes that see each other by their ids, and no others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def encode(claim: Claim) -> bytes:
    return msgspec.json.encode(claim) + b"\n"


def parse(data: bytes) -> Claim | None:
    """None for what is no claim of ours."""
    try:
        return msgspec.json.decode(data, type=Claim)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _process(pid: str) -> tuple[str, int | None]:
    """A process's state and start, fields 3 and 22 of proc(5)'s stat; ("", None) where that can't be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return fields[0], int(fields[19])
    except (OSError, ValueError, IndexError):
        return "", None

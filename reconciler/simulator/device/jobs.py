"""Enrolment (manual: Remote registration of features). Nobody stands at a simulated terminal: a job succeeds by
itself, with made-up data, after as many queries as the switch job_queries says."""

import base64
import binascii

import msgspec

from reconciler.simulator.device.checks import SUCCESS, Refused, Reply, Unit, integer, members, text
from reconciler.simulator.device.state import Job, Json

_WIDEST, _HIGHEST = 480, 640
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG that tell its size."""


def begin_face(unit: Unit, payload: Json) -> Reply:
    """BeginEnrollFace."""
    return _begin(unit, payload, "face")


def begin_fp(unit: Unit, payload: Json) -> Reply:
    """BeginEnrollFp, as its sample spells it."""
    return _begin(unit, payload, "fp")


def begin_card(unit: Unit, payload: Json) -> Reply:
    """BeginEnrollCard."""
    return _begin(unit, payload, "card")


def begin_palm(unit: Unit, payload: Json) -> Reply:
    """BeginEnrollPalm."""
    return _begin(unit, payload, "palm")


def _begin(unit: Unit, payload: Json, makes: str) -> Reply:
    members(unit, payload, ())
    jobs, number = unit.state.jobs, unit.state.next_job
    pending = [identity for identity, job in jobs.items() if job.status == "pending"]
    if len(pending) >= unit.switches.jobs_at_once:
        raise Refused("job_exists", pending[0])
    jobs[number] = Job(makes)
    unit.state.next_job = number + 1
    return "JobCreated", {"job_id": number}


def query(unit: Unit, payload: Json) -> Reply:
    """QueryJobStatus."""
    number, job = _found(unit, payload)
    if job.status == "pending":
        queries = job.queries + 1
        job = msgspec.structs.replace(job, queries=queries)
        if queries > unit.switches.job_queries:
            job = msgspec.structs.replace(job, status="succeeded", data=_made_up(job.makes, number))
        unit.state.jobs[number] = job
    shown: Json = {"job_id": number, "state": job.status}
    if job.status == "succeeded":
        shown[f"{job.makes}_data"] = job.data
    return "JobStatus", shown


def cancel(unit: Unit, payload: Json) -> Reply:
    """CancelJob: a job that is cancelled has failed."""
    number, job = _found(unit, payload)
    if job.status == "pending":
        unit.state.jobs[number] = msgspec.structs.replace(job, status="failed")
    return SUCCESS


def cancel_all(unit: Unit, payload: Json) -> Reply:
    """CancelAllJobs."""
    members(unit, payload, ())
    for number, job in unit.state.jobs.items():
        if job.status == "pending":
            unit.state.jobs[number] = msgspec.structs.replace(job, status="failed")
    return SUCCESS


def photo(unit: Unit, payload: Json) -> Reply:
    """PhotoToFacedata: a JPEG of at most 480x640; the result is spelt PhotoToFaceData."""
    members(unit, payload, ("photo",))
    try:
        picture = base64.b64decode(text(payload["photo"], "photo"), validate=True)
    except (binascii.Error, ValueError):
        return "PhotoToFaceData", {"state": "decode_fail"}
    size = _jpeg_size(picture)
    if size is None:
        return "PhotoToFaceData", {"state": "decode_fail"}
    if size[0] > _WIDEST or size[1] > _HIGHEST:
        return "PhotoToFaceData", {"state": "dimension_overflow"}
    return "PhotoToFaceData", {"face_data": _made_up("face", len(picture)), "state": "succeeded"}


def _found(unit: Unit, payload: Json) -> tuple[int, Job]:
    members(unit, payload, ("job_id",))
    number = integer(payload["job_id"], "job_id", 0, 10**9)
    job = unit.state.jobs.get(number)
    if job is None:
        raise Refused("job_id_not_exists", number)
    return number, job


def _made_up(makes: str, number: int) -> str:
    if makes == "card":
        return str(100_000_000 + number)
    return base64.b64encode(f"simulated {makes} {number}".encode()).decode()


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG; None for what is none."""
    if not picture.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        if picture[at + 1] in _FRAMES:
            return int.from_bytes(picture[at + 7 : at + 9]), int.from_bytes(picture[at + 5 : at + 7])
        at += 2 + int.from_bytes(picture[at + 2 : at + 4])
    return None

"""Whether the process that a claim names lives, as far as it is to be seen from here."""

import os
from datetime import timedelta

import msgspec
import pytest
from benches import NOON

from reconciler.state import claim as claims
from reconciler.state.claim import Claim, lives, this_claim


@pytest.fixture
def mine() -> Claim:
    return this_claim("apply", "", NOON, timedelta(seconds=60))


def of_process(claim: Claim, pid: int, ticks: int | None) -> Claim:
    return msgspec.structs.replace(claim, holder=msgspec.structs.replace(claim.holder, pid=pid), ticks=ticks)


def test_this_process_lives(mine: Claim) -> None:
    assert lives(mine) is True
    assert mine.expires == NOON + timedelta(seconds=60)
    assert claims.parse(claims.encode(mine)) == mine


def test_a_process_that_began_at_another_moment_is_another_one(mine: Claim) -> None:
    assert mine.ticks is not None
    assert lives(of_process(mine, os.getpid(), mine.ticks + 1)) is False
    assert lives(of_process(mine, os.getpid(), None)) is True


def test_a_process_that_ended_is_dead_before_and_after_it_is_collected(mine: Claim) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert lives(of_process(mine, child, None)) is False
    os.waitpid(child, 0)
    assert lives(of_process(mine, child, None)) is False


@pytest.mark.parametrize("space", ["", "another kernel/1"])
def test_elsewhere_nobody_is_to_be_seen(mine: Claim, space: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lives(msgspec.structs.replace(mine, space=space)) is None
    monkeypatch.setattr(claims, "this_space", lambda: "")
    assert lives(msgspec.structs.replace(mine, space="")) is None


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 5000])
def test_what_is_no_claim_is_none(data: bytes) -> None:
    assert claims.parse(data) is None

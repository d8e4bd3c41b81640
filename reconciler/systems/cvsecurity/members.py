"""People who are written together: one call for all of them, and where that is refused one for each, so that the right
person is named."""

from collections.abc import Callable, Sequence

import msgspec

from reconciler.model.plan import Change
from reconciler.systems.cvsecurity.client import Answer
from reconciler.systems.cvsecurity.codes import code_of, counted
from reconciler.systems.cvsecurity.outcomes import written
from reconciler.transport.failure import Failure, Sent


class Member(msgspec.Struct):
    """A person who is written. `fresh`: made by this run, so that there is nothing to take away; `stored`: something
    was written; `problem`: the first call that failed, after which no other is made for the person."""

    change: Change
    fresh: bool
    stored: bool = False
    problem: Failure | None = None

    @property
    def pin(self) -> str:
        return self.change.address.key

    def wants(self, path: str) -> bool:
        """Whether the field is to be written, and nothing failed so far."""
        return self.problem is None and path in written(self.change)

    def names(self, path: str) -> tuple[str, ...]:
        """The names of a set that the person shall have."""
        value = (self.change.after or {}).get(path)
        return value if isinstance(value, tuple) else ()


Members = Sequence[Member]


def attempt(member: Member, act: Callable[[], object], *, writes: bool = True) -> bool:
    """Whether `act` did not raise Failure; the person has it otherwise."""
    try:
        act()
    except Failure as failure:
        member.problem = failure
        return False
    member.stored = member.stored or writes
    return True


def together(members: Members, send: Callable[[Members], None]) -> None:
    """Sends for all of them, and for each by itself when the server refused to."""
    if not members:
        return
    try:
        send(members)
    except Failure as failure:
        if len(members) == 1 or code_of(failure) is None:
            for member in members:
                member.problem = failure
        else:
            for member in members:
                together([member], send)
        return
    for member in members:
        member.stored = member.stored or member.problem is None


def whole(answer: Answer, path: str) -> None:
    """Raises Failure when a call with an array did only a part of it, which has the code of success (A1 9)."""
    counts = counted(answer.message)
    if counts is not None and counts[1] > 0:
        detail = f"The server did {path} for a part only: {counts[0]} succeeded and {counts[1]} failed."
        raise Failure(Sent.REFUSED, "RC0701", detail, status=200, body={"code": 0, "message": answer.message})

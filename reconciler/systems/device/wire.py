"""What reading and writing settings need of a terminal's client."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reconciler.systems.device.facts import Facts
from reconciler.transport.failure import Failure, Sent

Payload = Mapping[str, object]
"""What a command is given, or what it is answered. A `Secret` in it is revealed where the bytes leave."""

Now = Callable[[], datetime]
"""Tells the moment, with UTC."""


class Asks(Protocol):
    """A terminal that is asked."""

    facts: Facts

    def ask(self, command: str, payload: Payload = ...) -> Payload:
        """The payload of the answer to a command that begins with Get or Query. Raises Failure; one that is asked for
        a write says that nothing was sent."""
        ...

    def senseless(self, command: str, why: str) -> Failure:
        """The failure of an answer that does not have the manual's form."""
        ...


class Does(Asks, Protocol):
    """A terminal that is written, too."""

    def do(self, command: str, payload: Payload = ..., *, repeatable: bool = True) -> object:
        """Has a command carried out. Raises Failure, also for the result "Error" (manual: Error Response)."""
        ...


def do_either(terminal: Does, command: str, spellings: Sequence[Payload], *, repeatable: bool = True) -> None:
    """Has a command carried out whose manual spells a member in two ways: the next is tried when one is refused.

    Raises Failure: the first refusal, when all are refused.
    """
    refusal: Failure | None = None
    for payload in spellings:
        try:
            terminal.do(command, payload, repeatable=repeatable)
        except Failure as failure:
            if failure.sent is not Sent.REFUSED or failure.code != "RC0701":
                raise
            refusal = refusal or failure
        else:
            return
    if refusal is not None:
        raise refusal


def not_sent(code: str, detail: str) -> Failure:
    """The failure of what is not sent at all."""
    return Failure(Sent.NOT_SENT, code, detail)

"""The connection of a writer to its terminal, which may move while it is written."""

from collections.abc import Callable

import msgspec

from reconciler.model.project import Target
from reconciler.systems.base import Task
from reconciler.systems.device.client import ApiKey, WritingTerminal
from reconciler.systems.device.connect import addresses, expected, keys, seek, setting
from reconciler.systems.device.facts import Facts
from reconciler.systems.device.fit import facts_of
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.retry import Timing, until

SHORT = 10.0
"""Seconds for a call whose reply may never come."""


class Line:
    """Opens when it is needed. It takes the terminal from where it was read."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._timing = until(task.stop)
        self._facts: Facts | None = facts_of(task.listings)
        self._open: WritingTerminal | None = None

    def terminal(self) -> WritingTerminal:
        """The terminal. Raises Failure."""
        if self._open is None:
            self._open = self._same(self._facts) if self._facts else self._seek(None, self._task.target.url, "")
            self._facts = self._open.facts
        return self._open

    def _same(self, facts: Facts) -> WritingTerminal:
        """The machine that was read: while somebody thought about the plan another one may have got its address."""
        terminal = self._at(facts)
        try:
            uid = terminal.ask("GetDeviceUid").get("device_uid")
        except Failure:
            terminal.close()
            raise
        if uid == facts.uid:
            return terminal
        terminal.close()
        name = self._task.target.name
        detail = f"Another machine than the one that was read answers for {name}, so nothing was sent. Run plan again."
        raise Failure(Sent.NOT_SENT, "RC0501", detail)

    def close(self) -> None:
        """Ends the connection; it opens again when it is needed."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def patient(self, retries: int, timing: Timing) -> WritingTerminal:
        """The terminal for a call that has to be made whatever happened, to be closed. Raises Failure."""
        facts = self._facts or self.terminal().facts
        self.close()
        target = msgspec.structs.replace(self._short(), retries=max(retries, self._task.target.retries))
        return self._at(facts, timing, target=target)

    def move(self, name: str, send: Callable[[WritingTerminal], None]) -> None:
        """Sends what may cut the connection, the setting `name`, and looks for the terminal where it is then. A reply
        that was lost is expected there; when nothing shows that it was carried out it is sent once more.

        Raises Failure; an unknown outcome where the terminal is not found.
        """
        before = self.terminal().facts
        lost = self._sent(before, send)
        found = self._found(before, name)
        if lost is not None and not _moved(before, found) and not self._task.stop.is_set():
            lost = self._sent(found, send)
            found = self._found(found, name)
        self._facts = found
        if lost is not None and not _moved(before, found):
            raise lost
        wanted = setting(self._task.aim.desired, "security.api_key")
        if name == "security" and wanted is not None and found.key != wanted:
            detail = "The terminal took the new API key, and is still opened by the old one. Run it again."
            raise Failure(Sent.UNKNOWN, "RC0702", detail)

    def _sent(self, facts: Facts, send: Callable[[WritingTerminal], None]) -> Failure | None:
        """Sends it; the failure when there was no reply."""
        self.close()
        terminal = self._at(facts, target=self._short())
        try:
            send(terminal)
        except Failure as failure:
            if failure.sent is not Sent.UNKNOWN:
                raise
            return Failure(failure.sent, failure.code, failure.detail, status=failure.status)
        finally:
            terminal.close()
        return None

    def _found(self, before: Facts, name: str) -> Facts:
        try:
            found = self._seek(before.uid, before.url, name)
        except Failure as failure:
            raise Failure(
                Sent.UNKNOWN,
                "RC0702",
                f"The setting {name} was sent, and the terminal was not found after that. {failure.detail} Look at its "
                "own menu for its address; if it is another one, write that in `url`, and run it again.",
            ) from None
        found.close()
        return found.facts

    def _seek(self, uid: str | None, url: str, name: str) -> WritingTerminal:
        """The terminal, to be closed: with a uid only this very one, first at its expected url."""
        desired = self._task.aim.desired
        first = expected(url, desired, name) if name else url
        urls = list(dict.fromkeys((first, *addresses(url, desired), self._task.target.url)))
        present = keys(self._facts.key if self._facts else self._task.target.auth.token, desired)
        target = self._short() if name else self._task.target
        memory = self._task.aim.memory.note.uid
        strict = uid is not None
        return seek(target, urls, present, uid or memory, self._opened, strict=strict)

    def _opened(self, target: Target, auth: ApiKey) -> WritingTerminal:
        return WritingTerminal.open(target, auth, self._timing)

    def _at(self, facts: Facts, timing: Timing | None = None, target: Target | None = None) -> WritingTerminal:
        """The terminal that is known to be there."""
        at = msgspec.structs.replace(target or self._task.target, url=facts.url)
        known = keys(self._task.target.auth.token, self._task.aim.desired)
        return WritingTerminal.open(at, ApiKey(facts.key, known), timing or self._timing, facts)

    def _short(self) -> Target:
        target = self._task.target
        return msgspec.structs.replace(target, timeout=min(SHORT, target.timeout))


def _moved(before: Facts, found: Facts) -> bool:
    """Whether it is seen that something was carried out."""
    return (before.url, before.key) != (found.url, found.key)

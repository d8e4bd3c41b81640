"""What the shared server wants of the system that it serves."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.simulator.faults import Fault
from reconciler.simulator.messages import Request, Response


class System(Protocol):
    """One system without its network: requests in, responses out. `handle` takes the lock itself; the others are called
    while it is held."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while a request is answered: each is one transaction."""

    @property
    def version(self) -> int:
        """A number that grows with every write."""

    def handle(self, request: Request) -> Response:
        """The response to one request."""

    def expire(self) -> None:
        """Refuse every token given so far."""

    def spoilt(self, response: Response, fault: Fault) -> Response:
        """The response as a fault of envelopes and lists leaves it (code, cut, miscount, wrong_next, endless)."""

    def shift(self, request: Request, response: Response, fault: Fault) -> None:
        """Move the rows of the list that was answered by one, for the pages to come."""

    def seed(self, rows: dict[str, list[dict[str, object]]]) -> None:
        """Put rows in people's words. Raises SimulatorError for what no server would hold."""

    def generate(self, numbers: Mapping[str, int]) -> None:
        """Make up so many objects of each collection."""

    def dump(self) -> dict[str, object]:
        """All data as plain values."""

    def load(self, dump: dict[str, object]) -> None:
        """Replace all data by a dump. Raises SimulatorError for anything else."""

    def rows(self, collection: str) -> list[dict[str, object]]:
        """The rows of a collection as they are kept."""

    def created_twice(self) -> list[str]:
        """What calls created more than once, as collection/key."""

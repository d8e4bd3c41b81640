"""Which targets are worked on at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec

from reconciler.model.project import Project, Target
from reconciler.systems.registry import system

SERVERS_AT_ONCE = 8


class Pools(msgspec.Struct, frozen=True):
    """The threads for servers, which each take many calls at once, and those for terminals, which take one."""

    servers: ThreadPoolExecutor
    devices: ThreadPoolExecutor

    def of(self, target: Target) -> ThreadPoolExecutor:
        return self.devices if system(target.system).fleet else self.servers


@contextmanager
def open_pools(project: Project, *, waits: bool) -> Iterator[Pools]:
    """Pools of threads. At the end those that still work are waited for, or left alone."""
    pools = Pools(ThreadPoolExecutor(SERVERS_AT_ONCE), ThreadPoolExecutor(project.devices_at_once))
    try:
        yield pools
    finally:
        for pool in (pools.servers, pools.devices):
            pool.shutdown(wait=waits, cancel_futures=not waits)

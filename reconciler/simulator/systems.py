"""The systems that the shared server serves, by their profiles."""

from collections.abc import Callable

from reconciler.simulator import cvsecurity
from reconciler.simulator import profile as biotime
from reconciler.simulator.biotime import Application
from reconciler.simulator.cvsecurity import CvSecurity, CvSecurityProfile
from reconciler.simulator.profile import Profile, chosen
from reconciler.simulator.system import System

AnyProfile = Profile | CvSecurityProfile

PROFILES: dict[str, AnyProfile] = {**biotime.PROFILES, **cvsecurity.PROFILES}
"""The servers by name: those of the BioTime family (see `profile.PROFILES`) and the editions of CVSecurity."""


def profile(name: str, switches: dict[str, object] | None = None) -> AnyProfile:
    """The profile `name` with single switches set otherwise. Raises SimulatorError, see `chosen`."""
    return chosen(PROFILES, name, switches)


def switches() -> dict[str, str]:
    """Every switch of servers by its name, with its documentation; those of CVSecurity say so."""
    own = biotime.switches(CvSecurityProfile)
    return {**biotime.switches(), **{name: f"CVSecurity: {text}" for name, text in own.items()}}


def system_of(kind: AnyProfile, username: str, password: str, token: str, clock: Callable[[], float]) -> System:
    """The system that a profile describes, with its account: `username` and `password`, or `token`."""
    if isinstance(kind, CvSecurityProfile):
        return CvSecurity(kind, token, clock)
    return Application(kind, username, password, clock)

"""A simulated ZKBio CVSecurity server, written from its API manual."""

from reconciler.simulator.cvsecurity.application import CvSecurity
from reconciler.simulator.cvsecurity.switches import PROFILES, CvSecurityProfile

__all__ = ["PROFILES", "CvSecurity", "CvSecurityProfile"]

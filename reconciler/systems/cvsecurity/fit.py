"""What the files ask of a server and what it has, made comparable: a pure function of both."""

from collections.abc import Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.state import Memory
from reconciler.systems.base import Fit
from reconciler.systems.cvsecurity.facts import Facts, facts_of
from reconciler.systems.cvsecurity.fit_levels import controls_wanted, fit_levels, fit_listing
from reconciler.systems.cvsecurity.fit_people import fit_people
from reconciler.systems.cvsecurity.wire import ROOT, Module

_Kind = Mapping[str, Object]


def fit(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> Fit:
    """See systems/base.py. A kind whose listing has a problem stays as it is."""
    facts = facts_of(listings)
    objects = dict(desired.objects)
    read = {kind: listing for kind, listing in listings.items() if listing.problem is None}
    found: list[Diagnostic] = []
    if "access_level" in read:
        wanted = controls_wanted(objects.get("access_level", {}), objects.get("employee", {}))
        read["access_level"] = fit_listing(read["access_level"], wanted, facts)
        if "access_level" in objects:
            objects["access_level"], read["access_level"], wrong = fit_levels(
                desired.target, objects["access_level"], read["access_level"], memory.owned("access_level"), facts
            )
            found += wrong
    if "department" in read:
        read["department"] = _with_root(read["department"])
        if "department" in objects:
            objects["department"], wrong = _without_renames(desired.target, objects["department"], read["department"])
            found += wrong
    if "employee" in read and "employee" in objects:
        objects["employee"], read["employee"], wrong = fit_people(
            desired.target,
            objects["employee"],
            read["employee"],
            memory.entries.get("employee", {}),
            facts,
            levels="access_level" in objects,
        )
        found += wrong
    if "vehicle" in read and "vehicle" in objects:
        objects["vehicle"], read["vehicle"], wrong = _fit_vehicles(
            desired.target, objects["vehicle"], read["vehicle"], memory, facts
        )
        found += wrong
    return Fit(
        desired=msgspec.structs.replace(desired, objects=objects),
        listings={**listings, **read},
        note=memory.note,
        diagnostics=tuple(found),
    )


def _with_root(listing: Listing) -> Listing:
    """The department that every server has, also where departments are read by the codes of the files only."""
    if ROOT in listing.objects:
        return listing
    return msgspec.structs.replace(listing, objects={ROOT: Live(ROOT, ROOT, {}, builtin=True), **listing.objects})


def _without_renames(target: str, departments: _Kind, listing: Listing) -> tuple[_Kind, list[Diagnostic]]:
    """A department's code is what it is known by, and no call changes it (manual 2.5.1)."""
    kept: dict[str, Object] = {}
    found: list[Diagnostic] = []
    for key, each in departments.items():
        if each.was is not None and each.was in listing.objects and key not in listing.objects:
            detail = (
                f"A cvsecurity server has no call that changes the code of a department, so {each.was} can't become "
                f"{key}. Remove `was`: then {key} is made, and {each.was} is removed when nobody is in it."
            )
            found.append(error("RC0601", detail, source=each.span, address=Address(target, "department", key)))
        kept[key] = msgspec.structs.replace(each, was=None) if each.was is not None else each
    return kept, found


def _fit_vehicles(
    target: str, vehicles: _Kind, listing: Listing, memory: Memory, facts: Facts
) -> tuple[_Kind, Listing, list[Diagnostic]]:
    """No call lists vehicles: every one that the files name, or that an earlier apply wrote, counts as there, and has
    no values to compare with."""
    if Module.PARKING in facts.lacks:
        detail = (
            f"The vehicle can't be put on a list: this server has no module {Module.PARKING}. License the module, or "
            "leave vehicles out of what the target manages."
        )
        wrong = [
            error("RC0601", detail, source=each.span, address=Address(target, "vehicle", key))
            for key, each in vehicles.items()
        ]
        return {}, listing, wrong
    plates = sorted({*vehicles, *memory.owned("vehicle")})
    lives = {plate: Live(plate, plate, {}) for plate in plates}
    return vehicles, msgspec.structs.replace(listing, objects=lives), []

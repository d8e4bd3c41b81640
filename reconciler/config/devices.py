"""The devices of the resource files: each becomes a target with settings of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import msgspec

from reconciler.config.conflicts import Conflict, conflicts
from reconciler.config.locate import Wanted, locate_all
from reconciler.config.overlay import PREFIX, Profile, objects_of, of_device, place_of, profile_of, settings_of
from reconciler.config.target import DEFAULTS, DEVICE_KINDS, DeviceDefaults, is_readable, usable_ca_file, usable_url
from reconciler.config.values import Wrong
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error, warning
from reconciler.model.fields import Value
from reconciler.model.kinds import PLURALS
from reconciler.model.objects import Object, Objects
from reconciler.model.project import Auth, Target, Tls
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import cited, some

_OF_PEOPLE = frozenset({"department", "employee"})  # what a terminal has of an area
_SHOWN = 3  # names in one message


class _Complaint(msgspec.Struct, frozen=True):
    """An error whose place is still to be found. The same one of several devices is told once."""

    code: str
    detail: str
    wanted: Wanted
    setting: str | None = None


class _Device(msgspec.Struct, frozen=True):
    """A device with its profile. `whole` says that all of what the files say of both could be read."""

    declared: Object
    profile: Profile
    whole: bool


def devices_of(
    root: Path, servers: Mapping[str, Span], defaults: DeviceDefaults, objects: Objects, faulty: Set[str]
) -> tuple[dict[str, Target], dict[str, Objects], list[Diagnostic]]:
    """The devices as targets, and the settings of each, both by name; and what is wrong with them.

    `servers` are the places of the other targets, by name. Of files that are `faulty` nothing is said to be missing:
    it may be there, and be what is wrong.
    """
    complaints: dict[_Complaint, list[str]] = {}
    targets: dict[str, Target] = {}
    own: dict[str, Objects] = {}
    ca_file = cache(partial(usable_ca_file, root))
    for name, device in sorted(_with_profiles(objects, faulty).items()):
        target, found = _target(device, defaults, ca_file)
        settings = objects_of(device.declared, settings_of(device.declared), device.profile)
        found += [*_name_problems(device.declared, servers), *_setting_problems(device, settings)]
        for each in found:
            complaints.setdefault(each, []).append(name)
        if target is not None and name not in servers:
            targets[name] = target
            own[name] = {"settings": settings}
    for each, name in _same_urls(targets):
        complaints.setdefault(each, []).append(name)
    return targets, own, [*_located(root, complaints), *_warnings(targets, own)]


def _with_profiles(objects: Objects, faulty: Set[str]) -> dict[str, _Device]:
    profiles = {name: profile_of(each) for name, each in sorted(objects["device_profile"].items())}
    devices = {}
    for name, declared in objects["device"].items():
        wanted = declared.values.get("profile")
        profile = profiles.get(wanted) if isinstance(wanted, str) else None
        known = profile or Profile(declared, {}, {})
        files = {declared.span.file, known.declared.span.file}
        devices[name] = _Device(declared, known, whole=not files & faulty and (profile is not None or wanted is None))
    return devices


def _target(
    device: _Device, defaults: DeviceDefaults, ca_file: Callable[[str], str]
) -> tuple[Target | None, list[_Complaint]]:
    """The target that a device is; None when its url can't be used."""
    declared = device.declared
    manages, found = _managed(device)
    common = dict(defaults.common)
    try:
        common |= _tls(declared.values, ca_file)
    except Wrong as wrong:
        found.append(_Complaint(wrong.code, wrong.detail, Wanted(declared.span, "tls.ca_file")))
    url = declared.values.get("url")
    if not isinstance(url, str):
        return None, found
    try:
        url = usable_url(url)
    except Wrong as wrong:
        return None, [*found, _Complaint(wrong.code, wrong.detail, Wanted(declared.span, "url"))]
    target = Target(
        name=declared.key,
        system="device",
        url=url,
        span=declared.span,
        auth=Auth(token=_key(declared)),
        manages=manages,
        area=cast("str | None", declared.values.get("area")),
        prune={kind: policy for kind, policy in defaults.prune.items() if kind in manages},
        concurrency=1,  # a terminal answers one call at a time
        **common,
    )
    return target, found


def _key(declared: Object) -> Secret | SecretReference | None:
    value = of_device(declared.key, declared.values.get("api_key"))
    return value if isinstance(value, Secret | SecretReference) else None


def _tls(values: Mapping[str, Value], ca_file: Callable[[str], str]) -> dict[str, Tls]:
    """A device's own, whole, when it says anything of it. Raises Wrong for a file that is not there."""
    if "tls.verify" not in values and "tls.ca_file" not in values:
        return {}
    path = values.get("tls.ca_file")
    return {"tls": Tls(values.get("tls.verify") is not False, ca_file(path) if isinstance(path, str) else None)}


def _managed(device: _Device) -> tuple[tuple[str, ...], list[_Complaint]]:
    """The kinds that a device manages, in the language's order."""
    values, span = device.declared.values, device.declared.span
    area = values.get("area")
    if "manages" not in values:
        return tuple(kind for kind in DEVICE_KINDS if area is not None or kind not in _OF_PEOPLE), []
    given = cast("tuple[str, ...]", values["manages"] or ())
    kinds = {PLURALS[plural].name for plural in given if plural in PLURALS}
    found = []
    if not kinds and device.whole:
        detail = "A device that manages nothing is none. Leave manages out for all that a terminal can have."
        found.append(_Complaint("RC0203", detail, Wanted(span, "manages")))
    if area is None and device.whole:
        found += [
            _Complaint(
                "RC0202",
                f'"area" is missing: without it nobody is a user of this device, so it can\'t manage {plural}.',
                Wanted(span, "manages", plural),
            )
            for plural in given
            if plural in PLURALS and PLURALS[plural].name in _OF_PEOPLE
        ]
    return tuple(kind for kind in DEVICE_KINDS if kind in kinds), found


def _name_problems(declared: Object, servers: Mapping[str, Span]) -> Iterator[_Complaint]:
    wanted = Wanted(declared.span, "name")
    if declared.key in servers:
        detail = (
            f"There is a target {cited(declared.key)} already, at {servers[declared.key]}. Targets and devices share "
            "their names. Give one of them another."
        )
        yield _Complaint("RC0408", detail, wanted)
    if declared.key == DEFAULTS:
        detail = f"{cited(DEFAULTS)} can't name a device: under targets it says what holds for all of them."
        yield _Complaint("RC0206", detail, wanted)


def _same_urls(targets: Mapping[str, Target]) -> Iterator[tuple[_Complaint, str]]:
    """Devices at one url are one terminal, of which each would remove what the other one writes."""
    first: dict[tuple[str, str | None, int | None, str], Target] = {}
    for target in sorted(targets.values(), key=lambda each: each.span):
        parts = urlsplit(target.url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        other = first.setdefault((parts.scheme, parts.hostname, port, parts.path), target)
        if other is not target:
            detail = (
                f"{cited(other.name)} has this url already, at {other.span}. As two devices one terminal would be told "
                f"two things. Keep {cited(other.name)} or {cited(target.name)}, or correct a url."
            )
            yield _Complaint("RC0407", detail, Wanted(target.span, "url")), target.name


def _setting_problems(device: _Device, settings: Mapping[str, Object]) -> Iterator[_Complaint]:
    url = device.declared.values.get("url")
    for each in conflicts(url if isinstance(url, str) else "", {name: it.values for name, it in settings.items()}):
        # What contradicts itself is there whatever else is wrong; what is missing, or would make it right, may be lost.
        if device.whole or each.certain:
            yield _Complaint(each.code, each.detail, _where(each, device), each.setting)


def _where(conflict: Conflict, device: _Device) -> Wanted:
    """The value that is wrong, in the device or else in the profile; of what is missing, where the device lacks it."""
    for declared in (device.declared, device.profile.declared):
        for path in conflict.paths:
            if PREFIX + path in declared.values:
                return Wanted(declared.span, PREFIX + path)
        if conflict.missing:
            break
    return Wanted(place_of(device.declared, conflict.setting), "")


def _located(root: Path, complaints: Mapping[_Complaint, Sequence[str]]) -> list[Diagnostic]:
    places = locate_all(root, [each.wanted for each in complaints])
    found = []
    for each, names in complaints.items():
        address = Address(names[0], "settings", each.setting) if each.setting is not None else None
        more = f" The same is true of {some(names[1:], _SHOWN)}." if len(names) > 1 else ""
        found.append(error(each.code, each.detail + more, source=places[each.wanted], address=address))
    return found


def _warnings(targets: Mapping[str, Target], own: Mapping[str, Objects]) -> list[Diagnostic]:
    """What is possible and not safe; once, however many devices it is true of."""

    def has_key(target: Target) -> bool:
        security = own[target.name]["settings"].get("security")
        return target.auth.token is not None or bool(security and security.values.get("security.api_key"))

    def once(detail: str, of: Iterable[Target]) -> list[Diagnostic]:
        them = list(of)
        if not them:
            return []
        whose = some([each.name for each in them], _SHOWN)
        number = f"1 device ({whose})" if len(them) == 1 else f"{len(them):,} devices ({whose})"
        return [warning("RC0407", detail.format(number), source=min(each.span for each in them))]

    return [
        *once(
            "The API keys of {} go over http, readable by everyone on the way. Switch on https in their "
            "setting security, and write https in their urls.",
            (each for each in targets.values() if has_key(each) and is_readable(each.url)),
        ),
        *once(
            "The certificates of {} are not checked (verify: false), so anyone on the way can pretend to be one. Give "
            "the certificate of their authority as ca_file instead.",
            (each for each in targets.values() if not each.tls.verify),
        ),
    ]

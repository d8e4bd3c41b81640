"""What a device's settings are: those of its profile, and its own laid over them."""

from collections.abc import Mapping

import msgspec

from reconciler.model.diagnostic import Span
from reconciler.model.fields import Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object
from reconciler.model.secret import SecretReference

PREFIX = "settings."
"""What the paths of settings begin with in a device and in a profile."""

Settings = Mapping[str, Mapping[str, Value]]
"""The values by setting, then path: `{"face": {"face.liveness": True}}`."""

_ROWS = tuple(path for path, field in KINDS["settings"].paths().items() if field.type is Type.ROWS)


class Profile(msgspec.Struct, frozen=True):
    """A device's profile, looked through once for all its devices. `objects` are the settings that are the same on each
    of them; the others name a table of secrets, which has another secret for each device."""

    declared: Object
    settings: Settings
    objects: Mapping[str, Object]


def profile_of(declared: Object) -> Profile:
    settings = settings_of(declared)
    objects = {
        name: _object(declared, name, dict(values))
        for name, values in settings.items()
        if not any(isinstance(value, SecretReference) and value.source == "table" for value in values.values())
    }
    return Profile(declared, settings, objects)


def settings_of(declared: Object) -> dict[str, dict[str, Value]]:
    """The settings that a device or a profile itself has."""
    settings: dict[str, dict[str, Value]] = {}
    for path, value in declared.values.items():
        if path.startswith(PREFIX):
            path = path[len(PREFIX) :]
            settings.setdefault(path.partition(".")[0], {})[path] = value
    return settings


def laid_over(own: Mapping[str, Value], below: Mapping[str, Value]) -> dict[str, Value]:
    """The values of one setting: `own`, and of `below` what it does not have. Rows are one value, as lists are."""
    rows = tuple(f"{path}." for path in _ROWS if path in own)
    return {path: value for path, value in below.items() if not (rows and path.startswith(rows))} | dict(own)


def objects_of(device: Object, own: Settings, profile: Profile) -> dict[str, Object]:
    """A device's settings, by name. Each has the place where the device names it, else that in the profile."""
    objects = dict(profile.objects)
    for name, values in profile.settings.items():
        if name in own:
            objects[name] = _object(device, name, _of_device(device.key, laid_over(own[name], values)))
        elif name not in objects:
            objects[name] = _object(profile.declared, name, _of_device(device.key, values))
    for name, values in own.items():
        if name not in profile.settings:
            objects[name] = _object(device, name, _of_device(device.key, values))
    return objects


def _object(declared: Object, name: str, values: dict[str, Value]) -> Object:
    return Object(kind="settings", key=name, values=values, span=place_of(declared, name))


def place_of(declared: Object, name: str) -> Span:
    """Where a device or a profile names the setting; the place of itself when it does not."""
    return (declared.places or {}).get(name, declared.span)


def _of_device(name: str, values: Mapping[str, Value]) -> dict[str, Value]:
    return {path: of_device(name, value) for path, value in values.items()}


def of_device(name: str, value: Value) -> Value:
    """The value; a reference to a table of secrets as one to the device's row of it."""
    if isinstance(value, SecretReference) and value.source == "table":
        return SecretReference("table", (value.argument[0], name), value.span)
    return value

"""The setting `bells`, as terminals tell and take it (manual: GetBellSetting, SetBellSetting)."""

import msgspec

from reconciler.model.fields import Value
from reconciler.model.schedules.bells import Bell, Bells, BellSlot, bells_of_slots, compile_bells
from reconciler.model.schedules.texts import bells_of_texts, bells_texts
from reconciler.systems.device.dialects import Codec, unknown
from reconciler.systems.device.wire import not_sent


class _WireBell(msgspec.Struct, frozen=True):
    """A bell as SetBellSetting takes it."""

    duration_index: int
    start: str
    type_index: int
    weekmask: int


def _decode_bells(given: object) -> Value:
    """The bells; one that can't be told stands behind the others as it is."""
    if not isinstance(given, list):
        return unknown(given)
    bells: list[Bell] = []
    others: set[str] = set()
    for item in given:
        found = _decode_bell(item)
        if isinstance(found, str):
            others.add(found)
        else:
            bells += found
    return (*bells_texts(bells), *sorted(others))


def _decode_bell(item: object) -> Bells | str:
    try:
        bell = msgspec.convert(item, _WireBell)
    except msgspec.ValidationError:
        return unknown(item)
    found = bells_of_slots([BellSlot(bell.duration_index, bell.start, bell.weekmask, bell.type_index)])
    if isinstance(found, str):
        return unknown(f"{bell.start} weekdays {bell.weekmask} ring {bell.duration_index} output {bell.type_index}")
    return found


def _encode_bells(value: Value) -> object:
    """All 24, those that are not used too (B4 13)."""
    slots = compile_bells(bells_of_texts(value if isinstance(value, tuple) else ()))
    if isinstance(slots, str):
        raise not_sent("RC0601", slots)
    return [msgspec.to_builtins(_WireBell(each.duration, each.start, each.type, each.weekmask)) for each in slots]


BELLS = Codec(_decode_bells, _encode_bells)

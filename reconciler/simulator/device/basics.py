"""The small settings (manual: Device information query and settings)."""

from reconciler.simulator.device.checks import SUCCESS, Refused, Reply, Unit, flag, integer, members, setting, spoken
from reconciler.simulator.device.state import Json

_FACE = ("use_antispoofing", "antispoofing_thre", "multi_veri_enabled")

_NEEDS: tuple[tuple[str, ...], ...] = (
    (),
    ("fingerprint",),
    ("card", "fingerprint"),
    ("card",),
    ("fingerprint",),
    ("password",),
    ("card", "password"),
    ("fingerprint", "password"),
    ("fingerprint", "card", "password"),
    ("face",),
    ("card", "face"),
    ("face", "password"),
    ("face", "card", "password"),
    ("face", "fingerprint"),
    ("face", "fingerprint", "card"),
    ("face", "fingerprint", "password"),
)
"""The hardware of each verify mode, by its number (GetVerifyMode)."""


def get_device_id(unit: Unit, payload: Json) -> Reply:
    """GetDeviceId."""
    members(unit, payload, ())
    return "DeviceId", {"device_id": unit.state.device_id}


def put_device_id(unit: Unit, payload: Json) -> Reply:
    """SetDeviceId: 1 to 255."""
    members(unit, payload, ("device_id",))
    unit.state.device_id = integer(payload["device_id"], "device_id", 1, 255)
    return SUCCESS


def get_volume(unit: Unit, payload: Json) -> Reply:
    """GetSoundVolume."""
    members(unit, payload, ())
    return "SoundVolume", {"sound_volume": unit.state.sound_volume}


def put_volume(unit: Unit, payload: Json) -> Reply:
    """SetSoundVolume: 1 to 10."""
    members(unit, payload, ("sound_volume",))
    unit.state.sound_volume = integer(payload["sound_volume"], "sound_volume", 1, 10)
    return SUCCESS


def get_reverify(unit: Unit, payload: Json) -> Reply:
    """GetReverifyTime."""
    members(unit, payload, ())
    return "ReverifyTime", {"reverify_time": unit.state.reverify_time}


def put_reverify(unit: Unit, payload: Json) -> Reply:
    """SetReverifyTime: minutes, 0 to 59."""
    members(unit, payload, ("reverify_time",))
    unit.state.reverify_time = integer(payload["reverify_time"], "reverify_time", 0, 59)
    return SUCCESS


def get_verify_mode(unit: Unit, payload: Json) -> Reply:
    """GetVerifyMode."""
    members(unit, payload, ())
    return "VerifyMode", {"verify_mode": unit.state.verify_mode}


def put_verify_mode(unit: Unit, payload: Json) -> Reply:
    """SetVerifyMode: 0 to 15; one whose hardware the terminal lacks is an Error."""
    members(unit, payload, ("verify_mode",))
    mode = integer(payload["verify_mode"], "verify_mode", 0, len(_NEEDS) - 1)
    if not all(getattr(unit.capabilities, hardware) for hardware in _NEEDS[mode]):
        raise Refused("not_supported", mode)
    unit.state.verify_mode = mode
    return SUCCESS


def _face(unit: Unit) -> Json:
    return dict(zip(_FACE, unit.state.face, strict=True))


def get_face(unit: Unit, payload: Json) -> Reply:
    """GetFaceVerifySetting."""
    members(unit, payload, ())
    return "FaceVerifySetting", _face(unit)


def put_face(unit: Unit, payload: Json) -> Reply:
    """SetFaceVerifySetting: a threshold of 0 to 4."""
    given = setting(unit, payload, _face(unit))
    unit.state.face = (
        flag(unit, given["use_antispoofing"], "use_antispoofing", "true"),
        integer(given["antispoofing_thre"], "antispoofing_thre", 0, 4),
        flag(unit, given["multi_veri_enabled"], "multi_veri_enabled", "true"),
    )
    return SUCCESS


def get_editing(unit: Unit, payload: Json) -> Reply:
    """GetChangeUserInfoOnDeviceAllowed."""
    members(unit, payload, ())
    return "ChangeUserInfoOnDeviceAllowed", {"is_allowed": spoken(unit.state.local_editing, "yes")}


def put_editing(unit: Unit, payload: Json) -> Reply:
    """SetChangeUserInfoOnDeviceAllowed."""
    members(unit, payload, ("is_allowed",))
    unit.state.local_editing = flag(unit, payload["is_allowed"], "is_allowed", "yes")
    return SUCCESS

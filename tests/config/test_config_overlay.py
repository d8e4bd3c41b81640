"""A device's settings laid over those of its profile."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config.overlay import laid_over, objects_of, profile_of, settings_of
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object
from reconciler.model.secret import SecretReference

PROFILE, DEVICE = Span("profiles.yaml", 2, 5), Span("devices.yaml", 9, 5)
PATHS = sorted(KINDS["settings"].paths())


def declared(kind: str, values: dict[str, Value], span: Span) -> Object:
    """A device or profile; its settings are on the lines below it."""
    names = sorted({path.split(".")[1] for path in values if path.startswith("settings.")})
    places = {name: Span(span.file, span.line + 1 + line, 7) for line, name in enumerate(names)}
    return Object(kind=kind, key=kind, values=values, span=span, places=places)


def own_settings(device: dict[str, Value], profile: dict[str, Value]) -> dict[str, tuple[dict[str, Value], str]]:
    """The values and the place of each setting, where device and profile have these values."""
    own = declared("device", device, DEVICE)
    objects = objects_of(own, settings_of(own), profile_of(declared("device_profile", profile, PROFILE)))
    assert {(each.kind, name == each.key) for name, each in objects.items()} <= {("settings", True)}
    return {name: (each.values, str(each.span)) for name, each in sorted(objects.items())}


def test_key_by_key() -> None:
    profile: dict[str, Value] = {
        "settings.volume": 5,
        "settings.bells": ("08:00 mon-fri 30s both",),
        "settings.face.liveness": True,
        "settings.face.threshold": "high",
        "settings.network.ethernet.dhcp": False,
    }
    device: dict[str, Value] = {
        "url": "http://10.0.0.1",
        "settings.bells": (),
        "settings.face.threshold": None,
        "settings.face.multiple": False,
        "settings.device_id": 7,
    }
    assert own_settings(device, profile) == {
        "bells": ({"bells": ()}, "devices.yaml:10:7"),
        "device_id": ({"device_id": 7}, "devices.yaml:11:7"),
        "face": (
            {"face.liveness": True, "face.threshold": None, "face.multiple": False},
            "devices.yaml:12:7",
        ),
        "network": ({"network.ethernet.dhcp": False}, "profiles.yaml:5:7"),
        "volume": ({"volume": 5}, "profiles.yaml:6:7"),
    }


def test_rows_are_laid_over_as_a_whole() -> None:
    reference = SecretReference("env", ("KEY",), PROFILE)
    below: dict[str, Value] = {
        "network.wifi.dhcp": True,
        "network.wifi.access_points": ("guest", "staff.5"),
        "network.wifi.access_points.staff.5.key": reference,
    }
    assert laid_over({"network.wifi.access_points": ("guest",)}, below) == {
        "network.wifi.dhcp": True,
        "network.wifi.access_points": ("guest",),
    }
    assert laid_over({"network.wifi.dhcp": False}, below) == {**below, "network.wifi.dhcp": False}


def test_a_table_of_secrets_is_asked_for_the_row_of_the_device() -> None:
    table, env = SecretReference("table", ("keys",), PROFILE), SecretReference("env", ("KEY",), PROFILE)
    profile: dict[str, Value] = {
        "settings.security.api_key": table,
        "settings.security.key": env,
        "settings.network.wifi.access_points": ("a",),
        "settings.network.wifi.access_points.a.key": table,
    }
    own = own_settings({"settings.security.http": True}, profile)
    of_row = SecretReference("table", ("keys", "device"), PROFILE)
    assert own["security"][0] == {"security.api_key": of_row, "security.key": env, "security.http": True}
    assert own["network"][0] == {"network.wifi.access_points": ("a",), "network.wifi.access_points.a.key": of_row}


def test_what_all_devices_of_a_profile_have_in_common_is_made_once() -> None:
    profile = profile_of(declared("device_profile", {"settings.volume": 5, "settings.face.liveness": True}, PROFILE))
    one, two = (declared("device", {"settings.volume": volume}, DEVICE) for volume in (1, 2))
    first, second = (objects_of(each, settings_of(each), profile) for each in (one, two))
    assert first["face"] is second["face"]
    assert [first["volume"].values, second["volume"].values] == [{"volume": 1}, {"volume": 2}]


VALUES = st.dictionaries(st.sampled_from(PATHS), st.integers(0, 3), max_size=12)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_every_path_has_the_device_s_value_else_the_profile_s(device: dict[str, int], profile: dict[str, int]) -> None:
    made = own_settings(
        {f"settings.{path}": value for path, value in device.items()},
        {f"settings.{path}": value for path, value in profile.items()},
    )
    flat = {path: value for values, _ in made.values() for path, value in values.items()}
    assert flat == {**profile, **device}
    named = {path.split(".")[0] for path in device}
    assert {name: place.split(":")[0] for name, (_, place) in made.items()} == {
        name: "devices.yaml" if name in named else "profiles.yaml" for name in made
    }

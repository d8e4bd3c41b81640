"""What is to be known of a plan for a terminal before it is applied."""

from collections.abc import Mapping

import pytest
from device_values import FACTS, place, settings_there, users_there

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, warning
from reconciler.model.fields import Value
from reconciler.model.objects import Listing
from reconciler.model.plan import Cause, Change, FieldChange, Reason
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret
from reconciler.systems.device.cautions import cautions
from reconciler.systems.device.facts import Facts

OLD, NEW = Secret("an old key"), Secret("a new key")


def lobby(url: str = "http://192.168.0.5", token: Secret | None = OLD) -> Target:
    return Target(name="lobby", system="device", url=url, span=place(1), auth=Auth(token=token))


def facts(url: str = "http://192.168.0.5") -> Facts:
    return Facts(FACTS.uid, url, OLD, FACTS.capabilities)


def there(url: str = "http://192.168.0.5") -> dict[str, Listing]:
    return {"settings": settings_there({}, facts(url))}


def update(name: str, values: Mapping[str, Value], *unreadable: str) -> Change:
    fields = tuple(
        FieldChange(path, None, value, None if path in unreadable else Cause.CONFIG, path in unreadable)
        for path, value in values.items()
    )
    at = Address("lobby", "settings", name)
    return Change(address=at, reason=Reason.CONFIG, before={}, after=dict(values), fields=fields, source=place(4))


def removal(key: str) -> Change:
    return Change(address=Address("lobby", "employee", key), reason=Reason.REMOVED, before={}, after=None)


def of_setting(name: str, detail: str, code: str = "RC0407") -> Diagnostic:
    return warning(code, detail, source=place(4), address=Address("lobby", "settings", name))


def test_most_changes_need_no_caution() -> None:
    adopted = Change(address=Address("lobby", "settings", "locked"), reason=Reason.ADOPT, before={}, after={})
    changes = [update("volume", {"volume": 5}), update("network", {"network.ethernet.gateway": "192.168.0.1"}), adopted]
    assert cautions(lobby(), changes, there()) == []
    assert cautions(lobby(), [], {}) == []


def moved(address: str, url: str) -> str:
    return (
        f"The address of lobby changes to {address}, after everything but its security, and lobby is sought at {url}"
        f" then. Write `url: {url}` for the device after the apply; until then both are tried."
    )


LEASED = (
    "From then on lobby has the address that a DHCP server gives it, which may be another one than that in `url`. If "
    "it does not answer at `url` after the apply, find its new address and write that."
)


@pytest.mark.parametrize(
    ("url", "values", "details"),
    [
        (
            "http://192.168.0.5:8080",
            {"network.ethernet.dhcp": False, "network.ethernet.address": "192.168.0.9/24"},
            [moved("192.168.0.9/24", "http://192.168.0.9:8080")],
        ),
        (
            "https://lobby.acme.example",
            {"network.wifi.address": "10.0.0.9/8"},
            [moved("10.0.0.9/8", "https://10.0.0.9")],
        ),
        ("http://192.168.0.5", {"network.ethernet.dhcp": True}, [LEASED]),
        ("http://192.168.0.9", {"network.ethernet.address": "192.168.0.9/24"}, []),  # it is there already
    ],
)
def test_a_change_of_address(url: str, values: dict[str, Value], details: list[str]) -> None:
    found = cautions(lobby(url), [update("network", values)], there(url))
    assert found == [of_setting("network", detail) for detail in details]


STILL_OLD = (
    "The device's `api_key` still refers to the old one: let it refer to the new one after the apply. Until then both "
    "are tried, the new one first."
)


@pytest.mark.parametrize(
    ("token", "rest"),
    [
        (OLD, STILL_OLD),
        (None, "It is tried first, then the factory's empty one, since the device has no `api_key`."),
        (NEW, "The device's `api_key` refers to it already."),
    ],
)
def test_a_change_of_the_key(token: Secret | None, rest: str) -> None:
    found = cautions(lobby(token=token), [update("security", {"security.api_key": NEW})], there())
    assert found == [of_setting("security", f"From then on lobby opens with a new API key only. {rest}")]
    assert NEW.reveal() not in repr(found)
    assert OLD.reveal() not in repr(found)


@pytest.mark.parametrize(
    ("url", "off", "other", "new"),
    [
        ("http://192.168.0.5", "http", "https", "https://192.168.0.5"),
        ("https://192.168.0.5:8443", "https", "http", "http://192.168.0.5:8443"),
    ],
)
def test_the_scheme_that_the_url_uses_is_switched_off(url: str, off: str, other: str, new: str) -> None:
    detail = (
        f"From then on lobby does not answer {off} any more, which `url` uses; it is sought by {other}. Write "
        f"`url: {new}` for the device after the apply."
    )
    found = cautions(lobby(url), [update("security", {f"security.{off}": False})], there(url))
    assert found == [of_setting("security", detail)]


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("https://192.168.0.5", {"security.http": False}),
        ("http://192.168.0.5", {"security.https": False}),
        ("http://192.168.0.5", {"security.http": True}),
    ],
)
def test_a_scheme_that_the_url_does_not_use_may_be_switched_off(url: str, values: dict[str, Value]) -> None:
    assert cautions(lobby(url), [update("security", values)], there(url)) == []


def test_what_can_not_be_read_is_written_blindly() -> None:
    upload = update("attendance_upload", {"attendance_upload.url": "http://log", "attendance_upload.interval": "60s"})
    blind = update("security", {"security.https": True, "security.verify_server": True}, "security.https")
    everything = update("attendance_upload", upload.after or {}, *(upload.after or {}))
    static = update("network", {"network.wifi.address": "10.0.0.5/8"}, "network.wifi.address")  # read once it is there
    known = "can't be read from lobby, and it is not known that what it has is what the files say"
    assert cautions(lobby(), [upload], there()) == []
    assert cautions(lobby(), [everything, blind], there()) == [
        of_setting(
            "attendance_upload",
            f"`attendance_upload.url` and `attendance_upload.interval` {known}. They are written, and can't be "
            "verified.",
        ),
        of_setting("security", f"`security.https` {known}. It is written, and can't be verified."),
    ]
    assert "can't be read" not in "".join(each.detail for each in cautions(lobby(), [static], there()))


def test_a_lock_that_was_left_is_released() -> None:
    assert cautions(lobby(), [update("locked", {"locked": False})], there()) == [
        of_setting(
            "locked",
            "An earlier apply was interrupted after it had locked lobby to change users, so it may be locked still and "
            "let nobody pass. This apply unlocks it.",
            "RC0706",
        )
    ]


def test_a_terminal_that_is_not_at_its_url() -> None:
    assert cautions(lobby(), [], there("http://192.168.0.9")) == [
        warning(
            "RC0501",
            "lobby is not at http://192.168.0.5, but was found at http://192.168.0.9, where the files send it. Write "
            "`url: http://192.168.0.9` for the device: until then every run looks at the old place first.",
        )
    ]
    assert cautions(lobby("http://192.168.0.5/"), [], there()) == []


@pytest.mark.parametrize(
    ("pending", "keys", "detail"),
    [
        (True, ["7"], 'lobby has attendance records that are not uploaded yet, and the user "7" is deleted.'),
        (True, ["7", "8"], "lobby has attendance records that are not uploaded yet, and 2 users are deleted."),
        (None, ["7"], 'lobby may have attendance records that are not uploaded yet, and the user "7" is deleted.'),
        (False, ["7"], None),
        (True, [], None),
    ],
)
def test_users_are_deleted_before_their_records_are_uploaded(
    pending: bool | None, keys: list[str], detail: str | None
) -> None:
    advice = (
        "The server that the records go to may not know any more whose they are. Let the terminal upload them first, "
        "or make sure that nobody needs them."
    )
    listings = {"employee": users_there({}, facts(), pending=pending)}
    expected = [warning("RC0407", f"{detail} {advice}", address=Address("lobby", "employee", "7"))] if detail else []
    assert cautions(lobby(), [removal(key) for key in keys], listings) == expected

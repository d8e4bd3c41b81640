"""The client of a terminal: messages, refusals, answers that make no sense, and where and by which key it is found."""

import logging

import httpx
import msgspec
import pytest
from terminal_helpers import EXPORT, aim, listed, put, serving, silent, target

from reconciler.model.kinds import KINDS
from reconciler.model.secret import Secret
from reconciler.model.state import Note
from reconciler.simulator import Fault, Terminals
from reconciler.systems.device.client import ApiKey, Terminal, WritingTerminal, no_such_user
from reconciler.systems.device.connect import addresses, expected, keys, seek
from reconciler.systems.device.facts import Capabilities, Facts
from reconciler.systems.device.reader import connect
from reconciler.transport.failure import Failure, Sent

KEY = Secret("planted/key 1%&?")


def opened(where, key=None):
    return WritingTerminal.open(where, ApiKey(key or Secret("")))


def refusal(call, *arguments, **more):
    with pytest.raises(Failure) as raised:
        call(*arguments, **more)
    return raised.value


def test_a_message_has_an_own_number_and_the_key_is_in_the_url_alone():
    with serving(api_key=KEY.reveal()) as (terminals, lobby):
        terminal = opened(target(lobby.url), KEY)
        assert terminal.ask("GetSoundVolume") == {"sound_volume": 5}
        assert terminal.do("SetSoundVolume", {"sound_volume": 7}) == {}
        terminal.close()
        assert terminal.facts.uid == lobby.unit.state.device_uid
        assert [it.command for it in terminals.record.entries()] == [
            "GetDeviceUid",
            "GetDeviceCapabilities",
            "GetSoundVolume",
            "SetSoundVolume",
        ]


def test_the_empty_key_is_left_out():
    request = next(ApiKey(Secret("")).sync_auth_flow(_request()))
    assert str(request.url) == "http://192.168.0.5/control"
    request = next(ApiKey(KEY).sync_auth_flow(_request()))
    assert str(request.url) == "http://192.168.0.5/control?api_key=planted%2Fkey%201%25%26%3F"


def _request():
    return httpx.Request("POST", "http://192.168.0.5/control")


@pytest.mark.parametrize("command", ["SetUserInfo", "LockDevice", "DeleteUserInfo", "DeviceControl", "getUserInfo"])
def test_what_does_not_only_read_is_not_asked(command):
    with serving() as (terminals, lobby):
        terminal = Terminal.open(target(lobby.url), ApiKey(Secret("")))
        with pytest.raises(ValueError, match=f"{command} is not a command that only reads"):
            terminal.ask(command)
        terminal.close()
        assert not hasattr(terminal, "do")
        assert terminals.record.calls(command="[SLD]*") == 0


def test_a_users_absence_can_be_told_from_other_refusals():
    with serving() as (_, lobby):
        terminal = opened(target(lobby.url))
        absent, other = refusal(terminal.ask, "GetUserInfo", {"id": "12"}), refusal(terminal.do, "SetNothing")
        terminal.close()
    assert (absent.sent, absent.code, no_such_user(absent)) == (Sent.REFUSED, "RC0505", True)
    assert absent.detail == 'The terminal lobby refused GetUserInfo: it says "user_id_not_exists" ("12").'
    assert (other.sent, other.code, no_such_user(other)) == (Sent.REFUSED, "RC0701", False)
    assert other.detail == 'The terminal lobby refused SetNothing: it says "unknown_command" ("SetNothing").'


def test_a_command_that_the_firmware_lacks_is_told_when_it_is_asked():
    with serving(capabilities={"access_control": False}) as (_, lobby):
        terminal = opened(target(lobby.url))
        failure = refusal(terminal.ask, "GetAcTimeZone")
        terminal.close()
    assert failure.code == "RC0601"
    assert failure.detail == (
        'The terminal lobby refused GetAcTimeZone: it says "not_supported" ("GetAcTimeZone"). Its firmware does not '
        "have that command."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "with something that is no message"),
        ([], "with something that is no message"),
        ({"mid": "other", "result": "SoundVolume", "payload": {}}, "with the answer to another message"),
        ({"mid": "rc1", "result": "DeviceId", "payload": {}}, 'with the result "DeviceId" instead of SoundVolume'),
        ({"mid": "rc1", "result": "SoundVolume", "payload": 5}, 'with the result "SoundVolume" instead of SoundVolume'),
        ({"mid": "rc1", "result": "\x1b[2J"}, 'with the result "\\x1b[2J" instead of SoundVolume'),
    ],
)
def test_an_answer_that_is_none(answer, said):
    terminal = Terminal(_Fixed(answer), target("http://192.168.0.5"), ApiKey(KEY), None, _facts())
    failure = refusal(terminal.ask, "GetSoundVolume")
    assert (failure.sent, failure.code) == (Sent.UNKNOWN, "RC0505")
    assert failure.detail == (
        f"The terminal lobby answered GetSoundVolume {said}. Check the `url` of the device: something else may answer "
        "there."
    )


def test_an_array_for_a_payload_is_found_under_a_name():
    answer = {"mid": "rc1", "result": "DeptList", "payload": [1]}
    terminal = Terminal(_Fixed(answer), target("http://192.168.0.5"), ApiKey(KEY), None, _facts())
    assert terminal.ask("GetDeptList") == {"items": [1]}


def test_what_a_terminal_says_is_quoted_without_secrets_and_escapes():
    arguments = [KEY.reveal(), "4711", {"card": "99887766"}, "\x1b]0;x", "x" * 100, "never"]
    answer = {"mid": "rc1", "result": "Error", "payload": {"code": "bad\n4711", "arguments": arguments}}
    terminal = WritingTerminal(_Fixed(answer), target("http://192.168.0.5"), ApiKey(KEY), None, _facts())
    payload = {"password": Secret("4711"), "card": Secret("99887766")}
    assert refusal(terminal.do, "SetUserInfo", payload).detail == (
        'The terminal lobby refused SetUserInfo: it says "bad\\n***" ("***", "***", "{"card":"***"}", "\\x1b]0;x", '
        f'"{"x" * 60}…").'
    )


class _Fixed:
    """An HTTP client with one answer."""

    def __init__(self, answer):
        self._answer = answer

    def ask(self, path, body, *, name):
        return self._answer

    def send(self, method, path, body, *, repeatable, name):
        return self._answer


def _facts():
    return Facts("e09c1d1fd6ac34a7", "http://192.168.0.5", Secret(""), Capabilities())


@pytest.mark.parametrize("effect", ["garbage", "empty", "html"])
def test_an_answer_that_is_no_json_is_a_failure_of_the_listing(effect):
    with serving() as (_, lobby):
        lobby.faults.add(Fault(effect=effect, command="GetDeptList"))
        problem = listed(target(lobby.url), aim({"department": {}}), "department")["department"].problem
    assert (problem.code, "GetDeptList" in problem.detail) == ("RC0505", True)


@pytest.mark.parametrize("wrong", [403, 401])
def test_the_wanted_key_is_tried_first_and_then_the_present_one(wrong):
    settings = {"settings": {"security": {"security.api_key": Secret("wanted-key")}}}
    for present, calls in (("wanted-key", 2), ("present-key", 3)):
        with serving(api_key=present, switches={"wrong_key": wrong}) as (terminals, lobby):
            listing = listed(target(lobby.url, "present-key"), aim(settings), "settings")["settings"]
            assert listing.problem is None
            assert listing.raw.facts.key == Secret(present)
            assert listing.objects["security"].values == {"security.api_key": Secret(present)}
            assert terminals.record.calls() == calls


def test_two_keys_that_are_refused_are_one_problem_that_says_what_to_do(caplog):
    caplog.set_level(logging.DEBUG)
    settings = {"settings": {"security": {"security.api_key": Secret("wanted-key")}}}
    with serving() as (terminals, lobby):
        lobby.unit.state.security = msgspec.structs.replace(lobby.unit.state.security, api_key="another")
        listings = listed(target(lobby.url, "present-key", retries=3), aim(settings), "settings", "employee")
        assert terminals.record.calls() == 2
        assert listings["settings"].problem == listings["employee"].problem
        problem = listings["settings"].problem
        assert (problem.code, str(problem.source)) == ("RC0503", "devices.yaml:3:5")
        assert problem.detail == (
            f"The terminal lobby at {lobby.url} refused both the key of `settings.security.api_key` and that of "
            "`api_key`. Write the key that it has now in `api_key`. A terminal that was replaced or reset has the "
            "empty key: leave `api_key` out."
        )
    assert "wanted-key" not in caplog.text
    assert "present-key" not in caplog.text


def test_a_terminal_that_is_off_is_looked_for_once():
    with Terminals() as terminals:
        url = terminals.add("lobby").url
    listings = listed(target(url), aim({"employee": {}}))
    assert {listing.problem.code for listing in listings.values()} == {"RC0501"}
    assert len({id(listing.problem) for listing in listings.values()}) == 4


@pytest.mark.parametrize(
    ("url", "settings", "found", "then"),
    [
        ("http://192.168.0.5:81", {}, [], "http://192.168.0.5:81"),
        (
            "http://192.168.0.5:81",
            {"network.ethernet.address": "192.168.0.6/24", "network.wifi.address": "10.0.0.7/8"},
            ["http://192.168.0.6:81", "http://10.0.0.7:81"],
            "http://192.168.0.6:81",
        ),
        ("http://192.168.0.5", {"network.ethernet.address": "192.168.0.5/24"}, [], "http://192.168.0.5"),
        (
            "http://192.168.0.5",
            {"network.ethernet.address": "192.168.0.6/24", "network.ethernet.dhcp": True},
            [],
            "http://192.168.0.5",
        ),
        ("http://192.168.0.5", {"security.https": True}, ["https://192.168.0.5"], "http://192.168.0.5"),
        (
            "http://192.168.0.5:80",
            {"security.https": True, "security.http": False},
            ["https://192.168.0.5"],
            "https://192.168.0.5",
        ),
        ("https://lobby:4443", {"security.https": True, "security.http": True}, [], "https://lobby:4443"),
        (
            "https://lobby:4443",
            {"security.https": False, "security.http": True},
            ["http://lobby:4443"],
            "http://lobby:4443",
        ),
    ],
)
def test_where_a_terminal_may_be_and_where_it_will_be(url, settings, found, then):
    wanted: dict[str, dict[str, object]] = {}
    for path, value in settings.items():
        wanted.setdefault(path.partition(".")[0], {})[path] = value
    desired = aim({"settings": wanted}).desired
    assert addresses(url, desired) == [url, *found]
    name = "security" if "security" in wanted else "network"
    assert expected(url, desired, name) == then


def test_the_keys_that_may_open_it():
    wanted = aim({"settings": {"security": {"security.api_key": Secret("b")}}}).desired
    assert keys(Secret("a"), wanted) == [Secret("b"), Secret("a")]
    assert keys(None, wanted) == [Secret("b"), Secret("")]
    assert keys(Secret("b"), wanted) == [Secret("b")]
    assert keys(None, None) == [Secret("")]


@pytest.fixture
def site():
    """A terminal that moved, another that has its old address now, and one that is off."""
    with Terminals() as terminals:
        yield terminals.add("lobby"), terminals.add("other"), terminals.add("off")


def _seek(url, uid, *more, strict=False):
    opens = Terminal.open
    found = seek(target(url), (url, *more), (Secret(""),), uid, opens, strict=strict)
    found.close()
    return found.facts.url


def test_the_machine_that_is_remembered_is_preferred_wherever_it_is(site):
    lobby, other, _ = site
    uid = lobby.unit.state.device_uid
    assert _seek(lobby.url, uid, other.url) == lobby.url
    assert _seek(other.url, uid, lobby.url) == lobby.url
    assert _seek(other.url, None, lobby.url) == other.url


def test_another_machine_counts_at_its_own_url_only(site):
    lobby, other, _ = site
    gone = "http://127.9.9.9:1"
    assert _seek(lobby.url, "0123456789abcdef", other.url) == lobby.url
    assert _seek(gone, None, other.url) == other.url
    for failure in (
        refusal(_seek, gone, "0123456789abcdef", other.url),
        refusal(_seek, gone, lobby.unit.state.device_uid, other.url, strict=True),
    ):
        assert (failure.code, "127.9.9.9" in failure.detail) == ("RC0501", True)
    assert refusal(_seek, lobby.url, "0123456789abcdef", strict=True).code == "RC0501"


def test_a_terminal_that_was_found_elsewhere_says_where(site):
    lobby, _, _ = site
    host = lobby.url.removeprefix("http://").partition(":")[0]
    port = lobby.url.rpartition(":")[2]
    settings = {"settings": {"network": {"network.ethernet.address": f"{host}/8"}}}
    what = aim(settings, note=Note(lobby.unit.state.device_uid))
    listing = listed(target(f"http://127.9.9.9:{port}"), what, "shift")["shift"]
    assert (listing.problem, listing.raw.facts.url) == (None, lobby.url)


def test_an_export_has_every_setting_and_every_user():
    with serving() as (_, lobby):
        put(lobby, users=[{"id": "1"}, {"id": "2"}])
        with connect(target(lobby.url), EXPORT) as reader:
            users = reader.list("employee", sorted(KINDS["employee"].paths()), silent)
            settings = reader.list("settings", (), silent)
        assert sorted(users.raw.weeks) == sorted(users.raw.rosters) == ["1", "2"]
        assert settings.objects["volume"].values == {"volume": 5}

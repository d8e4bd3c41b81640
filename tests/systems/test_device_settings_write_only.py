"""What of a terminal can only be written, or be written in two spellings: security, the uploader, the lock."""

import pytest
from device_settings_helpers import NOON, Told, change, facts, read, write

from reconciler.model.secret import Secret
from reconciler.systems.device.settings import write_setting
from reconciler.transport.failure import Failure


@pytest.mark.parametrize(
    ("status", "values"),
    [
        ("active", {}),
        ("inactive", {"attendance_upload.url": None}),
        ("paused", {"attendance_upload.url": "paused (unknown)"}),
    ],
)
def test_of_the_uploader_only_its_activity_can_be_read(status, values):
    answer = {"GetAttendLogUploaderStatus": {"status": status, "pending_count": 12}}
    assert read(Told(answer), "attendance_upload") == values


URL = "http://10.80.0.1/upload_log"


@pytest.mark.parametrize(
    ("after", "sent"),
    [
        (
            {"attendance_upload.url": URL, "attendance_upload.interval": "5s"},
            {"target_uri": URL, "interval": 5},
        ),
        ({"attendance_upload.url": URL}, {"target_uri": URL, "interval": 60}),
        ({"attendance_upload.url": None}, {"target_uri": "", "interval": 60}),
        (
            {"attendance_upload.url": None, "attendance_upload.interval": None},
            {"target_uri": "", "interval": 60},
        ),
    ],
)
def test_the_uploader_is_told_where_to_and_how_often(after, sent):
    terminal = Told()
    write(terminal, "attendance_upload", after)
    assert terminal.calls == [("ConfigAttendLogUploader", sent)]


def test_an_interval_alone_can_not_be_written():
    with pytest.raises(Failure) as caught:
        write(Told(), "attendance_upload", {"attendance_upload.interval": "5s"})
    assert (caught.value.sent, caught.value.code) == ("not sent", "RC0601")
    assert caught.value.detail == (
        "The terminal takes the interval of `attendance_upload` only together with the address, and does not tell "
        "which one it has. Add `url`."
    )


@pytest.mark.parametrize(
    ("name", "after", "sent"),
    [
        (
            "attendance_upload",
            {"attendance_upload.url": URL},
            [{"target_uri": URL, "interval": 60}, {"target_uri": URL, "Interval": 60}],
        ),
        ("shift_mode", {"shift_mode": "department"}, [{"shift_mode": "department"}, {"shift_mode": "Department"}]),
        (
            "security",
            {"security.key": Secret("PEM")},
            [{"tls_conf": {"device_key": Secret("PEM")}}, {"tls_conf": {"device_key ": Secret("PEM")}}],
        ),
    ],
)
def test_where_the_manual_has_two_spellings_the_second_is_tried_when_the_first_is_refused(name, after, sent):
    taken = Told(refuses=lambda payload: payload == sent[0])
    write(taken, name, after)
    assert [payload for _, payload in taken.calls] == sent

    never = Told(refuses=lambda payload: True)
    with pytest.raises(Failure) as caught:
        write(never, name, after)
    assert caught.value.detail == f"refused: {sorted(sent[0])}"
    assert [payload for _, payload in never.calls] == sent


def test_another_failure_than_a_refusal_is_not_tried_again():
    terminal = Told()

    def broken(command, payload, *, repeatable):
        terminal.calls.append((command, payload))
        raise Failure("unknown", "RC0501", "gone")

    terminal.do = broken
    with pytest.raises(Failure) as caught:
        write(terminal, "shift_mode", {"shift_mode": "user"})
    assert (caught.value.detail, len(terminal.calls)) == ("gone", 1)


def test_a_lock_that_was_left_is_released():
    terminal = Told()
    write(terminal, "locked", {"locked": False})
    assert terminal.calls == [("LockDevice", {"is_locked": "no"})]


@pytest.mark.parametrize(("key", "value"), [("k3y", Secret("k3y")), ("", None)])
def test_of_security_the_key_that_opened_is_known_without_a_call(key, value):
    terminal = Told(known=facts(key=key))
    assert read(terminal, "security") == {"security.api_key": value}
    assert terminal.calls == []


ALL_SECURITY = {
    "security.api_key": Secret("n3w"),
    "security.http": False,
    "security.https": True,
    "security.certificate": Secret("CERT"),
    "security.ca_certificate": Secret("CA"),
    "security.verify_server": False,
}


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        (
            tuple(ALL_SECURITY),
            {
                "api_key": Secret("n3w"),
                "enable_http": "no",
                "tls_conf": {
                    "enabled": "yes",
                    "validate_certificate": "no",
                    "device_cert": Secret("CERT"),
                    "ca_cert": Secret("CA"),
                },
            },
        ),
        (("security.api_key",), {"api_key": Secret("n3w")}),
        # the present key is always said again: a terminal that forgets what is left out would be open to everybody
        (("security.http",), {"api_key": Secret("old"), "enable_http": "no"}),
        (("security.verify_server",), {"api_key": Secret("old"), "tls_conf": {"validate_certificate": "no"}}),
    ],
)
def test_of_security_only_what_changed_is_sent(changed, sent):
    terminal = Told(known=facts(key="old"))
    write_setting(terminal, change("security", ALL_SECURITY, changed), {}, lambda: NOON)
    assert terminal.calls == [("SetSecurityConfig", sent)]


def test_the_factory_s_empty_key_is_not_sent():
    terminal = Told()
    write(terminal, "security", {"security.verify_server": True})
    assert terminal.calls == [("SetSecurityConfig", {"tls_conf": {"validate_certificate": "yes"}})]


@pytest.mark.parametrize(
    ("url", "http", "https", "refused"),
    [
        ("http://a", False, False, True),
        ("https://a", False, False, True),
        ("http://a", False, None, True),
        ("https://a", False, None, False),  # https is on: it answers there
        ("http://a", None, False, False),
        ("https://a", None, False, True),
        ("http://a", False, True, False),
        ("http://a", True, False, False),
        ("https://a", True, None, False),
    ],
)
def test_http_and_https_are_never_both_switched_off(url, http, https, refused):
    terminal = Told(known=facts(url=url, key="old"))
    after = {"security.http": http, "security.https": https}
    after = {path: value for path, value in after.items() if value is not None}
    if not refused:
        write(terminal, "security", after)
        assert [command for command, _ in terminal.calls] == ["SetSecurityConfig"]
        return
    with pytest.raises(Failure) as caught:
        write(terminal, "security", after)
    assert (caught.value.sent, caught.value.code, terminal.calls) == ("not sent", "RC0407", [])
    assert caught.value.detail == (
        "Neither http nor https would be on, so that nothing could talk to the terminal any more. Let at least one of "
        "`http` and `https` be true."
    )

"""Each setting of a terminal between the manual's words and the files': what is asked, understood and sent."""

from datetime import datetime, timedelta

import pytest
from device_settings_helpers import EVERYTHING, NOON, UID, Told, facts, read, write

from reconciler.model.objects import Live
from reconciler.systems.device.facts import Capabilities, RawSettings
from reconciler.systems.device.settings import NAMES, read_settings
from reconciler.transport.failure import Failure

UNUSED = {"duration_index": 0, "start": "00:00", "type_index": 0, "weekmask": 0}
MORNING = {"duration_index": 6, "start": "08:00", "type_index": 0, "weekmask": 62}  # GetBellSetting's example
FACE = {"antispoofing_thre": 2, "multi_veri_enabled": True, "use_antispoofing": True}
DOOR = {"monitor_tamper": False, "multi_verify_count": 1, "unlock_time": 5, "wiegand_format": 0}
TOLERANCE = {
    "afternoon_in_tolerance": 1,
    "afternoon_out_tolerance": 2,
    "morning_in_tolerance": 3,
    "morning_out_tolerance": 4,
}


def bells(*items: object) -> dict[str, object]:
    return {"bells": [*items, *[UNUSED] * (24 - len(items))]}


EXAMPLES = [  # the manual's; name, command without Get and Set, payload, values
    ("device_id", "DeviceId", {"device_id": 1}, {"device_id": 1}),
    ("volume", "SoundVolume", {"sound_volume": 1}, {"volume": 1}),
    ("reverify_minutes", "ReverifyTime", {"reverify_time": 1}, {"reverify_minutes": 1}),
    ("verify_mode", "VerifyMode", {"verify_mode": 1}, {"verify_mode": "finger"}),
    ("local_editing", "ChangeUserInfoOnDeviceAllowed", {"is_allowed": "yes"}, {"local_editing": True}),
    (
        "face",
        "FaceVerifySetting",
        FACE,
        {"face.liveness": True, "face.threshold": "normal", "face.multiple": True},
    ),
    ("bells", "BellSetting", bells(MORNING), {"bells": ("08:00 mon-fri 30s inside",)}),
    ("shift_mode", "ShiftMode", {"shift_mode": "user"}, {"shift_mode": "user"}),
    (
        "tolerance",
        "AttendaceTolerance",
        TOLERANCE,
        {
            "tolerance.morning_in": 3,
            "tolerance.morning_out": 4,
            "tolerance.afternoon_in": 1,
            "tolerance.afternoon_out": 2,
        },
    ),
    (
        "access",
        "AcSetting",
        DOOR,
        {
            "access.tamper_alarm": False,
            "access.verify_count": 1,
            "access.unlock_seconds": 5,
            "access.wiegand": "none",
        },
    ),
]
NAMED = pytest.mark.parametrize(("name", "command", "payload", "values"), EXAMPLES, ids=[each[0] for each in EXAMPLES])


@NAMED
def test_the_manual_s_example_is_read(name, command, payload, values):
    terminal = Told({f"Get{command}": payload})
    assert read(terminal, name) == values
    assert terminal.calls == [(f"Get{command}", {})]


@NAMED
def test_the_manual_s_example_is_written_with_one_call(name, command, payload, values):
    terminal = Told()
    write(terminal, name, values)
    assert terminal.calls == [(f"Set{command}", payload)]


@pytest.mark.parametrize(
    ("name", "command", "payload", "values"),
    [
        (
            "verify_mode",
            "VerifyMode",
            {"verify_mode": number},
            {"verify_mode": mode},
        )
        for number, mode in enumerate(
            [
                "any",
                "finger",
                "card+finger",
                "card",
                "finger+id",
                "id+password",
                "card+password",
                "finger+password",
                "card+finger+password",
                "face",
                "card+face",
                "face+password",
                "card+face+password",
                "face+finger",
                "card+face+finger",
                "face+finger+password",
            ]
        )
    ]
    + [
        ("face", "FaceVerifySetting", FACE | {"antispoofing_thre": number}, {"face.threshold": word})
        for number, word in enumerate(["lower", "low", "normal", "high", "higher"])
    ]
    + [
        ("access", "AcSetting", DOOR | {"wiegand_format": number}, {"access.wiegand": word})
        for number, word in enumerate(["none", "26", "34"])
    ]
    + [
        ("local_editing", "ChangeUserInfoOnDeviceAllowed", {"is_allowed": "no"}, {"local_editing": False}),
        ("shift_mode", "ShiftMode", {"shift_mode": "department"}, {"shift_mode": "department"}),
        ("bells", "BellSetting", bells(), {"bells": ()}),
        (
            "bells",
            "BellSetting",
            bells(
                {"duration_index": 0, "start": "07:00", "type_index": 1, "weekmask": 127},
                {"duration_index": 8, "start": "12:00", "type_index": 2, "weekmask": 0b0101010},
            ),
            {"bells": ("07:00 daily none outside", "12:00 mon,wed,fri 60s both")},
        ),
    ],
)
def test_each_word_has_its_number(name, command, payload, values):
    found = read(Told({f"Get{command}": payload}), name)
    assert {path: found[path] for path in values} == values
    terminal = Told({f"Get{command}": payload})
    write(terminal, name, values)
    assert terminal.calls[-1] == (f"Set{command}", payload)


@pytest.mark.parametrize(
    ("name", "command", "payload", "values"),
    [
        ("volume", "SoundVolume", {"sound_volume": "5"}, {"volume": "5 (unknown)"}),
        ("volume", "SoundVolume", {"sound_volume": True}, {"volume": "true (unknown)"}),
        ("volume", "SoundVolume", {"sound_volume": None}, {"volume": "null (unknown)"}),
        ("volume", "SoundVolume", {"sound_volume": "x" * 99}, {"volume": f"{'x' * 60}… (unknown)"}),
        ("verify_mode", "VerifyMode", {"verify_mode": 16}, {"verify_mode": "16 (unknown)"}),
        ("verify_mode", "VerifyMode", {"verify_mode": -1}, {"verify_mode": "-1 (unknown)"}),
        ("shift_mode", "ShiftMode", {"shift_mode": "Department"}, {"shift_mode": "department"}),
        ("shift_mode", "ShiftMode", {"shift_mode": "team"}, {"shift_mode": "team (unknown)"}),
        ("local_editing", "ChangeUserInfoOnDeviceAllowed", {"is_allowed": "on"}, {"local_editing": True}),
        ("local_editing", "ChangeUserInfoOnDeviceAllowed", {"is_allowed": 1}, {"local_editing": "1 (unknown)"}),
        ("face", "FaceVerifySetting", {"use_antispoofing": True}, {"face.liveness": True}),
        ("bells", "BellSetting", {"bells": "none"}, {"bells": "none (unknown)"}),
        (
            "bells",
            "BellSetting",
            bells({**MORNING, "start": ""}, {**MORNING, "duration_index": 9}, MORNING, 7),
            {"bells": ("08:00 mon-fri 30s inside", "08:00 weekdays 62 ring 9 output 0 (unknown)", "7 (unknown)")},
        ),
    ],
)
def test_what_the_language_has_no_word_for_differs(name, command, payload, values):
    assert read(Told({f"Get{command}": payload}), name) == values


@pytest.mark.parametrize(
    ("name", "answer", "detail"),
    [
        ("volume", {"GetSoundVolume": {}}, "GetSoundVolume: nothing of the setting is in it"),
        ("face", {"GetFaceVerifySetting": {"x": 1}}, "GetFaceVerifySetting: nothing of the setting is in it"),
        (
            "attendance_upload",
            {"GetAttendLogUploaderStatus": {"pending_count": 3}},
            "GetAttendLogUploaderStatus: there is no status in it",
        ),
    ],
)
def test_an_answer_without_anything_of_the_setting_makes_no_sense(name, answer, detail):
    with pytest.raises(Failure) as caught:
        read(Told(answer), name)
    assert (caught.value.code, caught.value.detail) == ("RC0505", detail)


def test_what_is_not_wanted_is_known_to_exist_and_not_asked():
    terminal = Told({"GetSoundVolume": {"sound_volume": 5}})
    found, raw = read_settings(terminal, {"volume": frozenset({"volume"}), "nonsense": frozenset()}, lambda: NOON)
    assert found == {name: Live(name, UID, {"volume": 5} if name == "volume" else {}, builtin=True) for name in NAMES}
    assert raw == RawSettings(terminal.facts)
    assert [command for command, _ in terminal.calls] == ["GetSoundVolume"]


@pytest.mark.parametrize(
    ("name", "has", "asked"),
    [
        ("face", Capabilities(), 0),
        ("face", Capabilities(face=True), 1),
        ("face", Capabilities(vrface=True), 1),
        ("access", Capabilities(face=True), 0),
        ("access", Capabilities(access_control=True), 1),
        ("verify_mode", Capabilities(), 1),
    ],
)
def test_a_setting_without_its_hardware_is_not_asked(name, has, asked):
    answers = {"GetFaceVerifySetting": FACE, "GetAcSetting": DOOR, "GetVerifyMode": {"verify_mode": 0}}
    terminal = Told(answers, facts(capabilities=has))
    assert bool(read(terminal, name)) is bool(asked)
    assert len(terminal.calls) == asked


@pytest.mark.parametrize(
    ("name", "command", "live", "after", "sent"),
    [
        ("face", "FaceVerifySetting", FACE, {"face.multiple": False}, FACE | {"multi_veri_enabled": False}),
        (  # a number that the language has no word for stays as it is
            "access",
            "AcSetting",
            DOOR | {"wiegand_format": 7},
            {"access.unlock_seconds": 9},
            DOOR | {"wiegand_format": 7, "unlock_time": 9},
        ),
        ("tolerance", "AttendaceTolerance", {}, {"tolerance.morning_in": 5}, {"morning_in_tolerance": 5}),
    ],
)
def test_what_is_not_named_is_sent_as_the_terminal_has_it_now(name, command, live, after, sent):
    terminal = Told({f"Get{command}": live})
    write(terminal, name, after)
    assert terminal.calls == [(f"Get{command}", {}), (f"Set{command}", sent)]


def test_too_many_bells_are_not_sent():
    terminal = Told()
    with pytest.raises(Failure) as caught:
        write(terminal, "bells", {"bells": tuple(f"{hour:02}:00 {day} 5s both" for hour in range(5) for day in DAYS)})
    assert (caught.value.sent, caught.value.code, caught.value.detail) == (
        "not sent",
        "RC0601",
        "There are 25 bells, and a terminal has 24. Remove 1 of them.",
    )
    assert terminal.calls == []


DAYS = ("mon", "tue", "wed", "thu", "fri")


def test_a_cleared_list_of_bells_is_24_unused_ones():
    terminal = Told()
    write(terminal, "bells", {"bells": None})
    assert terminal.calls == [("SetBellSetting", bells())]


def test_the_clock_is_read_in_the_middle_of_the_call():
    moments = iter([NOON, NOON + timedelta(seconds=4)])
    terminal = Told({"GetDeviceTime": {"time": "2020-04-01T16:05:11"}})
    found, raw = read_settings(terminal, {"clock": frozenset({"clock.time"})}, lambda: next(moments))
    assert found["clock"].values == {}
    assert raw.clock == (datetime.fromisoformat("2020-04-01T16:05:11"), NOON + timedelta(seconds=2))


def test_a_clock_that_shows_no_time_is_not_right():
    found, raw = read_settings(Told({"GetDeviceTime": {"time": "--:--"}}), {"clock": frozenset()}, lambda: NOON)
    assert found["clock"].values == {"clock.time": "--:-- (unknown)"}
    assert raw.clock is None


def test_the_clock_is_set_to_the_time_of_its_zone():
    terminal = Told()
    wanted = {"clock.timezone": "Asia/Kolkata", "clock.max_skew": "30s"}
    write(terminal, "clock", {"clock.time": "right"}, wanted)
    assert terminal.calls == [("SetDeviceTime", {"time": "2026-01-05T17:30:00"})]


@pytest.mark.parametrize("wanted", [{}, {"clock.timezone": "Europe/Berln"}])
def test_the_clock_is_not_set_to_an_unknown_zone(wanted):
    terminal = Told()
    with pytest.raises(Failure) as caught:
        write(terminal, "clock", {"clock.time": "right"}, wanted)
    assert (caught.value.sent, caught.value.code) == ("not sent", "RC0601")
    assert caught.value.detail == "The clock's `timezone` is not known here. Write one such as Europe/Berlin."
    assert terminal.calls == []


def test_every_setting_is_asked_once_and_security_never():
    answers = {f"Get{command}": payload for _, command, payload, _ in EXAMPLES}
    answers |= {
        "GetDeviceTime": {"time": "2026-01-05T12:00:00"},
        "GetNetworkConfig": {"ethernet": {"config": {"dhcp": "on"}}},
        "GetAttendLogUploaderStatus": {"status": "active"},
    }
    terminal = Told(answers, facts(capabilities=EVERYTHING))
    read_settings(terminal, dict.fromkeys(NAMES, frozenset()), lambda: NOON)
    assert sorted(command for command, _ in terminal.calls) == sorted(answers)
    assert len(NAMES) == len(answers) + 1

"""Schedules in files: weeks, rosters, periods, bells."""

from pathlib import Path

import pytest
from config_helpers import PROJECT, load_files, loaded, places

from reconciler.model.fields import Value

ORGANISATION = """shifts: [{name: day, periods: 09:00-17:00}, {name: late shift, periods: 14:00-22:00}]
departments: [{code: D, name: D}]
"""
WEEKS = [
    ("{}", ()),
    ("~", None),
    ('{mon-fri: "08:00-18:00"}', ("mon-fri 08:00-18:00",)),
    (
        '{sat: ["13:00-15:00", "09:00-12:00"], mon: 08:00-18:00, sun: []}',
        ("mon 08:00-18:00", "sat 09:00-12:00 13:00-15:00"),
    ),
    ("{daily: 22:00-06:00}", ("daily 22:00-06:00",)),
    ("{mon: \"{{ '08:00' }}-18:00\"}", ("mon 08:00-18:00",)),
    ("{mon: \"{{ ['08:00-12:00', '13:00-18:00'] }}\"}", ("mon 08:00-12:00 13:00-18:00",)),
]
ROSTERS = [
    ("~", None),
    ("{mon-fri: day, sat: late shift, sun: holiday}", ("mon-fri day", "sat late shift", "sun holiday")),
    ("{mon-thu: day, fri: day, sat-sun: \"{{ 'holi' + 'day' }}\"}", ("mon-fri day", "sat-sun holiday")),
]
CYCLES = [
    ("~", None),
    ("{from: 2026-01-05, cycle: [day, ' late shift ', leave]}", ("2026-01-05", "day", "late shift", "leave")),
    ("{cycle: [day, trip, day, trip], from: 2026-01-05}", ("2026-01-05", "day", "trip")),
    ("{from: 2026-01-05, cycle: \"{{ ['day'] * 3 }}\"}", ("2026-01-05", "day")),
]
PERIODS = [
    ("09:00-12:00", ("09:00-12:00",)),
    ('["13:00-24:00", "09:00-12:00"]', ("09:00-12:00", "13:00-23:59")),
    ("\"{{ '09:00-12:00'.split() }}\"", ("09:00-12:00",)),
]
BELLS = [
    ("~", ()),
    ("[]", ()),
    (
        (
            "[{at: 12:00, days: [mon, fri, wed], ring: 5s, output: inside},"
            ' {at: "08:00", days: mon-fri, ring: 30s, output: both}]'
        ),
        ("08:00 mon-fri 30s both", "12:00 mon,wed,fri 5s inside"),
    ),
    ("[{at: \"{{ '07' }}:30\", days: daily, ring: none, output: outside}] ", ("07:30 daily none outside",)),
]


def value(root: Path, kind: str, key: str, path: str, text: str) -> Value:
    return loaded(root, {"a.yaml": ORGANISATION, "b.yaml": text}).objects[kind][key].values[path]


@pytest.mark.parametrize(("written", "expected"), WEEKS, ids=[case[0] for case in WEEKS])
def test_weeks(tmp_path: Path, written: str, expected: Value) -> None:
    text = f"access_levels: [{{name: A, week: {written}}}]"
    assert value(tmp_path, "access_level", "A", "week", text) == expected


@pytest.mark.parametrize(("written", "expected"), ROSTERS, ids=[case[0] for case in ROSTERS])
def test_rosters_of_departments(tmp_path: Path, written: str, expected: Value) -> None:
    text = f"departments: [{{code: E, name: E, roster: {written}}}]"
    assert value(tmp_path, "department", "E", "roster", text) == expected


@pytest.mark.parametrize(("written", "expected"), CYCLES, ids=[case[0] for case in CYCLES])
def test_rosters_of_employees(tmp_path: Path, written: str, expected: Value) -> None:
    text = f"employees: [{{code: 1, department: D, roster: {written}}}]"
    assert value(tmp_path, "employee", "1", "roster", text) == expected


@pytest.mark.parametrize(("written", "expected"), PERIODS, ids=[case[0] for case in PERIODS])
def test_periods(tmp_path: Path, written: str, expected: Value) -> None:
    text = f"shifts: [{{name: early, periods: {written}}}]"
    assert value(tmp_path, "shift", "early", "periods", text) == expected


@pytest.mark.parametrize(("written", "expected"), BELLS, ids=[case[0] for case in BELLS])
def test_bells(tmp_path: Path, written: str, expected: Value) -> None:
    text = f"device_profiles: [{{name: door, settings: {{bells: {written}}}}}]"
    assert value(tmp_path, "device_profile", "door", "settings.bells", text) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{from: 2026-01-01, until: 2026-12-31}", {"valid.from": "2026-01-01", "valid.until": "2026-12-31"}),
        (
            "{from: 2026-01-01T00:00:00, until: 2026-12-31T23:59:59}",
            {"valid.from": "2026-01-01", "valid.until": "2026-12-31"},
        ),
        (
            "{from: 2026-01-01T23:59:59, until: 2026-12-31T00:00:00}",
            {"valid.from": "2026-01-01T23:59:59", "valid.until": "2026-12-31T00:00:00"},
        ),
        ("{from: ~, until: 2026-12-31T08:00:00}", {"valid.from": None, "valid.until": "2026-12-31T08:00:00"}),
        ("~", {"valid.from": None, "valid.until": None}),
    ],
)
def test_valid_periods(tmp_path: Path, written: str, expected: dict[str, Value]) -> None:
    text = f"employees: [{{code: 1, department: D, valid: {written}}}]"
    made = loaded(tmp_path, {"a.yaml": ORGANISATION, "b.yaml": text}).objects["employee"]["1"]
    assert made.values == {"department": "D", **expected}


WRONG = """access_levels:
- name: A
  week:
    mon-fri: ["08:00-18:00", 8-12, ~]
    fri: 08:00-18:00
    Sat: 9:00-12:00
    sun: {a: b}
- {name: B, week: mon}
- {name: C, week: [mon]}
shifts:
- {name: day, periods: ["09:00-12:00", "11:00-13:00", 22:00-06:00], slot: 24}
- {name: late, periods: ["01:00-02:00", "03:00-04:00", "05:00-06:00", "07:00-08:00"]}
- {name: early, periods: []}
- {name: night, periods: ~}
"""
ROSTERS_WRONG = """shifts: [{name: day, periods: 09:00-12:00}]
departments:
- {code: A, name: A, roster: {mon-fri: day, sat: day}}
- {code: B, name: B, roster: {mon-fri: day, xx: day, sun: ~}}
- {code: C, name: C, roster: {mon-fri: day, sat: dya, sun: hollidays}}
- {code: D, name: D, roster: day}
employees:
- {code: 1, department: A, roster: {form: 2026-01-05, cycle: [day]}}
- {code: 2, department: A, roster: {from: 5.1.2026, cycle: []}}
- {code: 3, department: A, roster: {from: 2026-01-05, cycle: [day, nite, ~]}}
- {code: 4, department: A, roster: {from: 2026-01-05, cycle: [day, nite, leave, dya]}}
- {code: 5, department: A, roster: [day]}
- {code: 6, department: A, valid: {from: 2026-02-01, until: 2026-01-01}}
- {code: 7, department: A, valid: {from: 1.2.2026, until: 2026-02-30}}
"""
BELLS_WRONG = """device_profiles:
- name: door
  settings:
    bells:
    - {at: 24:00, days: [mon, Tue], ring: 4s, output: out}
    - {at: 8:00, dys: mon, ring: 5s}
    - {at: 08:00, days: [], ring: 5s, output: both}
    - {at: ~, days: mon, ring: [5s], output: both}
    - ring
- {name: b, settings: {bells: ring}}
"""


def told(root: Path, text: str) -> list[tuple[str, str, str]]:
    return [(each.code, str(each.source), each.detail) for each in load_files(root, {"a.yaml": text})[1]]


def test_every_mistake_in_weeks_and_periods_is_told_at_its_place(tmp_path: Path) -> None:
    assert told(tmp_path, WRONG) == [
        (
            "RC0206",
            "a.yaml:4:30",
            '"8" is not a time. Write HH:MM, such as 08:00. "12" is not a time. Write HH:MM, such as 08:00.',
        ),
        ("RC0203", "a.yaml:4:36", "Nothing stands where a range such as 08:00-18:00 is wanted."),
        ("RC0206", "a.yaml:5:5", '"fri" names fri again, after "mon-fri". Name each day once.'),
        ("RC0206", "a.yaml:6:5", '"Sat" is not a day. Write sat.'),
        ("RC0206", "a.yaml:6:10", '"9:00" is not a time. Write 09:00.'),
        ("RC0203", "a.yaml:7:10", "A mapping stands where a range such as 08:00-18:00 is wanted."),
        (
            "RC0203",
            "a.yaml:8:19",
            'A text can\'t be the field week. Write ranges by day, such as {mon-fri: "08:00-18:00"}.',
        ),
        (
            "RC0203",
            "a.yaml:9:19",
            'A list can\'t be the field week. Write ranges by day, such as {mon-fri: "08:00-18:00"}.',
        ),
        (
            "RC0206",
            "a.yaml:11:40",
            '"11:00-13:00" overlaps with 09:00-12:00. The periods of a shift follow each other.',
        ),
        (
            "RC0206",
            "a.yaml:11:55",
            '"22:00-06:00" ends before it starts, and can\'t go over midnight here. Write the earlier time first.',
        ),
        ("RC0206", "a.yaml:11:75", '"24" is out of bounds for the field slot. Write 0 to 23.'),
        ("RC0206", "a.yaml:12:25", "A shift has 1 to 3 periods, and this one has 4."),
        ("RC0206", "a.yaml:13:26", "A shift has 1 to 3 periods, and this one has 0."),
        (
            "RC0207",
            "a.yaml:14:26",
            (
                'The field periods is required and can\'t be cleared. Write a list of ranges, such as ["09:00-12:00", '
                '"13:00-18:00"].'
            ),
        ),
    ]


def test_every_mistake_in_rosters_is_told_at_its_place(tmp_path: Path) -> None:
    assert told(tmp_path, ROSTERS_WRONG) == [
        ("RC0202", "a.yaml:3:30", "The roster leaves out sun. Name every day; one without work is a holiday."),
        ("RC0206", "a.yaml:4:45", '"xx" is not a day. Write a day such as mon, a span such as mon-fri, or daily.'),
        ("RC0203", "a.yaml:4:59", "Nothing stands where the name of a shift is wanted."),
        ("RC0302", "a.yaml:5:50", 'There is no shift "dya" in the project. Did you mean "day"?'),
        ("RC0302", "a.yaml:5:60", 'There is no shift "hollidays" in the project. Did you mean "holiday"?'),
        (
            "RC0203",
            "a.yaml:6:30",
            "A text can't be the field roster. Write a shift for each day, such as {mon-fri: day, sat-sun: holiday}.",
        ),
        ("RC0202", "a.yaml:8:36", '"from" is missing: a roster is {from, cycle}.'),
        ("RC0201", "a.yaml:8:37", '"form" is not a key of a roster. Did you mean "from"?'),
        ("RC0206", "a.yaml:9:43", '"5.1.2026" is not a date. Write YYYY-MM-DD, such as 2026-01-31.'),
        ("RC0206", "a.yaml:9:60", "A cycle has 1 to 100 days, since a terminal holds 100; this one has 0."),
        ("RC0203", "a.yaml:10:74", "Nothing stands where the name of a shift is wanted."),
        ("RC0302", "a.yaml:11:68", 'There is no shift "nite" in the project.'),
        ("RC0302", "a.yaml:11:81", 'There is no shift "dya" in the project. Did you mean "day"?'),
        (
            "RC0203",
            "a.yaml:12:36",
            "A list can't be the field roster. Write {from: 2026-01-05, cycle: [day, day, holiday]}.",
        ),
        ("RC0206", "a.yaml:13:61", '"2026-01-01" is before "2026-02-01". Exchange them.'),
        (
            "RC0206",
            "a.yaml:14:42",
            '"1.2.2026" is not a date or a time. Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS.',
        ),
        (
            "RC0206",
            "a.yaml:14:59",
            '"2026-02-30" is not in the calendar. Write a day and a time that exist.',
        ),
    ]


def test_every_mistake_in_bells_is_told_at_its_place(tmp_path: Path) -> None:
    assert told(tmp_path, BELLS_WRONG) == [
        ("RC0206", "a.yaml:5:12", '"24:00" can only be the end of a range. Write 00:00 for the first minute of a day.'),
        ("RC0206", "a.yaml:5:31", '"Tue" is not a day. Write tue.'),
        (
            "RC0206",
            "a.yaml:5:43",
            '"4s" is not one of the values. Write none, 3s, 5s, 10s, 15s, 20s, 30s, 45s, 60s.',
        ),
        ("RC0206", "a.yaml:5:55", '"out" is not one of the values. Write inside, outside, both.'),
        ("RC0202", "a.yaml:6:7", '"days" and "output" are missing: a bell is {at, days, ring, output}.'),
        ("RC0206", "a.yaml:6:12", '"8:00" is not a time. Write 08:00.'),
        ("RC0201", "a.yaml:6:18", '"dys" is not a key of a bell. Did you mean "days"?'),
        (
            "RC0206",
            "a.yaml:7:25",
            "No day is named. Write a day such as mon, a span such as mon-fri, or daily.",
        ),
        ("RC0203", "a.yaml:8:12", "Nothing stands where the at of a bell is wanted."),
        ("RC0203", "a.yaml:8:32", "A list stands where the ring of a bell is wanted."),
        ("RC0203", "a.yaml:9:7", "A text is no bell. Write {at, days, ring, output}."),
        (
            "RC0203",
            "a.yaml:10:31",
            (
                'A text can\'t be the field bells. Write a list of bells, such as [{at: "08:00", days: mon-fri, '
                "ring: 30s, output: both}]."
            ),
        ),
    ]


def test_a_terminal_has_24_bells(tmp_path: Path) -> None:
    bells = [f'{{at: "{hour:02}:00", days: mon, ring: 3s, output: both}}' for hour in range(24)]
    text = "device_profiles: [{name: door, settings: {bells: [%s]}}]"
    assert told(tmp_path, text % ", ".join([*bells, bells[0]])) == []
    more = '{at: "12:30", days: mon, ring: 3s, output: both}'
    assert told(tmp_path, text % ", ".join([*bells, more])) == [
        ("RC0204", "a.yaml:1:50", "There are 25 bells, and a terminal has 24. Leave 1 out.")
    ]


def test_shifts_have_names_and_slots_of_their_own(tmp_path: Path) -> None:
    text = """shifts:
- {name: holiday, periods: 09:00-12:00, slot: 1}
- {name: day, periods: 09:00-12:00, slot: 0}
- {name: late, periods: 14:00-22:00}
- {name: night, periods: 22:00-24:00}
- {name: night shift, periods: 20:00-24:00, slot: 0}
"""
    assert told(tmp_path, text) == [
        (
            "RC0205",
            "a.yaml:2:10",
            'A shift can\'t be named "holiday": in a roster that word has a meaning of its own. Rename it.',
        ),
        (
            "RC0301",
            "a.yaml:6:51",
            (
                'The shift "day" has the slot 0 already, at a.yaml:3:3. Give one of the two another, or leave it out '
                "to have one found."
            ),
        ),
    ]


def test_an_expression_that_fails_is_complained_of_at_its_text(tmp_path: Path) -> None:
    text = """access_levels:
- {name: A, week: {mon: "{{ var.gone }}", tue: ["{{ 1 / 0 }}"], wed: "{{ }}"}}
departments:
- {code: D, name: D, roster: {daily: "{{ ['a'] }}"}}
"""
    assert places(load_files(tmp_path, {"a.yaml": text})[1]) == [
        ("RC0402", "a.yaml:2:25"),
        ("RC0403", "a.yaml:2:49"),
        ("RC0403", "a.yaml:2:70"),
        ("RC0203", "a.yaml:4:38"),
    ]


def test_variables_stand_in_schedules(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": PROJECT + "variables: {open: {default: '08:00'}}\n",
        "a.yaml": "access_levels: [{name: A, week: {mon: '{{ var.open }}-18:00'}}]\n",
    }
    level = loaded(tmp_path, files, {"open": "07:00"}).objects["access_level"]["A"]
    assert level.values == {"week": ("mon 07:00-18:00",)}

"""Schedules as pictures: what is where, and what its title says."""

import re

import pytest

from reconciler.model.fields import Value
from reconciler.report.pictures import Picture, picture

BAR = re.compile(r'<rect class="open" x="([\d.]+)" y="(\d+)" width="([\d.]+)".*?<title>(.*?)</title>')
BELL = re.compile(r'<circle class="bell" cx="([\d.]+)" cy="([\d.]+)".*?<title>(.*?)</title>')
BOX = re.compile(r'<rect class="([\w ]+)" x="(\d+)" y="(\d+)".*?<title>(.*?)</title>')
LEFT, HOUR, TOP, ROW = 32, 11, 14, 14


def drawn(kind: str, path: str, value: Value) -> str:
    found = picture(kind, path, value)
    assert isinstance(found, Picture)
    return found.body


def bars(body: str) -> list[tuple[float, int, float, str]]:
    """Each bar: its first hour, its row, its length in hours, its title."""
    return [
        ((float(x) - LEFT) / HOUR, (int(y) - TOP - 2) // ROW, float(width) / HOUR, title)
        for x, y, width, title in BAR.findall(body)
    ]


@pytest.mark.parametrize(("kind", "path"), [("employee", "access"), ("access_level", "week")])
def test_a_week_is_a_grid_of_hours_from_monday_on(kind: str, path: str) -> None:
    body = drawn(kind, path, ("mon-tue 08:00-12:30 13:00-18:00", "sun 22:00-24:00"))
    assert bars(body) == [
        (8, 0, 4.5, "Mon 08:00-12:30"),
        (13, 0, 5, "Mon 13:00-18:00"),
        (8, 1, 4.5, "Tue 08:00-12:30"),
        (13, 1, 5, "Tue 13:00-18:00"),
        (22, 6, 2, "Sun 22:00-24:00"),
    ]
    assert re.findall(r'class="axis"[^>]*>(\d+)<', body) == ["0", "6", "12", "18", "24"]
    assert re.findall(r'class="day"[^>]*>(\w+)<', body) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_a_week_that_is_closed_is_an_empty_grid() -> None:
    assert bars(drawn("employee", "access", ())) == []


def test_a_shift_is_one_row() -> None:
    assert bars(drawn("shift", "periods", ("09:00-12:00", "13:00-18:00"))) == [
        (9, 0, 3, "Work 09:00-12:00"),
        (13, 0, 5, "Work 13:00-18:00"),
    ]


def test_bells_are_marks_on_their_days() -> None:
    found = BELL.findall(drawn("settings", "bells", ("08:00 mon-tue 30s both", "12:30 sun 5s inside")))
    assert [((float(x) - LEFT) / HOUR, (float(y) - TOP - ROW / 2) / ROW, title) for x, y, title in found] == [
        (8, 0, "mon-tue 08:00, 30s, both"),
        (8, 1, "mon-tue 08:00, 30s, both"),
        (12.5, 6, "sun 12:30, 5s, inside"),
    ]


def test_a_departments_roster_is_seven_boxes() -> None:
    found = BOX.findall(drawn("department", "roster", ("mon-thu day", "fri night", "sat-sun holiday")))
    assert [(shade, title) for shade, _, _, title in found] == [
        *(("shade0", f"{day}: day") for day in ("Mon", "Tue", "Wed", "Thu")),
        ("shade1", "Fri: night"),
        ("free holiday", "Sat: holiday"),
        ("free holiday", "Sun: holiday"),
    ]


def test_an_employees_roster_is_a_calendar_of_its_hundred_days() -> None:
    body = drawn("employee", "roster", ("2026-01-07", "day", "night", "leave"))  # a Wednesday
    found = BOX.findall(body)
    assert len(found) == 100
    assert [title for *_, title in found[:3]] == [
        "2026-01-07 Wed: day",
        "2026-01-08 Thu: night",
        "2026-01-09 Fri: leave",
    ]
    assert found[-1][-1] == "2026-04-16 Thu: day"
    places = [((int(x) - 1 - LEFT) // 18, (int(y) - 1 - TOP) // 18) for _, x, y, _ in found]
    assert (places[0], places[4], places[5], places[-1]) == ((0, 2), (0, 6), (1, 0), (14, 3))
    assert re.findall(r'class="day"[^>]*>(Jan|Feb|Mar|Apr)<', body) == ["Jan", "Feb", "Mar", "Apr"]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("employee", "areas", ("HQ",)),
        ("employee", "first_name", "Ana"),
        ("employee", "access", None),
        ("employee", "access", ("mon-fri 8-18",)),
        ("employee", "roster", ()),
        ("employee", "roster", ("9999-12-31", "day")),
        ("department", "roster", ("mon day",)),
        ("settings", "bells", ("08:00 mon",)),
        ("shift", "periods", ("x",)),
        ("gadget", "week", ("mon 08:00-09:00",)),
    ],
)
def test_what_is_no_schedule_has_no_picture(kind: str, path: str, value: Value) -> None:
    assert picture(kind, path, value) is None


def test_a_shifts_name_is_harmless() -> None:
    body = drawn("department", "roster", ("daily </title><script>&\u202e",))
    assert "<script>" not in body
    assert "<title>Mon: &lt;/title&gt;&lt;script&gt;&amp;\\u202e</title>" in body

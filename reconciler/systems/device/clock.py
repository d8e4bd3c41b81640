"""A terminal's clock: it shows the local time of no zone that it knows (manual: GetDeviceTime, SetDeviceTime)."""

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reconciler.model.fields import Value

RIGHT = "right"
"""The value of `clock.time` that files ask for."""


def zone_of(name: Value) -> ZoneInfo | None:
    """The zone of a name such as Europe/Berlin; None when it is not known here."""
    try:
        return ZoneInfo(name) if isinstance(name, str) else None
    except (ValueError, OSError, KeyError):  # a name that is none, a folder of zones, one that is not there
        return None


def clock_text(shown: datetime, moment: datetime, zone: ZoneInfo, max_skew: int) -> str:
    """How the clock is: `right` when it is off by at most `max_skew` seconds, else such as `1 h 0 min behind`.

    `shown` is what it showed, without a zone, at `moment` (with UTC).
    """
    off = skew(shown, moment, zone)
    return RIGHT if abs(off) <= max_skew else f"{_duration(abs(off))} {'ahead' if off > 0 else 'behind'}"


def skew(shown: datetime, moment: datetime, zone: ZoneInfo) -> int:
    """By how many whole seconds the clock is ahead, or behind when negative.

    In the hour that comes twice at the end of summer time the better reading counts; a time of the hour that is left
    out at its start is what no right clock shows.
    """
    at = moment.astimezone(UTC).replace(microsecond=0)
    apart = [shown - at.astimezone(zone).replace(tzinfo=None)]
    for fold in (0, 1):
        read = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if read.astimezone(zone).replace(tzinfo=None) == shown:
            apart.append(read - at)
    return round(min(apart, key=lambda each: (abs(each), each)) / timedelta(seconds=1))


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """What a right clock shows at `moment`, as it is set: 2020-04-01T16:05:11."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()


def shown_time(given: object) -> datetime | None:
    """The time that a terminal's clock shows, in whole seconds; None for what is no time. An offset says nothing
    here: the time of the zone is what people read on it."""
    try:
        shown = datetime.fromisoformat(str(given).strip()).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None
    return shown if MINYEAR < shown.year < MAXYEAR else None  # next to these a zone leads out of the calendar


def _duration(seconds: int) -> str:
    """In words that stay the same for a while: seconds only below a minute, minutes below a day."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds} s"

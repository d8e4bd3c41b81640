"""What is the same of many targets, told once: a fleet has one profile, and one thing that is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.words import printable
from reconciler.report.text import listed

_NAMES_SHOWN = 5


def names_of(targets: Sequence[str], most: int) -> list[str]:
    """The first names, and how many more there are."""
    names = [printable(target) for target in targets[:most]]
    return [*names, f"{len(targets) - most:,} more"] if len(targets) > most else names


def merged(diagnostics: Iterable[Diagnostic], urls: Mapping[str, str]) -> list[Diagnostic]:
    """Those that say the same of several targets as one that names the others: in errors all of them, in warnings the
    first few. `urls` are by target."""
    groups: dict[object, list[Diagnostic]] = {}
    for each in diagnostics:
        target, _, rest = (each.address or "").partition("/")
        same = nameless(each.detail, target, urls[target]) if target in urls else each
        groups.setdefault((each.severity, each.code, rest, same), []).append(each)
    return [_told_once(alike) for alike in groups.values()]


def nameless(detail: str, target: str, url: str) -> str:
    """A text with neither the target's name nor its place in it."""
    for text in (url, urlsplit(url).netloc, target):
        if text in detail:  # a pattern of each target takes a while to compile
            detail = re.sub(rf"(?<![\w-]){re.escape(text)}(?![\w-])", "\0", detail)
    return detail


def _told_once(alike: Sequence[Diagnostic]) -> Diagnostic:
    first, others = alike[0], list(dict.fromkeys((each.address or "").partition("/")[0] for each in alike[1:]))
    if not others:
        return first
    most = len(others) if first.severity is Severity.ERROR else _NAMES_SHOWN
    told = f"{first.detail} The same is true of {listed(names_of(others, most))}."
    return msgspec.structs.replace(first, detail=told)

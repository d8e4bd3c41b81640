"""One text in one place: created once, then updated. Its first line is how it is found again."""

from collections.abc import Iterator
from typing import Any

import httpx

from reconciler.forges.calls import Forge, Place, call, rows

_PLANS = "<!-- reconciler:plan:"  # how the first line of every plan begins


def put_comment(forge: Forge, place: Place, text: str) -> str:
    """Writes the text as the pull request's one comment. Says what was done. Raises ForgeError."""
    with forge.client() as client:
        found = _find(forge, client, place, text)
        if found is None:
            call(client, "POST", place.collection, {place.text: text})
            return "created"
        call(client, place.method, place.one.format(found[place.id]), {place.text: text})
        return "updated"


def withdraw_comment(forge: Forge, place: Place) -> bool:
    """Makes the pull request's comment say that there is no plan, so that nobody takes an earlier commit's for this
    one's; whether there was one. Of several projects' comments none is touched. Raises ForgeError."""
    with forge.client() as client:
        found = list(_all(forge, client, place, _PLANS))
        if len(found) == 1:
            first = str(found[0][place.text]).replace("\r", "").partition("\n")[0]
            text = f"{first}\n## The newest commit has no plan\n\n[Its run]({forge.run}) says why.\n"
            call(client, place.method, place.one.format(found[0][place.id]), {place.text: text})
    return len(found) == 1


def put_issue(forge: Forge, title: str, text: str) -> str:
    """The same as an open issue with this title. Raises ForgeError."""
    place = forge.issues
    with forge.client() as client:
        found = _find(forge, client, place, text)
        if found is None:
            call(client, "POST", place.collection, {"title": title, place.text: text})
            return "opened"
        call(client, place.method, place.one.format(found[place.id]), {place.text: text})
        return "updated"


def close_issue(forge: Forge, text: str) -> bool:
    """Closes the open issue whose text begins as this one; whether there was one. Raises ForgeError."""
    place = forge.issues
    with forge.client() as client:
        found = _find(forge, client, place, text)
        if found is not None:
            call(client, place.method, place.one.format(found[place.id]), place.closing)
    return found is not None


def _find(forge: Forge, client: httpx.Client, place: Place, text: str) -> dict[str, Any] | None:
    return next(_all(forge, client, place, text.partition("\n")[0] + "\n"), None)


def _all(forge: Forge, client: httpx.Client, place: Place, beginning: str) -> Iterator[dict[str, Any]]:
    """The rows that begin so and that this robot wrote. What a person wrote could be changed by them behind our back,
    and would then be read as ours."""
    me = call(client, "GET", "user")["id"] if forge.name == "gitlab" else None
    for row in rows(client, place.collection, **place.query):
        text = str(row.get(place.text) or "").replace("\r", "") + "\n"
        if text.startswith(beginning) and "pull_request" not in row and _is_own(row, me):
            yield row


def _is_own(row: dict[str, Any], me: int | None) -> bool:
    if me is not None:
        return bool(row["author"]["id"] == me)
    return bool((row.get("user") or {}).get("type") == "Bot")

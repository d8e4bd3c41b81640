"""The one redaction: what a target or a library says passes here before it is logged, raised or shown.

Our own sentences don't: to mask a password that is a common word in them would give the password away.
"""

import html
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from reconciler.model.secret import MASK, Secret

_SHORTEST = 3  # one or two characters occur in any text: to mask them would hide everything and protect nothing


class Redactor:
    """Knows secret texts and replaces them by a mask. Threads may share one."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._texts: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self.add(*texts)

    def add(self, *texts: str) -> None:
        """Learns secrets, in every form that a reply may hold them in. Those under three characters are left out."""
        new = {text for text in texts if len(text.strip()) >= _SHORTEST} - self._texts
        if not new:
            return
        with self._lock:
            self._texts |= new
            forms = {form for text in self._texts for form in _forms(text)}
            # the longest first: one secret may be a part of another
            self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def clean(self, text: str) -> str:
        forms = self._forms
        if not any(form in text for form in forms):  # nearly always, and a pattern takes longer to make than a call
            return text
        return re.sub("|".join(map(re.escape, forms)), MASK, text)

    def clean_json(self, value: object, names: frozenset[str] = frozenset()) -> object:
        """A decoded JSON value, cleaned. `names` are keys that stay as they are: those of what was sent."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {
                key if key in names else self.clean(str(key)): self.clean_json(item, names)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.clean_json(item, names) for item in value]
        if isinstance(value, int | float) and self.clean(str(value)) != str(value):
            return MASK
        return value

    def together_with(self, texts: Iterable[str]) -> "Redactor":
        """One that knows these as well: the secrets of a single call."""
        return Redactor((*self._texts, *texts))


def secrets_in(value: object) -> Iterator[str]:
    """The text of every `Secret` in a body that is to be sent."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, dict):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_in(item)


def _forms(text: str) -> Iterator[str]:
    """The text as it may stand in a reply: bare, trimmed, and in the escapes of JSON, URLs and HTML."""
    for plain in (text, text.strip()):
        yield plain
        yield html.escape(plain)
        for escaped in (json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1]):
            yield escaped
            yield escaped.replace("/", "\\/")
        for safe in ("", "/"):
            for encoded in (quote(plain, safe, errors="replace"), quote_plus(plain, safe, errors="replace")):
                yield encoded
                yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)

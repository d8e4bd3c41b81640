"""JSON that may be printed: on one line, and with nothing in it that moves, reorders or hides text on a terminal."""

import re

import msgspec

# JSON's own escapes cover what is below U+0020; a terminal also obeys these
_OBEYED = re.compile(r"[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_OBEYED_IN_UTF8 = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
)


def encode_json(document: object) -> bytes:
    """`document` (plain values or structs) as JSON with a newline at its end; to a parser it is all the same.

    Raises UnicodeEncodeError for a lone surrogate: see `text.storable`.
    """
    data = msgspec.json.encode(document)
    if _OBEYED_IN_UTF8.search(data):  # large plans are not copied for nothing
        data = _OBEYED_IN_UTF8.sub(lambda found: escaped(found[0].decode()).encode(), data)
    return data + b"\n"


def is_obeyed(text: str) -> bool:
    """Whether a terminal obeys a character of `text`, of those that JSON and YAML let pass."""
    return _OBEYED.search(text) is not None


def escaped(text: str) -> str:
    """`text` with these characters as `\\u202e`: the escapes of JSON, and of YAML within double quotes."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

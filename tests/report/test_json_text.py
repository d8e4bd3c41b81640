"""JSON that may be printed on a terminal."""

import json

import pytest

from reconciler.report.json_text import encode_json, escaped


@pytest.mark.parametrize("text", ["plain", "é 龍 😀", "\x7f", "a\u0080b\u009f", "\u202egnp.exe", "\u2066x\u2069\ufeff"])
def test_it_is_one_line_that_a_terminal_does_not_obey_and_means_the_text(text: str) -> None:
    encoded = encode_json({"name": text})
    assert encoded == escaped(json.dumps({"name": text}, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"
    assert json.loads(encoded) == {"name": text}


def test_every_character_is_escaped_in_bytes_as_it_is_in_text() -> None:
    characters = [chr(point) for point in (*range(0x7E, 0x3000), *range(0xFE00, 0x10000), 0x1F600, 0xE0001)]
    encoded = encode_json(characters).decode().removesuffix("\n")
    assert encoded == "[" + ",".join(f'"{escaped(each)}"' for each in characters) + "]"

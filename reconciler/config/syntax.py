"""What the YAML parser says, in words that help whoever wrote the file."""

import yaml
from yaml.reader import Reader

from reconciler.model.diagnostic import Diagnostic, Span, error

_ADVICE = {  # a piece of what the parser says: what it means, and what to do
    "mapping values are not allowed": (
        'There is a second ": " on this line, or the line is indented differently from the one above. Put a text that '
        'holds ": " in quotes, or correct the indentation.'
    ),
    "could not find expected ':'": "A key without a colon. Write name: value, with a space after the colon.",
    "did not find expected key": (
        "A key is expected here. Usually the indentation differs from the lines above, or a quoted text ends too "
        "early: inside '…' a ' is written twice."
    ),
    "did not find expected '-' indicator": (
        "The list above goes on or ends here. Its items begin with - in one column; what follows it is indented less."
    ),
    "did not find expected ',' or ']'": "A list in [ ] is not closed, or a comma is missing.",
    "did not find expected ',' or '}'": "A mapping in { } is not closed, or a comma is missing.",
    "did not find expected node content": "A value is missing between two commas or before a bracket.",
    "found unexpected end of stream": "A quoted text is opened and never closed.",
    "found unexpected document indicator": "A quoted text is opened and never closed.",
    "unknown escape character": "In \"…\" a backslash begins an escape such as \\n. Write it twice, or use '…'.",
    "block sequence entries are not allowed": "An item of a list can't begin here. It goes on a line of its own.",
    "found a tab character": "Indent with spaces: YAML does not take tabs for that.",
    "found undefined tag handle": "Tags such as !!str are not used here. Remove it, or put the text in quotes.",
}


def bytes_problem(data: bytes, file: str) -> Diagnostic | None:
    """Why the bytes are no text that YAML may be, if so; a byte order mark of UTF-8 is already taken off."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return error("RC0102", "This file is UTF-16. Save it as UTF-8.", source=Span(file, 1, 1))
    if (at := data.find(b"\0")) >= 0:
        detail = "There is a NUL character here, which no text has. If the file is UTF-16, save it as UTF-8."
        return error("RC0102", detail, source=position(data[:at].decode("utf-8", "replace"), file))
    try:
        data.decode()
    except UnicodeDecodeError as failure:
        detail = "The file is not UTF-8 from here on. Save it as UTF-8."
        return error("RC0102", detail, source=position(data[: failure.start].decode("utf-8", "replace"), file))
    return None


def syntax_problem(failure: yaml.YAMLError, data: bytes, file: str) -> Diagnostic:
    """The parser's complaint as a diagnostic."""
    if isinstance(failure, yaml.MarkedYAMLError) and failure.problem_mark is not None:
        mark = failure.problem_mark
        detail = _explained(failure, mark, data)
        return error("RC0102", detail, source=Span(file, mark.line + 1, mark.column + 1))
    text = data.decode()
    unprintable = Reader.NON_PRINTABLE.search(text)
    before = text[: unprintable.start()] if unprintable else ""
    detail = 'There is a control character here. YAML takes none: remove it, or write it as an escape in "…".'
    return error("RC0102", detail, source=position(before, file))


def position(before: str, file: str) -> Span:
    """The place right after the text `before`."""
    last = before.rfind("\n")
    return Span(file, before.count("\n") + 1, len(before) - last)


def _explained(failure: yaml.MarkedYAMLError, mark: yaml.Mark, data: bytes) -> str:
    problem = failure.problem or "the text is not understood"
    began = ""
    if failure.context_mark is not None and failure.context_mark.line != mark.line:
        began = f" It began at line {failure.context_mark.line + 1}."
    if "cannot start any token" in problem:
        return _bad_start(mark, data)
    for piece, advice in _ADVICE.items():
        if piece in problem:
            return advice + began
    return f"The YAML can't be read: {problem}.{began}"


def _bad_start(mark: yaml.Mark, data: bytes) -> str:
    line = data.decode().splitlines()[mark.line : mark.line + 1]
    character = line[0][mark.column : mark.column + 1] if line else ""
    if character == "\t":
        return "Indent with spaces: YAML does not take tabs for that."
    return f'A text can\'t begin with {character} unless it is in quotes: "{character}…".'

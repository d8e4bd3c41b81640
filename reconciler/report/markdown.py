"""Markdown in which what others wrote is harmless: every such text stands in a code span."""

import re

from reconciler.model.words import printable

LONGEST = 200  # code points of one text

_RUN = re.compile("`+")
_ESCAPED_PIPE = re.compile(r"\\\|")


def code(text: str, *, most: int = LONGEST) -> str:
    """`text` as a code span on one line: no mention, link, image, tag or escape in it means anything. What is longer
    than `most` is cut, with … behind the span."""
    shown = printable(text)
    if len(shown) > most:
        return _span(shown[:most]) + "…"
    return _span(shown)


def _span(shown: str) -> str:
    if not shown:
        return "(nothing)"
    fence = "`" * (1 + max(map(len, _RUN.findall(shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return fence + pad + shown + pad + fence


def cell(text: str, *, most: int = LONGEST) -> str:
    """The same within a table, where a pipe ends a cell unless a backslash stands before it, in code spans too. Of a
    pipe that already has one readers of Markdown make different things, so it is written as an escape."""
    return code(_ESCAPED_PIPE.sub(r"\\\\x7c", printable(text)), most=most).replace("|", r"\|")


def tag_text(text: str) -> str:
    """`text` within a tag such as `<summary>`: each character that could mean something is written as its number."""
    return "".join(char if char.isalnum() or char in " -_" else f"&#{ord(char)};" for char in printable(text))


def window(before: str, after: str, most: int = LONGEST) -> tuple[str, str]:
    """Two long texts from a little before the place where they begin to differ, so that cutting them can't hide it."""
    if max(len(before), len(after)) <= most:
        return before, after
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    start = max(0, same - most // 4)
    return (before, after) if start == 0 else ("…" + before[start:], "…" + after[start:])

"""Diagnostics as a JUnit report, which CI systems show beside the tests."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.words import printable

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 can't hold these at all


def render_junit(diagnostics: Iterable[Diagnostic]) -> bytes:
    """A test for each diagnostic: an error is one that failed, a warning one that passed and has something to say.
    Where there is no error, one more has passed: the files are valid."""
    found = list(diagnostics)
    errors = sum(each.severity is Severity.ERROR for each in found)
    numbers = {"tests": str(len(found) + (not errors)), "failures": str(errors), "errors": "0"}
    suites = Element("testsuites", {"name": "reconciler validate", **numbers})
    suite = SubElement(suites, "testsuite", {"name": "reconciler validate", **numbers, "skipped": "0"})
    if not errors:
        SubElement(suite, "testcase", {"classname": "reconciler.yaml", "name": "The files are valid", "time": "0"})
    for each in found:
        _case(suite, each)
    indent(suites)
    text: str = tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _case(suite: Element, each: Diagnostic) -> None:
    place = f" ({each.source.line}:{each.source.column})" if each.source else ""
    about = {
        "classname": _text(each.source.file if each.source else "reconciler.yaml"),
        "name": f"{each.code} {_text(each.summary)}{place}{_text(f' {each.address}') if each.address else ''}",
        "time": "0",
    }
    if each.source:
        about |= {"file": _text(each.source.file), "line": str(each.source.line)}
    case = SubElement(suite, "testcase", about)
    if each.severity is Severity.ERROR:
        failure = SubElement(case, "failure", {"type": each.code, "message": _text(each.detail)})
        failure.text = f"{_text(str(each.source))}: {_text(each.detail)}" if each.source else _text(each.detail)
    else:
        SubElement(case, "system-out").text = f"Warning: {_text(each.detail)}"


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", printable(text))

"""Diagnostics as SARIF 2.1.0, which code hosts show beside the lines of a pull request."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.diagnostic import SUMMARIES, Diagnostic, Span
from reconciler.model.words import printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_document(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """One run, with a rule for each code that occurs."""
    found = list(diagnostics)
    codes = sorted({each.code for each in found})
    rules = [{"id": code, "shortDescription": {"text": SUMMARIES[code]}} for code in codes]
    driver = {"name": "reconciler", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PROJECT": {"description": {"text": "The project's folder."}}},
        "results": [_result(each, codes.index(each.code)) for each in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(each: Diagnostic, rule: int) -> dict[str, Any]:
    address = f"{each.address}: " if each.address else ""
    return {
        "ruleId": each.code,
        "ruleIndex": rule,
        "level": each.severity.value,
        "message": {"text": printable(f"{address}{each.detail}")},
        "locations": [{"physicalLocation": _location(each.source)}],
    }


def _location(source: Span | None) -> dict[str, Any]:
    """The place; that of the project file where there is none, since results without one are not shown."""
    name = source.file if source else "reconciler.yaml"
    artifact = {"uri": quote(name.encode("utf-8", "surrogateescape")), "uriBaseId": "PROJECT"}
    region = {"region": {"startLine": source.line, "startColumn": source.column}} if source else {}
    return {"artifactLocation": artifact, **region}

"""What is wrong with the files as JUnit and as SARIF."""

from xml.etree import ElementTree

import jsonschema
import report_diagnostics
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import __version__
from reconciler.model.diagnostic import Diagnostic, Span, error, warning
from reconciler.report.junit import render_junit
from reconciler.report.sarif import sarif_document

FOUND = [
    error("RC0302", 'There is no department "OPZ" in the project.', source=Span("org/people staff.yaml", 2, 44)),
    warning("RC0407", "The certificate is not checked.", source=Span("reconciler.yaml", 5, 3)),
    error("RC0401", "There is no reconciler.yaml here."),
]
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
ESSENTIALS = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                    "additionalProperties": False,
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "originalUriBaseIds": {"type": "object"},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "driver": {
            "type": "object",
            "required": ["name", "version", "rules"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "required": ["id"],
                        "additionalProperties": False,
                        "properties": {"id": {"type": "string"}, "shortDescription": TEXT},
                    },
                },
            },
        },
        "result": {
            "type": "object",
            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": TEXT,
                "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "#/$defs/location"}},
            },
        },
        "location": {
            "type": "object",
            "required": ["physicalLocation"],
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "additionalProperties": False,
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "required": ["uri", "uriBaseId"],
                            "properties": {
                                "uri": {"type": "string", "pattern": "^[!-~]+$"},
                                "uriBaseId": {"type": "string"},
                            },
                            "additionalProperties": False,
                        },
                        "region": {
                            "type": "object",
                            "required": ["startLine", "startColumn"],
                            "additionalProperties": False,
                            "properties": {
                                "startLine": {"type": "integer", "minimum": 1},
                                "startColumn": {"type": "integer", "minimum": 1},
                            },
                        },
                    },
                }
            },
        },
    },
}
"""What the schema of SARIF 2.1.0 asks of the parts that are used here; nothing else may be in the document."""

spans = st.none() | st.builds(Span, st.text(min_size=1), st.integers(1, 9), st.integers(1, 9))
diagnostics = st.lists(
    st.builds(error, st.just("RC0201"), st.text(min_size=1), source=spans)
    | st.builds(warning, st.just("RC0407"), st.text(min_size=1), source=spans),
    max_size=4,
)


def test_sarif_has_a_rule_for_each_code_and_the_place_of_each_result() -> None:
    document = sarif_document(FOUND)
    (run,) = document["runs"]
    assert run["tool"]["driver"] == {
        "name": "reconciler",
        "version": __version__,
        "rules": [
            {"id": "RC0302", "shortDescription": {"text": "Refers to what does not exist"}},
            {"id": "RC0401", "shortDescription": {"text": "The project file is missing"}},
            {"id": "RC0407", "shortDescription": {"text": "Not safe"}},
        ],
    }
    assert run["results"][0] == {
        "ruleId": "RC0302",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": 'There is no department "OPZ" in the project.'},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "org/people%20staff.yaml", "uriBaseId": "PROJECT"},
                    "region": {"startLine": 2, "startColumn": 44},
                }
            }
        ],
    }
    assert [each["level"] for each in run["results"]] == ["error", "warning", "error"]
    assert run["results"][2]["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "reconciler.yaml", "uriBaseId": "PROJECT"}}}
    ]
    assert run["columnKind"] == "unicodeCodePoints"


@given(diagnostics)
@settings(max_examples=50, deadline=None)
def test_any_sarif_is_what_the_schema_asks_for(found: list[Diagnostic]) -> None:
    document = sarif_document(found)
    jsonschema.validate(document, ESSENTIALS)
    assert len(document["runs"][0]["results"]) == len(found)


def test_the_sarif_of_valid_files_has_no_result() -> None:
    assert sarif_document([])["runs"][0]["results"] == []


def test_junit_has_a_failed_test_for_each_error() -> None:
    suites = ElementTree.fromstring(render_junit(FOUND))
    (suite,) = suites
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "reconciler validate",
        "tests": "3",
        "failures": "2",
        "errors": "0",
        "skipped": "0",
    }
    first = suite[0]
    assert first.attrib == {
        "classname": "org/people staff.yaml",
        "name": "RC0302 Refers to what does not exist (2:44)",
        "time": "0",
        "file": "org/people staff.yaml",
        "line": "2",
    }
    assert first[0].attrib == {"type": "RC0302", "message": 'There is no department "OPZ" in the project.'}
    assert first[0].text == 'org/people staff.yaml:2:44: There is no department "OPZ" in the project.'
    assert suite[1].find("failure") is None
    assert suite[1].findtext("system-out") == "Warning: The certificate is not checked."


def test_the_junit_of_valid_files_is_one_test_that_passed() -> None:
    (suite,) = ElementTree.fromstring(render_junit([]))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert [case.get("name") for case in suite] == ["The files are valid"]


@given(diagnostics)
@settings(max_examples=50, deadline=None)
def test_any_junit_is_xml(found: list[Diagnostic]) -> None:
    (suite,) = ElementTree.fromstring(render_junit(found))
    assert len(suite.findall(".//failure")) == sum(each.severity == "error" for each in found)


def test_texts_that_mean_harm_are_escaped() -> None:
    text = render_junit(report_diagnostics.ALL).decode()
    assert [char for char in text if not char.isprintable() and char != "\n"] == []

"""Diagnostics for the goldens, with the files that they speak of."""

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error, warning

LONG = "x" * 70
FILES = {
    "org/people.yaml": [
        "\ufeffemployees:",
        '  - {code: "1", departmnt: OSP}',
        "\t\tdepartment: 東京支社  # a comment",
        f"    address: {LONG} {{{{ var.oops }}}} and {LONG}",
        "    device_password: literal-271828",
        '    - {code: "2", card: 4711081500, gender: femal}',
        "    card:",
        "      4711081500123456789012345",
        "    first_name: \x1b[31mAna\u202e",
        "    email: 'not an address'",
        "    postcode:",
    ],
    "hr.csv": ["code,card", "1001,4711081500"],
}


def read_line(span: Span) -> str | None:
    lines = FILES.get(span.file, [])
    return lines[span.line - 1] if 1 <= span.line <= len(lines) else None


def at(line: int, text: str) -> Span:
    """The place of `text` on that line of org/people.yaml."""
    return Span("org/people.yaml", line, FILES["org/people.yaml"][line - 1].index(text) + 1)


ALL: list[Diagnostic] = [
    error("RC0201", 'An employee has no field "departmnt". Did you mean "department"?', source=at(2, "departmnt")),
    error(
        "RC0302",
        'There is no department "東京支社". Departments are declared in the list "departments" of any resource file; '
        'the nearest that exist are "東京" and "大阪". Write one of these, or declare the one that is missing.',
        source=at(3, "東京支社"),
        address=Address("hq", "employee", "1"),
    ),
    error("RC0402", 'The variable "oops" is not declared.', source=at(4, "{{")),
    error("RC0208", "A device_password is a reference, such as {env: NAME}.", source=at(5, "literal")),
    error("RC0203", "The line is shown to nobody, since RC0208 is about it.", source=at(5, "device")),
    error("RC0205", 'gender is female or male. Did you mean "female"?', source=at(6, "femal")),
    error("RC0204", "A card has at most 20 characters; this one has 25.", source=at(8, "4711")),
    error("RC0206", "It holds \x1b[31m, \u202e, a line's\nend, 100% and \udc80.", source=at(9, "\x1b")),
    warning("RC0206", "This is not the form of an e-mail address.", source=at(10, "'not")),
    error("RC0207", "postcode can't be cleared on hq.", source=Span("org/people.yaml", 11, 14)),
    error("RC0206", "A cell is not of the form.", source=Span("hr.csv", 2, 1)),
    error("RC0101", "The file org/a,b:c.yaml can't be opened.", source=Span("org/a,b:c.yaml", 1, 1)),
    warning("RC0608", "Employee 55 is on hq and not in the files.", address=Address("hq", "employee", "55")),
    error("RC0501", "hq did not answer within 60 s."),
]

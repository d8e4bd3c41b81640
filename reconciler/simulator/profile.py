"""What the servers of the BioTime family do differently, as switches, and the profiles that set them."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, get_args, get_type_hints

import msgspec

from reconciler.simulator.errors import SimulatorError


def doc(text: str) -> msgspec.Meta:
    """A switch's documentation, kept where programs can read it."""
    return msgspec.Meta(description=text)


DeleteMode = Literal["detail", "forbidden", "error", "cascade"]


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of server. Every member is a switch, documented in its annotation (see `switches`); the defaults are
    those of BioTime 8.5."""

    # Logging in
    jwt_seconds: Annotated[int, doc("How long a JWT is valid, in seconds.")] = 86400
    jwt_refresh_seconds: Annotated[int, doc("For how long after the login a JWT can be refreshed, in seconds.")] = (
        604800
    )
    basic: Annotated[bool, doc("HTTP Basic opens every endpoint.")] = True
    licence_gate: Annotated[
        bool,
        doc("The API licence is missing: Token and JWT get 403 on personnel and iclock; Basic passes."),
    ] = False
    lockout_failures: Annotated[int, doc("Failed logins after which the account is locked; 0: never.")] = 0
    lockout_seconds: Annotated[int, doc("How long a locked account stays so, in seconds.")] = 60
    form_bodies: Annotated[bool, doc("Form-encoded bodies are taken as well as JSON; otherwise 415.")] = True

    # Paging, ordering, filters
    page_size_parameter: Annotated[
        Literal["page_size", "limit", "both"], doc("Which parameter sets the size of a page; the other is ignored.")
    ] = "page_size"
    page_size_default: Annotated[int, doc("Rows of a page when nobody asks.")] = 10
    page_size_max: Annotated[int, doc("The most rows of a page; more is cut to this silently; 0: no maximum.")] = 0
    rows_member: Annotated[
        Literal["data", "results", "both"], doc("The member of the envelope that holds the rows.")
    ] = "data"
    next_host: Annotated[
        str, doc("Scheme and host of `next` and `previous`, such as http://10.0.0.5:81; empty: the request's own.")
    ] = ""
    employees_order: Annotated[
        Literal["emp_code", "id"], doc("The order of employees when nobody asks: by code as text, or by id.")
    ] = "emp_code"
    ordering: Annotated[bool, doc("The parameter `ordering` is honoured; otherwise ignored silently.")] = True
    filter_match: Annotated[
        Literal["exact", "prefix", "contains"], doc("How a plain text filter such as emp_code=10 matches.")
    ] = "exact"

    # Paths and methods
    unknown_path: Annotated[
        Literal["html", "json"], doc('An unknown path: an HTML page "Page not found" with status 200, or 404 as JSON.')
    ] = "html"
    singular_paths: Annotated[bool, doc("/personnel/api/employee/ and the like work as the plural ones.")] = True
    updates: Annotated[
        Literal["both", "patch", "put"], doc("The methods that update an object; the other is answered 405.")
    ] = "both"
    put_complete: Annotated[
        bool, doc("PUT wants every required field (emp_code, department and area; code and name); resigns never do.")
    ] = True
    resigns: Annotated[bool, doc("/personnel/api/resigns/ and adjust_regsin/ exist.")] = True
    bulk: Annotated[bool, doc("The calls for many employees (adjust_area/ and so on) exist.")] = False
    adjust_area: Annotated[Literal["works", "error"], doc("adjust_area/ works, or is a 500 HTML page.")] = "works"
    bulk_answer: Annotated[
        Literal["detail", "object", "empty"],
        doc('What a bulk call answers with 200: {"detail": "Success."}, an envelope of code 0, or nothing.'),
    ] = "detail"
    docs_title: Annotated[str, doc("The title of the page /api/docs/.")] = "BIOTIME API DOCS"

    # Shapes of answers
    employee_detail: Annotated[Literal["nested", "bare"], doc("References in an employee's detail.")] = "bare"
    detail_id: Annotated[bool, doc("An employee's detail has its id (the manual's sample lacks it).")] = True
    create_answer: Annotated[
        Literal["nested", "bare", "empty"], doc("References in the answer to an employee's create, or no body at all.")
    ] = "nested"
    create_id: Annotated[bool, doc("The answer to a create has the new id.")] = True
    create_attendance: Annotated[bool, doc("The answer to an employee's create has the attendance flags.")] = True
    update_answer: Annotated[
        Literal["nested", "bare", "empty"],
        doc("References in the answer to an employee's update, or (for every kind) a body of one line feed."),
    ] = "bare"
    update_id: Annotated[bool, doc("The answer to an update has the id.")] = True
    position_create_echo: Annotated[bool, doc("A position's create echoes the submitted fields only, no id.")] = False
    department_parent: Annotated[
        Literal["bare", "nested"],
        doc("A department's parent in reads: the id with parent_dept_name, or an object without that name."),
    ] = "bare"
    attendance: Annotated[
        Literal["flat", "nested"],
        doc("enable_att and so on at the top level, or inside attemployee; the other shape is dropped silently."),
    ] = "flat"
    employee_extras: Annotated[
        Literal["names", "templates", "full"],
        doc("Read-only members: names of references (8.x), counts of templates (DOC), or these and full_name (9.x)."),
    ] = "names"
    self_password: Annotated[
        Literal["hash", "write_answers", "never"], doc("Where the hash of self_password shows.")
    ] = "hash"  # noqa: S105
    hash_rounds: Annotated[int, doc("The rounds that the hash of self_password names.")] = 36000
    flow_role: Annotated[bool, doc("Employees show flow_role.")] = True
    is_default: Annotated[bool, doc("Departments, areas and positions show is_default.")] = False
    blank_text: Annotated[
        Literal["null", "empty", "mixed"],
        doc('Blank text in answers: null, "", or "" in rows of odd id and null in the others.'),
    ] = "mixed"
    empty_text: Annotated[tuple[str, ...], doc('Fields whose blank is "" wherever the others are null.')] = ()
    verify_mode_default: Annotated[int, doc("verify_mode of a new employee.")] = -1

    # What is accepted
    first_name_required: Annotated[bool, doc("An employee's create wants first_name.")] = False
    trim_text: Annotated[bool, doc("Text is trimmed at both ends.")] = True
    number_text: Annotated[bool, doc('A number in a text field becomes text (17 is "17"); otherwise refused.')] = True
    status_booleans: Annotated[bool, doc("app_status takes true and false; otherwise refused.")] = False
    null_flags: Annotated[
        Literal["refused", "kept"],
        doc("null for enable_att, enable_overtime, enable_holiday and app_status is refused, or kept and shown."),
    ] = "refused"
    genders: Annotated[tuple[str, ...], doc("The values of gender.")] = ("S", "F", "M")
    area_empty: Annotated[
        Literal["refused", "cleared"], doc("An employee's area: [] is refused, or clears the assignment.")
    ] = "refused"
    card_unique: Annotated[bool, doc("A card number that somebody else has is refused.")] = False
    dropped_fields: Annotated[
        tuple[str, ...], doc("Fields of employees dropped silently on write, such as card_no and device_password.")
    ] = ()
    kept_codes: Annotated[
        tuple[str, ...], doc("Collections whose code an update keeps silently, such as departments and employees.")
    ] = ()
    duplicate_code: Annotated[
        Literal["field", "unique_set", "error"],
        doc("A code that exists: 400 under the field, 400 under non_field_errors, or a 500 page as in a race."),
    ] = "field"
    parent_loops: Annotated[
        Literal["accepted", "refused"], doc("A department, area or position below itself is accepted, or refused.")
    ] = "accepted"
    attributes: Annotated[tuple[str, ...], doc("Labels of custom attributes: top-level members of employees.")] = ()
    language: Annotated[
        Literal["en", "zh"], doc("The language of validation texts; Accept-Language in a request goes before it.")
    ] = "en"

    # Deleting and leaving
    delete_in_use: Annotated[
        DeleteMode,
        doc(
            "Deleting a department or position in use, or any unit with children: 400, 403, a 500 page, or cascade, "
            "which deletes children and a department's employees and takes a position away from its employees."
        ),
    ] = "detail"
    delete_area_in_use: Annotated[
        DeleteMode, doc("Deleting an area that employees are in: as above; cascade drops their link and keeps them.")
    ] = "cascade"
    delete_builtin: Annotated[
        Literal["detail", "forbidden", "error", "allowed"], doc("Deleting a built-in object: 400, 403, 500, or done.")
    ] = "detail"
    resigned: Annotated[
        Literal["listed", "by_code", "hidden"],
        doc("Employees who resigned: listed as ever, found by emp_code= only, or never listed."),
    ] = "listed"

    # Companies
    companies: Annotated[
        bool, doc("A multi-company build: departments, areas and employees want a company; /company/ exists.")
    ] = False
    company_in_patch: Annotated[
        Literal["always", "moves"],
        doc("When an employee's PATCH needs company and department together: always, or if it names one of them."),
    ] = "always"


_FLAT = Profile()
_NINE = Profile(
    employee_detail="nested",
    department_parent="nested",
    attendance="nested",
    employee_extras="full",
    verify_mode_default=0,
    flow_role=False,
    genders=("M", "F", "O"),
    docs_title="UTimeMaster API DOCS",
)
_TIME = Profile(
    updates="put",
    bulk=True,
    employee_detail="nested",
    update_answer="nested",
    department_parent="nested",
    employee_extras="templates",
    self_password="never",  # noqa: S106  a switch, no password
    flow_role=False,
    blank_text="null",
    empty_text=("first_name", "enroll_sn"),
    verify_mode_default=0,
    docs_title="ZKBio Time API DOCS",
)

PROFILES: dict[str, Profile] = {
    "biotime-8.0": msgspec.structs.replace(_FLAT, resigns=False),
    "biotime-8.5": _FLAT,
    "utimemaster-9.0": msgspec.structs.replace(
        _NINE,
        page_size_parameter="both",
        resigns=False,
        first_name_required=True,
        create_attendance=False,
        create_id=False,
        self_password="write_answers",  # noqa: S106
        hash_rounds=390000,
    ),
    "utimemaster-9.5": msgspec.structs.replace(
        _NINE,
        bulk=True,
        create_answer="bare",
        position_create_echo=True,
        self_password="never",  # noqa: S106
        kept_codes=("departments", "employees"),
    ),
    "zkbiotime": _TIME,
    "zkbiotime-company": msgspec.structs.replace(_TIME, companies=True, is_default=True, duplicate_code="unique_set"),
}
"""The servers by name: biotime-8.0 and 8.5 (system biotime), utimemaster-9.0 and 9.5, zkbiotime (PUT, bulk calls,
resignations) and its multi-company build."""


def profile(name: str, switches: dict[str, object] | None = None) -> Profile:
    """The profile `name` with single switches set otherwise, see `chosen`."""
    return chosen(PROFILES, name, switches)


P = TypeVar("P", bound=msgspec.Struct)


def chosen(profiles: Mapping[str, P], name: str, switches: dict[str, object] | None = None) -> P:
    """The profile `name` with single switches set otherwise. Raises SimulatorError for an unknown name, an unknown
    switch or a value that the switch does not take; texts stand for numbers and booleans, as in a YAML file."""
    if name not in profiles:
        raise SimulatorError(f"There is no profile {name!r}. The profiles are {', '.join(profiles)}.")
    found, given = profiles[name], switches or {}
    unknown = sorted(set(given) - set(found.__struct_fields__))
    if unknown:
        raise SimulatorError(
            f"There is no switch {unknown[0]!r}. The switches are {', '.join(found.__struct_fields__)}."
        )
    try:
        return msgspec.convert(msgspec.structs.asdict(found) | given, type(found), strict=False)
    except msgspec.ValidationError as error:
        raise SimulatorError(f"A switch has a wrong value: {error}.") from None


def switches(kind: type[msgspec.Struct] = Profile) -> dict[str, str]:
    """Every switch of a kind of profile by its name, with its documentation."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: str(get_args(hints[name])[1].description) for name in kind.__struct_fields__}

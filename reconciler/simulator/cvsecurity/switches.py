"""What CVSecurity servers do differently, or what nobody knows for sure, as switches; and the editions that set them.

The defaults are the positions that are taken while no real server has said otherwise."""

from typing import Annotated, Literal

import msgspec

from reconciler.simulator.profile import doc

Module = Literal["access", "elevator", "entrance", "attendance", "facekiosk", "parking", "visitor"]

MODULES: tuple[Module, ...] = ("access", "elevator", "entrance", "attendance", "facekiosk", "parking", "visitor")
"""The modules that are licensed one by one; personnel is always there."""


class CvSecurityProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of CVSecurity server. Every member is a switch, documented in its annotation; the defaults are those of
    the API manual's edition 1.2. No name is also a switch of the BioTime family."""

    # The connection and the envelope
    token_refused: Annotated[
        Literal["code", "status"],
        doc("A missing or wrong access_token: HTTP 200 with code -1, or HTTP 401 with the framework's own JSON."),
    ] = "code"  # noqa: S105  a switch, no password
    missing_route: Annotated[
        Literal["status", "code"],
        doc("A path that there is not, or whose module is not licensed: HTTP 404, or HTTP 200 with code -1."),
    ] = "status"
    modules: Annotated[
        tuple[Module, ...],
        doc(
            "The licensed modules: access, elevator, entrance, attendance, facekiosk, parking, visitor. Without "
            "access, accLevelIds and the times of access are dropped silently and never shown."
        ),
    ] = MODULES
    deletes: Annotated[
        Literal["both", "delete", "post"],
        doc("The method of person/delete/, department/delete/ and attAreaPerson/delete; the other is answered 405."),
    ] = "both"
    success_code: Annotated[Literal[0, 1], doc("The code of success: 0 as in all examples, or more than 0.")] = 0
    message_member: Annotated[
        Literal["message", "msg"], doc("The member of the envelope that has the message: message, or msg.")
    ] = "message"
    message_language: Annotated[Literal["en", "zh"], doc("The language of messages.")] = "en"
    message_wording: Annotated[
        Literal["manual", "seen"], doc("English messages as the manual has them, or as real servers were seen to say.")
    ] = "seen"

    # What an edition has
    department_list: Annotated[bool, doc("department/getDepartmentList exists.")] = True
    person_batches: Annotated[bool, doc("v2/person/addPersons and v2/person/deleteByPins exist.")] = True
    level_editing: Annotated[bool, doc("accLevel/addLevel and accLevel/addLevelDoor exist.")] = True
    level_assignment: Annotated[
        bool,
        doc(
            "accLevel/addLevelPerson, accLevel/getAccLevelListByDeptCode, v2/psgLevel/addLevelByLevel and "
            "v2/psgLevel/addLevelByPerson exist."
        ),
    ] = True
    query_forms: Annotated[
        bool, doc("Calls that take a key in their path take it in the query, too (person/get?pin=); else 404.")
    ] = True
    paged_areas: Annotated[
        bool, doc("v2/attAreaPerson/area/list and v2/insAreaPerson/getAreaList exist, in the paged wrapper.")
    ] = True

    # Paging and lists
    list_parameters: Annotated[
        Literal["both", "body", "query"],
        doc("Where getPersonList looks for its parameters: in the body and the query (the body wins), or in one."),
    ] = "both"
    page_base: Annotated[Literal[0, 1], doc("The `page` that the paged wrapper calls the first one.")] = 0
    size_member: Annotated[
        Literal["requested", "returned"], doc("The `size` of the paged wrapper: the rows asked for, or those returned.")
    ] = "requested"
    person_order: Annotated[
        Literal["created", "newest", "pin"],
        doc(
            "The order of getPersonList: as the persons were made, the newest first, or by pin as text. "
            "Asked for by pin, they come in the order of the pins, or by pin."
        ),
    ] = "created"
    person_list_departments: Annotated[
        Literal["exact", "below"], doc("deptCodes of getPersonList: those departments only, or those below them, too.")
    ] = "exact"
    person_v1: Annotated[
        Literal["full", "manual"],
        doc("A person's row in v1 has accLevelIds, email, mobilePhone and isDisabled, or the manual's members only."),
    ] = "full"
    person_photos: Annotated[bool, doc("getPersonList has the photos inline.")] = True
    person_blank: Annotated[
        Literal["mixed", "null", "empty", "text"],
        doc('Blank members of a person: null or "" as in the manual\'s example, always null, always "", or "null".'),
    ] = "mixed"
    person_disabled: Annotated[
        Literal["value", "null"], doc("isDisabled of who is not disabled shows as false, or as null.")
    ] = "value"
    person_gender: Annotated[Literal["letter", "word"], doc("gender shows as F and M, or as female and male.")] = (
        "letter"
    )

    # Looking for what is not there
    missing_person: Annotated[
        Literal["code", "null", "status"],
        doc("person/get of a pin that there is not: code -22, success with data null, or HTTP 404."),
    ] = "code"
    missing_level: Annotated[
        Literal["null", "code"],
        doc("getById and getByName of a level that there is not: success with data null, or code -24."),
    ] = "null"

    # Departments
    root_name: Annotated[str, doc("The name of the department 1 that every server is delivered with.")] = (
        "Department Name"
    )
    department_names: Annotated[
        Literal["unique", "free"], doc("A name that another department has is refused with -12, or taken.")
    ] = "unique"
    parent_omitted: Annotated[
        Literal["kept", "root"],
        doc("An edit of a department without parentCode keeps its parent, or moves it below the root."),
    ] = "kept"
    parent_unknown: Annotated[Literal[-13, -14], doc("The code of a parentCode that there is not.")] = -13

    # Persons
    unknown_department: Annotated[
        Literal["refused", "root"],
        doc("A person's deptCode that there is not: code -13, or the person lands in the root department silently."),
    ] = "refused"
    null_members: Annotated[
        Literal["kept", "cleared"], doc("null for a person's member keeps what is stored, or clears it.")
    ] = "kept"
    empty_members: Annotated[
        Literal["cleared", "kept"],
        doc('"" for a person\'s member clears it, or keeps what is stored; cardNo and carPlate are always cleared.'),
    ] = "cleared"
    level_ids: Annotated[
        Literal["replaced", "appended"],
        doc("accLevelIds of person/add replaces a person's door levels, or adds to them (and can't take any away)."),
    ] = "replaced"
    gender_forms: Annotated[
        Literal["both", "letters"], doc("gender is taken as F, M, female and male, or as F and M only; else code -1.")
    ] = "both"
    special_names: Annotated[
        Literal["refused", "accepted"], doc('name and lastName with one of & < > ` ~ ! @ # $ % ^ * ? / | \\ : ; = ".')
    ] = "refused"
    name_length: Annotated[int, doc("The most characters of name and lastName, else code -1; 0: no limit.")] = 25
    pin_letters: Annotated[bool, doc("A pin may have letters (the parameter pers.pinSupportLetter); else -29.")] = True
    pin_length: Annotated[int, doc("The most characters of a pin; else -29.")] = 15
    pin_zeros: Annotated[
        Literal["kept", "dropped"], doc("Zeros at the beginning of a pin of digits are kept, or dropped.")
    ] = "kept"
    pin_visitors: Annotated[
        Literal["accepted", "refused"], doc("A new pin such as 80000001, as visitors have them; refused is -29.")
    ] = "accepted"
    card_form: Annotated[
        Literal["decimal", "hex", "any"],
        doc("Cards are digits, hexadecimal (the parameter pers.cardHex), or any text; else code -1."),
    ] = "decimal"
    several_cards: Annotated[bool, doc("A person may have supplyCards; otherwise they are dropped silently.")] = True
    password_unique: Annotated[bool, doc("A personPwd that somebody else has is refused with -26.")] = True
    email_unique: Annotated[bool, doc("An email that somebody else has is refused with -71.")] = True
    photo_refusal: Annotated[Literal[-27, -63, -5001], doc("The code of a personPhoto that is no picture.")] = -27
    leaver_listed: Annotated[bool, doc("Who has left is in getPersonList and person/get still.")] = False
    leaver_add: Annotated[
        Literal["refused", "edited"],
        doc("person/add of who has left is refused with -29 (the pin stays taken), or edits and brings back."),
    ] = "refused"
    leaver_card: Annotated[
        Literal["freed", "kept"], doc("The cards of who has left are free for others, or stay taken.")
    ] = "freed"
    batch_failure: Annotated[
        Literal["refused", "stopped", "counted"],
        doc(
            "An array with a wrong item (addPersons, addLevel, addLevelByPerson, …): nothing is done and the item's "
            "code answered; the same, but what stands before it is done; or all others are done and "
            '"Succeed: N, Failed: M." answered.'
        ),
    ] = "refused"

    # Levels and areas
    sync_person_grants: Annotated[
        bool, doc("syncPerson gives the person the levels; otherwise it only pushes what the person has already.")
    ] = False
    delete_unassigned: Annotated[
        Literal["ignored", "refused"], doc("deleteLevel of a level that the person does not have; refused is -41.")
    ] = "ignored"
    level_doors: Annotated[
        Literal["counted", "refused"],
        doc(
            'addLevelDoor with unknown names: "Succeed: N, Failed: M." and success, also when N is 0; or nothing is '
            "done and the code is -24 or -47."
        ),
    ] = "counted"
    push: Annotated[
        Literal["done", "fails"],
        doc("The push to the devices after a change of levels is done, or fails with -105 though the change stays."),
    ] = "done"
    area_set: Annotated[
        Literal["added", "replaced"],
        doc("attAreaPerson/set and insAreaPerson/setAreaPerson add to an area's persons, or replace them."),
    ] = "added"


PROFILES: dict[str, CvSecurityProfile] = {
    "cvsecurity-1.0": CvSecurityProfile(
        department_list=False,
        person_batches=False,
        level_editing=False,
        level_assignment=False,
        query_forms=False,
        paged_areas=False,
    ),
    "cvsecurity-1.2": CvSecurityProfile(),
}
"""CVSecurity by the edition of its API manual: the first one (2023), and 1.2 (November 2025, software 6.0.0)."""

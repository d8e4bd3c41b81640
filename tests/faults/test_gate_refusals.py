"""What a CVSecurity server refuses: its codes become sentences that name the object, the field and the way out, and the
line of the files; the token is never tried again and again."""

from pathlib import Path

import pytest
from fault_project import PASSWORD, apply, run, write_objects
from gate_project import (
    ANA,
    BEN,
    EDITIONS,
    KEPT,
    PEOPLE,
    AtPath,
    line_of,
    people,
    serving_gate,
    told,
    without_department,
    write_gate,
)
from terminal_project import outcomes

from reconciler.simulator import Fault

CHECK = (
    "Check `auth.access_token` of the target: it is the client secret that the server shows under System > Authority "
    "Management > API Authorization. Nothing more is sent in this run."
)
BATCH, ADD = "v2/person/addPersons", "api/person/add"
SAYS = ' It says: "The operation failed."'
OLD = {"code": "20", "name": "Old"}
PART = "The employee was created, but not in everything. "
REFUSED: list[tuple[int, str, str]] = [
    (
        -13,
        ADD,
        (
            "The target refused to create the employee with the code -13 (`department`). There is no department with "
            "this code. Create it on the server, or let the target manage departments."
        ),
    ),
    (
        -22,
        ADD,
        (
            "The target refused to create the employee with the code -22 (`code`). There is no such person. Somebody "
            "may have deleted the person, or entered that they have left. Plan again."
        ),
    ),
    (
        -23,
        ADD,
        (
            "The target refused to create the employee with the code -23 (`card`). Somebody else has this card. Take "
            "the card from that person on the server, or correct the number."
        ),
    ),
    (
        -24,
        ADD,
        (
            "The target refused to create the employee with the code -24 (`access_levels`, `elevator_levels`, "
            "`entrance_levels`). There is no such access level. It may have been deleted since the plan was made. Plan "
            "again."
        ),
    ),
    (
        -62,
        ADD,
        (
            "The target refused to create the employee with the code -62 (`first_name`). A name has a character that "
            "the server does not take. Write it without & < > ` ~ ! @ # $ % ^ * ? / | \\ : ; = and quotation marks."
        ),
    ),
    (
        -71,
        ADD,
        (
            "The target refused to create the employee with the code -71 (`email`). Somebody else has this e-mail "
            "address, or a file is of a kind that the server does not take. Correct the address."
        ),
    ),
    (
        -81,
        "attAreaPerson/set",
        (
            f"{PART}The target refused to create the employee with the code -81 (`areas`). No person is named. Plan "
            "again: they may have been deleted."
        ),
    ),
    (
        -82,
        "attAreaPerson/set",
        (
            f"{PART}The target refused to create the employee with the code -82. More than 500 people are named in one "
            "call. Please report this: it is our mistake."
        ),
    ),
]


@pytest.mark.parametrize(("shape", "how"), [("status", "HTTP 401"), ("code", "code -1")])
def test_a_bad_token_in_both_shapes(shape: str, how: str, tmp_path: Path) -> None:
    with serving_gate(switches={"token_refused": shape}) as server:
        root = write_gate(tmp_path, server)
        server._app._token = "another"  # type: ignore[union-attr]
        ran = run(root, "plan", "--json")
        calls = server.journal.calls()
        asked = run(root, "doctor", "--json")
    assert (ran.status, ran.document["complete"], calls) == (1, False, 1 if shape == "status" else 2)
    detail = f"The target gate refused the access token ({how}). {CHECK}"
    assert told(ran) == [("RC0503", None, detail)]
    seen = asked.document["targets"]["gate"]
    assert (asked.status, seen["reached"], [each["detail"] for each in seen["diagnostics"]]) == (1, False, [detail])


@pytest.mark.parametrize("shape", ["status", "code"])
def test_a_token_that_expires_in_the_middle_of_an_apply(shape: str, tmp_path: Path) -> None:
    with serving_gate(switches={"token_refused": shape}) as server:
        root = write_gate(tmp_path, server)
        server.faults.add(Fault(effect="expire_tokens", path=BATCH, method="POST", nth=1))
        ran = apply(root)
        assert (ran.status, ran.document["verified"]) == (4, False)
        done = outcomes(ran)
        assert [address for address, status in done.items() if status != "done"] == [
            "gate/employee/7",
            "gate/employee/8",
        ]
        assert {code for code, _, _ in told(ran)} == {"RC0503"}
        server.faults.clear()
        server._app._token = PASSWORD  # type: ignore[union-attr]
        assert apply(root).status == 0
        assert people(server) == KEPT


@pytest.mark.parametrize("shape", ["status", "code"])
def test_a_module_that_is_not_licensed(shape: str, tmp_path: Path) -> None:
    """An error where it is asked for, and not for each of its users too."""
    modules = ["access", "entrance", "attendance", "facekiosk"]
    with serving_gate(switches={"modules": modules, "missing_route": shape}) as server:
        vehicles = [{"plate": "AA11", "list": "block"}]
        root = write_gate(tmp_path, server, {**PEOPLE, "vehicles": vehicles})
        ran = run(root, "plan", "--json")
    assert ran.status == 1
    assert sorted(told(ran)) == [
        (
            "RC0601",
            "gate/access_level/Lift",
            (
                "It is an elevator level, and this server has no module ele. License the module, or leave the level "
                "out for this target."
            ),
        ),
        (
            "RC0601",
            "gate/vehicle/AA11",
            (
                "The vehicle can't be put on a list: this server has no module park. License the module, or leave "
                "vehicles out of what the target manages."
            ),
        ),
    ]


@pytest.mark.parametrize(("code", "path", "detail"), REFUSED, ids=[str(case[0]) for case in REFUSED])
def test_a_code_is_told_in_words_at_the_line_of_the_object(code: int, path: str, detail: str, tmp_path: Path) -> None:
    """The batch is refused, then one of the two by itself: the other is done."""
    with serving_gate() as server:
        root = write_gate(tmp_path, server)
        first = BATCH if path == ADD else path
        server.faults.add(Fault(effect="code", code=str(code), path=first, method="POST", nth=1))
        server.faults.add(Fault(effect="code", code=str(code), path=path, nth=1 if path == ADD else 2))
        ran = apply(root)
        assert (ran.status, told(ran)) == (4, [("RC0701", "gate/employee/7", detail + SAYS)])
        line = next(at for at, each in enumerate(ran.document["diagnostics"]) if each["code"] == "RC0701")
        assert line_of(root, ran, line) == "- code: '7'"
        assert [address for address, status in outcomes(ran).items() if status != "done"] == ["gate/employee/7"]
        server.faults.clear()
        again = apply(root)
        assert (again.status, list(outcomes(again))) == (0, ["gate/employee/7"])
        assert people(server) == KEPT


def test_what_servers_refuse_by_themselves(tmp_path: Path) -> None:
    """The card and the address of somebody whom the files do not have; a name with a sign."""
    with serving_gate(switches={"message_language": "zh"}) as server:
        server.seed({"persons": [{"pin": "99", "name": "Zoe", "cardNo": "700", "email": "zoe@acme.example"}]})
        ben = {**BEN, "email": "zoe@acme.example"}
        cy = {"code": "9", "first_name": "C#y", "department": "10", "access_levels": []}
        root = write_gate(tmp_path, server, {**PEOPLE, "employees": [ANA, ben, cy]})
        ran = apply(root)
        assert (ran.status, list(people(server))) == (4, ["99"])
    assert [(address, detail.rpartition(" It says: ")[::2]) for _, address, detail in told(ran)] == [
        ("gate/employee/7", (REFUSED[2][2], '"卡号已被使用"')),
        ("gate/employee/8", (REFUSED[5][2], '"邮箱已存在"')),
        ("gate/employee/9", (REFUSED[4][2], '"姓名包含特殊字符"')),
    ]


def test_a_department_that_somebody_is_in_is_kept(tmp_path: Path) -> None:
    with serving_gate() as server:
        root = write_gate(tmp_path, server, {**PEOPLE, "departments": [*PEOPLE["departments"], OLD]})
        assert apply(root).status == 0
        server.seed({"persons": [{"pin": "99", "name": "Zoe", "department": "20"}]})
        write_objects(root, PEOPLE)
        ran = apply(root)
        assert (ran.status, outcomes(ran)) == (0, {})
    assert told(ran) == [
        (
            "RC0608",
            "gate/department/20",
            (
                "The department is not in the files and would be deleted, but it is still used by employee 99. It "
                "stays until nothing refers to it."
            ),
        )
    ]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_department_that_somebody_came_into_since_the_plan(edition: str, tmp_path: Path) -> None:
    with serving_gate(edition) as server:
        root = write_gate(tmp_path, server, {**PEOPLE, "departments": [*PEOPLE["departments"], OLD]})
        assert apply(root).status == 0
        write_objects(root, PEOPLE)
        zoe = {"persons": [{"pin": "99", "name": "Zoe", "department": "20"}]}
        AtPath(server, "department/delete", lambda: server.seed(zoe))
        ran = apply(root)
    assert (ran.status, outcomes(ran)) == (1, {"gate/department/20": "failed"})
    assert told(ran) == [
        (
            "RC0701",
            "gate/department/20",
            (
                "The target refused to delete the department with the code -15. The department can't be deleted: it is "
                "the built-in one, or departments or people are in it. Move or remove these first, also people that "
                'the files do not hold. It says: "Cannot delete department"'
            ),
        )
    ]


def test_a_page_that_is_too_large_is_our_mistake(tmp_path: Path) -> None:
    with serving_gate() as server:
        root = write_gate(tmp_path, server)
        server.faults.add(Fault(effect="code", code="-91", path="v2/person/getPersonList"))
        ran = run(root, "plan", "--json")
    assert (ran.status, ran.document["complete"]) == (1, False)
    assert told(ran) == [
        (
            "RC0506",
            None,
            (
                "The target gate refused v2/person/getPersonList with the code -91. A page is larger than 1000 rows. "
                f"Please report this: it is our mistake.{SAYS}"
            ),
        )
    ]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_person_who_silently_lands_in_the_default_department(edition: str, tmp_path: Path) -> None:
    """The department is deleted just before; the server says that all is well."""
    with serving_gate(edition, switches={"unknown_department": "root"}) as server:
        before = {**PEOPLE, "departments": [*PEOPLE["departments"], OLD], "employees": [{**ANA, "department": "20"}]}
        root = write_gate(tmp_path, server, before)
        assert apply(root).status == 0
        write_objects(root, {**before, "employees": [ANA]})
        AtPath(server, "person/add", lambda: without_department(server, "10"))
        ran = apply(root)
        assert (ran.status, ran.document["verified"], people(server)["7"][0]) == (4, False, "1")
    assert told(ran) == [
        (
            "RC0703",
            "gate/employee/7",
            (
                "`department` was written as 10, the target answered that this is done, and it reads 1. The target "
                "keeps or changes this value by itself: set it by hand there, correct the files, or name it in "
                "`lifecycle: {ignore: [department]}`."
            ),
        )
    ]
    assert line_of(root, ran) == "- code: '7'"


def test_an_access_level_that_was_renamed_on_the_server(tmp_path: Path) -> None:
    with serving_gate() as server:
        root = write_gate(tmp_path, server)
        assert apply(root).status == 0
        server.seed({"door_levels": [{"id": "L1", "name": "Loby"}]})
        ran = run(root, "plan", "--json")
    assert ran.status == 1
    assert told(ran) == [
        (
            "RC0606",
            "gate/access_level/Lobby",
            (
                'The server has no door level "Lobby". Did you mean "Loby"? Make it in the server\'s own pages, or '
                "correct the name. Or give it `cvsecurity: {time_segment: …, area: …, doors: […]}`, from which it is "
                "made."
            ),
        )
    ]
    assert line_of(root, ran) == "- name: Lobby"

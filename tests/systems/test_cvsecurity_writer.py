"""Writing people to CVSecurity: what is sent and what is not, batches, and what a refusal says."""

import base64
import hashlib
from pathlib import Path

import pytest
from cvsecurity_reading import TOKEN, serving
from cvsecurity_writing import DONE, PEOPLE, create, person, told, update, writer_of, writes

from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.simulator import Fault

EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
JPEG = b"\xff\xd8\xff\xe0 a face"


def photo_of(path: Path) -> Secret:
    """A photo as it is once resolved."""
    return Secret(hashlib.sha256(path.read_bytes()).hexdigest(), path=str(path))


@pytest.fixture(params=EDITIONS)
def site(request):
    """A server of each edition with two areas and some levels."""
    with serving(request.param) as (server, where):
        server.seed(
            {
                "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "LAB", "name": "Lab"}],
                "departments": [{"code": "OPS", "name": "Operations"}],
                "door_levels": [{"id": "d1", "name": "Lobby"}, {"id": "d2", "name": "Vault"}],
            }
        )
        yield server, where


def test_a_new_person_has_every_field_that_is_given(site, tmp_path):
    server, where = site
    photo = tmp_path / "ana.jpg"
    photo.write_bytes(JPEG)
    change = create(
        "employee",
        "007",
        first_name="Ana",
        last_name="Silva",
        department="OPS",
        gender="female",
        birthday="1990-01-31",
        hire_date="2019-06-10",
        email="ana@example.org",
        mobile="1512",
        ssn="111",
        card=Secret("100"),
        extra_cards=Secret("200,300"),
        device_password=Secret("1234"),
        photo=photo_of(photo),
        valid__from="2026-01-01",
        valid__until="2026-12-31T18:30:00",
        access_levels=("Lobby",),
        attendance__enabled=True,
        privilege="admin",
        verify_mode="face",
        cvsecurity__plate="B1",
        cvsecurity__certificate__type=2,
        cvsecurity__certificate__number=Secret("X9"),
        cvsecurity__disabled=True,
    )
    with writer_of(where) as writer:
        assert told(writer.write([change])) == [DONE]
    assert person(server, "007") == {
        "pin": "007",
        "name": "Ana",
        "lastName": "Silva",
        "deptCode": "OPS",
        "gender": "F",
        "birthday": "1990-01-31",
        "hireDate": "2019-06-10",
        "email": "ana@example.org",
        "mobilePhone": "1512",
        "ssn": "111",
        "cardNo": "100",
        "supplyCards": "200,300",
        "personPwd": "1234",
        "personPhoto": base64.b64encode(JPEG).decode(),
        "accStartTime": "2026-01-01 00:00:00",
        "accEndTime": "2026-12-31 18:30:00",
        "door_levels": ["d1"],
        "attendance": {"isAttendance": True, "perDevAuth": 14, "verifyMode": 15},
        "carPlate": "B1",
        "certType": "2",
        "certNumber": "X9",
        "isDisabled": True,
    }


def test_an_update_sends_what_differs_and_so_never_a_card_that_is_not_managed(site):
    server, where = site
    server.seed({"persons": [{"pin": "7", "name": "Ana", "cardNo": "100", "email": "a@b.example"}]})
    with writer_of(where) as writer:
        server.journal.clear()
        assert told(writer.write([update("employee", "7", {"first_name": "Ana"}, first_name="Anna")])) == [DONE]
        (call,) = [each for each in server.journal.entries() if each.method == "POST"]
    assert (call.path, call.body) == ("/api/person/add", {"pin": "7", "name": "Anna"})
    assert person(server, "7") == {
        "pin": "7", "name": "Anna", "cardNo": "100", "email": "a@b.example", "deptCode": "1",
    }  # fmt: skip


def test_null_clears(site):
    server, where = site
    server.seed({"persons": [{"pin": "7", "name": "Ana", "cardNo": "100", "hireDate": "2020-01-01"}]})
    before = {"card": Secret("100"), "hire_date": "2020-01-01"}
    with writer_of(where) as writer:
        assert told(writer.write([update("employee", "7", before, card=None, hire_date=None)])) == [DONE]
    assert person(server, "7") == {"pin": "7", "name": "Ana", "deptCode": "1"}


def test_a_new_person_is_sent_nothing_that_is_empty(site):
    server, where = site
    with writer_of(where) as writer:
        server.journal.clear()
        writer.write([create("employee", "7", department="1", email=None, card=None, access_levels=(), areas=())])
        bodies = [each.body for each in server.journal.entries() if each.method == "POST"]
    assert bodies == [{"pin": "7", "deptCode": "1"}]


@pytest.mark.parametrize("edition", EDITIONS)
def test_people_are_written_in_batches(edition):
    with serving(edition) as (server, where):
        server.seed(
            {
                "areas": [{"code": "HQ", "name": "Headquarters"}],
                "door_levels": [{"id": "d1", "name": "Lobby"}],
                "entrance_levels": [{"id": "p1", "name": "Gate"}],
            }
        )
        changes = [
            create(
                "employee",
                f"{number}",
                department="1",
                access_levels=("Lobby",),
                entrance_levels=("Gate",) if edition == "cvsecurity-1.2" else (),
                elevator_levels=(),
                areas=("HQ",),
            )
            for number in range(1, 301)
        ]
        with writer_of(where) as writer:
            assert {writer.batch(change) for change in changes} == {"written"}
            server.journal.clear()
            outcomes = [
                outcome
                for start in range(0, len(changes), writer.batch_size)
                for outcome in writer.write(changes[start : start + writer.batch_size])
            ]
            assert list(writer.finish()) == []
        assert [outcome.address.key for outcome in outcomes] == [f"{number}" for number in range(1, 301)]
        assert {outcome.status for outcome in outcomes} == {Status.DONE}
        assert len(server.rows("persons")) == 300
        one = ["POST v2/person/addPersons", "POST v2/psgLevel/addLevelByPerson", "POST attAreaPerson/set"]
        if edition == "cvsecurity-1.0":
            assert writes(server) == (["POST person/add"] * 100 + ["POST attAreaPerson/set"]) * 3 + [
                "POST accLevel/syncLevel"
            ]
        else:
            assert writes(server) == one * 3 + ["POST accLevel/syncLevel", "POST psgLevel/syncLevel"]


@pytest.mark.parametrize("batch_failure", ["refused", "stopped", "counted"])
def test_of_a_batch_that_is_refused_the_right_person_is_named(batch_failure):
    with serving(batch_failure=batch_failure) as (server, where):
        changes = [
            create("employee", "1", department="1", first_name="Ana"),
            create("employee", "2", department="NO", first_name="Ben"),
            create("employee", "3", department="1", first_name="Chen"),
        ]
        with writer_of(where) as writer:
            outcomes = writer.write(changes)
        assert [(each.status, each.id) for each in outcomes] == [
            (Status.DONE, None),
            (Status.FAILED, None),
            (Status.DONE, None),
        ]
        assert (outcomes[1].diagnostic.address, outcomes[1].diagnostic.source) == ("gate/employee/2", PEOPLE)
        assert sorted(row["pin"] for row in server.rows("persons")) == ["1", "3"]


REFUSALS = {
    "department": (
        {"department": "NO"},
        (
            "(`department`). There is no department with this code. Create it on the server, or let the target manage "
            'departments. It says: "The department number does not exist"'
        ),
        -13,
    ),
    "card": ({"card": Secret("100")}, "(`card`). Somebody else has this card. ", -23),
    "password": (
        {"device_password": Secret("123")},
        "(`device_password`). Somebody else has this",
        -26,
    ),
    "email": ({"email": "ana@example.org"}, "(`email`). Somebody else has this e-mail address", -71),
    "name": ({"last_name": "O;Neil"}, "(`last_name`). A name has a character that the server does not take. ", -62),
    "pin": ({}, "(`code`). The person's number is not one that the server takes", -29),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_object_field_and_way_out(name):
    values, detail, code = REFUSALS[name]
    with serving(pin_letters=False) as (server, where):
        server.seed({"persons": [{"pin": "1", "cardNo": "100", "personPwd": "123", "email": "ana@example.org"}]})
        with writer_of(where) as writer:
            (outcome,) = writer.write(
                [create("employee", "X2" if name == "pin" else "2", **{"department": "1", **values})]
            )
    found = outcome.diagnostic
    assert (outcome.status, outcome.id, found.code, found.source) == (Status.FAILED, None, "RC0701", PEOPLE)
    assert found.detail.startswith(f"The target refused to create the employee with the code {code} {detail}")
    for secret in ("100", "123", TOKEN):
        assert secret not in found.detail


@pytest.mark.parametrize("code", [-27, -63, -5001])
def test_a_photo_that_is_refused_is_named(code, tmp_path):
    (tmp_path / "ana.jpg").write_bytes(b"no picture")
    photo = photo_of(tmp_path / "ana.jpg")
    with serving(photo_refusal=code) as (_, where), writer_of(where) as writer:
        (outcome,) = writer.write([create("employee", "1", department="1", photo=photo)])
    assert outcome.diagnostic.detail.startswith(
        f"The target refused to create the employee with the code {code} (`photo`)."
    )


@pytest.mark.parametrize(
    ("name", "code", "detail"),
    [
        (
            "ana.jpg",
            "RC0807",
            "The file of `photo` has changed since the plan was made. Nothing was sent; plan again.",
        ),
        (
            "no.jpg",
            "RC0101",
            "The file of `photo` can't be read: no such file or directory. Nothing was sent.",
        ),
    ],
)
def test_a_photo_that_is_another_by_now_is_not_sent(name, code, detail, tmp_path):
    (tmp_path / "ana.jpg").write_bytes(JPEG)
    changes = [
        create("employee", "1", department="1", photo=Secret("0" * 64, path=str(tmp_path / name))),
        create("employee", "2", department="1"),
    ]
    with serving() as (server, where), writer_of(where) as writer:
        assert told(writer.write(changes)) == [(Status.FAILED, code, detail), DONE]
        assert [row["pin"] for row in server.rows("persons")] == ["2"]


@pytest.mark.parametrize("text", ["1234567", "12a", "١٢"])
def test_a_device_password_is_up_to_six_digits(text):
    with serving() as (_, where), writer_of(where) as writer:
        (outcome,) = writer.write([create("employee", "1", department="1", device_password=Secret(text))])
    detail = "`device_password` is not 1 to 6 digits, which is what cvsecurity holds. Nothing was sent."
    assert told([outcome]) == [(Status.FAILED, "RC0206", detail)]


def test_large_photos_go_in_several_calls(tmp_path):
    content = JPEG + b"." * 2_000_000
    (tmp_path / "big.jpg").write_bytes(content)
    photo = photo_of(tmp_path / "big.jpg")
    changes = [create("employee", f"{number}", department="1", photo=photo) for number in (1, 2)]
    changes += [create("employee", f"{number}", department="1") for number in (3, 4)]
    with serving() as (server, where), writer_of(where) as writer:
        server.journal.clear()
        assert told(writer.write(changes)) == [DONE] * 4
        assert writes(server) == ["POST person/add", "POST v2/person/addPersons"]


def test_a_reply_that_is_lost_is_repeated_and_nobody_is_made_twice():
    with serving() as (server, where), writer_of(where) as writer:
        server.faults.add(Fault(effect="drop", method="POST", path="addPersons", nth=1, commit=True))
        changes = [create("employee", f"{number}", department="1") for number in (1, 2)]
        outcomes = writer.write(changes)
        assert {each.status for each in outcomes} == {Status.UNKNOWN}  # retries: 0
        assert [each.diagnostic.code for each in outcomes] == ["RC0702", "RC0702"]
        assert writer.find("employee", "1", ("department",)).values == {"department": "1"}
        assert told(writer.write(changes)) == [DONE, DONE]
        assert server.created_twice() == []


def test_who_comes_back_is_reinstated_with_all_that_is_wanted(site):
    server, where = site
    server.seed(
        {
            "persons": [
                {"pin": "7", "name": "Ana", "email": "old@example.org", "leaveDate": "2025-01-31", "leaveType": "1"},
                {"pin": "8", "name": "Ben"},
            ]
        }
    )
    changes = [
        create("employee", "7", department="OPS", first_name="Anna", email=None, access_levels=("Vault",)),
        create("employee", "9", department="OPS"),
    ]
    with writer_of(where) as writer:
        assert told(writer.write(changes)) == [DONE, DONE]
    found = person(server, "7")
    assert found.pop("door_levels") == ["d2"]
    assert found == {"pin": "7", "name": "Anna", "deptCode": "OPS"}


def test_a_bad_token_ends_everything_and_never_shows():
    with serving() as (server, where), writer_of(where) as writer:
        server.expire_tokens()
        changes = [create("employee", f"{number}", department="1") for number in (1, 2)]
        outcomes = writer.write(changes)
    assert [(each.status, each.diagnostic.code) for each in outcomes] == [(Status.FAILED, "RC0503")] * 2
    assert TOKEN not in repr(outcomes)


@pytest.mark.parametrize("effect", ["html", "status"])
def test_pages_of_proxies_leave_a_write_unknown(effect):
    with serving() as (server, where), writer_of(where) as writer:
        server.faults.add(Fault(effect=effect, status=502, path="person/add"))
        (outcome,) = writer.write([create("employee", "1", department="1")])
    assert (outcome.status, outcome.diagnostic.code) == (Status.UNKNOWN, "RC0702")


PARK = {"list": "allow", "from": "2026-01-01", "to": "2026-12-31"}


def test_vehicles_are_put_on_their_list_and_taken_off(site):
    server, where = site
    with writer_of(where) as writer:
        assert told(writer.write([update("vehicle", "B1", {}, **PARK)])) == [DONE]
        assert server.rows("parking") == [
            {"carNumber": "B1", "list": "white", "from": "2026-01-01", "to": "2026-12-31"}
        ]
        assert told(writer.write([update("vehicle", "B1", {}, list="block")])) == [DONE]
        assert server.rows("parking") == [{"carNumber": "B1", "list": "black"}]


def test_a_vehicle_that_can_not_be_added_again_is_edited():
    with serving() as (server, where), writer_of(where) as writer:
        server.seed({"parking": [{"carNumber": "B1", "list": "black"}]})
        server.faults.add(Fault(effect="code", code="-220", path="addBlackWhite"))
        server.journal.clear()
        assert told(writer.write([update("vehicle", "B1", {}, **PARK)])) == [DONE]
        assert writes(server) == ["POST parkAuthorize/addBlackWhite", "POST parkAuthorize/editBlackWhite"]
        assert [row["list"] for row in server.rows("parking")] == ["white"]


def test_what_no_call_can_do_is_not_sent():
    with serving() as (server, where), writer_of(where) as writer:
        server.journal.clear()
        (outcome,) = writer.write([create("area", "X", name="X")])
        assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0601")
        assert writes(server) == []

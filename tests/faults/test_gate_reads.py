"""Reads of a CVSecurity server that go wrong: what is not whole is unknown and never empty, and it is said; who is not
trusted gets no token."""

import subprocess
from pathlib import Path

import pytest
from fault_project import apply, run, write_objects
from gate_project import ANA, KEPT, PEOPLE, people, serving_gate, told, write_gate
from terminal_project import assert_settled

from reconciler.simulator import Fault

LISTED = "getPersonList"
COUNTED = "in v2/person/getPersonList, and its pages held 2. It was read 3 times."
OTHER = "may still be starting, a proxy may have answered in its place, or `url` or `system` of the target is wrong."


@pytest.mark.parametrize(
    ("fault", "code", "detail"),
    [
        (Fault(effect="status", status=502, path=LISTED), "RC0506", "The reason is in the server's own log."),
        (Fault(effect="html", path=LISTED), "RC0505", OTHER),
        (Fault(effect="garbage", path=LISTED), "RC0505", OTHER),
        (Fault(effect="miscount", rows=1, path=LISTED), "RC0602", f"The server counts 3 rows {COUNTED}"),
        (Fault(effect="miscount", rows=-1, path=LISTED), "RC0602", f"The server counts 1 row {COUNTED}"),
        (
            Fault(effect="cut", rows=1, path=LISTED),
            "RC0602",
            f"The server counts 2 rows {COUNTED.replace('held 2', 'held 1')}",
        ),
    ],
    ids=["502", "html", "garbage", "more", "less", "cut"],
)
def test_a_list_of_people_that_can_not_be_had_whole(fault: Fault, code: str, detail: str, tmp_path: Path) -> None:
    """Nobody is created again, and nobody who is not in the files is deleted."""
    with serving_gate() as server:
        root = write_gate(tmp_path, server)
        assert apply(root).status == 0
        write_objects(root, {**PEOPLE, "employees": [ANA]})
        server.faults.add(fault)
        ran = apply(root)
        ((found, _, said),) = told(ran)
        assert (ran.status, ran.document["complete"], ran.document["resource_changes"]) == (1, False, [])
        assert (found, said.endswith(detail)) == (code, True), said
        assert people(server) == KEPT
        server.faults.clear()
        assert (apply(root).status, people(server)) == (0, {"7": KEPT["7"]})


@pytest.mark.parametrize("change", ["delete", "insert"])
def test_a_page_that_shifts(change: str, tmp_path: Path) -> None:
    """Somebody comes or goes while 1,003 people are read: the list is read again, and is whole."""
    with serving_gate() as server:
        server.generate(employees=1_003, departments=1)
        unit = {"code": "D0001", "name": server.rows("departments")[1]["name"]}
        ana = {"code": "000500", "first_name": "Ana", "department": "D0001"}
        root = write_gate(tmp_path, server, {"departments": [unit], "employees": [ana]}, prune={"employees": "all"})
        server.faults.add(Fault(effect="shift", path=LISTED, nth=1, change=change))
        ran = run(root, "plan", "--json")
        left = {row["pin"] for row in server.rows("persons")}
        assert server.calls("POST", f"/api/v2/person/{LISTED}") == 4
    addresses = [each["address"].split("/") for each in ran.document["resource_changes"]]
    deleted = {key for _, kind, key in addresses if kind == "employee"} - {"000500"}
    assert (ran.document["complete"], deleted) == (True, left - {"000500"})
    assert len(left) == (1_002 if change == "delete" else 1_004)


def test_messages_in_another_language_change_nothing(tmp_path: Path) -> None:
    with serving_gate(switches={"message_language": "zh", "message_member": "msg", "success_code": 1}) as server:
        root = write_gate(tmp_path, server)
        assert (apply(root).status, people(server)) == (0, KEPT)
        assert_settled(root)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate that a server signed by itself, as they come: cert.pem and key.pem."""
    folder = tmp_path_factory.mktemp("gate")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem")
    name = ("-subj", "/CN=gate", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "60")
    command = ("openssl", "req", "-x509", *kind, "-out", "cert.pem", *name)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def fingerprint(certificate: Path) -> str:
    command = ("openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(certificate / "cert.pem"))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.partition("=")[2].strip()


def findings(root: Path) -> dict[str, str]:
    seen = run(root, "doctor", "--json").document["targets"]["gate"]["findings"]
    return {each["about"]: each["value"] for each in seen}


def test_a_certificate_of_its_own_is_refused_until_it_is_named(certificate: Path, tmp_path: Path) -> None:
    secured = {"certificate": certificate / "cert.pem", "key": certificate / "key.pem"}
    with serving_gate(**secured) as server:
        root = write_gate(tmp_path, server)
        ran = run(root, "plan", "--json")
        place = server.url.removeprefix("https://")
        assert (ran.status, ran.document["complete"], server.journal.calls()) == (1, False, 0)
        assert told(ran) == [("RC0502", None, untrusted(place))]
        seen = findings(root)
        assert seen["certificate"].startswith("not trusted: self-signed certificate, until ")
        assert seen["fingerprint"] == f"SHA-256 {fingerprint(certificate)}"
        assert server.journal.calls() == 0

        write_gate(root, server, tls={"ca_file": str(certificate / "cert.pem")})
        assert (apply(root).status, people(server)) == (0, KEPT)
        seen = findings(root)
        assert seen["certificate"].startswith("trusted, until ")
        assert seen["fingerprint"] == f"SHA-256 {fingerprint(certificate)}"
        assert_settled(root)


def untrusted(place: str) -> str:
    return (
        f"The certificate of {place} is not trusted: self-signed certificate. Nothing was sent. Either the server's "
        "certificate comes from an authority that this machine does not know, or somebody stands between. Look at it "
        f"with `openssl s_client -connect {place} -showcerts`, compare its fingerprint with the one that the server's "
        "administrator reads out, and name the file with the certificate of its authority in the target's "
        "`tls.ca_file`."
    )

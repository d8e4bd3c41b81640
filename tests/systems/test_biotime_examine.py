"""What doctor is told of a server of the BioTime family."""

import pytest

from reconciler.model.diagnostic import Span
from reconciler.model.examination import Examined, Finding
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Object
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret
from reconciler.simulator import Fault, Server
from reconciler.systems.base import Aim
from reconciler.systems.biotime.examine import examine
from reconciler.transport.failure import Failure

SPAN = Span("org.yaml", 1, 1)
TITLE = 'no call tells it; /api/docs/ has the title "{}"'


def target(server: Server, system: str = "biotime", scheme: str = "token", company: str | None = None) -> Target:
    auth = Auth(username="admin", password=Secret("admin"), scheme=scheme)
    return Target(name="hq", system=system, url=server.url, span=SPAN, auth=auth, retries=0, company=company)


def managing(*kinds: str, **employee: object) -> Aim:
    """What a target manages, with one employee who has these values."""
    ana = Object(kind="employee", key="007", values=employee, span=SPAN)
    return Aim(Desired("hq", {kind: {"007": ana} if kind == "employee" else {} for kind in kinds}))


def values(examined: Examined) -> dict[str, str]:
    return {each.about: each.value for each in examined.findings}


def problems(examined: Examined) -> dict[str, str]:
    return {kind: listing.problem.code for kind, listing in examined.listings.items() if listing.problem is not None}


def test_what_it_is_and_holds():
    with Server("biotime-8.5") as server:
        examined = examine(target(server), managing(*KINDS))
        assert server.journal.calls(method="POST") == 1  # the login
    assert examined == Examined(
        (
            Finding("login", "accepted"),
            Finding("version", TITLE.format("BIOTIME API DOCS")),
            Finding("licence", "has the API module"),
            Finding("departments", "1"),
            Finding("areas", "1"),
            Finding("positions", "1"),
            Finding("employees", "0"),
            Finding("resignations", "0"),
        )
    )


@pytest.mark.parametrize(
    ("profile", "system", "other"),
    [
        ("utimemaster-9.0", "biotime", "utimemaster"),
        ("zkbiotime", "biotime", "zkbiotime"),
        ("zkbiotime", "zkbiotime", None),
        ("biotime-8.5", "utimemaster", None),  # a title without a product's name of its own says nothing
    ],
)
def test_a_server_that_calls_itself_another_system(profile, system, other):
    with Server(profile) as server:
        found = {each.about: each for each in examine(target(server, system), Aim()).findings}
    advice = f"The target says `system: {system}`, and this is the name of `{other}`. Correct it if it is that."
    assert found["version"].advice == (advice if other else None)


def test_a_licence_that_lacks_the_module():
    with Server("biotime-8.5", switches={"licence_gate": True}) as server:
        gated = examine(target(server), managing("department", "area", "position", "employee"))
        basic = examine(target(server, scheme="basic"), Aim())
    assert values(gated)["licence"] == "may lack the API module"
    assert problems(gated) == dict.fromkeys(("department", "area", "position", "employee"), "RC0504")
    assert [each.advice for each in gated.findings] == [None] * len(gated.findings)
    assert values(basic)["licence"] == "not known: a Basic login passes with and without the API module"
    assert basic.listings == {}


def test_a_kind_that_is_not_managed_and_can_not_be_read_is_advice_only():
    with Server("biotime-8.5") as server:
        server.faults.add(Fault(effect="status", status=403, path="/personnel/api/positions/"))
        examined = examine(target(server), managing("department"))
    told = {each.about: each for each in examined.findings}["positions"]
    assert told.value == "can't be read"
    assert told.advice.startswith("The server does not let this account read with a Token login.")


@pytest.mark.parametrize(("asked", "found"), [({"resigned.type": "quit"}, {"employee": "RC0601"}), ({"city": "x"}, {})])
def test_resignations_are_missed_where_the_files_ask_for_them(asked, found):
    with Server("biotime-8.0") as server:
        examined = examine(target(server), managing("employee", **asked))
    said = "none: this version has no such call, so that `resigned` can't be managed"
    assert (values(examined)["resignations"], problems(examined)) == (said, found)


@pytest.mark.parametrize(("company", "value", "found"), [("1", "1", {}), ("77", "not clear", {"department": "RC0601"})])
def test_which_company_is_managed(company, value, found):
    with Server("zkbiotime-company") as server:
        examined = examine(target(server, "zkbiotime", company=company), Aim())
    assert (values(examined)["company"], problems(examined)) == (value, found)


@pytest.mark.parametrize("path", ["/personnel/", "/api-token-auth/"])
def test_a_server_that_only_shows_pages_was_not_logged_in_to(path):
    with Server("biotime-8.5") as server:
        server.faults.add(Fault(effect="html", path=path))
        with pytest.raises(Failure) as senseless:
            examine(target(server), Aim())
    assert senseless.value.code == "RC0505"

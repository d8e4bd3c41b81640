"""One target that can't be reached does not stop the others."""

from pathlib import Path

from fault_project import (
    ORGANISATION,
    apply,
    changes,
    complaints,
    run,
    serving,
    state,
    target,
    write_objects,
    write_project,
)

from reconciler.simulator import Fault, Server

DEAD = "http://127.0.0.1:1"
DETAIL = (
    "The target porto (127.0.0.1:1) can't be reached: the connection was refused. Check `url` with its port, and that "
    "the server runs. Nothing was sent."
)


def test_one_of_three_is_down(tmp_path: Path) -> None:
    with serving() as lisbon, serving("zkbiotime") as braga:
        targets = {
            "lisbon": target(lisbon),
            "porto": {"system": "biotime", "url": DEAD},
            "braga": target(braga, "zkbiotime"),
        }
        root = write_project(tmp_path / "project", targets, ORGANISATION)
        plan = run(root, "plan", "--json")
        assert (plan.status, plan.document["complete"]) == (1, False)
        assert complaints(plan) == [("RC0501", None, DETAIL)]
        by_target = {name: part["complete"] for name, part in plan.document["targets"].items()}
        assert by_target == {"lisbon": True, "porto": False, "braga": True}
        assert plan.document["summary"]["create"] == 10

        ran = apply(root)
        assert (ran.status, ran.document["complete"]) == (4, False)
        assert complaints(ran) == [("RC0501", None, DETAIL)]
        assert ran.document["summary"] == {"done": 10, "failed": 0, "skipped": 0, "unknown": 0}
        assert [len(server.rows("employees")) for server in (lisbon, braga)] == [2, 2]

        again = apply(root)  # nothing is left to do, and the run was not complete all the same
        assert (again.status, again.document["outcomes"]) == (4, [])

        with serving() as porto:
            write_project(root, targets | {"porto": target(porto)}, ORGANISATION)
            assert (apply(root).status, changes(root)) == (0, [])
            assert len(porto.rows("employees")) == 2


def test_a_target_that_goes_down_between_plan_and_writes(tmp_path: Path) -> None:
    """Its changes fail, those of the other are done; the state knows what is where."""
    with serving() as lisbon, serving() as porto:
        targets = {"lisbon": target(lisbon), "porto": target(porto)}
        root = write_project(tmp_path / "project", targets, ORGANISATION)
        porto.faults.add(Fault(effect="drop", path="/api-token-auth/", nth=2, count=1000))
        ran = apply(root)
        assert ran.status == 4
        assert ran.document["targets"]["lisbon"]["done"] == 5
        assert ran.document["targets"]["porto"]["done"] == 0
        assert porto.rows("employees") == []
        porto.faults.clear()
        assert (apply(root).status, changes(root)) == (0, [])
        assert (lisbon.created_twice(), porto.created_twice()) == ([], [])


def test_two_selections_of_one_server_do_not_delete_what_moves_between_them(tmp_path: Path, server: Server) -> None:
    """For the one target the person is gone, for the other one arrived: the server has to keep her."""
    selections = {name: target(server, select={"areas": [name]}) for name in ("A", "B")}
    units = {
        "departments": [{"code": "10", "name": "Ops"}],
        "areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    }

    def people(ana: str) -> list[dict[str, object]]:
        where = {"ana": ana, "ben": "A", "eva": "B"}
        return [{"code": code, "department": "10", "areas": [area]} for code, area in where.items()]

    root = write_project(tmp_path / "two", selections, {**units, "employees": people("A")}, concurrency=1)
    assert apply(root).status == 0
    number = {row["emp_code"]: row["id"] for row in server.rows("employees")}["ana"]
    write_objects(root, {**units, "employees": people("B")})
    ran = run(root, "plan", "--json")
    assert [(each["address"], *each["change"]["actions"]) for each in ran.document["resource_changes"]] == [
        ("A/employee/ana", "no-op"),
        ("B/employee/ana", "update"),
    ]
    apply(root)
    assert {row["emp_code"]: row["id"] for row in server.rows("employees")}["ana"] == number
    assert "A/employee/ana" not in state(root)["entries"]

"""`reconciler apply`: it shows, asks, applies, verifies; and every exit status of it."""

from pathlib import Path

import pytest
from command_line import Project, serving

from reconciler.simulator import Fault
from reconciler.state.lock import hold

QUESTION = "Apply these changes? Only yes applies them: "
DONE = "Applied: 5 created.\nVerified: the targets were read again and hold what was written.\n"
PERSONNEL = "/personnel/*"


def writes(project: Project) -> int:
    return sum(project.server.calls(method, PERSONNEL) for method in ("POST", "PATCH", "PUT", "DELETE"))


@pytest.mark.parametrize("answer", ["yes\n", "y\n", " YES \n"])
def test_yes_applies(project: Project, answer: str) -> None:
    ran = project.run("apply", typed=answer)
    assert (ran.status, ran.err) == (0, QUESTION)
    assert ran.out.endswith("\n\n" + DONE)
    assert project.run("plan", "--detailed-exitcode").status == 0


@pytest.mark.parametrize("answer", ["no\n", "\n", "yess\n", "ja\n"])
def test_any_other_answer_applies_nothing(project: Project, answer: str) -> None:
    ran = project.run("apply", typed=answer)
    assert (ran.status, ran.err) == (1, QUESTION + "Nothing was applied.\n")
    assert writes(project) == 0


def test_no_answer_at_all_applies_nothing(project: Project) -> None:
    ran = project.run("apply", typed="")
    assert (ran.status, ran.err) == (1, QUESTION + "\nNothing was applied.\n")
    assert writes(project) == 0


def test_without_a_terminal_nobody_is_asked_and_nothing_applied(project: Project) -> None:
    ran = project.run("apply")
    assert ran.status == 1
    assert ran.err == (
        "Error: There is nobody to ask, since the input is not a terminal. Nothing was applied. Add --auto-approve to "
        "apply without a question.\n"
    )
    assert writes(project) == 0


def test_without_a_terminal_an_empty_plan_needs_no_answer(applied: Project) -> None:
    assert applied.run("apply") == (0, "No changes. The targets hold what the files say; 5 unchanged.\n", "")


def test_auto_approve_applies_without_a_question(project: Project) -> None:
    ran = project.run("apply", "--auto-approve")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("\n\n" + DONE)


def test_adoption_is_told_of(applied: Project) -> None:
    (applied.root / ".reconciler/state.json").unlink()
    ran = applied.run("apply")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("5 to adopt; 0 unchanged.\n\nApplied: 5 adopted.\n")


def test_json_is_one_document_and_nothing_else(project: Project) -> None:
    ran = project.run("apply", "--auto-approve", "--json")
    document = ran.document
    assert ran.status == 0
    assert (document["applied"], document["verified"], document["diagnostics"]) == (True, True, [])
    assert [(each["address"], each["status"]) for each in document["outcomes"]] == [
        ("hq/department/10", "done"),
        ("hq/area/HQ", "done"),
        ("hq/department/20", "done"),
        ("hq/employee/1e3", "done"),
        ("hq/employee/007", "done"),
    ]


def test_json_cannot_ask(project: Project) -> None:
    ran = project.run("apply", "--json", typed="yes\n")
    assert (ran.status, ran.codes()) == (1, ["RC0901"])
    assert project.server.calls() == 0


def test_the_options_of_a_plan_work_here_too(project: Project) -> None:
    ran = project.run("apply", "--auto-approve", "--json", "--select", "hq/department/*", "--exclude", "*/20")
    assert [each["address"] for each in ran.document["outcomes"]] == ["hq/department/10"]


# A saved plan


@pytest.fixture
def saved(project: Project) -> str:
    path = project.path("saved.plan")
    assert project.run("plan", "--out", path).status == 0
    return path


def test_a_saved_plan_is_applied_as_it_is(project: Project, saved: str) -> None:
    ran = project.run("apply", "--auto-approve", saved)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("\n\n" + DONE)


def test_a_saved_plan_is_asked_about_too(project: Project, saved: str) -> None:
    assert project.run("apply", saved, typed="no\n").status == 1
    assert project.run("apply", saved, typed="yes\n").status == 0


@pytest.mark.parametrize("option", [("--select", "*"), ("--exclude", "*"), ("--allow-deletes", "0")])
def test_a_saved_plan_takes_no_other_options(project: Project, saved: str, option: tuple[str, str]) -> None:
    ran = project.run("apply", "--auto-approve", saved, *option)
    assert ran.status == 1
    assert ran.err.startswith("Error: A saved plan is applied as it is")
    assert writes(project) == 0


def test_a_plan_is_stale_when_an_object_of_it_moved(project: Project, saved: str) -> None:
    project.server.seed({"areas": [{"code": "HQ", "name": "Elsewhere"}]})
    ran = project.run("apply", "--auto-approve", saved)
    assert (ran.status, ran.out) == (5, "")
    assert ran.err.splitlines() == [
        "Error: The saved plan is stale (RC0807)",
        "  org.yaml:5:5  hq/area/HQ",
        "    5 |   - {code: HQ, name: Headquarters}",
        "      |     ^",
        "  Since the plan was saved this area has moved: the plan says that it is created, and now it would",
        "  be updated. Run plan again.",
        "",
        "1 error.",
        "Nothing was applied.",
    ]
    assert writes(project) == 0


def test_a_plan_is_stale_when_the_files_changed(project: Project, saved: str) -> None:
    project.replace("org.yaml", "Headquarters", "Head office")
    ran = project.run("apply", "--auto-approve", "--json", saved)
    assert (ran.status, ran.codes()) == (5, ["RC0807"])


def test_a_saved_plan_of_a_server_that_is_down_is_not_called_stale(project: Project, saved: str) -> None:
    project.server.stop()
    ran = project.run("apply", "--auto-approve", saved)
    assert ran.status == 1
    assert "RC0501" in ran.out
    assert ran.err == "Nothing was applied.\n"
    assert project.run("apply", "--auto-approve", "--json", saved).document["applied"] is False


@pytest.mark.parametrize("text", ["", "{}", "version: 1\n"])
def test_what_is_no_plan_is_refused(project: Project, text: str) -> None:
    project.write("some.plan", text)
    ran = project.run("apply", "--auto-approve", "--json", project.path("some.plan"))
    assert (ran.status, ran.codes()) == (1, ["RC0806"])


# Exit statuses


def test_1_when_the_files_are_wrong(project: Project) -> None:
    project.replace("org.yaml", "Headquarters", "[]")
    ran = project.run("apply", "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0203"])
    assert project.server.calls() == 0


def test_1_when_the_login_is_refused(project: Project) -> None:
    ran = project.run("apply", "--auto-approve", "--json", environment={"HQ_PASSWORD": "wrong"})
    assert (ran.status, ran.codes()) == (1, ["RC0503"])
    assert project.server.calls("POST", "*token*") == 1


def test_1_when_every_change_failed(project: Project) -> None:
    project.server.faults.add(Fault(effect="status", status=400, method="POST", path="/personnel/"))
    ran = project.run("apply", "--auto-approve")
    assert ran.status == 1
    assert "\nNothing was applied: of 5 changes 2 failed, 3 skipped.\n" in ran.out


def test_3_when_a_limit_refuses(applied: Project) -> None:
    applied.replace("reconciler.yaml", "targets:", "limits: {delete: 0}\ntargets:")
    lines = (applied.root / "org.yaml").read_text().splitlines()
    applied.write("org.yaml", "\n".join(lines[:-1]) + "\n")
    before = writes(applied)
    ran = applied.run("apply", "--auto-approve")
    assert (ran.status, ran.err) == (3, "Nothing was applied: the errors above say why, and what to do.\n")
    document = applied.run("apply", "--auto-approve", "--json").document
    assert (document["applied"], [each["code"] for each in document["diagnostics"]]) == (False, ["RC0603"])
    assert writes(applied) == before
    assert applied.run("apply", "--auto-approve", "--allow-deletes", "1").status == 0


def test_3_when_a_protected_object_would_go(project: Project) -> None:
    project.replace("org.yaml", "first_name: Ben,", "first_name: Ben, lifecycle: {prevent_delete: true},")
    project.apply()
    lines = (project.root / "org.yaml").read_text().splitlines()
    project.write("org.yaml", "\n".join(lines[:-1]) + "\n")
    ran = project.run("apply", "--auto-approve", "--allow-deletes", "1", "--json")
    assert (ran.status, ran.codes()) == (3, ["RC0605"])


def test_4_when_a_change_failed_and_another_did_not(project: Project) -> None:
    project.server.faults.add(Fault(effect="status", status=400, method="POST", path="/areas/"))
    ran = project.run("apply", "--auto-approve")
    assert ran.status == 4
    assert "\nApplied in part: of 5 changes 2 done, 1 failed, 2 skipped.\n" in ran.out


def test_4_when_a_value_reads_back_differently(tmp_path: Path) -> None:
    with serving(switches={"dropped_fields": ["mobile"]}) as server:
        ran = Project(tmp_path, server).run("apply", "--auto-approve", "--json")
    assert (ran.status, ran.document["verified"]) == (4, False)
    assert ran.codes() == ["RC0703"]


def test_4_when_one_of_two_targets_is_down(project: Project) -> None:
    with serving() as other:
        url = other.url
    text = (project.root / "reconciler.yaml").read_text()
    hq = text[text.index("  hq:") :]
    project.write("reconciler.yaml", text + hq.replace("hq:", "lab:", 1).replace(project.server.url, url))
    ran = project.run("apply", "--auto-approve")
    assert ran.status == 4
    assert "\nIncomplete: lab was not read completely, so not all that the files ask for was applied.\n" in ran.out


def test_6_when_somebody_else_applies(project: Project) -> None:
    path = project.root / ".reconciler/state.json.lock"
    path.parent.mkdir()
    with hold(path, "the state", "apply", "run 17"):
        ran = project.run("apply", "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (6, ["RC0804"])
    assert "run 17" in ran.document["diagnostics"][0]["detail"]
    assert project.server.calls() == 0


def test_1_when_the_state_cannot_be_had(project: Project) -> None:
    project.replace("reconciler.yaml", "targets:", "state: {backend: local, path: org.yaml/state.json}\ntargets:")
    ran = project.run("apply", "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0801"])
    assert project.server.calls() == 0


def test_a_saved_plan_that_is_not_there(project: Project) -> None:
    ran = project.run("apply", "--auto-approve", "no.plan")
    assert (ran.status, ran.out) == (1, "")
    assert "no.plan can't be read: no such file or directory." in ran.err

"""`reconciler plan`: what it prints, saves and answers; it changes nothing."""

import stat

import msgspec
import pytest
from command_line import Project

EVERYTHING = """\
+ create

hq (biotime, {url}): 5 to create

  + department 10  Operations   org.yaml:2
  + department 20  Night shift  org.yaml:3
      parent 10

  + area HQ  Headquarters  org.yaml:5

  + employee 007  Ana Silva  org.yaml:7
      department 20, areas [HQ]
  + employee 1e3  Ben        org.yaml:8
      first_name Ben, department 10, areas [HQ], mobile "912 000 111"

Plan: 5 to create, 0 to update, 0 to delete; 0 unchanged.
"""


def addresses(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [change["address"] for change in document["resource_changes"]]


def test_the_plan_goes_to_standard_output_and_nothing_is_changed(project: Project) -> None:
    ran = project.run("plan")
    assert ran == (0, EVERYTHING.format(url=project.server.url), "")
    assert project.server.calls("POST", "/personnel/*") == 0
    assert sorted(path.name for path in (project.root / ".reconciler").iterdir()) == ["cache"]


def test_json_is_one_document_and_nothing_else(project: Project) -> None:
    ran = project.run("plan", "--json")
    document = ran.document
    assert ran.status == 0
    assert document["summary"] == {"create": 5, "update": 0, "delete": 0, "adopt": 0, "forget": 0, "unchanged": 0}
    assert (document["complete"], document["errored"], document["applyable"]) == (True, False, True)
    assert addresses(document)[0] == "hq/department/10"


def test_detailed_exitcode(project: Project) -> None:
    assert project.run("plan", "--detailed-exitcode").status == 2
    project.apply()
    assert project.run("plan", "--detailed-exitcode") == (
        0,
        "No changes. The targets hold what the files say; 5 unchanged.\n",
        "",
    )


def test_adoption_alone_is_no_change(applied: Project) -> None:
    (applied.root / ".reconciler/state.json").unlink()
    ran = applied.run("plan", "--detailed-exitcode")
    assert ran.status == 0
    assert ran.out.endswith("\nNo changes. No target is written to; 5 to adopt; 0 unchanged.\n")


def test_out_saves_the_plan_for_its_owner_only(project: Project) -> None:
    ran = project.run("plan", "--out", project.path("a plan"))
    assert ran.out == EVERYTHING.format(url=project.server.url)
    assert ran.err == f"The plan is saved. To carry out exactly this: reconciler apply '{project.path('a plan')}'\n"
    saved = project.root / "a plan"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert msgspec.json.decode(saved.read_bytes())["format_version"] == "1.2"


def test_out_beside_json_is_the_same_document(project: Project) -> None:
    ran = project.run("plan", "--json", "--out", project.path("saved"))
    saved = msgspec.json.decode((project.root / "saved").read_bytes())
    assert saved["resource_changes"] == ran_changes(ran.out)


def ran_changes(out: str) -> object:
    return msgspec.json.decode(out)["resource_changes"]


def test_a_plan_that_cannot_be_saved_is_an_error(project: Project) -> None:
    ran = project.run("plan", "--out", project.path("org.yaml/inside"))
    assert ran.status == 1
    assert "Error: The saved plan can't be used (RC0806)" in ran.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--select", "hq/area/*"), ["hq/area/HQ"]),
        # what a selected employee needs created comes along
        (("--select", "*/1e3"), ["hq/department/10", "hq/area/HQ", "hq/employee/1e3"]),
        (("--select", "hq/department/*", "--select", "*/HQ"), ["hq/department/10", "hq/area/HQ", "hq/department/20"]),
        (("--exclude", "hq/employee/*"), ["hq/department/10", "hq/area/HQ", "hq/department/20"]),
        (("--select", "hq/department/*", "--exclude", "*/20"), ["hq/department/10"]),
    ],
)
def test_select_and_exclude(project: Project, options: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(addresses(project.run("plan", "--json", *options).document)) == sorted(expected)


@pytest.mark.parametrize("option", ["--select", "--exclude"])
def test_a_glob_that_matches_nothing_is_an_error(applied: Project, option: str) -> None:
    ran = applied.run("plan", option, "lab/*")
    assert ran.status == 1
    assert ran.out.splitlines()[2:5] == [
        "Error: Nothing is selected (RC0609)",
        '  No object\'s address matches "lab/*". Addresses are target/kind/key, such as hq/employee/1001.',
        "",
    ]


def test_a_narrowed_plan_never_says_that_all_is_well(applied: Project) -> None:
    ran = applied.run("plan", "--select", "hq/area/*")
    assert ran == (
        0,
        'Narrowed by --select "hq/area/*": other objects are not in this plan.\n\nNo changes in what is selected.\n',
        "",
    )


def test_a_hint_is_given_only_for_what_is_in_the_plan(applied: Project) -> None:
    applied.replace("org.yaml", "code: 1e3", "code: 1e4")
    applied.replace("org.yaml", "first_name: Ben", "first_name: Ben, last_name: Roth, birthday: 1990-01-02")
    applied.change_row("employees", 1, last_name="Roth", birthday="1990-01-02")
    assert "RC0607" in applied.run("plan").out
    assert "RC0607" not in applied.run("plan", "--select", "hq/area/*").out


def emptied(applied: Project) -> Project:
    """The files hold no employee any more."""
    lines = (applied.root / "org.yaml").read_text().splitlines()
    applied.write("org.yaml", "\n".join(lines[:5]) + "\n")
    return applied


def test_a_refused_plan_is_printed_and_names_the_way_out(applied: Project) -> None:
    ran = emptied(applied).run("plan")
    assert ran.status == 3
    assert "Plan: 0 to create, 0 to update, 2 to delete; 3 unchanged.\n" in ran.out
    assert "If all of it is meant, say --allow-deletes 2." in " ".join(ran.out.split())
    assert ran.err == "An apply would refuse this plan: the errors say why, and what to do.\n"


def test_allow_deletes_consents_to_exactly_that_many(applied: Project) -> None:
    emptied(applied)
    assert applied.run("plan", "--allow-deletes", "2").status == 0
    assert applied.run("plan", "--allow-deletes", "1").status == 3
    assert applied.run("plan", "--allow-deletes", "3").status == 3


def test_allow_changes_consents_to_exactly_that_many(applied: Project) -> None:
    applied.replace("reconciler.yaml", "targets:", "limits: {change: 0}\ntargets:")
    applied.replace("org.yaml", "first_name: Ana", "first_name: Eva")
    refused = applied.run("plan", "--json")
    assert (refused.status, refused.codes()) == (3, ["RC0604"])
    assert refused.document["applyable"] is False
    assert applied.run("plan", "--allow-changes", "1").status == 0
    assert applied.run("plan", "--allow-changes", "2").status == 3


def test_a_target_that_cannot_be_read_makes_the_plan_incomplete(project: Project) -> None:
    project.server.stop()
    ran = project.run("plan")
    assert ran.status == 1
    assert ran.out.endswith(
        "\nIncomplete: hq was not read completely, so this is not the whole plan.\nNothing could be compared.\n"
    )
    document = project.run("plan", "--json").document
    assert (document["complete"], document["applyable"]) == (False, False)
    assert [each["code"] for each in document["diagnostics"]] == ["RC0501"]


def test_a_missing_secret_is_named_with_its_place(project: Project) -> None:
    ran = project.run("plan", "--json", environment={"HQ_PASSWORD": ""})
    assert (ran.status, ran.codes()) == (1, ["RC0406"])
    assert ran.document["diagnostics"][0]["source"] == {"file": "reconciler.yaml", "line": 7, "column": 44}


def test_warnings_of_the_files_are_in_the_json_too(project: Project) -> None:
    project.replace("reconciler.yaml", project.server.url, "http://hq.invalid")
    ran = project.run("plan", "--json")
    assert ran.codes() == ["RC0407", "RC0501"]


def test_a_plan_that_can_not_be_saved_is_an_error_of_the_one_document(project: Project) -> None:
    ran = project.run("plan", "--json", "--out", "nowhere/the.plan")
    assert (ran.status, ran.err) == (1, "")
    assert [each["code"] for each in ran.document["diagnostics"]] == ["RC0806"]

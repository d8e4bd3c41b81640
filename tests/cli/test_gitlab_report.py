"""`plan --gitlab FILE`: what the merge request's widget reads."""

from command_line import Project


def test_the_three_numbers(applied: Project) -> None:
    applied.replace("org.yaml", "Ana", "Anna")
    applied.replace("org.yaml", "areas:\n", 'areas:\n  - {code: "0", name: Yard}\n')
    ran = applied.run("plan", "--json", "--gitlab", applied.path("numbers.json"))
    assert ran.status == 0
    assert (applied.root / "numbers.json").read_text("utf-8") == '{"create":1,"update":1,"delete":0}\n'


def test_a_place_that_can_not_be_written(applied: Project) -> None:
    ran = applied.run("plan", "--gitlab", applied.path("nowhere/numbers.json"))
    assert ran.status == 1
    assert ran.err.endswith("nowhere/numbers.json can't be written: no such file or directory.\n")

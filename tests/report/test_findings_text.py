"""Doctor's text for many targets: the worst first, alike ones together, and nothing left out of the count."""

from collections.abc import Sequence

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error, warning
from reconciler.model.examination import Condition, Examination, Finding
from reconciler.model.project import Target
from reconciler.report.findings import count_conditions, examinations_document, render_examinations


def terminal(
    number: int,
    *findings: Finding,
    problems: Sequence[Diagnostic] = (),
    complaints: Sequence[Diagnostic] = (),
    firmware: str = "v3.11",
) -> Examination:
    name, url = f"d{number}", f"http://10.0.0.{number}"
    target = Target(name=name, system="device", url=url, span=Span("doors.yaml", number, 5))
    usual = (Finding("address", url), Finding("firmware", firmware), Finding("users", f"{number} of 5,000"))
    return Examination(target, (*usual, *findings), tuple(problems), tuple(complaints))


def lost(number: int) -> Examination:
    detail = (
        f"The target d{number} (10.0.0.{number}:80) can't be reached: no route to host. Check `url` and the network."
    )
    return terminal(number, problems=[error("RC0501", detail, source=Span("doors.yaml", number, 5))])


def unable(number: int) -> Examination:
    detail = f"`access` is asked for, and d{number} has no hardware for that: it lacks access control. Leave it out."
    told = error(
        "RC0601", detail, source=Span("profiles.yaml", 3, 9), address=Address(f"d{number}", "settings", "access")
    )
    return terminal(number, complaints=[told])


def late(number: int, seconds: int) -> Examination:
    return terminal(
        number, Finding("clock", f"{seconds} s behind in UTC", "That is more than 30 s. The next apply sets it.")
    )


FLEET = [
    terminal(1),
    lost(2),
    unable(3),
    late(4, 31),
    unable(5),
    terminal(6, firmware="v3.09"),
    late(7, 600),
    lost(8),
    terminal(9),
    terminal(10),
]


def test_a_fleet_is_told_in_groups_the_worst_first() -> None:
    assert (
        render_examinations(FLEET, color=False)
        == """\
d2 (device, http://10.0.0.2)
  Error: The target can't be reached (RC0501)
    doors.yaml:2:5
      The target d2 (10.0.0.2:80) can't be reached: no route to host. Check `url` and the network.
  The same is true of d8.

d3 (device, http://10.0.0.3)
  Error: The target can't do this (RC0601)
    profiles.yaml:3:9  d3/settings/access
      `access` is asked for, and d3 has no hardware for that: it lacks access control. Leave it out.
  The same is true of d5.

d4 (device, http://10.0.0.4)
  clock  31 s behind in UTC
         That is more than 30 s. The next apply sets it.
  The same advice holds for d7.

device: 8 examined, 4 in order
  In order: d1, d6, d9 and d10. The project asks nothing that it can't do.
  firmware  v3.11 on 7 of them; v3.09 on d6
  -v, or naming a target, shows all that was found.

10 targets: 2 not examined, 2 with errors, 2 with advice, 4 in order.
"""
    )


def test_everything_is_shown_of_each_when_wanted() -> None:
    text = render_examinations(FLEET, color=False, everything=True)
    titles = [line for line in text.splitlines() if line.startswith("d")]
    assert [title.partition(" ")[0] for title in titles] == [
        "d2",
        "d8",
        "d3",
        "d5",
        "d4",
        "d7",
        "d1",
        "d6",
        "d9",
        "d10",
    ]
    assert text.count("firmware") == 10
    assert text.count("The project asks nothing that it can't do.") == 6
    assert text.endswith("\n\n10 targets: 2 not examined, 2 with errors, 2 with advice, 4 in order.\n")


def test_a_thousand_terminals_that_are_in_order_take_a_few_lines() -> None:
    text = render_examinations([terminal(number) for number in range(1000)], color=False)
    assert text.splitlines()[0] == "device: 1,000 examined, 1,000 in order"
    assert "d19 and 980 more." in " ".join(text.split())
    assert len(text.splitlines()) == 7
    assert text.endswith("\n1,000 targets: 1,000 in order.\n")


def test_different_errors_on_many_are_each_told_and_in_full_on_the_first() -> None:
    found = [terminal(n, complaints=[error("RC0601", f"Reason {'x' * n}.")]) for n in range(1, 31)]
    text = render_examinations(found, color=False)
    assert text.count("Reason x") == 30
    assert text.count("  users ") == 20


def test_of_many_complaints_of_one_target_the_first_are_shown_and_the_others_counted() -> None:
    told = [error("RC0601", f"Reason {n}.", source=Span("people.yaml", n, 3)) for n in range(1, 8)]
    told.append(warning("RC0601", "A warning."))
    one = terminal(1, complaints=told)
    assert one.condition is Condition.ERRORS
    text = render_examinations([one], color=False)
    assert (
        text
        == """\
d1 (device, http://10.0.0.1)
  address   http://10.0.0.1
  firmware  v3.11
  users     1 of 5,000
  Error: The target can't do this (RC0601)
    people.yaml:1:3
      Reason 1.
    people.yaml:2:3
      Reason 2.
    people.yaml:3:3
      Reason 3.
    people.yaml:4:3
      Reason 4.
    people.yaml:5:3
      Reason 5.
    … and 2 more errors with RC0601: -v shows them.
  Warning: The target can't do this (RC0601)
      A warning.

1 target: 1 with errors.
"""
    )
    assert "Reason 7." in render_examinations([one], color=False, everything=True)


def test_a_warning_alone_is_advice() -> None:
    assert terminal(1, complaints=[warning("RC0601", "It is left out.")]).condition is Condition.ADVICE


def test_what_a_target_says_can_not_write_on_the_terminal() -> None:
    evil = terminal(1, Finding("product\x1b[2J", "a\x1b[31m", "b\x1b]0;x\x07"))
    text = render_examinations([evil], color=False)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_the_document_has_every_target_and_counts_them() -> None:
    document = examinations_document([*FLEET[:3], late(4, 31)], [])
    assert document["summary"] == {"not_examined": 1, "errors": 1, "advice": 1, "in_order": 1}
    assert list(document["targets"]) == ["d1", "d2", "d3", "d4"]
    assert {name: (each["condition"], each["reached"], each["fits"]) for name, each in document["targets"].items()} == {
        "d1": ("in_order", True, True),
        "d2": ("not_examined", False, None),
        "d3": ("errors", True, False),
        "d4": ("advice", True, True),
    }
    assert document["targets"]["d3"] == {
        "system": "device",
        "url": "http://10.0.0.3",
        "condition": "errors",
        "reached": True,
        "fits": False,
        "findings": [
            {"about": "address", "value": "http://10.0.0.3", "advice": None},
            {"about": "firmware", "value": "v3.11", "advice": None},
            {"about": "users", "value": "3 of 5,000", "advice": None},
        ],
        "diagnostics": [
            {
                "severity": "error",
                "code": "RC0601",
                "summary": "The target can't do this",
                "detail": "`access` is asked for, and d3 has no hardware for that: it lacks access control. Leave it "
                "out.",
                "address": "d3/settings/access",
                "source": {"file": "profiles.yaml", "line": 3, "column": 9},
            }
        ],
    }
    assert count_conditions([])[Condition.WELL] == 0

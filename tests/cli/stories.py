"""Sessions at a terminal: what somebody does, and all that the program says."""

import re
import shlex
from collections.abc import Callable

from command_line import PASSWORD, Project

from reconciler.simulator import Fault, Server, Terminals
from reconciler.simulator.messages import json_response

GATE = """\
version: 1
project: gate
targets:
  gate: {{system: cvsecurity, url: "{url}", auth: {{access_token: {{env: HQ_PASSWORD}}}}, retries: 0}}
"""

DOORS = """\
areas: [{{code: HQ, name: Headquarters}}]
departments: [{{code: "10", name: Operations, roster: {{mon-fri: day, sat-sun: holiday}}}}]
shifts: [{{name: day, periods: ["09:00-12:00", "13:00-18:00"]}}]
access_levels: [{{name: Office, week: {{mon-fri: "08:00-18:00"}}}}]
employees:
  - {{code: 007, nickname: Ana, department: "10", areas: [HQ], card: "4711", access_levels: [Office]}}
  - {{code: "8", nickname: Ben, department: "10", areas: [HQ], access_levels: []}}
devices:
  - name: lobby
    url: {url}
    area: HQ
    settings:
      volume: 7
      clock: {{timezone: Europe/Lisbon}}
      security: {{api_key: {{env: HQ_PASSWORD}}}}
"""


class Session:
    """Runs commands on a project and writes down what a person sees, with all that differs from run to run replaced."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.text = ""

    def run(self, *arguments: str, typed: str | None = None) -> None:
        ran = self.project.run(*arguments, typed=typed)
        answer = f"   (answered: {typed.strip()})" if typed is not None else ""
        self.text += f"$ reconciler {shlex.join(arguments)}{answer}\n"
        self.text += ran.out
        if ran.err:
            self.text += "[on standard error]\n" + ran.err.rstrip("\n") + "\n"
        self.text += f"[exit {ran.status}]\n\n"

    def note(self, text: str) -> None:
        self.text += f"# {text}\n\n"

    def transcript(self) -> str:
        replaced = self.text.replace(str(self.project.root), "PROJECT")
        replaced = re.sub(r"(127\.0\.0\.\d+):\d+", r"\1:PORT", replaced)
        replaced = re.sub(r"(clock +)(?!20)[^.\n]+ in ", r"\1RIGHT in ", replaced)
        replaced = re.sub(r"(clock +)20[-0-9: ]+", r"\1NOW", replaced)
        replaced = re.sub(r"hire_date: '[-0-9]+'", "hire_date: 'TODAY'", replaced)
        return replaced.rstrip("\n") + "\n"


def first_apply(session: Session) -> None:
    session.run("validate")
    session.run("plan")
    session.run("apply", typed="yes\n")
    session.run("plan")
    session.run("state", "list")
    session.run("state", "show", "hq/employee/007")


def a_change(session: Session) -> None:
    session.project.apply()
    session.note(
        "Ana moves, Ben gets a card, the night shift is called otherwise; somebody changed Ben's phone by hand."
    )
    session.project.replace("org.yaml", 'last_name: Silva, department: "20"', 'last_name: Silva, department: "10"')
    session.project.replace("org.yaml", "first_name: Ben,", 'first_name: Ben, card: "4711",')
    session.project.replace("org.yaml", "Night shift", "Nights")
    session.project.change_row("employees", 1, mobile="555")
    session.run("plan", "--out", "PLANFILE")
    session.run("apply", "PLANFILE", "--auto-approve")
    session.note("Once more the same plan.")
    session.run("apply", "PLANFILE", "--auto-approve")


def removals(session: Session) -> None:
    session.project.replace("org.yaml", "first_name: Ben,", "first_name: Ben, lifecycle: {prevent_delete: true},")
    session.project.apply()
    lines = (session.project.root / "org.yaml").read_text().splitlines()
    session.note("The employees' block is lost.")
    session.project.write("org.yaml", "\n".join(lines[:5]) + "\n")
    session.run("plan")
    session.run("apply", "--auto-approve", "--allow-deletes", "2")


def a_rename(session: Session) -> None:
    session.project.replace("org.yaml", "first_name: Ana,", 'first_name: Ana, card: "4711",')
    session.project.apply()
    session.project.replace("org.yaml", "code: 007", "code: 1007")
    session.run("plan", "--allow-deletes", "1")
    session.project.replace("org.yaml", "code: 1007", 'code: 1007, was: "007"')
    session.run("apply", "--auto-approve")


def refusals(session: Session) -> None:
    session.note("The server does not take one area.")
    session.project.answer(
        "POST", "/areas/", lambda _: json_response(400, {"area_name": ["This name is not allowed."]})
    )
    session.run("apply", "--auto-approve")


def no_server(session: Session) -> None:
    session.project.server.faults.add(Fault(effect="miscount", path="/employees/"))
    session.note("A listing whose length is not what the server says.")
    session.run("plan")
    session.project.server.stop()
    session.note("The server is down.")
    session.run("apply", "--auto-approve")
    session.run("export", "hq")


def mistakes(session: Session) -> None:
    session.project.write(
        "staff.yaml",
        "employees:\n"
        "  - {code: 9, first_nme: Eva, department: 30, areas: [HK]}\n"
        "  - code: 10\n"
        '    department: "10"\n'
        "    hire_date: 31.12.2026\n"
        "    gender: femal\n"
        '    device_password: "1234"\n'
        "    card: 123456789012345678901\n",
    )
    session.run("validate")
    session.run("validate", "--github")
    session.run("plan")


def wrong_usage(session: Session) -> None:
    session.run("plam")
    session.run("plan", "-v")
    session.run("apply")
    session.run("plan", "--select", "hq/employe/*")
    session.run("state", "show", "007")
    session.run("export", "hqq")


def an_export(session: Session) -> None:
    session.project.replace("org.yaml", "first_name: Ana,", 'first_name: Ana, card: "4711", privilege: admin,')
    session.project.apply()
    session.run("export", "hq")


def a_doctor(session: Session) -> None:
    session.project.apply()
    session.run("doctor")
    session.note("The server has no page of resignations, and does not let this user see positions.")
    session.project.answer("GET", "/resigns/", lambda _: json_response(404, {}))
    session.project.answer("GET", "/positions/", lambda _: json_response(403, {"detail": "Not permitted."}))
    session.run("doctor", "hq")
    session.note("Somebody changed the password.")
    session.project.write("password", "the-one-of-last-year")
    session.project.replace("reconciler.yaml", "env: HQ_PASSWORD", "file: password")
    session.run("doctor")
    session.project.server.stop()
    session.run("doctor")
    session.run("doctor", "--json")
    session.run("doctor", "hqq")


EVERY_SYSTEM = """\
version: 1
project: many
defaults: {{retries: 0}}
targets:
  hq:
    system: biotime
    url: {hq}
    auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}}}
  old:
    system: biotime
    url: {old}
    auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}, scheme: jwt}}
  gated:
    system: zkbiotime
    url: {gated}
    auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}}}
  gate:
    system: cvsecurity
    url: {gate}
    auth: {{access_token: {{file: token}}}}
"""
EVERY_KIND = """\
areas: [{{code: HQ, name: Headquarters}}, {{code: {area}, name: Branch}}]
departments: [{{code: "10", name: Operations}}]
access_levels: [{{name: Lift, control: elevator}}]
employees:
  - code: 007
    first_name: Ana
    department: "10"
    areas: [HQ]
    access_levels: [Lift]
    device_password: {{env: PIN_OF_ANA}}
    resigned: {{date: 2026-12-31, type: quit}}
  - {{code: "8", first_name: Ben, department: "10", areas: [HQ], verify_mode: face}}
  - {{code: "9", first_name: Eva, department: "10", areas: [HQ]}}
device_profiles:
  - name: door
    settings: {{verify_mode: face+card, clock: {{timezone: Europe/Lisbon, max_skew: 10s}}, access: {{wiegand: 26}}}}
devices:
  - {{name: lobby, url: "{lobby}", api_key: {{file: key}}, area: HQ, profile: door}}
  - {{name: yard, url: "{yard}", api_key: {{file: key}}, profile: door, settings: {{clock: {{max_skew: 60m}}}}}}
"""


def every_system(session: Session) -> None:
    """What each of them can't do of what the files ask, and what is wrong with it besides."""
    project, user = session.project, {"username": "reconciler", "password": PASSWORD}
    lacking = {"access_control": False, "card": False, "face": False, "vrface": False}
    with (
        Server("utimemaster-9.0", **user) as old,
        Server("zkbiotime", switches={"licence_gate": True}, **user) as gated,
        Server("cvsecurity-1.0", switches={"modules": ["access"]}, token="a-token") as gate,
        Terminals() as served,
    ):
        lobby = served.add("lobby", api_key="a-key", capabilities=lacking, capacity={"users": 2})
        yard = served.add("yard", api_key="another-key")
        lobby.unit.state.clock_offset -= 7200
        urls = {"hq": project.server.url, "old": old.url, "gated": gated.url, "gate": gate.url}
        project.write("reconciler.yaml", EVERY_SYSTEM.format(**urls))
        project.write("token", "a-token")
        project.write("key", "a-key")
        project.write("org.yaml", EVERY_KIND.format(area="B" * 31, lobby=lobby.url, yard=yard.url))
        session.run("doctor")


def terminals(session: Session) -> None:
    session.project.write("reconciler.yaml", "version: 1\nproject: doors\ndefaults: {retries: 0}\n")
    with Terminals() as served:
        lobby = served.add("lobby")
        session.project.write("org.yaml", DOORS.format(url=lobby.url))
        session.project.apply()
        session.run("doctor")
        session.note("The terminal dies, and a new one hangs in its place.")
        lobby.factory_reset(uid="0123456789abcdef")
        session.run("doctor")
        session.run("apply", "--auto-approve")
        session.run("plan")
        session.run("export", "lobby")


STORIES: dict[str, Callable[[Session], None]] = {
    "first-apply": first_apply,
    "a-change": a_change,
    "removals": removals,
    "a-rename": a_rename,
    "refusals": refusals,
    "no-server": no_server,
    "mistakes": mistakes,
    "wrong-usage": wrong_usage,
    "an-export": an_export,
    "a-doctor": a_doctor,
    "every-system": every_system,
    "terminals": terminals,
}

"""Sessions of documents, ```console blocks, played: what they show is what happens."""

import re
import shlex
import subprocess
from collections.abc import Mapping

from command_line import run

SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def played(
    session: str, environment: Mapping[str, str], shown: Mapping[str, str], statuses: tuple[int, ...] = ()
) -> str:
    """The session's commands, each followed by all that it prints now. `shown` has what stands in the document in place
    of addresses and names of this run. `statuses` may be left with, besides 0."""
    said = ""
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        said += f"$ {command}\n"
        program, *arguments = shlex.split(command)
        if program == "reconciler":
            ran = run(*arguments, environment=environment)
            assert ran.status in (0, *statuses), ran
            said += ran.out + ran.err
        else:
            subprocess.run([program, *arguments], check=True, capture_output=True)
    for now, then in shown.items():
        said = said.replace(now, then)
    return said

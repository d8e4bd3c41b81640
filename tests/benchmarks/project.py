"""A project of any size, and the rows of a server that holds the same."""

from collections.abc import Iterator
from pathlib import Path

FIRST = ("Ana", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jana", "Karim", "Lena")
LAST = ("Silva", "Weber", "Li", "Novak", "Haddad", "Okafor", "Kim", "Rossi", "Lopez", "Nagy", "Sato")
UNITS = {"departments": 40, "areas": 12, "positions": 25}


def units(plural: str) -> list[dict[str, str]]:
    """Departments, areas or positions: D0001 and so on."""
    letter = plural[0].upper()
    return [
        {"code": f"{letter}{number:04}", "name": f"{plural[:-1].capitalize()} {number}"}
        for number in range(1, UNITS[plural] + 1)
    ]


def employees(size: int) -> Iterator[dict[str, str]]:
    """Eight fields each, as an HR department keeps them."""
    for number in range(1, size + 1):
        yield {
            "code": f"{number:06}",
            "first_name": FIRST[number % len(FIRST)],
            "last_name": LAST[number % len(LAST)],
            "department": f"D{number % UNITS['departments'] + 1:04}",
            "position": f"P{number % UNITS['positions'] + 1:04}",
            "areas": f"A{number % UNITS['areas'] + 1:04}",
            "hire_date": f"20{number % 24:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "card": f"{7_000_000_000 + number}",
        }


def write_project(folder: Path, size: int, url: str) -> None:
    (folder / "reconciler.yaml").write_text(
        "version: 1\n"
        "project: benchmark\n"
        'resources: ["org/*.yaml"]\n'
        "targets:\n"
        f"  hq: {{system: biotime, url: {url}, auth: {{username: admin, password: {{env: BENCHMARK_PASSWORD}}}}}}\n"
    )
    (folder / "org").mkdir()
    for plural in UNITS:
        rows = "".join(f"  - {{code: {row['code']}, name: {row['name']}}}\n" for row in units(plural))
        (folder / "org" / f"{plural}.yaml").write_text(f"{plural}:\n{rows}")
    with (folder / "org" / "employees.yaml").open("w") as stream:
        stream.write("employees:\n")
        for row in employees(size):
            lines = [f"{name}: [{value}]" if name == "areas" else f"{name}: {value}" for name, value in row.items()]
            stream.write("  - " + "\n    ".join(lines) + "\n")

"""Which number a name gets, so that it keeps it: what is added or removed later never renumbers the others."""

from collections.abc import Collection, Mapping, Sequence

Choices = Mapping[str, Sequence[int]]
"""The numbers that a name may have, the best first."""


def allocate(names: Collection[str], stages: Sequence[Choices]) -> dict[str, int]:
    """A number of its own for each name: the first untaken one of the first stage that has one for it. All names pass a
    stage before any comes to the next; within a stage they come in their sorted order. A name that no stage has a
    number for is not in the result."""
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for stage in stages:
        for name in sorted(set(names) - chosen.keys()):
            number = next((each for each in stage.get(name, ()) if each not in taken), None)
            if number is not None:
                chosen[name] = number
                taken.add(number)
    return chosen


def numbers_text(numbers: Collection[int]) -> str:
    """Numbers in the fewest words: `1-3, 7`."""
    spans: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)

"""Numbers that names keep."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.slots import Choices, allocate, numbers_text

NAMES = st.sampled_from("abcdef")
CHOICES = st.dictionaries(NAMES, st.lists(st.integers(0, 6), max_size=3), max_size=6)


def test_an_earlier_stage_is_for_all_names_before_a_later_one() -> None:
    stages: list[Choices] = [{"c": (1,)}, {"a": (1, 2), "b": (2, 3)}, dict.fromkeys("abcd", (0, 1, 2, 3, 4))]
    assert allocate("dcba", stages) == {"c": 1, "a": 2, "b": 3, "d": 0}


def test_a_name_without_a_number_is_left_out() -> None:
    assert allocate(["a", "b"], [{"a": (1,), "b": (1,), "c": (2,)}]) == {"a": 1}


@given(st.permutations("abcdef"), st.lists(CHOICES, max_size=3))
@settings(max_examples=50, deadline=None)
def test_numbers_are_distinct_allowed_and_independent_of_the_order(
    names: list[str], stages: list[dict[str, list[int]]]
) -> None:
    found = allocate(names, stages)
    assert found == allocate(sorted(names), stages)
    assert len(set(found.values())) == len(found)
    for name in names:
        allowed = {number for stage in stages for number in stage.get(name, ())}
        if name in found:
            assert found[name] in allowed
        else:
            assert allowed <= set(found.values())


def test_numbers_in_the_fewest_words() -> None:
    assert numbers_text([7, 3, 1, 2]) == "1-3, 7"
    assert numbers_text([]) == ""

"""A collection is read whole, or it is a failure: never a part of it that looks like all."""

import subprocess
import sys

import pytest
from biotime_helpers import Answers, page

from reconciler.systems.biotime.paging import peek, quote, read_complete
from reconciler.transport.failure import Failure, Sent

AREAS = "/personnel/api/areas/"
NEXT = "http://10.9.9.9:81/personnel/api/areas/?page="


class Rows:
    def __init__(self):
        self.ids = []

    wire_names = None
    optional = False

    def take(self, rows):
        self.ids += [row["id"] for row in rows]


def row(number):
    return {"id": number}


def read(*answers, seen=None):
    http = Answers(areas=list(answers))
    return read_complete(http, AREAS, Rows, seen=seen).ids, http.asked


def failing(*answers):
    http = Answers(areas=list(answers))
    with pytest.raises(Failure) as caught:
        read_complete(http, AREAS, Rows)
    return caught.value, len(http.asked)


def test_one_page_is_one_call():
    ids, asked = read(page(row(1), row(2)))
    assert ids == [1, 2]
    assert asked == [(AREAS, {"page_size": 1000, "limit": 1000, "ordering": "id"})]


def test_next_is_followed_by_its_query_only_whatever_its_host():
    ids, asked = read(
        page(row(1), count=3, following=NEXT + "2&page_size=1000&cursor=a%20b"),
        page(row(2), count=3, following=NEXT + "3"),
        page(row(3), count=3),
    )
    assert ids == [1, 2, 3]
    first = {"page_size": 1000, "limit": 1000, "ordering": "id"}
    assert asked == [
        (AREAS, first),
        (AREAS, {**first, "page_size": "1000", "page": "2", "cursor": "a b"}),
        (AREAS, {**first, "page": "3"}),
    ]


@pytest.mark.parametrize("end", [None, "", "null"])
def test_the_last_page_has_no_next(end):
    assert read(page(row(1), following=end))[0] == [1]


def test_rows_may_be_called_results():
    answer = page(row(4))
    answer["results"] = answer.pop("data")
    assert read(answer)[0] == [4]


@pytest.mark.parametrize(("data", "results"), [([row(4)], []), ([], [row(4)]), (None, [row(4)]), ([row(4)], [row(4)])])
def test_rows_may_be_in_either_of_both(data, results):
    assert read({"count": 1, "next": None, "code": 0, "data": data, "results": results})[0] == [4]


def test_the_manuals_empty_sample_has_both():
    assert read({"count": 0, "next": None, "previous": None, "msg": "", "code": 0, "results": [], "data": []})[0] == []


def test_progress_tells_rows_and_count():
    told = []
    read(
        page(row(1), row(2), count=3, following=NEXT + "2"), page(row(3), count=3), seen=lambda *each: told.append(each)
    )
    assert told == [(2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(row(1), count=2)], "counts 2 objects in /personnel/api/areas/, and its pages held 1"),
        ([page(row(1), row(2), count=1)], "counts 1 object in /personnel/api/areas/, and its pages held 2"),
        ([page(row(1), count=2, following=NEXT + "2"), page(row(2), count=3)], "went from 2 to 3"),
        ([page(row(1), count=2, following=NEXT + "2"), page(row(1), count=2)], "an object was on them twice"),
        ([page(row(1), row(1), count=2)], "an object was on them twice"),
        (
            [page(row(1), count=3, following=NEXT + "2"), page(row(2), count=3, following=NEXT + "2")],
            "refer to each other in a circle, page 2 to an earlier one",
        ),
        (
            [page(row(1), count=2, following=NEXT + "2"), page(count=2, following=NEXT + "3")],
            "Page 2 of /personnel/api/areas/ was empty, and still named a next one",
        ),
        (
            [page(row(1), count=2, following=NEXT + "2"), Failure(Sent.REFUSED, "RC0505", "no page", status=404)],
            "page 2 is gone",
        ),
    ],
)
def test_what_shifted_is_read_again_and_then_given_up(pages, words):
    failure, calls = failing(*pages * 3)
    assert (failure.code, calls) == ("RC0602", len(pages) * 3)
    assert words in failure.detail
    assert failure.detail.endswith("It was read 3 times.")


def test_nothing_of_a_shifted_reading_is_kept():
    ids, asked = read(page(row(1), count=2), page(row(2), row(3)))
    assert (ids, len(asked)) == ([2, 3], 2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([], "not an object with rows"),
        (None, "not an object with rows"),
        ({"id": 2, "area_code": "2"}, "no rows or no count"),
        ({"count": 1, "data": None}, "no rows or no count"),
        ({"count": "1", "data": []}, "no rows or no count"),
        ({"count": True, "data": []}, "no rows or no count"),
        (page({"area_code": "2"}), "a row of it has no id"),
        (page({"id": "2"}), "a row of it has no id"),
        (page({"id": True}), "a row of it has no id"),
        ({"count": 1, "data": ["x"]}, "a row of it has no id"),
        (page(row(1), count=2, following="http://[:81/?page=2"), "its `next` is no address"),
    ],
)
def test_an_answer_without_sense(answer, words):
    failure, calls = failing(answer)
    assert (failure.code, calls) == ("RC0505", 1)
    assert words in failure.detail


def test_an_envelope_may_say_that_it_failed():
    failure, _ = failing({"count": 0, "data": [], "code": 7, "msg": "busy\x1b[0m"})
    assert (failure.code, failure.detail) == (
        "RC0506",
        'The server could not list /personnel/api/areas/: "busy\x1b[0m".',
    )


def test_a_failure_on_the_first_page_is_not_read_again():
    failure, calls = failing(Failure(Sent.REFUSED, "RC0504", "no", status=403))
    assert (failure.code, calls) == ("RC0504", 1)


def test_peek_takes_one_row():
    http = Answers(areas=[page(row(8), count=900, following=NEXT + "2"), page()])
    assert peek(http, AREAS) == {"id": 8}
    assert peek(http, AREAS) is None
    assert http.asked == [(AREAS, {"page_size": 1, "limit": 1})] * 2


def test_quotes_are_shortened():
    assert quote("é" * 300) == f'"{"é" * 300}"'
    assert quote("é" * 301) == f'"{"é" * 300}…"'
    assert quote(None) == quote("  ") == "it gave no reason"


MANY_AT_ONCE = """
import sys, threading
import msgspec
from reconciler.systems.biotime.paging import _shape

def read(names):
    met.wait()
    msgspec.json.decode(b'{"count": 1, "data": [{"id": 1}]}', type=_shape(names))

sys.setswitchinterval(1e-6)
for number in range(60):
    met = threading.Barrier(6)
    threads = [threading.Thread(target=read, args=(frozenset({"emp_code", str(number)}),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_the_first_pages_of_many_servers_may_come_at_once():
    ran = subprocess.run([sys.executable, "-c", MANY_AT_ONCE], capture_output=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")  # a crash takes the whole process, so it is another one

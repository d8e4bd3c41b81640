from reconciler.model.state import Entry
from reconciler.report.state_text import entries_document, render_addresses, render_entry

ENTRIES = {
    "hq/employee/1002": Entry(id=18, digests={"name": "aa11", "areas": "bb22"}, protected=True, on_remove="resign"),
    "hq/employee/10\x1b[31m": Entry(id="x 1"),
}


def test_addresses_are_listed_sorted_and_harmless() -> None:
    assert render_addresses(ENTRIES, frozenset({"hq/employee/9", "hq/employee/1002"})) == (
        "hq/employee/10\\x1b[31m\nhq/employee/1002\nhq/employee/9  (pending: an apply stopped while it created this)\n"
    )


def test_an_entry_tells_all_but_its_digests() -> None:
    assert render_entry("hq/employee/1002", ENTRIES["hq/employee/1002"]) == (
        "hq/employee/1002\n"
        "  id         18\n"
        "  protected  true: its deletion is refused (lifecycle.prevent_delete)\n"
        "  on_remove  resign\n"
        "  digests    of 2 applied fields\n"
        "    areas, name\n"
    )


def test_what_the_target_never_shows_is_told_apart() -> None:
    hidden = frozenset({"areas", "photo"})
    assert render_entry("hq/employee/1002", ENTRIES["hq/employee/1002"], hidden).endswith(
        "    areas, name\n"
        "  unread     the target never shows these: plans compare the files with what was applied\n"
        "    areas\n"
    )
    (entry,) = entries_document({"hq/area/1": Entry(digests={"areas": "x", "name": "y"})}, hidden=lambda _: hidden)[
        "objects"
    ]
    assert (entry["fields"], entry["unread"]) == (["areas", "name"], ["areas"])


def test_an_entry_with_nothing_special_is_short() -> None:
    assert render_entry("hq/area/1", Entry(id=1)) == "hq/area/1\n  id         1\n  digests    of 0 applied fields\n"


def test_the_document_has_no_digest() -> None:
    assert entries_document(ENTRIES, frozenset({"hq/employee/9"})) == {
        "objects": [
            {
                "address": "hq/employee/10\x1b[31m",
                "id": "x 1",
                "protected": False,
                "on_remove": None,
                "fields": [],
                "unread": [],
            },
            {
                "address": "hq/employee/1002",
                "id": 18,
                "protected": True,
                "on_remove": "resign",
                "fields": ["areas", "name"],
                "unread": [],
            },
        ],
        "pending": ["hq/employee/9"],
    }

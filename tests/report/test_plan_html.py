"""A plan as one HTML file: what is in it, and that nothing in it can act but its own script."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import msgspec
import pytest
import report_samples
import report_schedules

from reconciler.model.diagnostic import error
from reconciler.model.plan import Plan
from reconciler.report import plan_html
from reconciler.report.plan_html import render_html

VOID = {"meta", "input"}
APART = {"td", "th", "li", "p", "h2", "dd", "dt"}


class Page(HTMLParser):
    """The elements of a document in their order, each with its attributes and its own text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert self._open == []  # every element is closed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag
        if tag in APART:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.texts[number] += data

    def all(self, tag: str, **attributes: str) -> list[str]:
        """The texts of the elements with these attributes, blanks in one."""
        return [
            " ".join(text.split())
            for (name, found), text in zip(self.elements, self.texts, strict=True)
            if name == tag and attributes.items() <= found.items()
        ]


EVERYTHING = Page(render_html(report_samples.EVERYTHING))
HARMFUL = render_html(report_schedules.harmful(report_schedules.HARM))


@pytest.mark.parametrize(
    "plan",
    [
        report_samples.EVERYTHING,
        report_samples.NOTHING,
        report_schedules.SCHEDULED,
        report_schedules.harmful(report_schedules.HARM),
    ],
)
def test_nothing_is_asked_for_and_nothing_but_the_own_script_can_run(plan: Plan) -> None:
    text = render_html(plan)
    page = Page(text)
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert not {"img", "link", "iframe", "object", "embed", "base", "audio", "video", "foreignobject"} & set(tags)
    for _, attributes in page.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc", "action")
        ]
        assert attributes.get("href", "#").startswith("#")
    (policy,) = [each["content"] for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy"]
    script, style = (re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("script", "style"))
    hashes = [b64encode(sha256(each[0].encode()).digest()).decode() for each in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style[0]
    assert "@import" not in style[0]


def test_texts_that_mean_harm_are_text() -> None:
    page = Page(HARMFUL)
    shown = "\\u202e\\x1b[0m`|\\|"
    assert any(each.startswith("\"'><script>document") and each.endswith(shown) for each in page.all("bdi"))
    assert not [char for char in HARMFUL if not char.isprintable() and char != "\n"]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert all(re.fullmatch(r"#[\w%.~/=&-]*", link) for link in links)


def test_what_is_amiss_with_a_target_is_said_as_it_is() -> None:
    unable = report_samples.target("lobby", complete=False, diagnostics=(error("RC0601", "It has no card reader."),))
    unread = report_samples.target("lab", complete=False, diagnostics=(error("RC0501", "No answer."),))
    [alarm] = Page(render_html(report_samples.plan(unable, unread))).all("p", **{"class": "alarm"})
    assert alarm == (
        "Incomplete. Not read completely: lab. Left out for an error: lobby. What hangs on what is missing is not in "
        "this plan."
    )


def test_no_secret_is_in_it() -> None:
    text = render_html(report_samples.EVERYTHING)
    assert [secret for secret in report_samples.PLANTED if secret in text] == []
    assert "(hidden), another value" in text


def test_what_changes_at_a_glance() -> None:
    assert EVERYTHING.all("ul", **{"aria-label": "Totals"}) == [
        "2 to delete 7 to update 3 to create 8 to adopt 1 to forget 1,034 unchanged"
    ]
    rows = [row for row in EVERYTHING.all("tr") if row.startswith(("Target", "hq", "lab"))]
    employees = "1 to delete 7 to update 2 to create 7 to adopt 1 to forget"
    assert rows == [
        "Target department area position employee Unchanged",
        f"hq biotime https://hq.acme.example 1 to create 1 to delete 1 to adopt {employees} 994",
        "lab biotime https://lab.acme.example not read completely 0",
    ]
    cell = next(a["href"] for tag, a in EVERYTHING.elements if tag == "a" and "&" in a.get("href", ""))
    assert cell == "#target=hq&kind=department"


def test_what_a_reviewer_must_not_miss_stands_first() -> None:
    assert [each.split(".")[0] for each in EVERYTHING.all("p", role="note")] == [
        "Incomplete",
        "An apply would refuse this plan",
        "Narrowed by --select hq/*, --select lab/*, --exclude */employee/9 9: other objects are not in this plan",
    ]
    assert EVERYTHING.all("h2") == [
        "Look at these closely",
        "What changes",
        "Errors and warnings",
        "Deletes and removals",
        "hq: 1 department",
        "hq: 1 position",
        "hq: 14 employees",
        "hq: 2 employees",
    ]


def test_what_is_dangerous_is_told_above_all_that_changes_and_beside_each_change() -> None:
    assert EVERYTHING.all("section", **{"aria-labelledby": "closely"}) == [
        (
            "Look at these closely 1 area and 2 employees on hq are deleted or removed "
            "Access is taken away areas -HQ 2 employees on hq: 1001 Ana Silva and 1002 Jose\u0301 "
            "card (hidden) → (none) 1 employee on hq: 1010 Ida "
            "Access is widened areas +LAB 1 employee on hq: 1001 Ana Silva"
        )
    ]
    marked = {a["data-risk"] for tag, a in EVERYTHING.elements if tag == "li" and "data-risk" in a}
    assert marked == {"less more", "less"}
    assert EVERYTHING.all("strong", **{"class": "risk"}) == [
        "access is taken away",
        "access is widened",
        "access is taken away",
        "access is taken away",
    ]


def test_a_cause_that_is_not_known_is_said_to_be_and_why() -> None:
    page = Page(render_html(report_samples.KEYLESS))
    assert page.all("td", **{"class": "cause"}) == ["not known", "config", "can't be read back"]
    assert page.all("p", role="note") == [
        (
            "Whether the files or the target changed last is not known of every field, since the key of the state's "
            "digests is not at hand."
        )
    ]


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_html, "LAID_OUT", 100)


@pytest.mark.usefixtures("little_room")
def test_of_very_many_changes_all_are_in_the_file_and_the_deletes_and_the_first_others_laid_out() -> None:
    text = render_html(report_schedules.large(900, 2))
    page = Page(text)
    steps = [a["data-step"] for tag, a in page.elements if tag == "li" and "data-step" in a]
    assert (steps.count("delete"), len(steps)) == (300, 300 + 100)
    assert text.count(' data-step="') == 900
    (told,) = page.all("noscript")
    assert told.startswith("500 more changes are in this file, and are shown only where its script may run.")


@pytest.mark.usefixtures("little_room")
def test_what_is_not_laid_out_is_text_that_nothing_in_it_ends() -> None:
    many = report_schedules.large(200)
    harmful = report_schedules.harmful(report_schedules.HARM)
    page = Page(render_html(report_samples.plan(*many.targets, *harmful.targets)))
    scripts = [a.get("type", "") for tag, a in page.elements if tag == "script"]
    assert set(scripts) == {"text/plain", ""}
    assert scripts.count("") == 1
    assert "img" not in [tag for tag, _ in page.elements]


def test_every_change_is_there_once() -> None:
    plan = report_samples.EVERYTHING
    steps = [a["data-step"] for tag, a in EVERYTHING.elements if tag == "li" and "data-step" in a]
    assert len(steps) == len(plan.changes())
    assert {step: steps.count(step) for step in sorted(set(steps))} == {
        "adopt": 8,
        "create": 3,
        "delete": 2,
        "forget": 1,
        "update": 7,
    }


def test_of_very_many_adoptions_the_first_and_how_many_more() -> None:
    adopted = tuple(report_schedules.update("employee", f"{number:05}", target="hq") for number in range(1_250))
    page = Page(render_html(report_samples.plan(report_samples.target(changes=adopted))))
    assert len([1 for _, each in page.elements if each.get("data-step") == "adopt"]) == 1_000
    assert page.all("p", **{"class": "note"}) == ["… and 250 more employees to adopt or to forget, not listed here."]


def test_fields_are_shown_before_and_after_with_what_differs_marked() -> None:
    page = Page(render_html(report_schedules.SCHEDULED))
    assert "areas" not in page.all("bdi")
    rows = [row for row in page.all("tr") if row.startswith(("bells", "roster", "access"))]
    after = "[2026-01-05, day, day, night, night, holiday]"
    assert rows == [
        'roster ["daily day"] ["mon-fri day", "sat-sun holiday"] config',
        'access ["mon-fri 08:00-18:00"] ["mon-fri 08:00-18:00", "sat 09:00-13:00"] config',
        f"roster [2026-01-05, day, day, day, day, day, holiday, holiday] {after} config",
        'bells ["08:00 mon-fri 30s both"] ["08:00 mon-fri 30s both", "12:30 mon,wed,fri 5s inside"] config',
    ]
    assert '"sat 09:00-13:00"' in page.all("mark")
    assert '"mon-fri 08:00-18:00"' not in page.all("mark")  # it is on both sides
    assert after in page.all("mark")  # its order counts


def test_schedules_are_drawn_before_and_after_each_picture_once() -> None:
    page = Page(render_html(report_schedules.SCHEDULED))
    pictures = [a for tag, a in page.elements if tag == "svg" and a.get("role") == "img"]
    assert len(pictures) == 11  # both sides of five fields, one of a create
    assert all(each["aria-label"].startswith("[") for each in pictures)
    uses = [a["href"] for tag, a in page.elements if tag == "use"]
    symbols = [f"#{a['id']}" for tag, a in page.elements if tag == "symbol"]
    assert sorted(set(uses)) == sorted(symbols)


def test_it_can_be_used_by_keyboard_and_by_screen_reader() -> None:
    tags = [tag for tag, _ in EVERYTHING.elements]
    assert [tag for tag in tags if tag in ("header", "nav", "main", "footer", "h1")] == [
        "header",
        "h1",
        "nav",
        "main",
        "footer",
    ]
    assert EVERYTHING.all("a", **{"class": "skip"}) == ["Skip to the changes"]
    names = [(tag, a["name"]) for tag, a in EVERYTHING.elements if tag in ("select", "input")]
    assert names == [
        *(("select", name) for name in ("target", "kind", "action", "risk")),
        ("input", "text"),
    ]
    assert [label.split()[0] for label in EVERYTHING.all("label")] == ["Target", "Kind", "Action", "Risk", "Text"]
    assert EVERYTHING.all("button") == ["Show all"]
    assert ("output", {"id": "shown", "aria-live": "polite"}) in EVERYTHING.elements
    labelled = [a["aria-labelledby"] for tag, a in EVERYTHING.elements if tag == "section"]
    assert set(labelled) <= {a["id"] for tag, a in EVERYTHING.elements if tag == "h2" and "id" in a}
    assert all("scope" in a for tag, a in EVERYTHING.elements if tag == "th")
    assert next(a for tag, a in EVERYTHING.elements if tag == "html") == {"lang": "en"}


def test_without_changes_it_says_so_and_has_no_filters() -> None:
    page = Page(render_html(report_samples.NOTHING))
    assert page.all("nav") == ["What changes No changes: the targets hold what the files say."]
    assert page.all("form") == []
    selected = msgspec.structs.replace(report_samples.NOTHING, select=("hq/*",))
    assert Page(render_html(selected)).all("nav") == ["What changes No changes in what is selected."]

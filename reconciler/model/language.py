"""The language's kinds as a document for people, docs/language.md."""

from collections.abc import Iterator

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.kinds import KINDS
from reconciler.model.terminals import SETTINGS

_HEAD = """\
# The language, field by field

Made from `reconciler/model/kinds.py`; do not edit it by hand: `RECONCILER_WRITE_GOLDEN=1 pytest tests/language` writes
it anew.

A resource file holds lists of objects, one list per kind. One kind may be spread over many files.

```yaml
departments:
  - {code: "1", name: Company}
  - {code: OPS, name: Operations, parent: "1"}
employees:
  - code: 007          # a text field takes the text as written: this stays 007
    first_name: Ana
    department: OPS
    card: {env: CARD_007}
```

- A field that is left out is **not managed**: its value on the target stays. `null` clears it; `[]` is managed, and
  empty.
- **text** is taken as written, trimmed at both ends. **reference** is the key of an object that the files hold.
- **secret** is only ever a reference to where it is kept: `{env: NAME}`, `{file: PATH}`,
  `{command: [PROGRAM, ARGUMENT]}` or `{table: NAME}`, a table of secrets that `reconciler.yaml` declares. **sensitive**
  is text or such a reference. Both are masked in all output.
- `{{ var.NAME }}` inside a text is an expression over the project's variables, `{{ row.COLUMN }}` over a table's row.
- Anchors, aliases and `<<` work; top-level keys that begin with `x-` are ignored, and may hold anchors.
- What a target's system holds less of than the language is an error of `plan` that names system and limit.
- A **day** is `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`, a **span** of days such as `mon-fri`, and `daily` is
  all of them. A **range** of times is `HH:MM-HH:MM`; `24:00` ends a day.
- In a table (`from_csv`) a cell holds one text; the members of a set, a list or ranges stand between semicolons. What
  is more than that stands in the table's `map`. An empty cell clears its field; that of what can't be cleared, such as
  most settings of a terminal, leaves it out.
"""

_SHAPES = {
    Type.INTEGER: "whole number",
    Type.BOOLEAN: "`true` or `false`",
    Type.DATE: "`YYYY-MM-DD`",
    Type.MOMENT: "`YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`",
    Type.DURATION: "duration such as `30s` or `1m`",
    Type.ADDRESS: "address such as `192.168.0.1`",
    Type.INTERFACE: "address such as `192.168.0.5/24`",
    Type.FILE: "path of a file in the project, whose content is masked like a secret",
    Type.PHOTO: "path of a JPEG or PNG file in the project, of at most 5 MB",
    Type.TIMEZONE: "time zone such as `Europe/Berlin`",
    Type.URL: "url of http or https, without credentials",
    Type.WEEK: "mapping of days to ranges",
    Type.DAYS: "mapping of days to references to shifts",
    Type.CYCLE: "`{from: YYYY-MM-DD, cycle: [references to shifts]}`",
    Type.RANGES: "list of ranges",
    Type.BELLS: "list of `{at, days, ring, output}`",
    Type.ROWS: "list of mappings",
    Type.MAP: "mapping of labels to texts",
    Type.BLOCK: "block",
}

_TABLE = ["| field | form | what it is |", "| --- | --- | --- |"]


def render_language() -> str:
    """The whole document, in Markdown."""
    lines = [_HEAD]
    for kind in KINDS.values():
        lines += [f"## {kind.plural}", "", _about(kind), "", *_TABLE, *_rows(_fields(kind), ""), ""]
    return "\n".join(lines)


def _about(kind: Kind) -> str:
    address = f"`TARGET/{kind.name}/{kind.key.upper()}` is its address."
    if not kind.listed:
        return f"{kind.doc} They stand under `{kind.plural}` of a device or of a profile. {address}"
    key = f"Its key is `{kind.key}`: {address}" if kind.held else f"Its key is `{kind.key}`."
    return f"{kind.doc} {key} `*` is required."


def _fields(kind: Kind) -> tuple[Field, ...]:
    return kind.fields if kind.listed else tuple(field for field in kind.fields if field.name != kind.key)


def _rows(fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    """A row for each field; the fields of a block or of rows follow it, named as `block.field`. Settings have a section
    of their own."""
    for field in fields:
        if field.derived:
            continue
        mark = "*" if field.required else ""
        yield f"| `{prefix}{field.name}`{mark} | {_form(field)} | {field.doc} |"
        if field.type in {Type.BLOCK, Type.ROWS} and field.name != SETTINGS.name:
            yield from _rows(field.fields, f"{prefix}{field.name}.")


def _form(field: Field) -> str:
    parts = [f"sensitive {_shape(field)}" if field.sensitive and field.type is Type.TEXT else _shape(field)]
    if field.length is not None:
        parts.append(f"at most {field.length:,} characters{' each' if field.type is Type.LIST else ''}")
    if field.most is not None:
        parts.append(f"at most {field.most}")
    if field.minimum is not None:
        unit = "s" if field.type is Type.DURATION else ""
        parts.append(f"{field.minimum}{unit} {'or more' if field.maximum is None else f'to {field.maximum}{unit}'}")
    return ", ".join(parts)


def _shape(field: Field) -> str:
    words = [f"`{word}`" for word in field.choices]
    if field.type in _SHAPES:
        return _SHAPES[field.type]
    match field.type:
        case Type.CHOICE:
            return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
        case Type.WORDS:
            alone = ", ".join(f"`{word}`" for word in field.alone)
            return f"{', '.join(words)} joined by `+`; or {alone}"
        case Type.LIST if field.sensitive:
            return "list of sensitive texts"
        case Type.LIST:
            return "list of texts"
        case Type.SET if field.reference:
            return f"set of references to {KINDS[field.reference].plural}"
        case Type.SET:
            return f"set of {', '.join(words)}" if words else "set of texts"
        case Type.TEXT if field.reference:
            return f"reference to {KINDS[field.reference].plural}"
        case _:
            return field.type.value

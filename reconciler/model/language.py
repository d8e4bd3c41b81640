"""The language's kinds as a document for people, docs/language.md."""

from collections.abc import Iterator

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.kinds import KINDS

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
"""

_TABLE = ["| field | form | what it is |", "| --- | --- | --- |"]


def render_language() -> str:
    """The whole document, in Markdown."""
    lines = [_HEAD]
    for kind in KINDS.values():
        lines += [f"## {kind.plural}", "", _about(kind), "", *_TABLE, *_rows(kind.fields, ""), ""]
    return "\n".join(lines)


def _about(kind: Kind) -> str:
    return (
        f"{kind.doc} Its key is `{kind.key}`: `TARGET/{kind.name}/{kind.key.upper()}` is its address. `*` is required."
    )


def _rows(fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    """A row for each field; a block's fields follow it, named as `block.field`."""
    for field in fields:
        mark = "*" if field.required else ""
        yield f"| `{prefix}{field.name}`{mark} | {_form(field)} | {field.doc} |"
        if field.type is Type.BLOCK:
            yield from _rows(field.fields, f"{prefix}{field.name}.")


def _form(field: Field) -> str:
    parts = [f"sensitive {_shape(field)}" if field.sensitive else _shape(field)]
    if field.length is not None:
        parts.append(f"at most {field.length} characters")
    return ", ".join(parts)


def _shape(field: Field) -> str:
    words = [f"`{word}`" for word in field.choices]
    match field.type:
        case Type.CHOICE:
            return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
        case Type.WORDS:
            alone = ", ".join(f"`{word}`" for word in field.alone)
            return f"{', '.join(words)} joined by `+`; or {alone}"
        case Type.DATE:
            return "`YYYY-MM-DD`"
        case Type.BOOLEAN:
            return "`true` or `false`"
        case Type.SET:
            return f"set of references to {KINDS[field.reference].plural}" if field.reference else "set of texts"
        case Type.TEXT if field.reference:
            return f"reference to {KINDS[field.reference].plural}"
        case Type.MAP:
            return "mapping of labels to texts"
        case Type.BLOCK:
            return "block"
        case _:
            return field.type.value

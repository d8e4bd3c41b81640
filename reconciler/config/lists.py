"""Lists of texts to canonical values: sets, and lists whose order counts."""

from collections.abc import Iterable, Mapping

from reconciler.config import tree
from reconciler.config.expressions import has_expression
from reconciler.config.forms import FORMS
from reconciler.config.values import (
    NULLS,
    Reading,
    Wrong,
    formed,
    is_null,
    read_reference,
    render,
    rendered_text,
    shape,
    start,
    the,
)
from reconciler.model.fields import Field, Type, Value
from reconciler.model.secret import SecretReference, joined
from reconciler.model.words import LONGEST_CITATION, cited, nearest


def read_list(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None = None) -> Value:
    """The canonical value of a set or a list. Raises Wrong; members that are wrong are complained of one by one, and
    the rest is the value."""
    members: list[str] = []
    references: list[SecretReference] = []
    if isinstance(node, tree.Sequence):
        for item in node.items:
            try:
                if field.sensitive and isinstance(item, tree.Mapping):
                    references.append(read_reference(reading, item))
                else:
                    members.append(_checked(field, _member(reading, field, item, row)))
            except Wrong as wrong:
                reading.report(wrong, item)
    elif isinstance(node, tree.Scalar) and has_expression(node.value):
        reading.private = reading.private or field.masked
        result = render(reading, node, row)
        if not isinstance(result, tuple):
            raise Wrong(
                "RC0203",
                f"The expression gives one text, and {the(field)} is a list. Split the text, as in "
                f"{{{{ row.{field.name}.split(';') }}}}, or write a list.",
            )
        members = _checked_all(field, result)
    else:
        raise Wrong(
            "RC0203", f"{start(field)} is a list, also with one member. Write {field.name}: {_example(field, node)}."
        )
    if not references:
        return _gathered(field, members)
    return SecretReference("list", (), tree.place(reading.file, node), tuple(references), joined(members))


def _example(field: Field, node: tree.Node) -> str:
    """The list that was meant; the reference in it is not repeated, nor what may be masked."""
    if isinstance(node, tree.Scalar) and not field.masked and len(node.value) <= LONGEST_CITATION:
        return f"[{node.value.strip()}]"
    return "[…]"


def split_list(field: Field, text: str) -> Value:
    """The same of a table's cell, where members stand between semicolons. Raises Wrong."""
    return _gathered(field, _checked_all(field, text.split(";")))


def _gathered(field: Field, members: Iterable[str]) -> Value:
    if field.sensitive:
        return joined(members)
    found = tuple(sorted(set(members))) if field.type is Type.SET else tuple(members)
    if field.most is not None and len(found) > field.most:
        detail = f"{start(field)} has {len(found)} members; at most {field.most} are possible. Leave some out."
        raise Wrong("RC0204", detail)
    return found


def _member(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None) -> str:
    if not isinstance(node, tree.Scalar):
        raise Wrong("RC0203", f"{shape(node)} can't be a member of {the(field)}. Write a text.")
    text: str = node.value.strip()
    if text and text not in NULLS and "{{" not in text:
        return text
    reading.private = reading.private or (field.masked and has_expression(text))
    text = "" if is_null(node) else rendered_text(reading, node, row)
    if not text:
        raise Wrong("RC0203", f"A member of {the(field)} is missing here. Write [] for no member at all.")
    return text


def _checked_all(field: Field, texts: Iterable[str]) -> list[str]:
    return [_checked(field, member) for text in texts if (member := text.strip())]


def _checked(field: Field, member: str) -> str:
    known = field.choices
    if known and member not in known:
        raise Wrong("RC0205", f"{cited(member)} is not one of {', '.join(known)}.{nearest(member, known)}")
    if field.length is not None and len(member) > field.length:
        detail = (
            f"A member of {the(field)} has {len(member)} characters; at most {field.length} are possible. Shorten it."
        )
        raise Wrong("RC0204", detail)
    if field.sensitive and "," in member:
        raise Wrong("RC0206", f"A member of {the(field)} has a comma in it. Write each as a member of its own.")
    form = FORMS.get(field.members)
    return member if form is None else formed(form, field, member)

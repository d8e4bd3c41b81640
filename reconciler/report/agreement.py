"""What `export` says of its files: whether targets agree, what a plan would do, and what is to be elsewhere."""

from collections.abc import Mapping, Sequence

from reconciler.model.agreement import Conflict, Outlook
from reconciler.model.kinds import KINDS
from reconciler.model.words import cited, printable
from reconciler.report.export import NAMED, names_of
from reconciler.report.text import counted, listed


def render_agreement(
    targets: Sequence[str], conflicts: Sequence[Conflict], outlooks: Sequence[Outlook] | None, places: Mapping[str, str]
) -> str:
    """One line. `outlooks` are those of the targets whose plan is not empty (None: not known, of a selection);
    `places` are the names of the files that tell of conflicts, by kind."""
    said = [_agreed(targets, conflicts, places)]
    if outlooks is not None:
        said.append(_planned(outlooks) if outlooks else "A plan of these files is empty.")
    return " ".join(said)


def _agreed(targets: Sequence[str], conflicts: Sequence[Conflict], places: Mapping[str, str]) -> str:
    if not conflicts:
        return f"{names_of(targets)} agree in all objects that several of them have."
    kinds = [kind for kind in KINDS if any(each.kind == kind for each in conflicts)]
    objects = {(each.kind, each.key) for each in conflicts}
    where = listed([places.get(kind, f"the {KINDS[kind].nouns}") for kind in kinds])
    return (
        f"{names_of(targets)} differ in {counted(len(conflicts), 'field')} of "
        f"{counted(len(objects), 'object')}: the comments at the top of {where} say in which."
    )


def _planned(outlooks: Sequence[Outlook]) -> str:
    """What a plan has, target by target, or of many all together."""
    if len(outlooks) <= NAMED:
        parts = [f"on {each.target} {_numbers([each])}" for each in outlooks]
    else:
        parts = [f"on {len(outlooks):,} targets {_numbers(outlooks)}"]
    return f"A plan of these files is not empty, since they describe one organisation: {'; '.join(parts)}."


def _numbers(outlooks: Sequence[Outlook]) -> str:
    totals = [(word, sum(getattr(each, word) for each in outlooks)) for word in ("create", "update", "delete")]
    parts = [f"{number:,} to {word}" for word, number in totals if number]
    if rewrite := sum(each.rewrite for each in outlooks):
        parts.append(f"{rewrite:,} to update with what can't be read there")
    errors = sum(each.errors for each in outlooks)
    return listed([*parts, counted(errors, "error")] if errors else parts)


def render_referred(missing: Mapping[str, Sequence[str]]) -> str:
    """One line, of what the files refer to and do not hold: the keys by kind."""
    named = listed([_named(kind, [cited(printable(key)) for key in keys]) for kind, keys in missing.items()])
    return f"These files refer to what they do not hold: {named}. They are valid once other files of the project do."


def _named(kind: str, keys: list[str]) -> str:
    if len(keys) > NAMED:
        keys = [*keys[:NAMED], f"{len(keys) - NAMED:,} more"]
    return f"{KINDS[kind].nouns if len(keys) > 1 else KINDS[kind].noun} {listed(keys)}"

"""Looking into JSON."""


def pick(value, way):
    """The part of a JSON value to which `way` leads: names, numbers, `*` for each and `length`, joined by dots."""
    head, _, rest = way.partition(".")
    if not head:
        return value
    if head == "*":
        return [pick(item, rest) for item in value]
    if head == "length":
        return len(value)
    if isinstance(value, list):
        return pick(value[int(head)], rest)
    return pick(value[head], rest) if head in value else "<missing>"

"""Cards and fingerprint templates of persons (manual 2.4, 2.25)."""

from reconciler.simulator.cvsecurity.call import Call, Result, Site, person, text
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.person_members import BASIC, merged
from reconciler.simulator.cvsecurity.store import Row, cards_of

_VALID_TYPES = {"1": 1, "3": 3}


def get(site: Site, call: Call) -> Result:
    """card/getCards: cardType 0 is the main card."""
    row = person(site, call.key("pin"))
    main = row.get("cardNo")
    shown = [{"pin": row["pin"], "cardNo": card, "cardType": "0" if card == main else "1"} for card in cards_of(row)]
    return Result(shown)


def put(site: Site, call: Call) -> Result:
    """card/set: the main card, or one more. Without several cards the latter changes nothing."""
    given = call.members()
    row = person(site, text(given.get("pin")))
    card, kind = text(given.get("cardNo")), text(given.get("cardType"))
    if not card or kind not in {"", "0", "1"}:
        raise Refused("program")
    new: Row = {"cardNo": card}
    if kind == "1":
        supply = str(row.get("supplyCards") or "")
        new = {"supplyCards": f"{supply},{card}" if card not in supply.split(",") else supply}
    site.store.put("persons", merged(site, row, new, BASIC))
    return Result()


def add_template(site: Site, call: Call) -> Result:
    """bioTemplate/add: the person is named by personId (the manual), or pin."""
    given = call.members()
    pin = str(person(site, text(given.get("personId")) or text(given.get("pin")))["pin"])
    kind, template, number = (text(given.get(member)) for member in ("validType", "template", "templateNo"))
    if kind not in _VALID_TYPES:
        raise Refused("template_type")
    _index(number)
    if not template:
        raise Refused("program")
    if any(row["templateNo"] == number or row["template"] == template for row in _templates(site, pin)):
        raise Refused("template_used")
    rest: Row = {"bioType": 1, "version": "10", "template": template, "templateNo": number, "templateNoIndex": 0}
    row = {"id": site.store.new_id(), "personId": pin, "validType": _VALID_TYPES[kind], **rest}
    site.store.put("templates", row)
    return Result()


def templates(site: Site, call: Call) -> Result:
    """bioTemplate/getFgListByPin."""
    return Result(_templates(site, str(person(site, call.key("pin"))["pin"])))


def delete_template(site: Site, call: Call) -> Result:
    """bioTemplate/delete?pin=&templateNo=: one template."""
    pin, number = str(person(site, call.key("pin"))["pin"]), call.query.get("templateNo", "").strip()
    _index(number)
    found = [row for row in _templates(site, pin) if row["templateNo"] == number]
    if not found:
        raise Refused("no_template")
    site.store.remove("templates", str(found[0]["id"]))
    return Result()


def delete_templates(site: Site, call: Call) -> Result:
    """bioTemplate/deleteByPin: all of a person's."""
    for row in _templates(site, str(person(site, call.key("pin"))["pin"])):
        site.store.remove("templates", str(row["id"]))
    return Result()


def _index(number: str) -> None:
    if not (len(number) == 1 and number in "0123456789"):
        raise Refused("template_index")


def _templates(site: Site, pin: str) -> list[Row]:
    rows = (site.store.get("templates", identity) for identity in site.store.having("template_pin", pin))
    return [row for row in rows if row]

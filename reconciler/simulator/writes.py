"""Creates, updates and deletes of one object."""

from reconciler.simulator.messages import Refusal, Request, Response, detail, error_page, json_response
from reconciler.simulator.schema import COLLECTIONS, IN_COMPANY, UNITS, Collection, columns
from reconciler.simulator.shapes import password_hash
from reconciler.simulator.site import Site, body, context, language
from reconciler.simulator.store import BUILT_IN, Row
from reconciler.simulator.texts import text
from reconciler.simulator.validation import Errors, clean

MISMATCH = "Mismatched company pk and deparment pk"  # the vendor's spelling


def create(site: Site, request: Request, name: str) -> Response:
    """Answer a POST on a collection: 201, or 400 with what is wrong."""
    collection = COLLECTIONS[name]
    given = body(site, request)
    values, errors = clean(context(site, request), collection, given, partial=False)
    row = stored(site, collection, values)
    if name == "employees":
        row.setdefault("hire_date", site.today())
    if name == "positions" and site.profile.companies:
        row.setdefault("company", BUILT_IN)
    _refuse_wrong(site, request, collection, row, errors)
    kept = site.store.add(name, row)
    site.store.creates[f"{name}/{kept[collection.key]}"] += 1
    _touch(site, name, kept)
    return _created(site, name, kept, given)


def update(site: Site, request: Request, name: str, row: Row) -> Response:
    """Answer a PATCH or PUT on an object: 200, or 400 with what is wrong."""
    collection = COLLECTIONS[name]
    given = body(site, request)
    if name in site.profile.kept_codes:
        given = {**given, collection.key: row[collection.key]} if collection.key in given else given
    partial = request.method == "PATCH" or name == "resigns" or not site.profile.put_complete
    values, errors = clean(context(site, request), collection, given, partial=partial)
    changed = stored(site, collection, {**row, **values})
    if not errors and request.method == "PATCH" and _half_company(site, name, given):
        errors["non_field_errors"] = [MISMATCH]
    _refuse_wrong(site, request, collection, changed, errors)
    site.store.put(name, changed)
    _touch(site, name, changed)
    if site.profile.update_answer == "empty":
        return Response(200, b"\n", {"Content-Type": "application/json"})
    shape = site.shapes.read(name, changed, bare=name != "employees" or site.profile.update_answer == "bare")
    return json_response(200, _shown(site, name, shape, with_id=site.profile.update_id))


def delete(site: Site, request: Request, name: str, identity: int) -> Response:
    """Answer a DELETE: 204, or what the switches say of built-in objects and those in use."""
    builtin = identity == BUILT_IN and name in (*UNITS, "company")
    if builtin and site.profile.delete_builtin != "allowed":
        raise Refusal(_forbidden(request, site.profile.delete_builtin, "The default object can not be deleted."))
    uses = site.store.uses(name, identity)
    people = uses.pop("employees", 0)
    if name == "areas":
        people = 0 if site.profile.delete_area_in_use == "cascade" else people
        mode = site.profile.delete_area_in_use if people else site.profile.delete_in_use
    else:
        mode = site.profile.delete_in_use
    if name != "employees" and mode != "cascade" and (people or uses):
        raise Refusal(_forbidden(request, mode, "The object is in use and can not be deleted."))
    cascade(site, name, identity)
    return Response(204)


def cascade(site: Site, name: str, identity: int) -> None:
    """Delete a row and what can't be without it; employees lose the area or position, and stay."""
    store = site.store
    if store.get(name, identity) is None:
        return
    uses = store.uses(name, identity)
    store.remove(name, identity)
    for user in uses:
        for row in list(store.tables[user].values()):
            if user == "employees" and name == "areas":
                area = row.get("area")
                if isinstance(area, list) and identity in area:
                    store.put(user, row | {"area": [link for link in area if link != identity]})
            elif user == "employees" and name == "positions":
                if row.get("position") == identity:
                    store.put(user, {field: value for field, value in row.items() if field != "position"})
            elif identity in (row.get(field) for field in _links(name, user)):
                cascade(site, user, int(str(row["id"])))


def _links(name: str, user: str) -> list[str]:
    fields = [column.name for column in COLLECTIONS[user].columns if column.target == name]
    return fields + (["company"] if name == "company" and user in IN_COMPANY else [])


def stored(site: Site, collection: Collection, values: Row) -> Row:
    """A row without its blanks; null stays where blank means a default."""
    defaults = {column.name for column in columns(site.profile, collection) if column.default is not None}
    row = {field: value for field, value in values.items() if value is not None or field in defaults}
    password = row.get("self_password")
    if isinstance(password, str) and not password.startswith("pbkdf2_"):
        row["self_password"] = password_hash(site.profile.hash_rounds, password)
    return row


def _half_company(site: Site, name: str, given: Row) -> bool:
    if not site.profile.companies or name != "employees":
        return False
    named = {"company", "department"} & set(given)
    return len(named) == 1 or (not named and site.profile.company_in_patch == "always")


def _refuse_wrong(site: Site, request: Request, collection: Collection, row: Row, errors: Errors) -> None:
    """Raise Refusal if there are errors, after the checks that look at other rows."""
    spoken = language(site, request)
    if collection.key in row and collection.key not in errors:
        found = site.store.find(collection.name, row)
        if found is not None and found != row.get("id"):
            if site.profile.duplicate_code == "error" and collection.name in IN_COMPANY:
                raise Refusal(error_page(request, "django.db.utils.IntegrityError: duplicate key value"))
            _add_duplicate(site, collection, spoken, errors)
    if collection.name == "employees" and "card_no" in row and _card_taken(site, row):
        errors["card_no"] = [text(spoken, "exists", label="employee", field="card no")]
    if collection.parent and site.profile.parent_loops == "refused" and _loops(site, collection, row):
        errors[collection.parent] = [text(spoken, "loop")]
    if not errors and collection.name == "employees" and site.profile.companies:
        department = site.store.get("departments", int(str(row["department"]))) or {}
        if department.get("company") != row.get("company"):
            errors["non_field_errors"] = [MISMATCH]
    if errors:
        raise Refusal(json_response(400, errors))


def _add_duplicate(site: Site, collection: Collection, spoken: str, errors: Errors) -> None:
    if collection.name == "resigns":
        errors[collection.key] = [text(spoken, "unique")]
    elif collection.name in UNITS and site.profile.duplicate_code == "unique_set":
        fields = f"company, {collection.key}"
        errors.setdefault("non_field_errors", []).append(text(spoken, "unique_set", fields=fields))
    else:
        field = collection.key.replace("_", " ")
        errors[collection.key] = [text(spoken, "exists", label=collection.label, field=field)]


def _card_taken(site: Site, row: Row) -> bool:
    owner = site.store.card_owner(row["card_no"])
    return site.profile.card_unique and owner is not None and owner != row.get("id")


def _loops(site: Site, collection: Collection, row: Row) -> bool:
    seen = set()
    above = row.get(collection.parent)
    while isinstance(above, int) and above not in seen:
        if above == row.get("id"):
            return True
        seen.add(above)
        above = (site.store.get(collection.name, above) or {}).get(collection.parent)
    return False


def _touch(site: Site, name: str, row: Row) -> None:
    if name == "employees":
        site.store.updated[int(str(row["id"]))] = site.now()


def _created(site: Site, name: str, kept: Row, given: Row) -> Response:
    profile = site.profile
    if profile.create_answer == "empty":
        return Response(201, b"\n", {"Content-Type": "application/json"})
    if name == "positions" and profile.position_create_echo:
        known = {column.name for column in columns(profile, COLLECTIONS[name])}
        return json_response(201, {field: kept.get(field) for field in given if field in known})
    shape = site.shapes.read(name, kept, bare=name != "employees" or profile.create_answer == "bare")
    if not profile.create_attendance:
        for member in ("attemployee", "enable_att", "enable_overtime", "enable_holiday"):
            shape.pop(member, None)
    return json_response(201, _shown(site, name, shape, with_id=profile.create_id))


def _shown(site: Site, name: str, shape: Row, *, with_id: bool) -> Row:
    if name == "employees" and site.profile.self_password == "write_answers":  # noqa: S105
        shape["self_password"] = password_hash(site.profile.hash_rounds, "")
    return shape if with_id else {member: value for member, value in shape.items() if member != "id"}


def _forbidden(request: Request, mode: str, words: str) -> Response:
    if mode == "error":
        return error_page(request, f"django.db.models.deletion.ProtectedError: {words}")
    return detail(403 if mode == "forbidden" else 400, words)

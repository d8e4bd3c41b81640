"""How rows look in answers."""

import hashlib

from reconciler.simulator.profile import Profile
from reconciler.simulator.schema import ATTENDANCE, COLLECTIONS, EMPLOYEES, UNITS, Collection
from reconciler.simulator.store import BUILT_IN, Row, Store

_TEMPLATES = {"fingerprint": "-", "face": "-", "palm": "-", "vl_face": "-"}


def password_hash(rounds: int, password: str) -> str:
    """A text of the form in which Django keeps a password. It is no such hash: that would take its time."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    return f"pbkdf2_sha256${rounds}${digest[:12]}${digest[12:55]}="


class Shapes:
    """Rows of one store in the shapes of one profile."""

    def __init__(self, profile: Profile, store: Store) -> None:
        self._profile = profile
        self._store = store
        # A row of an even id, a row of an odd id: blank text may differ between them.
        self._blank = (_employee_template(profile, odd=False), _employee_template(profile, odd=True))

    def read(self, collection: str, row: Row, *, bare: bool = False) -> Row:
        """A row as a list or a detail shows it; `bare`: with ids in place of objects, as a write's answer."""
        if collection == "employees":
            return self._employee(row, bare=bare)
        if collection in UNITS:
            return self._unit(COLLECTIONS[collection], row, bare=bare)
        if collection == "resigns":
            return self._resign(row, bare=bare)
        if collection == "terminals":
            return self._terminal(row)
        return dict(row)

    def nested(self, collection: str, identity: object, *, deep: bool = False) -> Row | None:
        """The object {id, code, name} that stands for a reference; `deep` has its own parent's id, too."""
        row = self._store.get(collection, identity) if isinstance(identity, int) else None
        if row is None:
            return None
        unit = COLLECTIONS[collection]
        shape: Row = {"id": row["id"], unit.key: row[unit.key], unit.title: row.get(unit.title)}
        if deep:
            shape[unit.parent] = row.get(unit.parent)
        return shape

    def _unit(self, unit: Collection, row: Row, *, bare: bool) -> Row:
        parent = row.get(unit.parent)
        shape: Row = {"id": row["id"], unit.key: row[unit.key], unit.title: row[unit.title], unit.parent: parent}
        if not bare:
            if unit.name != "departments" or self._profile.department_parent == "nested":
                shape[unit.parent] = self.nested(unit.name, parent, deep=True)
            if unit.name != "departments" or self._profile.department_parent == "bare":
                above = self._store.get(unit.name, parent) if isinstance(parent, int) else None
                shape[f"{unit.parent}_name"] = above[unit.title] if above else None
            if self._profile.is_default:
                shape["is_default"] = row["id"] == BUILT_IN
        return self._with_company(shape, row, bare=bare)

    def _with_company(self, shape: Row, row: Row, *, bare: bool) -> Row:
        if self._profile.companies:
            company = row.get("company")
            shape["company"] = company if bare else self.nested("company", company)
        return shape

    def _employee(self, row: Row, *, bare: bool) -> Row:
        profile = self._profile
        identity = row["id"]
        assert isinstance(identity, int)  # noqa: S101  ids are ours
        shape = {**self._blank[identity % 2], **row}
        area = row.get("area")
        links: list[int] = area if isinstance(area, list) else []
        if bare:
            shape["area"] = list(links)
        else:
            department = self.nested("departments", row.get("department"))
            position = self.nested("positions", row.get("position"))
            areas = [found for link in links if (found := self.nested("areas", link))]
            shape |= {"department": department, "position": position, "area": areas}
            if profile.employee_extras == "names":
                shape["dept_name"] = department and department["dept_name"]
                shape["position_name"] = position and position["position_name"]
                shape["area_name"] = ",".join(str(found["area_name"]) for found in areas)
        if profile.attendance == "nested":
            flags = {name: shape.pop(field, None) for name, field in ATTENDANCE.items()}
            shape["attemployee"] = {"id": identity, **flags}
        if profile.employee_extras != "names" and identity in self._store.updated:
            shape["update_time"] = self._store.updated[identity]
        if profile.employee_extras == "full":
            names = (row.get("first_name"), row.get("last_name"))
            shape["full_name"] = " ".join(str(name) for name in names if name)
            shape["format_name"] = f"{row['emp_code']} {shape['full_name']}".strip()
        if profile.self_password == "hash":  # noqa: S105
            shape["self_password"] = row.get("self_password") or password_hash(profile.hash_rounds, "")
        else:
            shape.pop("self_password", None)
        return self._with_company(shape, row, bare=bare)

    def _resign(self, row: Row, *, bare: bool) -> Row:
        employee = row["employee"]
        person = self._store.get("employees", employee) if isinstance(employee, int) else None
        names = {name: (person or {}).get(name) for name in ("emp_code", "first_name", "last_name")}
        shape = {"reason": None, **row}
        return shape if bare else {**shape, "employee": {"id": employee, **names}, **names}

    def _terminal(self, row: Row) -> Row:
        area = self.nested("areas", row.get("area"))
        return {**_TERMINAL, **row, "area": area, "area_name": area and area["area_name"]}


def _employee_template(profile: Profile, *, odd: bool) -> Row:
    """Every member of an employee, as it looks when it is blank."""
    empty = profile.blank_text == "empty" or (profile.blank_text == "mixed" and odd)
    shape: Row = {"id": None}
    for column in EMPLOYEES.columns:
        blank = "" if (empty and column.type in {"text", "email"}) or column.name in profile.empty_text else None
        shape[column.name] = blank if column.default is None else column.default
    if empty:
        shape["gender"] = ""
    shape["verify_mode"] = profile.verify_mode_default
    if profile.attendance == "nested":
        shape["enable_schedule"] = True
    if profile.flow_role:
        shape["flow_role"] = []
    if profile.employee_extras != "names":
        shape |= {"update_time": "2020-06-01 19:37:35", **_TEMPLATES}
    if profile.employee_extras == "full":
        shape |= {"photo": None, "vl_palm": "-", "vl_face_photo": "-", "full_name": "", "format_name": ""}
    shape |= dict.fromkeys(profile.attributes, "" if empty else None)
    return shape


_TERMINAL: Row = {
    "terminal_name": None,
    "fw_ver": None,
    "push_ver": "",
    "state": 1,
    "terminal_tz": 8,
    "last_activity": None,
    "user_count": None,
    "fp_count": None,
    "face_count": None,
    "palm_count": None,
    "transaction_count": None,
    "push_time": None,
    "transfer_time": "00:00;14:05",
    "transfer_interval": 10,
    "is_attendance": True,
}

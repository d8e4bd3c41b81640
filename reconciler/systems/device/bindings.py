"""What the engine has to know of each kind that a terminal holds."""

from collections.abc import Mapping
from types import MappingProxyType

from reconciler.model.terminals import SETTINGS
from reconciler.systems.base import Binding
from reconciler.systems.device.settings import VERIFY_MODES

_PATHS = tuple(SETTINGS.paths())

_EMPTIES = frozenset(
    {
        "bells",
        "network.ethernet.gateway",
        "network.ethernet.nameservers",
        "network.wifi.gateway",
        "network.wifi.nameservers",
        "network.wifi.access_points",
        "attendance_upload.url",
        "attendance_upload.interval",
    }
)
"""What null, or an empty list, can clear."""

_UNREADABLE = frozenset(
    path for path in _PATHS if path.startswith(("security.", "attendance_upload.")) and path != "security.api_key"
)

_SETTINGS = Binding(
    kind="settings",
    lengths=dict.fromkeys(_PATHS),
    fixed=frozenset(_PATHS) - _EMPTIES,
    write_only=_UNREADABLE,
    choices={"verify_mode": frozenset(VERIFY_MODES)},
    stages={"network": 1, "security": 2},  # each may cut the connection, and security changes who may talk at all
    built_in=True,
)

_SHIFT = Binding(
    kind="shift",
    lengths={"periods": None, "slot": None},
    create=frozenset({"periods"}),
    fixed=frozenset({"periods", "slot"}),
)

_DEPARTMENT = Binding(kind="department", lengths={"roster": None}, fixed=frozenset({"roster"}))

_EMPLOYEE = Binding(
    kind="employee",
    lengths=dict.fromkeys(
        (
            "nickname",
            "department",
            "privilege",
            "card",
            "device_password",
            "access",
            "valid.from",
            "valid.until",
            "roster",
        )
    ),
    fixed=frozenset({"department", "privilege", "roster"}),
    choices={"privilege": frozenset({"user", "manager", "admin"})},
    unique=frozenset({"card"}),
    decimal=frozenset({"card"}),  # manual: EnrollResult, card_data
)

BINDINGS: Mapping[str, Binding] = MappingProxyType(
    {binding.kind: binding for binding in (_SETTINGS, _SHIFT, _DEPARTMENT, _EMPLOYEE)}
)
"""The bindings by kind. The manual says no length: texts are as long as the language lets them be (B4 29)."""

"""The kinds that terminals are made of: devices, their profiles, and the settings of each."""

from reconciler.model.fields import Field, Kind, Type

_VERIFY_WORDS = ("card", "face", "finger", "id", "password")


def _number(name: str, least: int, most: int, doc: str) -> Field:
    return Field(name=name, type=Type.INTEGER, minimum=least, maximum=most, lasting=True, doc=doc)


def _flag(name: str, doc: str) -> Field:
    return Field(name=name, type=Type.BOOLEAN, lasting=True, doc=doc)


_INTERFACE = (
    _flag("dhcp", "The address comes from a DHCP server."),
    Field(name="address", type=Type.INTERFACE, doc="Its own address and the length of its network: 192.168.0.5/24."),
    Field(name="gateway", type=Type.ADDRESS, doc="The gateway."),
    Field(name="nameservers", type=Type.LIST, most=2, members=Type.ADDRESS, doc="At most two name servers."),
)

SETTINGS = Kind(
    name="settings",
    plural="settings",
    doc="The settings of a terminal, each an object of its own.",
    key="name",
    listed=False,
    fields=(
        Field(name="name", type=Type.TEXT, required=True, doc="The setting's name."),
        _number("device_id", 1, 255, "The terminal's number."),
        _number("volume", 1, 10, "How loud it speaks."),
        _number("reverify_minutes", 0, 59, "Minutes in which the same person is not recorded again."),
        Field(
            name="verify_mode",
            type=Type.WORDS,
            lasting=True,
            choices=_VERIFY_WORDS,
            alone=("any",),
            doc="How people prove who they are: words joined by +, or any.",
        ),
        _flag("local_editing", "Users may be changed at the terminal's own menu."),
        Field(
            name="face",
            type=Type.BLOCK,
            lasting=True,
            doc="How faces are recognised.",
            fields=(
                _flag("liveness", "A photo of a face is not taken for a face."),
                Field(
                    name="threshold",
                    type=Type.CHOICE,
                    lasting=True,
                    choices=("lower", "low", "normal", "high", "higher"),
                    doc="How alike a face has to be.",
                ),
                _flag("multiple", "Several faces are recognised at once."),
            ),
        ),
        Field(
            name="clock",
            type=Type.BLOCK,
            lasting=True,
            doc="The clock is set when it is off by more than `max_skew`.",
            fields=(
                Field(
                    name="timezone",
                    type=Type.TIMEZONE,
                    lasting=True,
                    doc="Its time zone. The device or its profile must have it.",
                ),
                Field(
                    name="max_skew",
                    type=Type.DURATION,
                    lasting=True,
                    minimum=1,
                    maximum=3600,
                    doc="How much it may be off (default: 30s).",
                ),
                Field(name="time", type=Type.TEXT, derived=True, doc="Whether the clock is right."),
            ),
        ),
        Field(
            name="bells",
            type=Type.BELLS,
            most=24,
            doc="When it rings: a list of `{at, days, ring, output}`, managed as a whole; `ring` is none, 3s, 5s, 10s, "
            "15s, 20s, 30s, 45s or 60s, `output` inside, outside or both.",
        ),
        Field(
            name="shift_mode",
            type=Type.CHOICE,
            lasting=True,
            choices=("user", "department"),
            doc="Whose roster counts: the user's own, or the department's.",
        ),
        Field(
            name="tolerance",
            type=Type.BLOCK,
            lasting=True,
            doc="Minutes that do not count as late or early.",
            fields=(
                _number("morning_in", 0, 120, "On arriving in the morning."),
                _number("morning_out", 0, 120, "On leaving in the morning."),
                _number("afternoon_in", 0, 120, "On arriving in the afternoon."),
                _number("afternoon_out", 0, 120, "On leaving in the afternoon."),
            ),
        ),
        Field(
            name="access",
            type=Type.BLOCK,
            lasting=True,
            doc="The door.",
            fields=(
                _flag("tamper_alarm", "An alarm when the terminal is opened."),
                _number("verify_count", 0, 255, "How many people have to prove who they are before it opens."),
                _number("unlock_seconds", 0, 200, "How long it stays open."),
                Field(
                    name="wiegand",
                    type=Type.CHOICE,
                    lasting=True,
                    choices=("none", "26", "34"),
                    doc="The Wiegand output's bits.",
                ),
            ),
        ),
        Field(
            name="network",
            type=Type.BLOCK,
            lasting=True,
            doc="How it is connected. Changed after everything else.",
            fields=(
                Field(name="ethernet", type=Type.BLOCK, lasting=True, doc="The wired network.", fields=_INTERFACE),
                Field(
                    name="wifi",
                    type=Type.BLOCK,
                    lasting=True,
                    doc="The wireless network.",
                    fields=(
                        *_INTERFACE,
                        Field(
                            name="access_points",
                            type=Type.ROWS,
                            doc="The wireless networks that it joins, managed as a whole.",
                            fields=(
                                Field(name="ssid", type=Type.TEXT, length=32, required=True, doc="The network's name."),
                                Field(name="key", type=Type.SECRET, length=64, doc="Its key."),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Field(
            name="security",
            type=Type.BLOCK,
            lasting=True,
            doc="How the terminal is talked to. Changed last. What it has can't be read, but for the key.",
            fields=(
                Field(name="api_key", type=Type.SECRET, length=64, lasting=True, doc="The key that it shall have."),
                _flag("http", "It answers http."),
                _flag("https", "It answers https."),
                Field(name="certificate", type=Type.FILE, lasting=True, doc="Its certificate, a PEM file."),
                Field(
                    name="key",
                    type=Type.SECRET,
                    length=16_384,
                    lasting=True,
                    doc="The certificate's private key, as PEM.",
                ),
                Field(
                    name="ca_certificate", type=Type.FILE, lasting=True, doc="The authority that it trusts, a PEM file."
                ),
                _flag("verify_server", "It checks the certificates of servers."),
            ),
        ),
        Field(
            name="attendance_upload",
            type=Type.BLOCK,
            doc="Where attendance records are sent. What it has can't be read, only whether it is active.",
            fields=(
                Field(name="url", type=Type.URL, doc="The address. null: nowhere."),
                Field(name="interval", type=Type.DURATION, minimum=5, maximum=3600, lasting=True, doc="How often."),
            ),
        ),
        Field(
            name="locked", type=Type.BOOLEAN, derived=True, doc="Whether an apply that was interrupted left it locked."
        ),
    ),
)

_SETTINGS = Field(
    name="settings",
    type=Type.BLOCK,
    lasting=True,
    doc="The settings. What is left out keeps its value.",
    fields=tuple(field for field in SETTINGS.fields if field.name != SETTINGS.key and not field.derived),
)

_NAME_FORM = r"[A-Za-z0-9_-]+"

DEVICE_PROFILE = Kind(
    name="device_profile",
    plural="device_profiles",
    doc="Settings that several terminals share.",
    key="name",
    held=False,
    fields=(
        Field(name="name", type=Type.TEXT, required=True, pattern=_NAME_FORM, doc="Letters, digits, - and _."),
        _SETTINGS,
    ),
)

DEVICE = Kind(
    name="device",
    plural="devices",
    doc="A terminal with its own control interface. It is a target.",
    key="name",
    held=False,
    fields=(
        Field(name="name", type=Type.TEXT, required=True, pattern=_NAME_FORM, doc="Letters, digits, - and _."),
        Field(
            name="url",
            type=Type.URL,
            required=True,
            doc="Where it is, such as http://192.168.0.5.",
        ),
        Field(name="api_key", type=Type.SECRET, doc="The key that it has now. Left out: the factory's, an empty one."),
        Field(name="area", type=Type.TEXT, reference="area", doc="Its users are the employees of exactly this area."),
        Field(
            name="profile",
            type=Type.TEXT,
            reference="device_profile",
            doc="The profile that its own settings are laid over.",
        ),
        _SETTINGS,
        Field(
            name="tls",
            type=Type.BLOCK,
            doc="How its certificate is checked.",
            fields=(
                Field(name="verify", type=Type.BOOLEAN, doc="Whether it is checked at all (default: true)."),
                Field(name="ca_file", type=Type.TEXT, doc="The certificate of the authority to trust, a file."),
            ),
        ),
        Field(
            name="manages",
            type=Type.SET,
            choices=("settings", "shifts", "departments", "employees"),
            lasting=True,
            doc="What is managed, of settings, shifts, departments and employees (default: all of them).",
        ),
    ),
)

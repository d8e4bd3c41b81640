"""What the manual of the terminals leaves open, as switches; and the facts of one model of terminal.

The defaults are the positions that are taken while no real terminal has said otherwise."""

from typing import Annotated, Literal, get_args, get_type_hints

import msgspec

from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.profile import doc

ShiftRule = Literal["half_empty", "order", "overlap"]


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one terminal behaves. Every member is a switch, documented in its annotation (see `device_switches`)."""

    # The connection
    parallel: Annotated[
        Literal["record", "refuse", "delay"],
        doc(
            "A request while another is in hand is a violation: only recorded, its connection closed, or delayed. It "
            "can be seen if the first one takes time: set latency."
        ),
    ] = "record"
    latency: Annotated[float, doc("The seconds that every answer takes.")] = 0.0
    body_max: Annotated[int, doc("The most bytes of a request's body; more is answered 413.")] = 1_048_576
    wrong_key: Annotated[Literal[403, 401], doc("The HTTP status of a wrong API key.")] = 403
    key_decoding: Annotated[bool, doc("Percent signs of the API key in the URL are decoded; otherwise compared.")] = (
        True
    )
    bad_mid: Annotated[
        Literal["refused", "accepted"],
        doc("A mid that is missing, no text or longer than 32 characters: Error invalid_mid, or taken as it is."),
    ] = "refused"
    command_case: Annotated[
        Literal["exact", "any"],
        doc("Commands are wanted as the samples spell them (BeginEnrollFp), or in any case (BeginEnrollFP)."),
    ] = "exact"
    action_case: Annotated[
        Literal["exact", "any"], doc("The member `Action` of SetDept and DeviceControl is wanted so, or in any case.")
    ] = "exact"
    unknown_members: Annotated[
        Literal["refused", "ignored"], doc("A member of the payload that the manual does not have.")
    ] = "refused"
    booleans: Annotated[
        Literal["verbatim", "any"],
        doc('Each boolean is wanted in its own dialect ("yes", "on" or true), or any dialect is taken.'),
    ] = "verbatim"
    absent: Annotated[
        Literal["not_supported", "unknown_command"], doc("The error of a command whose hardware is absent.")
    ] = "not_supported"
    partial_settings: Annotated[
        Literal["refused", "merged"], doc("A setting without all of its members is refused, or the others stay.")
    ] = "refused"

    # Security, lock, network
    device_key: Annotated[
        Literal["both", "plain", "blank"],
        doc('The name of the private key in tls_conf: "device_key" of the table, "device_key " of the example, both.'),
    ] = "both"
    security_omitted: Annotated[
        Literal["kept", "reset"],
        doc("Members that SetSecurityConfig leaves out are kept, or as the factory made them."),
    ] = "kept"
    security_reply: Annotated[
        Literal["sent", "lost"], doc("SetSecurityConfig is answered, or its connection closed after it was done.")
    ] = "sent"
    both_off: Annotated[
        Literal["accepted", "refused"],
        doc("Disabling http and https is accepted (nothing but a factory reset helps then), or refused."),
    ] = "accepted"
    lock_required: Annotated[bool, doc("Users can be changed on a locked terminal only.")] = False
    lock_seconds: Annotated[float, doc("The terminal unlocks itself after so many seconds; 0: never.")] = 0.0
    lock_kept: Annotated[bool, doc("The lock survives a restart.")] = True
    network_omitted: Annotated[
        Literal["kept", "dhcp"], doc("An interface that SetNetworkConfig leaves out is kept, or set to DHCP.")
    ] = "kept"
    access_points: Annotated[
        Literal["replaced", "merged"], doc("Wi-Fi access points are replaced as a whole, or merged by their ssid.")
    ] = "replaced"
    dhcp_members: Annotated[
        Literal["absent", "invalid"],
        doc('With DHCP on, GetNetworkConfig leaves the address out of `config`, or shows "0.0.0.0".'),
    ] = "absent"
    address_change: Annotated[
        Literal["move", "stop", "stay"],
        doc(
            "A new static address: a loopback one is where the terminal is from then on, any other changes nothing; "
            "or the terminal can't be reached any more but at a new loopback address; or it stays where it is."
        ),
    ] = "move"
    network_reply: Annotated[
        Literal["sent", "lost"], doc("SetNetworkConfig is answered before the address changes, or never.")
    ] = "sent"

    # Users and departments
    user_page: Annotated[int, doc("The users of one page of GetUserIdList.")] = 50
    empty_value: Annotated[
        Literal["cleared", "kept", "refused"],
        doc('"" for password, card and face and [] for fp and palm: cleared, kept as they are, or refused.'),
    ] = "cleared"
    card_form: Annotated[
        Literal["verbatim", "decimal"], doc("Cards are kept verbatim, or as decimals without leading zeros.")
    ] = "verbatim"
    card_unique: Annotated[bool, doc("A card that another user has is refused.")] = False
    error_id: Annotated[
        Literal["number", "text"], doc("The id in user_id_not_exists: a number where it can be one, or text.")
    ] = "number"
    unknown_depart: Annotated[
        Literal["refused", "created"], doc("A user's department that is not there is refused, or created.")
    ] = "refused"
    dept_list_key: Annotated[
        str, doc("The member of GetDeptList's payload that has the departments; empty: the payload is the array.")
    ] = "depts"
    dept_add_existing: Annotated[Literal["refused", "accepted"], doc("Adding a department that is there.")] = "refused"
    dept_delete_missing: Annotated[Literal["refused", "accepted"], doc("Deleting a department that is not there.")] = (
        "refused"
    )
    dept_delete_used: Annotated[
        Literal["refused", "moved"],
        doc("Deleting a department that has users is refused, or they move to the first department."),
    ] = "refused"
    dept_delete_last: Annotated[
        Literal["refused", "accepted"], doc("Deleting the last department, or the built-in Company.")
    ] = "refused"
    dept_rename: Annotated[
        Literal["followed", "left"], doc("The users of a renamed department follow it, or keep the old name.")
    ] = "followed"
    dept_order: Annotated[Literal["insertion", "name"], doc("The order of departments in GetDeptList.")] = "insertion"
    dept_names: Annotated[Literal["exact", "caseless"], doc("How names of departments are compared.")] = "exact"
    dept_shift: Annotated[
        Literal["week", "zeros"], doc("The week of a department added without one: [100,0,0,0,0,0,100], or zeros.")
    ] = "week"

    # Schedules and access
    partial_arrays: Annotated[
        Literal["refused", "padded", "kept"],
        doc("Fewer bells, shifts, periods, zones or ranges than there are: refused, the rest unused, or as it was."),
    ] = "refused"
    bell_start: Annotated[Literal["time", "empty"], doc('Whether a bell\'s start may also be "".')] = "time"
    shift_mode_answer: Annotated[
        Literal["lower", "title"], doc('GetShiftMode answers "user", as its example, or "User", as its table.')
    ] = "lower"
    shift_mode_case: Annotated[
        Literal["any", "table"], doc('SetShiftMode takes any case, or only "User" and "Department".')
    ] = "any"
    tolerance_name: Annotated[
        Literal["misspelt", "both"], doc("GetAttendaceTolerance as the manual has it, or also GetAttendanceTolerance.")
    ] = "misspelt"
    shift_rules: Annotated[
        tuple[ShiftRule, ...],
        doc("What makes a shift invalid: a period half empty, one that ends before it starts, two that overlap."),
    ] = ("half_empty", "order", "overlap")
    user_shift_id: Annotated[
        Literal["required", "everyone"],
        doc("SetUserShift without id, as in its example, is refused, or written to every user."),
    ] = "required"
    user_shift_start: Annotated[
        Literal["any", "midnight"], doc("The start of a user's 100 days is any moment, or refused unless midnight.")
    ] = "any"
    user_shift_answer: Annotated[
        Literal["verbatim", "today"],
        doc("GetUserShift answers what was written, or re-bases it to the terminal's today, repeating the 100 days."),
    ] = "verbatim"
    zone_unused: Annotated[
        Literal["empty", "midnight"], doc('Unused ranges of the factory\'s zones are "" or "00:00" to "00:00".')
    ] = "empty"
    zone_zero: Annotated[Literal["all_day", "unused"], doc("Zone 0 of the factory is open all day, or unused.")] = (
        "all_day"
    )
    zone_empty: Annotated[Literal["accepted", "refused"], doc('A zone\'s range may be "" to "".')] = "accepted"
    zone_order: Annotated[
        Literal["refused", "accepted"], doc("A zone's range that ends before it starts, or is half empty.")
    ] = "refused"

    # Enrolment, attendance records, clock
    job_queries: Annotated[int, doc('How often QueryJobStatus answers "pending" before a job succeeds.')] = 1
    jobs_at_once: Annotated[int, doc("How many enrolment jobs may be pending; one more is Error job_exists.")] = 1
    log_page: Annotated[int, doc("The records of one page of GetAttendLog.")] = 100
    log_end: Annotated[
        Literal["omitted", "present"], doc("next_pos of a page without records is omitted, or the start again.")
    ] = "omitted"
    erase_end: Annotated[
        Literal["exclusive", "inclusive"], doc("EraseAttendLog erases what is before end_pos, or also that one.")
    ] = "exclusive"
    erase_positions: Annotated[
        Literal["absolute", "rebased"], doc("Positions after an erase go on counting, or begin at 0 again.")
    ] = "absolute"
    uploader_interval: Annotated[
        Literal["interval", "Interval", "both"], doc("The name of ConfigAttendLogUploader's interval.")
    ] = "interval"
    uploader_empty: Annotated[Literal["off", "refused"], doc('target_uri "" switches the uploader off.')] = "off"
    uploader_status: Annotated[
        Literal["active", "inactive"], doc("What a configured uploader reports; one that is off is inactive.")
    ] = "active"
    time_offset: Annotated[
        Literal["refused", "ignored"], doc("A UTC offset in SetDeviceTime is refused, or ignored.")
    ] = "refused"
    clear_admins: Annotated[
        Literal["demoted", "deleted"], doc("DeviceControl ClearAdmins makes managers users, or deletes them.")
    ] = "demoted"
    clear_all: Annotated[
        Literal["data", "factory"],
        doc("DeviceControl ClearAllData clears users and records, or is a factory reset, the API key included."),
    ] = "data"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hardware of a terminal, as GetDeviceCapabilities names it."""

    access_control: bool = True
    card: bool = True
    ethernet: bool = True
    face: bool = True
    fingerprint: bool = True
    input_device: bool = True
    palm: bool = True
    password: bool = True
    vrface: bool = True
    wifi: bool = True


class Capacity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a terminal holds: the numbers of GetCapacityLimit's example, and GetDeptList's departments."""

    users: int = 5000
    faces: int = 3000
    fingerprints: int = 15000
    attend_logs: int = 400_000
    palms: int = 1000
    departments: int = 100


def switches_with(given: dict[str, object] | None) -> Switches:
    """The defaults with single switches set otherwise. Raises SimulatorError for an unknown switch or a value that it
    does not take; texts stand for numbers and booleans, as in a YAML file."""
    unknown = sorted(set(given or {}) - set(Switches.__struct_fields__))
    if unknown:
        known = ", ".join(Switches.__struct_fields__)
        raise SimulatorError(f"Terminals have no switch {unknown[0]!r}. Their switches are {known}.")
    try:
        return msgspec.convert(given or {}, Switches, strict=False)
    except msgspec.ValidationError as error:
        raise SimulatorError(f"A switch has a wrong value: {error}.") from None


def device_switches() -> dict[str, str]:
    """Every switch of terminals by its name, with its documentation."""
    hints = get_type_hints(Switches, include_extras=True)
    return {name: str(get_args(hints[name])[1].description) for name in Switches.__struct_fields__}

"""The setting `security`: all but the key can only be written (manual: SetSecurityConfig)."""

from collections.abc import Collection, Mapping

from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.systems.device.dialects import YES
from reconciler.systems.device.facts import Facts
from reconciler.systems.device.wire import not_sent

API_KEY = "security.api_key"
_PLAIN = {API_KEY: "api_key"}
_PEM = {
    "security.certificate": "device_cert",
    "security.key": "device_key",
    "security.ca_certificate": "ca_cert",
}
_FLAGS = {"security.https": "enabled", "security.verify_server": "validate_certificate"}
_HTTP, _HTTPS = "security.http", "security.https"


def live_key(facts: Facts) -> Secret | None:
    """The value of `security.api_key`: the key that opened the terminal, None for the factory's empty one."""
    return facts.key if facts.key.reveal() else None


def encode_security(after: Mapping[str, Value], changed: Collection[str], facts: Facts) -> list[dict[str, object]]:
    """SetSecurityConfig's payload with what `changed` of `after`, in each spelling of the manual: its example has
    `device_key` with a blank behind it, its table without (B4 1).

    The key that opened the terminal is named again when it stays: what happens to members that are left out is not
    documented (B4 2), and no other command would tell that the terminal is open to everybody. Raises Failure when
    neither http nor https would be on.
    """
    if _closed(after, facts):
        raise not_sent(
            "RC0407",
            "Neither http nor https would be on, so that nothing could talk to the terminal any more. Let at least one "
            "of `http` and `https` be true.",
        )
    sent = {path: after[path] for path in changed if path in after}
    plain: dict[str, object] = {}
    if key := sent.get(API_KEY, live_key(facts)):
        plain["api_key"] = key
    if _HTTP in sent:
        plain["enable_http"] = YES.encode(sent[_HTTP])
    tls: dict[str, object] = {member: YES.encode(sent[path]) for path, member in _FLAGS.items() if path in sent}
    tls |= {member: sent[path] for path, member in _PEM.items() if path in sent}
    if not tls:
        return [plain]
    if "device_key" not in tls:
        return [plain | {"tls_conf": tls}]
    blank = {f"{member} " if member == "device_key" else member: value for member, value in tls.items()}
    return [plain | {"tls_conf": tls}, plain | {"tls_conf": blank}]


def _closed(after: Mapping[str, Value], facts: Facts) -> bool:
    """Whether neither would be on. What the files leave out is known to be on only where the terminal answered so."""
    by_https = facts.url.startswith("https:")
    http, https = after.get(_HTTP, not by_https), after.get(_HTTPS, by_https)
    return False in (after.get(_HTTP), after.get(_HTTPS)) and not (http or https)

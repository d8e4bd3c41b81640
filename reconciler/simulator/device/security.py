"""SetSecurityConfig (manual: Security Configuration): the API key, and which of http and https is on. No getter."""

import ssl
import tempfile
from pathlib import Path

from reconciler.simulator.device.checks import SUCCESS, Refused, Reply, Unit, flag, members, obj, text, wrong
from reconciler.simulator.device.state import Json, Security

_TLS = ("enabled", "validate_certificate", "ca_cert", "device_cert")
_KEYS = {"both": ("device_key", "device_key "), "plain": ("device_key",), "blank": ("device_key ",)}


def put(unit: Unit, payload: Json) -> Reply:
    """SetSecurityConfig. https can't be enabled without a certificate and the key that belongs to it."""
    members(unit, payload, (), ("api_key", "enable_http", "tls_conf"))
    live = unit.state.security if unit.switches.security_omitted == "kept" else unit.delivered
    keys = _KEYS[unit.switches.device_key]
    tls = obj(payload.get("tls_conf", {}), "tls_conf")
    members(unit, tls, (), (*_TLS, *keys))
    written = next((tls[key] for key in keys if key in tls), live.device_key)
    new = Security(
        api_key=text(payload.get("api_key", live.api_key), "api_key"),
        http=flag(unit, payload["enable_http"], "enable_http", "yes") if "enable_http" in payload else live.http,
        https=flag(unit, tls["enabled"], "enabled", "yes") if "enabled" in tls else live.https,
        validate=flag(unit, tls["validate_certificate"], "validate_certificate", "yes")
        if "validate_certificate" in tls
        else live.validate,
        ca_cert=text(tls.get("ca_cert", live.ca_cert), "ca_cert"),
        device_cert=text(tls.get("device_cert", live.device_cert), "device_cert"),
        device_key=text(written, "device_key"),
    )
    if not (new.http or new.https) and unit.switches.both_off == "refused":
        raise Refused("no_interface")
    if new.device_cert or new.device_key:
        context(new)
    elif new.https:
        raise wrong("device_cert")
    unit.state.security = new
    return SUCCESS


def context(security: Security) -> ssl.SSLContext:
    """The TLS context of a terminal's certificate. Raises Refused if certificate and key do not belong together."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # the library reads certificates from files only
        certificate, key = Path(folder, "certificate"), Path(folder, "key")
        certificate.write_text(security.device_cert, "utf-8")
        key.touch(mode=0o600)
        key.write_text(security.device_key, "utf-8")
        try:
            # A password given means that an encrypted key is refused, not asked about.
            found.load_cert_chain(certificate, key, password="")
        except (ssl.SSLError, ValueError):
            raise wrong("device_cert") from None
    return found

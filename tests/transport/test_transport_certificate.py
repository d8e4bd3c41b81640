"""A target's certificate, as doctor tells of it."""

import re
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from loopback import reply

from reconciler.model.examination import Finding
from reconciler.model.project import Tls
from reconciler.workflow import examining
from reconciler.workflow.examining import certificate_findings


@pytest.fixture
def https(serve, target, certificates, identity):
    """A target that answers https with the certificate of this name, and that trusts those of `ca_file`."""

    def start(name: str, ca_file: str | None = None, *, verify: bool = True):
        server = serve(lambda request: reply(200, "hello"), identity(getattr(certificates, name)))
        trusted = None if ca_file is None else str(getattr(certificates, ca_file))
        return target(server.url, tls=Tls(verify=verify, ca_file=trusted))

    return start


def fingerprint(path) -> Finding:
    digits = sha256(ssl.PEM_cert_to_DER_cert(re.split("(?=-----BEGIN .*KEY)", path.read_text())[0])).hexdigest()
    return Finding("fingerprint", f"SHA-256 {':'.join(re.findall('..', digits.upper()))}")


def until(path) -> str:
    """The day on which a certificate ends."""
    openssl = ("openssl", "x509", "-noout", "-enddate", "-in", str(path))
    said = subprocess.run(openssl, check=True, capture_output=True, text=True).stdout
    seconds = ssl.cert_time_to_seconds(said.strip().removeprefix("notAfter="))
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("certificate", "ca_file", "value"),
    [
        ("good", "authority", "trusted, until END"),
        ("alone", "alone", "trusted, until END"),
        ("good", None, "not trusted: unable to get local issuer certificate, until END"),
        ("alone", None, "not trusted: self-signed certificate, until END"),
        (
            "elsewhere",
            "authority",
            "not trusted: IP address mismatch, certificate is not valid for '127.0.0.1', until END",
        ),
        ("expired", "authority", "not trusted: certificate has expired"),
    ],
)
def test_whether_it_is_trusted_until_when_and_its_fingerprint(
    https, certificates, monkeypatch, certificate, ca_file, value
):
    monkeypatch.setattr(examining, "SOON", timedelta())
    said, of = certificate_findings(https(certificate, ca_file))
    assert said == Finding("certificate", value.replace("END", until(getattr(certificates, certificate))))
    assert of == fingerprint(getattr(certificates, certificate))


def test_one_that_ends_soon(https):
    said, _ = certificate_findings(https("good", "authority"))
    assert said.advice == "It ends soon. Have it renewed before."


def test_one_that_is_not_checked(https, certificates):
    where = https("alone", verify=False)
    said, _ = certificate_findings(where)
    address = where.url.removeprefix("https://")
    assert said == Finding(
        "certificate",
        f"not checked, until {until(certificates.alone)}",
        "Anyone on the way can pretend to be it. Fetch the certificate with `openssl s_client -connect "
        f"{address} -showcerts`, compare the fingerprint with the one that its administrator reads out, and name the "
        "file in `tls.ca_file` instead of `verify: false`.",
    )


def test_over_http_there_is_none_and_who_does_not_answer_is_told_of_elsewhere(target):
    assert list(certificate_findings(target("http://127.0.0.1:9"))) == []
    assert list(certificate_findings(target("https://127.0.0.1:9"))) == []

"""Backends on https, whose certificate a private authority signed: `tls: {ca_file: …}`."""

import json
import ssl
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from benches import Bench
from certificates import Certificates, make_certificates

from reconciler.config.load import load_project
from reconciler.model.project_schema import project_schema
from reconciler.state.backend import StateError, new_state

SECURED = ["s3", "gcs", "azure", "gitlab"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("pki"))


def secured(bench: Bench, certificate: Path, ca_file: str | None) -> None:
    """From now on the bench's server speaks TLS alone, and the project says so."""
    assert bench.server is not None
    identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity.load_cert_chain(certificate)
    listening = bench.server._server.socket
    bench.server._server.socket = identity.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)
    bench.server._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # of clients that turn away
    path = bench.root / "reconciler.yaml"
    document = json.loads(path.read_text().replace(bench.server.url, bench.server.url.replace("http:", "https:")))
    if ca_file is not None:
        document["state"]["tls"] = {"ca_file": ca_file}
    path.write_text(json.dumps(document))


def refusal(bench: Bench) -> str:
    with pytest.raises(StateError) as caught:
        bench.open().read()
    assert (caught.value.diagnostic.code, bench.slept) == ("RC0801", [])
    return caught.value.diagnostic.detail


@pytest.mark.parametrize("bench", SECURED, indirect=True)
def test_the_state_is_kept_behind_a_private_authority(bench: Bench, certificates: Certificates) -> None:
    (bench.root / "ca.pem").write_bytes(certificates.authority.read_bytes())
    secured(bench, certificates.good, "ca.pem")
    backend, state = bench.open(), new_state()
    with backend.lock("apply", ""):
        backend.write(type(state)(lineage=state.lineage, serial=1))
    stored = bench.open().read()
    assert stored is not None
    assert stored.lineage == state.lineage


@pytest.mark.parametrize("bench", SECURED, indirect=True)
def test_another_certificate_is_refused_at_once_and_nothing_is_sent(bench: Bench, certificates: Certificates) -> None:
    secured(bench, certificates.good, None)
    assert bench.server is not None
    assert "can't be read: its certificate is not trusted (if a private authority signed it, name that one's in " in (
        refusal(bench)
    )
    assert bench.server.requests == []


@pytest.mark.parametrize("bench", ["s3", "gitlab"], indirect=True)
@pytest.mark.parametrize("certificate", ["elsewhere", "expired"])
def test_the_authority_alone_is_not_enough(bench: Bench, certificates: Certificates, certificate: str) -> None:
    secured(bench, getattr(certificates, certificate), str(certificates.authority))
    assert "its certificate is not trusted" in refusal(bench)


@pytest.mark.parametrize("bench", ["s3", "gitlab"], indirect=True)
def test_a_file_that_holds_no_certificate(bench: Bench, certificates: Certificates) -> None:
    (bench.root / "ca.pem").write_text("nonsense")
    secured(bench, certificates.good, "ca.pem")
    where = bench.root / "ca.pem"
    why = f"the file {where} of `tls.ca_file` can't be used: it holds no certificate in PEM form. Nothing was changed."
    assert f"can't be read: {why}" in refusal(bench)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"backend": "s3", "url": "s3://b/s.json", "tls": {"ca_file": "missing.pem"}}, "RC0101"),
        ({"backend": "s3", "url": "s3://b/s.json", "tls": {"ca_file": "../ca.pem"}}, "RC0108"),
        ({"backend": "s3", "url": "s3://b/s.json", "tls": {"verify": False}}, "RC0201"),
        ({"backend": "http", "address": "https://gitlab.example/state", "tls": "ca.pem"}, "RC0203"),
        ({"backend": "postgres", "tls": {"ca_file": "/ca.pem"}}, "RC0201"),
        ({"backend": "local", "tls": {"ca_file": "/ca.pem"}}, "RC0201"),
    ],
)
def test_what_it_can_not_say(tmp_path: Path, state: dict[str, Any], code: str) -> None:
    document = {"version": 1, "project": "acme", "state": state}
    (tmp_path / "reconciler.yaml").write_text(json.dumps(document))
    _, found = load_project(tmp_path, {}, {})
    assert [each.code for each in found] == [code]
    valid = jsonschema.Draft202012Validator(project_schema(("biotime",))).is_valid(document)
    assert valid == (code in ("RC0101", "RC0108"))

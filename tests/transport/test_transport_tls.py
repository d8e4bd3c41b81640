"""Whose certificate is trusted, and what is said of one that is not."""

import socket
import threading

import pytest
from loopback import about, read, reply, write

from reconciler.model.project import Tls
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_reader


def tls(serve, certificate, identity):
    return serve(lambda request: reply(200, "hello"), identity(certificate))


def test_a_certificate_of_an_unknown_authority(serve, target, certificates, identity):
    server = tls(serve, certificates.good, identity)
    failure = write(target(server.url))
    assert about(failure) == (Sent.NOT_SENT, "RC0502", None)
    assert failure.detail == (
        f"The certificate of 127.0.0.1:{server.port} is not trusted: unable to get local issuer certificate. Nothing "
        "was sent. Either the server's certificate comes from an authority that this machine does not know, or "
        "somebody stands between. Look at it with "
        f"`openssl s_client -connect 127.0.0.1:{server.port} -showcerts`, compare its fingerprint with the one that "
        "the server's administrator reads out, and name the file with the certificate of its authority in the target's "
        "`tls.ca_file`."
    )
    assert server.requests == []


@pytest.mark.parametrize(
    ("certificate", "trusted"), [("good", "authority"), ("good", "good"), ("alone", "alone")], ids=str
)
def test_ca_file_trusts_an_authority_or_the_certificate_itself(
    serve, target, certificates, identity, certificate, trusted
):
    server = tls(serve, getattr(certificates, certificate), identity)
    ca_file = str(getattr(certificates, trusted))
    with open_reader(target(server.url, tls=Tls(ca_file=ca_file)), None) as reader:
        assert reader.get("x") == "hello"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("alone", "self-signed certificate. Nothing was sent. Either the server's certificate comes from an authority"),
        (
            "expired",
            "certificate has expired. Nothing was sent. Have the certificate renewed, and check this machine's",
        ),
        (
            "elsewhere",
            "certificate is not valid for '127.0.0.1'. Nothing was sent. It belongs to another name than the",
        ),
    ],
)
def test_ca_file_does_not_trust(serve, target, certificates, identity, certificate, reason):
    server = tls(serve, getattr(certificates, certificate), identity)
    failure = read(target(server.url, tls=Tls(ca_file=str(certificates.authority))))
    assert about(failure) == (Sent.NOT_SENT, "RC0502", None)
    assert reason in failure.detail
    assert "verify" not in failure.detail
    assert server.requests == []


@pytest.mark.parametrize("certificate", ["alone", "elsewhere", "expired"])
def test_verify_false_trusts_anyone(serve, target, certificates, identity, certificate):
    server = tls(serve, getattr(certificates, certificate), identity)
    with open_reader(target(server.url, tls=Tls(verify=False)), None) as reader:
        assert reader.get("x") == "hello"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file or directory"),
        (b"", "it holds no certificate in PEM form"),
        (b"\xff", "it holds no certificate in PEM form"),
    ],
)
def test_a_ca_file_that_cant_be_used(target, tmp_path, content, reason):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    failure = read(target("https://127.0.0.1:1", tls=Tls(ca_file=str(path))))
    assert about(failure) == (Sent.NOT_SENT, "RC0502", None)
    assert failure.detail.startswith(f"The file {path} of `tls.ca_file` can't be used: {reason}. Name a readable file")


def test_https_to_a_server_that_speaks_http(target):
    def answer(listener):
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            connection.sendall(reply(400))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        failure = write(target(f"https://127.0.0.1:{listener.getsockname()[1]}", retries=0))
        thread.join()
    assert about(failure) == (Sent.NOT_SENT, "RC0501", None)
    assert (
        "no TLS connection could be made (wrong version number). Check that the server speaks https at this port; it "
        "may be http, or a TLS version that is too old. Nothing was sent."
    ) in failure.detail


def test_a_certificate_is_not_tried_again(serve, target, certificates, identity, fake):
    server = tls(serve, certificates.good, identity)
    with pytest.raises(Failure), open_reader(target(server.url), None, fake.timing) as reader:
        reader.get("x")
    assert fake.sleeps == []

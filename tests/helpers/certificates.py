"""Certificates for servers on loopback, made by openssl."""

import subprocess
from pathlib import Path
from typing import NamedTuple


class Certificates(NamedTuple):
    """Where they are."""

    authority: Path  # the certificate of the authority that signed `good` and `elsewhere`
    good: Path  # for 127.0.0.1; certificate and key in one file, like the next ones
    elsewhere: Path  # for another name
    expired: Path
    alone: Path  # signed by itself


def make_certificates(folder: Path) -> Certificates:
    """Makes them all in the folder."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    def selfsigned(name: str, subject: str, *extensions: str) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key")
        added = [item for extension in extensions for item in ("-addext", extension)]
        openssl("req", "-x509", *key, "-out", f"{name}.crt", "-subj", subject, "-days", "30", *added)

    def signed(name: str, alternative: str, *when: str) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key")
        openssl("req", *key, "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
        by = ("-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", f"{name}.ext")
        openssl("x509", "-req", "-in", f"{name}.csr", *by, "-out", f"{name}.crt", *(when or ("-days", "30")))

    selfsigned("authority", "/CN=Test authority", "keyUsage=critical,keyCertSign,cRLSign")
    selfsigned("alone", "/CN=alone", "subjectAltName=IP:127.0.0.1")
    signed("good", "IP:127.0.0.1")
    signed("elsewhere", "DNS:elsewhere.example")
    signed("expired", "IP:127.0.0.1", "-days", "-1")
    for name in ("good", "elsewhere", "expired", "alone"):
        (folder / f"{name}.pem").write_text((folder / f"{name}.crt").read_text() + (folder / f"{name}.key").read_text())
    return Certificates(
        folder / "authority.crt", *(folder / f"{n}.pem" for n in ("good", "elsewhere", "expired", "alone"))
    )

"""TLS on a connection whose first byte asks for it, so that a terminal's http and https share one port."""

import ssl

HANDSHAKE = 0x16
"""The first byte of a TLS connection."""


class Secure:
    """Both directions of one TLS connection, without its socket."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._open = False

    def received(self, data: bytes) -> bytes:
        """What is in the bytes that arrived. Raises ssl.SSLError for a handshake that fails, and at the end."""
        self._incoming.write(data)
        found = []
        try:
            if not self._open:
                self._tls.do_handshake()
                self._open = True
            while chunk := self._tls.read(65536):
                found.append(chunk)
        except ssl.SSLWantReadError:
            pass
        return b"".join(found)

    def sealed(self, data: bytes) -> bytes:
        """What to send for `data`; without it, what the handshake has to say."""
        if data:
            self._tls.write(data)
        return self._outgoing.read()

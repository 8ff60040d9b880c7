"""The client's side of SCRAM-SHA-256, as RFC 5802 has it: written for the tests, from the client's point of view."""

import hmac
from base64 import b64decode, b64encode
from hashlib import pbkdf2_hmac, sha256

__all__ = ["ScramClient"]

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


class ScramClient:
    """One exchange.

    Args:
        name: As it stands in the message.
        password: The password.
        header: The GS2 header.
        channel: What identifies the channel.

    Attributes:
        nonce: Its part.
        proof: Changes the proof before it is sent.
    """

    def __init__(
        self, name: str, password: str = "finesse", header: str = "n,,", channel: bytes = b""
    ) -> None:
        self._name, self._password, self._header, self._channel = name, password, header, channel
        self.nonce = "fyko+d2lbbFgONRv9qkxdawL"
        self.flip = 0

    @property
    def first(self) -> str:
        """The client-first message."""
        return f"{self._header}{self._bare}"

    @property
    def _bare(self) -> str:
        return f"n={self._name},r={self.nonce}"

    def auth(self, mechanism: str = "SCRAM-SHA-256") -> str:
        """The first element."""
        text = b64encode(self.first.encode()).decode()
        return f'<auth xmlns="{SASL}" mechanism="{mechanism}">{text}</auth>'

    def final(self, challenge: str) -> str:
        """The client-final message, for a server-first."""
        fields = dict(field.split("=", 1) for field in challenge.split(","))
        salted = pbkdf2_hmac(
            "sha256", self._password.encode(), b64decode(fields["s"]), int(fields["i"])
        )
        channel = b64encode(self._header.encode() + self._channel).decode()
        unproved = f"c={channel},r={fields['r']}"
        said = f"{self._bare},{challenge},{unproved}".encode()
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        mask = hmac.digest(sha256(client_key).digest(), said, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, mask, strict=True))
        proof = bytes([proof[0] ^ self.flip]) + proof[1:]
        server_key = hmac.digest(salted, b"Server Key", "sha256")
        self.expected = "v=" + b64encode(hmac.digest(server_key, said, "sha256")).decode()
        return f"{unproved},p={b64encode(proof).decode()}"

    def response(self, element: str) -> str:
        """The second element, for a ``<challenge/>``."""
        challenge = b64decode(element.partition(">")[2].partition("<")[0]).decode()
        text = b64encode(self.final(challenge).encode()).decode()
        return f'<response xmlns="{SASL}">{text}</response>'

    def is_server(self, element: str) -> bool:
        """Whether ``<success/>`` proves that the server knows the password too."""
        said = element.partition("<success")[2].partition(">")[2].partition("<")[0]
        return b64decode(said).decode() == self.expected

"""Security tokens: they show which gadget a request is from, and who looks at it.

A token is ``version.payload.seal``; the seal is an HMAC over the other two as they are written, and is compared as it is
written, so that no other spelling of a token passes for it. Shindig's form with colons and without a seal is none.

Spec: ``gadgets.md`` §13.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["LIFE_S", "LONGEST_S", "MAX_TOKEN", "Grant", "TokenSigner"]

LIFE_S: Final = 3_600
"""How long a token is good."""

LONGEST_S: Final = 57_600
"""How long it and what it is renewed to are good together: a long day's work."""

MAX_TOKEN: Final = 8_192
"""No token is longer, in characters: a gadget's URL, and some names."""

_VERSION: Final = "g1"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token says.

    Attributes:
        viewer: The login id of who looks at the gadget.
        gadget: The URL of its specification.
        module_id: Its number in the page.
        container: The name of the page around it.
        began_s: When the first token was made, in seconds since the epoch.
        until_s: Up to when this one is good.
    """

    viewer: str
    gadget: str
    module_id: int
    container: str
    began_s: int
    until_s: int


class TokenSigner:
    """Makes and reads tokens.

    Args:
        key: Random, 32 bytes or more.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, viewer: str, gadget: str, module_id: int, container: str, now_s: float) -> str:
        """Make a token for a gadget in somebody's page.

        Args:
            viewer: Whose password or token was looked at, and nobody who only says so.
            gadget: The URL of its specification.
            module_id: Its number in the page.
            container: The name of the page.
            now_s: Seconds since the epoch.
        """
        now = int(now_s)
        return self._written(Grant(viewer, gadget, module_id, container, now, now + LIFE_S))

    def read(self, token: str, now_s: float) -> Grant | None:
        """What a token says; None if it is none of ours, or is good no more."""
        if len(token) > MAX_TOKEN or not token.isascii():
            return None
        said, _, seal = token.rpartition(".")
        if not hmac.compare_digest(seal, self._seal(said)):
            return None
        found = Grant(*json.loads(urlsafe_b64decode(said.partition(".")[2])))
        return found if now_s < found.until_s else None

    def renewed(self, grant: Grant, now_s: float) -> str:
        """A newer token for one that was read; empty while that is young, and when it can be made no newer."""
        until = min(int(now_s) + LIFE_S, grant.began_s + LONGEST_S)
        if grant.until_s - now_s > LIFE_S / 2 or until <= grant.until_s:
            return ""
        return self._written(replace(grant, until_s=until))

    def _written(self, grant: Grant) -> str:
        fields = (
            grant.viewer,
            grant.gadget,
            grant.module_id,
            grant.container,
            grant.began_s,
            grant.until_s,
        )
        payload = urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode()
        said = f"{_VERSION}.{payload}"
        return f"{said}.{self._seal(said)}"

    def _seal(self, said: str) -> str:
        return hmac.digest(self._key, said.encode("ascii"), "sha256").hex()

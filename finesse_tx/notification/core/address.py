r"""The addresses of people: a login id, made fit to stand before the ``@`` of a JID, and back.

Login ids are often mail addresses (single sign-on), and ``@`` and some others cannot stand there: they are escaped
as ``\40`` and so on. JIDs do not tell upper from lower case, so what stands there is in lower case.

Spec: XEP-0106 §4 (the ten characters; the exception for spaces at either end is not needed here).
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["local_part", "login_id", "sign_in_name"]

_CODES: Final = {character: f"\\{ord(character):02x}" for character in " \"&'/:<>@"}
_CHARACTERS: Final = {code: character for character, code in _CODES.items()} | {"\\5c": "\\"}
_CODE: Final = re.compile(r"\\(?:20|22|26|27|2f|3a|3c|3e|40|5c)")
_SPECIAL: Final = re.compile(r"""[ "&'/:<>@]|\\(?=(?:20|22|26|27|2f|3a|3c|3e|40|5c))""")


def local_part(login: str) -> str:
    """What stands before the ``@`` for this login id."""
    return _SPECIAL.sub(lambda found: _CODES.get(found[0], "\\5c"), login.lower())


def login_id(local: str) -> str:
    """The login id, in lower case, that stands before the ``@``."""
    return _CODE.sub(lambda found: _CHARACTERS[found[0]], local)


def sign_in_name(authcid: str, domain: str) -> str:
    """The name to check the password of: some clients write their whole address there."""
    name = authcid.removesuffix(f"@{domain}")
    return login_id(name) if name != authcid else name

"""Who signs in how: with a password every time, or once for a token.

Spec: ``rest.md`` §8 (systemAuthMode), §11 (UserAuthMode).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from finesse_tx.directory.core.records import Person

__all__ = ["AuthMode", "AuthModes"]

AuthMode = Literal["SSO", "NON_SSO", "HYBRID"]
"""As SystemInfo has it; a user's own is never HYBRID."""


@dataclass(frozen=True, slots=True)
class AuthModes:
    """Who has single sign-on.

    Attributes:
        system: Everybody, nobody, or some.
        users: With HYBRID: the login ids of those who have.
    """

    system: AuthMode = "NON_SSO"
    users: Collection[str] = ()

    def of(self, person: Person | None) -> AuthMode:
        """A user's mode. A name that nobody has gets the answer that most names get: it is not told that nobody has it."""
        if self.system != "HYBRID":
            return self.system
        return "SSO" if person is not None and person.login_id in self.users else "NON_SSO"

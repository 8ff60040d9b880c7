"""``/desktop/session``: signing in to the desktop for a secret that stands for the password, and leaving it.

    POST    with the password in ``Authorization``: begin a session
    DELETE  with the secret there: end it

Everything that guards passwords guards these too: they are routes like any other, for pages of our own origin.

Spec: ``desktop.md`` §3; not of the original.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from finesse_tx.directory.core.tokens import stands_for_password
from finesse_tx.interfaces import IDesktopSessions
from finesse_tx.webservices.core.errors import authorization_failure
from finesse_tx.webservices.core.routing import Asker, Call, Route

__all__ = ["DESKTOP_SESSION", "DesktopSession"]


class DesktopSession(Struct, frozen=True, rename="camel"):
    """What a browser keeps while somebody is signed in, for how many seconds it is good, and whether there are tokens too."""

    login_id: str
    secret: str
    expires_in: int
    auth_mode: str


async def post_session(sessions: IDesktopSessions, call: Call[None]) -> DesktopSession:
    """Begin a session; not with what was given for a password, which would never end then."""
    if not call.password or stands_for_password(call.password):
        raise authorization_failure(call.person.login_id)
    mode = sessions.auth_mode(call.person)
    return DesktopSession(call.person.login_id, *sessions.begin(call.person), mode)


async def delete_session(sessions: IDesktopSessions, call: Call[None]) -> None:
    """End the session whose secret is shown."""
    await sessions.end(call.person, call.password)


DESKTOP_SESSION: Final[tuple[Route[IDesktopSessions, Any], ...]] = (
    Route(
        "POST",
        "/",
        (Asker.EVERYONE,),
        post_session,
        response=DesktopSession,
        needs_service=False,
    ),
    Route("DELETE", "/", (Asker.EVERYONE,), delete_session, status=204, needs_service=False),
)
"""The table, below ``/desktop/session``."""

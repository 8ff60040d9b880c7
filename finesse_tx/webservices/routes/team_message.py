"""``/TeamMessage``: what supervisors tell their teams.

Spec: ``rest.md`` §7.3.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route
from finesse_tx.webservices.core.team_messages import (
    Draft,
    TeamMessage,
    TeamMessageBody,
    TeamMessages,
    message_uri,
)
from finesse_tx.webservices.team_messages import Messages

__all__ = ["TEAM_MESSAGE"]


async def post_message(messages: Messages, call: Call[TeamMessageBody]) -> Reply:
    """Send a message to teams; ``Location`` has its URI."""
    number = await messages.create(call.person, Draft.of(call.body), call.request_id)
    return Reply(headers={"Location": f"{call.origin.base}{message_uri(number)}"})


async def get_message(messages: Messages, call: Call[None]) -> TeamMessage:
    """One message, while it is to be shown."""
    return messages.message(call.person, call.path["id"])


async def delete_message(messages: Messages, call: Call[None]) -> None:
    """Take a message back."""
    await messages.delete(call.person, call.path["id"], call.request_id)


async def get_of_team(messages: Messages, call: Call[None]) -> TeamMessages:
    """The messages that a team is to be shown."""
    return messages.of_team(call.person, call.path["id"])


async def get_of_user(messages: Messages, call: Call[None]) -> TeamMessages:
    """The messages that a user has sent, while they are to be shown."""
    return messages.of_user(call.person, call.path["id"])


_SENDERS: Final = (Asker.SUPERVISOR, Asker.ADMINISTRATOR)
_SEEN_BY: Final = (Asker.MEMBER, Asker.SUPERVISOR, Asker.ADMINISTRATOR)

TEAM_MESSAGE: Final[tuple[Route[Messages, Any], ...]] = (
    *(
        Route("POST", path, _SENDERS, post_message, request=TeamMessageBody, refusals=(404,))
        for path in ("/TeamMessage", "/TeamMessages")
    ),
    Route("GET", "/TeamMessage/{id}", _SEEN_BY, get_message, response=TeamMessage, refusals=(404,)),
    Route("DELETE", "/TeamMessage/{id}", _SENDERS, delete_message, refusals=(404,)),
    Route(
        "GET",
        "/Team/{id}/TeamMessages",
        _SEEN_BY,
        get_of_team,
        response=TeamMessages,
        refusals=(404,),
    ),
    Route(
        "GET",
        "/User/{id}/TeamMessages",
        (Asker.SELF, Asker.ADMINISTRATOR),
        get_of_user,
        response=TeamMessages,
        refusals=(404,),
    ),
)
"""The table; one example of the original spells ``TeamMessages``."""

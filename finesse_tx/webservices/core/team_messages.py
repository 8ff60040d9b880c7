"""Messages of supervisors to their teams: what one is, what may be said, and how REST shows it.

Spec: ``rest.md`` §7.3, §1.10 (limits).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final

from msgspec import Struct, field

from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = [
    "MAX_ACTIVE",
    "MAX_CONTENT",
    "MAX_DURATION_S",
    "MIN_DURATION_S",
    "Draft",
    "Message",
    "TeamMessage",
    "TeamMessageBody",
    "TeamMessages",
    "message_uri",
    "too_many",
]

MIN_DURATION_S: Final = 300
MAX_DURATION_S: Final = 86_100
"""From five minutes to 23 hours and 55 minutes."""

MAX_CONTENT: Final = 255
"""Characters."""

MAX_ACTIVE: Final = 20
"""How many messages a team may have at once."""


class TeamMessageBody(Struct, frozen=True, rename="camel"):
    """The body of ``POST /TeamMessage``, as it may be written."""

    ELEMENT: ClassVar[str] = "TeamMessage"

    duration: str = ""
    content: str = ""
    teams: Annotated[tuple[str, ...], item("team")] = ()


class Creator(Struct, frozen=True, rename="camel"):
    """Who has sent a message."""

    first_name: str
    id: str
    last_name: str


class TeamMessage(Struct, frozen=True, rename="camel"):
    """A message; ``duration`` is in seconds from ``createdAt``."""

    content: str
    created_at: datetime
    created_by: Creator
    duration: int
    id: int
    teams: Annotated[tuple[int, ...], item("team")]
    uri: str


class TeamMessages(Struct, frozen=True):
    """Messages that are still to be shown."""

    messages: Annotated[tuple[TeamMessage, ...], item("")] = field(name="TeamMessage")


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is to be sent.

    Attributes:
        content: What it says.
        duration_s: How long it is shown.
        team_ids: To whom, in the order of their ids, each once.
    """

    content: str
    duration_s: int
    team_ids: tuple[int, ...]

    @classmethod
    def of(cls, body: TeamMessageBody) -> Draft:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        if not body.duration:
            raise missing("duration")
        if not body.content:
            raise missing("content")
        if not body.teams:
            raise missing("teams")
        duration_s = _number(body.duration, "duration")
        if not MIN_DURATION_S <= duration_s <= MAX_DURATION_S:
            raise invalid("duration")
        if len(body.content) > MAX_CONTENT:
            raise invalid("content")
        teams = {_number(team, "teams") for team in body.teams}
        return cls(body.content, duration_s, tuple(sorted(teams)))


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was sent.

    Attributes:
        id: Never used twice.
        created_by: The login id of who has sent it.
        first_name: That one's, when it was sent.
        last_name: That one's.
        created_at: Seconds since 1970.
        draft: What was sent.
    """

    id: int
    created_by: str
    first_name: str
    last_name: str
    created_at: float
    draft: Draft

    @property
    def expires_at(self) -> float:
        """When it is not shown any more."""
        return self.created_at + self.draft.duration_s

    def shown(self) -> TeamMessage:
        """As REST shows it."""
        return TeamMessage(
            content=self.draft.content,
            created_at=datetime.fromtimestamp(self.created_at, UTC),
            created_by=Creator(self.first_name, self.created_by, self.last_name),
            duration=self.draft.duration_s,
            id=self.id,
            teams=self.draft.team_ids,
            uri=message_uri(self.id),
        )


def message_uri(message_id: int) -> str:
    """A message's path."""
    return f"/finesse/api/TeamMessage/{message_id}"


def too_many() -> ApiError:
    """A team has as many messages as it may have."""
    return ApiError(
        400,
        "System Resource Limit Exceeded",
        "MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED",
        "teammessage.max.limit.exceeded",
    )


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise invalid(name)
    return int(text)

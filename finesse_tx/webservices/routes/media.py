"""Media other than voice: agents' states in them, their tasks, and where tasks can be sent to.

Spec: ``rest.md`` §5.3, §10.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.media import (
    DigitalChannels,
    Media,
    MediaDomains,
    MediaList,
    ScriptSelectors,
)
from finesse_tx.webservices.core.media_requests import (
    MAX_MEDIA,
    MediaBody,
    MediaListBody,
)
from finesse_tx.webservices.core.objects import Dialogs
from finesse_tx.webservices.core.reading import missing
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.media import MediaDesk

__all__ = ["MEDIA"]


async def get_media_list(desk: MediaDesk, call: Call[None]) -> MediaList:
    """The media that the user has, and the user's state in each."""
    return desk.media_list(call.person, call.path["id"])


async def put_media_list(desk: MediaDesk, call: Call[MediaListBody]) -> None:
    """Sign in to several media, or change states in them; 202, then the events."""
    if not call.body.media:
        raise missing("Media")
    if len(call.body.media) > MAX_MEDIA:
        raise ApiError(400, "Invalid Input", f"There are more than {MAX_MEDIA}", "Media")
    wanted = []
    for body in call.body.media:
        if not body.id:
            raise missing("id")
        wanted.append((body.id, body))
    desk.change(call.person, call.path["id"], wanted, call.request_id)


async def get_media(desk: MediaDesk, call: Call[None]) -> Media:
    """The user's state in one media routing domain."""
    return desk.media(call.person, call.path["id"], call.path["mrd_id"])


async def put_media(desk: MediaDesk, call: Call[MediaBody]) -> None:
    """Sign in to a media routing domain or out of it, or change the state there; 202, then the event."""
    wanted = [(call.path["mrd_id"], call.body)]
    desk.change(call.person, call.path["id"], wanted, call.request_id)


async def get_media_dialogs(desk: MediaDesk, call: Call[None]) -> Dialogs:
    """The user's tasks in one media routing domain."""
    return desk.dialogs(call.person, call.path["id"], call.path["mrd_id"])


async def get_task_dialogs(desk: MediaDesk, call: Call[None]) -> Dialogs:
    """The user's tasks."""
    return desk.dialogs(call.person, call.path["id"])


async def get_domains(desk: MediaDesk, _call: Call[None]) -> MediaDomains:
    """The media routing domains, without voice."""
    return desk.domains()


async def get_selectors(desk: MediaDesk, call: Call[None]) -> ScriptSelectors:
    """What calls and tasks can be sent to; ``mrdType`` is ``voice``, ``digitalchannel`` or ``all``."""
    mrd_type = call.query.get("mrdType") or "all"
    if mrd_type not in {"voice", "digitalchannel", "all"}:
        raise ApiError(400, "Invalid Input", "Invalid mrdType specified", "mrdType")
    return desk.selectors(mrd_type)


async def get_channels(desk: MediaDesk, _call: Call[None]) -> DigitalChannels:
    """How the tasks of each digital channel are handled."""
    return desk.channels()


_SEEN_BY: Final = (Asker.SELF, Asker.SUPERVISOR, Asker.ADMINISTRATOR)

MEDIA: Final[tuple[Route[MediaDesk, Any], ...]] = (
    Route("GET", "/User/{id}/Media", _SEEN_BY, get_media_list, response=MediaList, refusals=(404,)),
    Route(
        "PUT",
        "/User/{id}/Media",
        (Asker.SELF,),
        put_media_list,
        request=MediaListBody,
        status=202,
        refusals=(404,),
    ),
    Route("GET", "/User/{id}/Media/{mrd_id}", _SEEN_BY, get_media, response=Media, refusals=(404,)),
    Route(
        "PUT",
        "/User/{id}/Media/{mrd_id}",
        (Asker.SELF,),
        put_media,
        request=MediaBody,
        status=202,
        refusals=(404,),
    ),
    Route(
        "GET",
        "/User/{id}/Media/{mrd_id}/Dialogs",
        _SEEN_BY,
        get_media_dialogs,
        response=Dialogs,
        refusals=(404,),
    ),
    Route(
        "GET",
        "/User/{id}/Dialogs/Media",
        _SEEN_BY,
        get_task_dialogs,
        response=Dialogs,
        refusals=(404,),
    ),
    Route("GET", "/MediaDomain", (Asker.EVERYONE,), get_domains, response=MediaDomains),
    Route(
        "GET",
        "/ScriptSelectors",
        (Asker.EVERYONE,),
        get_selectors,
        response=ScriptSelectors,
        refusals=(400,),
        query=("mrdType",),
    ),
    Route(
        "GET",
        "/DigitalChannels/Configuration",
        (Asker.EVERYONE,),
        get_channels,
        response=DigitalChannels,
    ),
)
"""The table."""

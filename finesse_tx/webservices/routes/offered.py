"""``/User/{id}/WrapUpReasons`` and the like, and ``/TeamResource``: the configuration as agents read it.

Spec: ``rest.md`` §2.7 to §2.11, §7.2.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core import objects
from finesse_tx.webservices.core.administration import offered as forms
from finesse_tx.webservices.core.administration.objects import (
    MediaPropertiesLayout,
    MediaPropertiesLayouts,
    UserPhoneBooks,
)
from finesse_tx.webservices.core.administration.reasons import category_of
from finesse_tx.webservices.core.administration.system import TeamLayoutConfig
from finesse_tx.webservices.core.agents import reason_code
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.paging import Page, page
from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route
from finesse_tx.webservices.offered import Offered

__all__ = ["OFFERED"]


def _not_found(name: str, text: str) -> ApiError:
    return ApiError(404, "Not Found", f"There is no such {name}", text)


# A user's --------------------------------------------------------------------------------------------------------


def _team(offered: Offered, call: Call[None]) -> int | None:
    return offered.user(call.person, call.path["id"]).team_id


async def get_reason_code(offered: Offered, call: Call[None]) -> objects.ReasonCode:
    """One reason code that the user may choose."""
    categories = category_of("ALL")
    for code in offered.reason_codes(_team(offered, call), categories):
        if str(code.id) == call.path["reason_code_id"]:
            return reason_code(code)
    raise _not_found("ReasonCode", call.path["reason_code_id"])


def _wrap_up_reasons(offered: Offered, call: Call[None]) -> tuple[forms.UserWrapUpReason, ...]:
    user = offered.user(call.person, call.path["id"])
    prefix = f"/finesse/api/User/{user.login_id}"
    return forms.wrap_up_reasons(offered.settings, user.team_id, prefix)


async def get_wrap_up_reasons(offered: Offered, call: Call[None]) -> forms.UserWrapUpReasons:
    """The wrap-up reasons that the user may choose from."""
    return forms.UserWrapUpReasons(_wrap_up_reasons(offered, call))


async def get_wrap_up_reason(offered: Offered, call: Call[None]) -> forms.UserWrapUpReason:
    """One wrap-up reason that the user may choose."""
    number = call.path["wrap_up_reason_id"]
    for one in _wrap_up_reasons(offered, call):
        if one.uri.endswith(f"/{number}"):
            return one
    raise _not_found("WrapUpReason", number)


async def get_layout(offered: Offered, call: Call[None]) -> MediaPropertiesLayout:
    """The default call-variable layout, for clients that know no other."""
    _team(offered, call)
    layout = forms.default_layout(offered.settings)
    if layout is None:
        raise _not_found("MediaPropertiesLayout", "default")
    return layout


async def get_layouts(offered: Offered, call: Call[None]) -> MediaPropertiesLayouts:
    """The call-variable layouts of the user's team."""
    return forms.layouts(offered.settings, _team(offered, call))


async def get_desktop_layout(offered: Offered, call: Call[None]) -> TeamLayoutConfig:
    """The layout of the user's own desktop; the original reads it by a way of its own."""
    return forms.desktop_layout(offered.settings, _team(offered, call))


async def get_phone_books(offered: Offered, call: Call[None]) -> Reply:
    """The phone books of the user's team with their contacts; ``Range: objects=1-1500`` asks for a part."""
    books = forms.books_of(offered.settings, _team(offered, call))
    part = page(call.range, forms.contact_count(books))
    return _paged(UserPhoneBooks(forms.user_books(books, part)), part)


async def get_workflows(offered: Offered, call: Call[None]) -> forms.UserWorkflows:
    """The workflows of the user's team, with their actions in full."""
    return forms.workflows(offered.settings, _team(offered, call))


def _paged(body: UserPhoneBooks | forms.TeamPhoneBooks, part: Page) -> Reply:
    if part.is_whole:
        return Reply(body)
    return Reply(body, 206, headers={"Content-Range": part.content_range})


# A team's --------------------------------------------------------------------------------------------------------


async def get_team_reason_codes(offered: Offered, call: Call[None]) -> objects.ReasonCodes:
    """The reason codes that the team's agents may choose from, of one category or of both."""
    team_id = offered.team(call.person, call.path["id"])
    text = call.query.get("category", "")
    codes = offered.reason_codes(team_id, category_of(text))
    return objects.ReasonCodes(text, tuple(map(reason_code, codes)))


async def get_team_wrap_up_reasons(offered: Offered, call: Call[None]) -> forms.UserWrapUpReasons:
    """The wrap-up reasons that the team's agents may choose from."""
    team_id = offered.team(call.person, call.path["id"])
    found = forms.wrap_up_reasons(offered.settings, team_id, "/finesse/api")
    return forms.UserWrapUpReasons(found)


async def get_team_layouts(offered: Offered, call: Call[None]) -> MediaPropertiesLayouts:
    """The team's call-variable layouts."""
    return forms.layouts(offered.settings, offered.team(call.person, call.path["id"]))


async def get_team_phone_books(offered: Offered, call: Call[None]) -> Reply:
    """The team's phone books with their contacts; ``Range: objects=1-6000`` asks for a part."""
    books = forms.books_of(offered.settings, offered.team(call.person, call.path["id"]))
    part = page(call.range, forms.contact_count(books))
    return _paged(forms.team_books(books, part), part)


async def get_team_workflows(offered: Offered, call: Call[None]) -> forms.UserWorkflows:
    """The team's workflows, with their actions in full."""
    return forms.workflows(offered.settings, offered.team(call.person, call.path["id"]))


_OWN: Final = (Asker.SELF, Asker.ADMINISTRATOR)
_TEAMS: Final = (Asker.MEMBER, Asker.SUPERVISOR, Asker.ADMINISTRATOR)
_PAGED: Final = (206, 404, 416)


def _get(
    path: str, who: tuple[Asker, ...], operation: Any, response: Any, **more: Any
) -> Route[Offered, Any]:
    return Route("GET", path, who, operation, response=response, **({"refusals": (404,)} | more))


OFFERED: Final[tuple[Route[Offered, Any], ...]] = (
    _get("/User/{id}/ReasonCode/{reason_code_id}", _OWN, get_reason_code, objects.ReasonCode),
    _get("/User/{id}/WrapUpReasons", _OWN, get_wrap_up_reasons, forms.UserWrapUpReasons),
    _get(
        "/User/{id}/WrapUpReason/{wrap_up_reason_id}",
        _OWN,
        get_wrap_up_reason,
        forms.UserWrapUpReason,
    ),
    _get("/User/{id}/MediaPropertiesLayout", _OWN, get_layout, MediaPropertiesLayout),
    _get("/User/{id}/MediaPropertiesLayouts", _OWN, get_layouts, MediaPropertiesLayouts),
    _get("/User/{id}/LayoutConfig", _OWN, get_desktop_layout, TeamLayoutConfig),
    _get("/User/{id}/PhoneBooks", _OWN, get_phone_books, UserPhoneBooks, refusals=_PAGED),
    _get("/User/{id}/Workflows", _OWN, get_workflows, forms.UserWorkflows),
    _get(
        "/TeamResource/{id}/ReasonCodes",
        _TEAMS,
        get_team_reason_codes,
        objects.ReasonCodes,
        refusals=(400, 404),
        query=("category",),
    ),
    _get(
        "/TeamResource/{id}/WrapUpReasons",
        _TEAMS,
        get_team_wrap_up_reasons,
        forms.UserWrapUpReasons,
    ),
    _get(
        "/TeamResource/{id}/MediaPropertiesLayouts",
        _TEAMS,
        get_team_layouts,
        MediaPropertiesLayouts,
    ),
    _get(
        "/TeamResource/{id}/PhoneBooks",
        _TEAMS,
        get_team_phone_books,
        forms.TeamPhoneBooks,
        refusals=_PAGED,
    ),
    _get("/TeamResource/{id}/Workflows", _TEAMS, get_team_workflows, forms.UserWorkflows),
)
"""The table."""

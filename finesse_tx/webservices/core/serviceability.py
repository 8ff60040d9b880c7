"""What administrators ask of a running system: who is connected, how much goes on, whether it may be stopped.

The reference has the names of the summary and of maintenance; those of the runtime's figures and of a single user are
ours.

Spec: ``rest.md`` §11 (UserAuthMode), §13.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct, field

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.declaration import item

__all__ = [
    "MAX_MAINTENANCE_S",
    "Client",
    "ConnectedUser",
    "ConnectedUsersInfo",
    "Maintenance",
    "MaintenanceMode",
    "MaintenanceRequest",
    "MaintenanceStatus",
    "PerformanceRequest",
    "RuntimeConfigInfo",
    "UserAuthMode",
    "connected_users",
    "runtime_config",
]

API = "/finesse/api"

DESKTOP_RESOURCE: Final = "desktop"
"""What a desktop's XMPP resource begins with."""

MAX_MAINTENANCE_S: Final = 3600.0
"""``maxMMTimeSec``: so long users may take to leave."""


class UserAuthMode(Struct, frozen=True, rename="camel", kw_only=True):
    """How a user signs in."""

    auth_mode: Literal["SSO", "NON_SSO"]


class Client(Enum):
    """What somebody works with."""

    DESKTOP = "DESKTOP"
    THIRD_PARTY = "THIRD_PARTY"


class ConnectedUser(Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody who is there."""

    login_id: str
    extension: str
    team_name: str
    client_type: Client


class UserSummary(Struct, frozen=True, rename="camel", kw_only=True):
    """How many are there, by what they work with."""

    desktop_users: int
    fippa_users: int
    third_party_users: int
    total_connected_users: int
    total_connected_users_via_proxy: int


class ConnectedUsersInfo(Struct, frozen=True, rename="camel", kw_only=True):
    """Who is there."""

    uri: str = f"{API}/ConnectedUsersInfo"
    user_summary: UserSummary
    users: Annotated[tuple[ConnectedUser, ...], item("User")] = ()


class RuntimeConfigInfo(Struct, frozen=True, rename="camel", kw_only=True):
    """How much goes on at this node."""

    uri: str = f"{API}/RuntimeConfigInfo"
    active_dialogs: int
    active_tasks: int
    agents_on_node: int
    average_skill_groups_per_agent: float
    max_skill_groups_per_agent: int
    unique_skill_groups: int
    up_time_seconds: int


class PerformanceRequest(Struct, frozen=True, kw_only=True):
    """Which attribute of which bean is to be read."""

    type: Annotated[str, Meta(min_length=1, max_length=32)]
    mbean: Annotated[str, Meta(min_length=1, max_length=256)]
    attribute: Annotated[str, Meta(min_length=1, max_length=256)]


class MaintenanceStatus(Enum):
    """How far maintenance is."""

    IN_PROGRESS = "IN_PROGRESS"
    """Users are still there."""
    COMPLETED = "COMPLETED"
    """Nobody is there any more."""
    FAILED = "FAILED"
    """The time was over and somebody was still there."""


class MaintenanceRequest(Struct, frozen=True, kw_only=True):
    """Maintenance is to begin."""

    ELEMENT: ClassVar[str] = "MaintenanceMode"

    status: Literal["IN_PROGRESS"] = "IN_PROGRESS"


class UsersLoggedIn(Struct, frozen=True, kw_only=True):
    """Who would have to leave, by what they work with."""

    desktop: int
    fippa: int
    thirdpartyclients: int


class MaintenanceMode(Struct, frozen=True, rename="camel", kw_only=True):
    """How far maintenance is; an empty status says that it was never begun."""

    uri: str = f"{API}/MaintenanceMode"
    status: str
    users_logged_in: UsersLoggedIn
    pending_user_disconnections: int
    estimated_completion_time: int
    max_time_s: int = field(name="maxMMTimeSec", default=round(MAX_MAINTENANCE_S))


def connected_users(
    agents: Iterable[Agent], connections: Mapping[str, Collection[str]], snapshot: Snapshot
) -> ConnectedUsersInfo:
    """Who is there: whoever has an XMPP session, and whoever is signed in without one.

    Args:
        agents: Everybody whom the engine knows.
        connections: The XMPP resources of everybody who has any.
        snapshot: For teams.
    """
    extensions = {agent.login_id: agent.extension for agent in agents if agent.is_signed_in}
    users = []
    for login_id in sorted({*extensions, *connections}):
        person = snapshot.person(login_id)
        team = snapshot.team(person.team_id) if person and person.team_id is not None else None
        resources = connections.get(login_id, ())
        is_desktop = any(one.lower().startswith(DESKTOP_RESOURCE) for one in resources)
        users.append(
            ConnectedUser(
                login_id=login_id,
                extension=extensions.get(login_id, ""),
                team_name=team.name if team else "",
                client_type=Client.DESKTOP if is_desktop else Client.THIRD_PARTY,
            )
        )
    desktops = sum(user.client_type is Client.DESKTOP for user in users)
    summary = UserSummary(
        desktop_users=desktops,
        fippa_users=0,  # there is no IP phone agent here
        third_party_users=len(users) - desktops,
        total_connected_users=len(users),
        total_connected_users_via_proxy=0,  # a proxy is not told apart
    )
    return ConnectedUsersInfo(user_summary=summary, users=tuple(users))


def runtime_config(
    agents: Iterable[Agent], dialogs: int, tasks: int, up_s: float
) -> RuntimeConfigInfo:
    """How much goes on.

    Args:
        agents: Everybody whom the engine knows.
        dialogs: How many calls somebody is in.
        tasks: How many tasks somebody has.
        up_s: For how long the node has been running.
    """
    here = [agent for agent in agents if agent.is_signed_in]
    groups = [len(agent.csq_ids) for agent in here]
    return RuntimeConfigInfo(
        active_dialogs=dialogs,
        active_tasks=tasks,
        agents_on_node=len(here),
        average_skill_groups_per_agent=round(sum(groups) / len(groups), 2) if groups else 0.0,
        max_skill_groups_per_agent=max(groups, default=0),
        unique_skill_groups=len({csq_id for agent in here for csq_id in agent.csq_ids}),
        up_time_seconds=int(up_s),
    )


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Maintenance of a single node: nobody can be moved, so it waits until everybody has left.

    Attributes:
        status: None before the first.
        began: When it began, by a clock that only goes forward.
    """

    status: MaintenanceStatus | None = None
    began: float = 0.0

    def at(self, now: float, users: int) -> Maintenance:
        """What has become of it.

        Args:
            now: The time, by the same clock.
            users: How many are still there.
        """
        if self.status is not MaintenanceStatus.IN_PROGRESS:
            return self
        if not users:
            return Maintenance(MaintenanceStatus.COMPLETED, self.began)
        if now - self.began >= MAX_MAINTENANCE_S:
            return Maintenance(MaintenanceStatus.FAILED, self.began)
        return self

    def told(self, now: float) -> tuple[str, int]:
        """As SystemInfo tells it: how far it is, and for how many seconds; empty and -1 where there was none."""
        if self.status is None:
            return "", -1
        return self.status.value, int(now - self.began)

    def shown(self, now: float, summary: UserSummary) -> MaintenanceMode:
        """As administrators see it."""
        is_under_way = self.status is MaintenanceStatus.IN_PROGRESS
        left_s = max(0.0, self.began + MAX_MAINTENANCE_S - now)
        return MaintenanceMode(
            status=self.status.value if self.status else "",
            users_logged_in=UsersLoggedIn(
                desktop=summary.desktop_users,
                fippa=summary.fippa_users,
                thirdpartyclients=summary.third_party_users,
            ),
            pending_user_disconnections=summary.total_connected_users if is_under_way else 0,
            estimated_completion_time=round(left_s) if is_under_way else 0,
        )

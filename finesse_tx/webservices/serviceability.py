"""What administrators ask of a running system, and how a user signs in, which anybody may ask.

Spec: ``rest.md`` §11 (UserAuthMode), §13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.interfaces import IConnections, IDirectory
from finesse_tx.webservices.core.call_totals import CallTotals
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.figures import (
    NOTIFICATION_PREFIX,
    Figures,
    attributes,
    performance,
)
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.serviceability import (
    ConnectedUsersInfo,
    Maintenance,
    MaintenanceMode,
    MaintenanceStatus,
    RuntimeConfigInfo,
    UserAuthMode,
    connected_users,
    runtime_config,
)

__all__ = ["Serviceability"]


class Serviceability:
    """The running system.

    Args:
        model: Agents and calls as of now.
        directory: People and teams.
        connections: Who has an XMPP session.
        system_info: The SystemInfo object as of now.
        figures: The process as of now.
        seconds: A clock that only goes forward.
        times: How long requests took.
        totals: How many calls there have been.
        modes: Who has single sign-on; None where nobody is told how users sign in.
        tasks: How many tasks agents have.
        maintenance_began: Is told so, once it has.
    """

    log = Logger()

    def __init__(
        self,
        model: Callable[[], Model],
        directory: IDirectory,
        connections: IConnections,
        system_info: Callable[[], SystemInfo],
        figures: Callable[[], Figures],
        seconds: Callable[[], float],
        times: RequestTimes,
        totals: CallTotals,
        *,
        modes: AuthModes | None,
        tasks: Callable[[], int] = lambda: 0,
        maintenance_began: Callable[[], None] = lambda: None,
    ) -> None:
        self._model, self._directory, self._connections = model, directory, connections
        self.system_info, self.figures, self._seconds = system_info, figures, seconds
        self._times, self._modes, self._tasks = times, modes, tasks
        self._totals = totals
        self._maintenance_began = maintenance_began
        self._maintenance = Maintenance()

    def auth_mode(self, name: str) -> UserAuthMode:
        """How a user signs in; of a name that nobody has, how most do, so that the answer does not say who there is.

        Raises:
            ApiError: 403: that is not told.
        """
        if self._modes is None:
            raise ApiError(403, "Forbidden", "UserAuthModeService is disabled")
        mode = self._modes.of(self._directory.snapshot().person(name))
        return UserAuthMode(auth_mode="SSO" if mode == "SSO" else "NON_SSO")

    def connected(self) -> ConnectedUsersInfo:
        """Who is there."""
        return connected_users(
            self._model().agents.values(),
            self._connections.connections(),
            self._directory.snapshot(),
        )

    def runtime(self) -> RuntimeConfigInfo:
        """How much goes on."""
        agents = self._model().agents.values()
        return runtime_config(agents, self._calls(), self._tasks(), self.figures().uptime_s)

    def performance(self) -> tuple[tuple[str, str], ...]:
        """Names and values for monitoring tools."""
        signed_in = sum(agent.is_signed_in for agent in self._model().agents.values())
        return performance(self.figures(), signed_in, self._calls(), self._times, self._totals)

    def attribute(self, kind: str, mbean: str, attribute: str) -> Any:
        """An attribute of a bean.

        Raises:
            ApiError: 403: something else than reading, or what there is not.
        """
        beans = attributes(self.figures())
        found = beans.get(mbean.removeprefix(NOTIFICATION_PREFIX), {})
        if kind != "read" or attribute not in found:
            raise ApiError(403, "Forbidden", "This cannot be read", f"{mbean}/{attribute}"[:256])
        return found[attribute]

    def maintenance(self) -> MaintenanceMode:
        """How far maintenance is."""
        now, summary = self._seconds(), self.connected().user_summary
        self._maintenance = self._maintenance.at(now, summary.total_connected_users)
        return self._maintenance.shown(now, summary)

    def maintenance_told(self) -> tuple[str, int]:
        """How far maintenance is, as SystemInfo tells it."""
        return self._maintenance.told(self._seconds())

    def begin_maintenance(self, login_id: str) -> None:
        """Begin it.

        Raises:
            ApiError: 400: it has begun already.
        """
        self.maintenance()
        if self._maintenance.status is MaintenanceStatus.IN_PROGRESS:
            raise ApiError(400, "Invalid State", "Maintenance is in progress", "status")
        self._maintenance = Maintenance(MaintenanceStatus.IN_PROGRESS, self._seconds())
        self.log.warn(
            "{login_id} has begun maintenance: there is no other node, users have to leave by themselves",
            login_id=login_id,
        )
        self._maintenance_began()

    def _calls(self) -> int:
        model = self._model()
        return sum(model.call(call_id) is not None for call_id in list(model.calls))

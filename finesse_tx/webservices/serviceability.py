"""What administrators ask of a running system, and how a user signs in, which anybody may ask.

Spec: ``rest.md`` §11 (UserAuthMode), §13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from finesse_tx.interfaces import IConnections, IDirectory
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.figures import (
    NOTIFICATION_PREFIX,
    Figures,
    attributes,
    performance,
)
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import SystemInfo
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
        tells_auth_mode: Whether anybody may ask how users sign in.
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
        *,
        tells_auth_mode: bool,
    ) -> None:
        self._model, self._directory, self._connections = model, directory, connections
        self.system_info, self.figures, self._seconds = system_info, figures, seconds
        self._tells_auth_mode = tells_auth_mode
        self._maintenance = Maintenance()

    def auth_mode(self) -> UserAuthMode:
        """How users sign in: all in one way, so that the answer does not say who there is.

        Raises:
            ApiError: 403: that is not told.
        """
        if not self._tells_auth_mode:
            raise ApiError(403, "Forbidden", "UserAuthModeService is disabled")
        is_sso = self.system_info().system_auth_mode == "SSO"
        return UserAuthMode(auth_mode="SSO" if is_sso else "NON_SSO")

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
        return runtime_config(agents, self._calls(), self.figures().uptime_s)

    def performance(self) -> tuple[tuple[str, str], ...]:
        """Names and values for monitoring tools."""
        signed_in = sum(agent.is_signed_in for agent in self._model().agents.values())
        return performance(self.figures(), signed_in, self._calls())

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

    def _calls(self) -> int:
        model = self._model()
        return sum(model.call(call_id) is not None for call_id in list(model.calls))

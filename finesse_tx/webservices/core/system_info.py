"""SystemInfo: what a node says of itself.

Spec: ``rest.md`` §8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from finesse_tx.directory.core.auth_modes import AuthMode
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.objects import CTIServer, Node, SystemInfo, SystemStatus

__all__ = ["NO_MAINTENANCE", "NodeFacts", "system_info"]

NO_MAINTENANCE: Final = ("", -1)
"""What there is while there is no maintenance."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What does not change while the node runs.

    Attributes:
        primary: The primary node; this one, or the other.
        secondary: The secondary one; its host is empty for a single node.
        xmpp_domain: The notification service's domain.
        xmpp_pub_sub_domain: The address of its publish-subscribe service.
        cti_version: The protocol version that the link asks for first.
        cti_heartbeat_s: The pause between two heartbeats.
        auth_mode: Who has single sign-on.
        deployment_type: Whose agents these are: UCCX or UCCE.
    """

    primary: Node
    secondary: Node
    xmpp_domain: str
    xmpp_pub_sub_domain: str
    cti_version: int
    cti_heartbeat_s: float
    auth_mode: AuthMode = "NON_SSO"
    deployment_type: Literal["UCCX", "UCCE"] = "UCCX"


def system_info(
    facts: NodeFacts,
    reason: str,
    *,
    side: str,
    version: int,
    connected_since: datetime | None,
    last_heartbeat: datetime | None,
    heartbeat_missed: bool,
    now: datetime,
    maintenance: tuple[str, int] = NO_MAINTENANCE,
) -> SystemInfo:
    """The object as of now.

    Args:
        facts: What does not change.
        reason: Why the node does not serve; empty when it does.
        side: The engine's ``host:port``; empty while there is no link.
        version: The protocol version of that link; 0 while there is none.
        connected_since: When that link was opened.
        last_heartbeat: When the engine last answered a heartbeat.
        heartbeat_missed: Whether the latest answer is overdue.
        now: In UTC.
        maintenance: How far this node's maintenance is, and for how many seconds.
    """
    # A link that is younger than its first heartbeat is as good as one that has answered it.
    alive = last_heartbeat or connected_since
    offset = now.astimezone().utcoffset()
    return SystemInfo(
        cti_heartbeat_interval=round(facts.cti_heartbeat_s),
        cti_mmode=NO_MAINTENANCE[0],
        cti_servers=(CTIServer(side, round((now - connected_since).total_seconds()), True),)
        if side and connected_since
        else (),
        cti_time_in_mmode=NO_MAINTENANCE[1],
        cti_version=version or facts.cti_version,
        current_timestamp=now,
        deployment_type=facts.deployment_type,
        finesse_mmode=maintenance[0],
        finesse_time_in_mmode=maintenance[1],
        last_cti_heartbeat_status="success" if side and not heartbeat_missed else "failure",
        # Milliseconds, 13 digits: a public exporter takes the first ten as seconds.
        last_success_cti_heartbeat_time=str(round(alive.timestamp() * 1000) if alive else 0).zfill(
            13
        ),
        license="",
        peripheral_id="1",
        primary_node=facts.primary,
        secondary_node=facts.secondary,
        status=SystemStatus.OUT_OF_SERVICE if reason else SystemStatus.IN_SERVICE,
        status_reason=reason,
        system_auth_mode=facts.auth_mode,
        timezone_offset=round(offset.total_seconds() / 60) if offset else 0,
        uri=updates.SYSTEM_INFO,
        xmpp_domain=facts.xmpp_domain,
        xmpp_pub_sub_domain=facts.xmpp_pub_sub_domain,
    )

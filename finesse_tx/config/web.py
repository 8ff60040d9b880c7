"""``[web]``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from finesse_tx.config.values import Bytes, Seconds

__all__ = ["WebConfig"]


class WebConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """REST."""

    max_body_bytes: Bytes = 1_048_576
    """The largest request body."""
    idle_timeout_s: Seconds = 60.0
    """How long a connection may stay without a request."""
    http2: bool = True
    """Whether listen.https offers HTTP/2 (ALPN ``h2``); HTTP/1.1 is always there."""
    redirect_http: bool = False
    """Whether listen.http only sends clients to listen.https (301), as the original since 12.5; BOSH there too."""
    requests_per_s: Annotated[float, Meta(ge=0, le=100_000)] = 100.0
    """How many REST requests a second each person may send, and ten times that at once; 0: any number."""
    requests_per_address_s: Annotated[float, Meta(ge=0, le=100_000)] = 2_000.0
    """The same for each address, behind which there may be a whole floor."""
    cors: Literal["enable_all", "enable", "disable"] = "enable_all"
    """Whose pages may use REST, BOSH, WebSocket and ``/tunnel/``: everyone's, those of cors_origins, none but our own."""
    cors_origins: tuple[str, ...] = ()
    """Origins such as ``https://desk.example.com:8445``, for ``cors = "enable"``."""
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """The networks that may read ``/metrics``."""
    replay_after_outage: bool = True
    """Whether everyone who is signed in gets the last state again when the link to the engine is back, as Finesse does
    it; false: only what has changed meanwhile."""
    drop_participants: Literal["supervisor_only", "conference_controller_and_supervisor", "all"] = (
        "supervisor_only"
    )
    """Who may take agents out of a conference, with a CCE: Finesse's ``enableDropParticipantFor``."""
    queue_statistics_s: Annotated[float, Meta(ge=0, le=3_600)] = 10.0
    """How often queues' figures are asked for, and published when they have changed; 0: never."""
    security_banner_message: Annotated[str, Meta(max_length=220)] = ""
    """What desktops show before anybody signs in."""
    user_auth_mode: bool = True
    """Whether anybody may ask how users sign in (``/UserAuthMode``), as desktops do before the sign-in."""
    client_log_bytes: Annotated[int, Meta(ge=2_097_152, le=1_073_741_824)] = 8_388_608
    """What the logs that one user's browser sends may take under HOME/clientlogs; the oldest go first."""

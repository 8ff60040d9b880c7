"""What tells clients what happens, and who is there: ``[notification]``, ``[bosh]``, ``[presence]``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from finesse_tx.config.values import Bytes, Count, Seconds

__all__ = [
    "BOSHConfig",
    "ComponentConfig",
    "Mechanism",
    "NotificationConfig",
    "PresenceConfig",
    "PresenceTeamConfig",
]

Mechanism = Literal["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"]


class ComponentConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The link to somebody else's XMPP server (XEP-0114), with ``notification.mode = "component"``."""

    host: Annotated[str, Meta(min_length=1, max_length=253)] = "127.0.0.1"
    """Where that server takes components."""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 5_347
    """Its port for them."""
    jid: Annotated[str, Meta(pattern=r"^([a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?)?$")] = ""
    """The address of our publish-subscribe service there; empty: ``pubsub.`` and ``notification.domain``."""
    secret_file: str = ""
    """The shared secret: a file that holds it."""
    secret_env: Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_]{0,99})?$")] = ""
    """The shared secret: the environment variable that holds it."""
    presence: Literal["roster", "list"] = "roster"
    """How we learn who is there: as everybody's contact, or as an entity with privileges that lists the sessions."""
    list_s: Annotated[float, Meta(ge=1, le=600)] = 30.0
    """With list: how often the sessions are listed."""
    speaks_for_domain: bool = True
    """Whether that server lets us write as ``finesse@D``; false: the web services' account is ``finesse@P``."""
    retry_max_s: Annotated[float, Meta(ge=1, le=3_600)] = 30.0
    """The longest pause before the next attempt to connect."""
    outage_s: Annotated[float, Meta(ge=0, le=600)] = 5.0
    """How long the link may be away before SystemInfo says OUT_OF_SERVICE."""
    max_pending_bytes: Bytes = 16_777_216
    """How much may wait for that server; at that, what has waited longest is dropped."""
    max_stanza_bytes: Bytes = 8_388_608
    """The largest stanza from that server: a list of all sessions is one."""
    xmpp_port: Annotated[int, Meta(ge=0, le=65_535)] = 5_222
    """Where that server takes clients, told in SystemInfo; 0: nowhere."""
    xmpps_port: Annotated[int, Meta(ge=0, le=65_535)] = 5_223
    """The same over TLS from the first byte."""


class NotificationConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The notification service: XMPP and its publish-subscribe."""

    mode: Literal["server", "component"] = "server"
    """Whether clients connect to us, or to an XMPP server that we join (``[notification.component]``)."""
    domain: Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$")] = (
        "finesse.local"
    )
    """The XMPP domain; its publish-subscribe service is ``pubsub.`` and this."""
    payload_namespace: str = "http://jabber.org/protocol/pubsub"
    """The namespace of ``<notification>``; newer originals use ``urn:xmpp:push:0``."""
    component_secret_file: str = ""
    """The shared secret of XEP-0114 components."""
    allow_plain_text: bool = True
    """Whether passwords are taken in the clear too, as older clients send them; a matter of where it listens."""
    sasl: Annotated[tuple[Mechanism, ...], Meta(min_length=1)] = (
        "SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-256",
        "PLAIN",
    )
    """What clients may sign in with, the strongest first."""
    login_timeout_s: Seconds = 60.0
    """How long a client may take to sign in and bind a resource."""
    resume_s: Annotated[int, Meta(ge=0, le=3_600)] = 60
    """How long a TCP or WebSocket session that has lost its connection may be resumed (XEP-0198); 0: not at all."""
    max_stanza_bytes: Bytes = 65_536
    """The largest stanza from a client."""
    max_pending_bytes: Bytes = 1_048_576
    """How much may wait for a client that does not read; at that, its session ends."""
    idle_timeout_s: Seconds = 120.0
    """How long a TCP client may say nothing, not even white space."""
    max_sessions: Count = 50_000
    """How many client sessions at once."""
    max_strangers: Count = 10_000
    """How many streams may be open whose clients have not signed in; one more, and the one that has waited longest goes."""
    component: ComponentConfig = ComponentConfig()

    @property
    def pubsub_domain(self) -> str:
        """The address of the publish-subscribe service."""
        own = f"pubsub.{self.domain}"
        return own if self.mode == "server" else self.component.jid or own


class BOSHConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """XMPP over HTTP (XEP-0124, XEP-0206)."""

    wait_s: Annotated[int, Meta(ge=1, le=600)] = 30
    """The longest a request is held; a client may ask for less."""
    inactivity_s: Annotated[int, Meta(ge=1, le=3_600)] = 30
    """How long a session may be without a request."""
    polling_s: Annotated[int, Meta(ge=0, le=60)] = 5
    """The shortest pause between two empty requests of a polling client."""
    maxpause_s: Annotated[int, Meta(ge=1, le=3_600)] = 300
    """The longest pause a client may ask for."""
    requests: Annotated[int, Meta(ge=1, le=10)] = 2
    """How many requests a client may have open at once."""
    max_body_bytes: Bytes = 262_144
    """The largest request body."""


class PresenceTeamConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The same for one team; what is not said here is as for everybody."""

    detect_s: Annotated[float, Meta(ge=0, le=3_600)] | None = None
    """As ``presence.detect_s``."""
    grace_s: Annotated[float, Meta(ge=0, le=3_600)] | None = None
    """As ``presence.grace_s``."""


class PresenceConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Signing out agents whose desktop is gone."""

    enabled: bool = True
    """Whether that is done at all."""
    detect_s: Annotated[float, Meta(ge=0, le=3_600)] = 30.0
    """How long a connection that broke without a word may be away before its desktop counts as gone."""
    grace_s: Annotated[float, Meta(ge=0, le=3_600)] = 60.0
    """How long a desktop may be gone before its agent is signed out."""
    session_ids: bool = False
    """Whether the engine of cti.client.side_a is a finesse_tx too, and can be told which session is meant."""
    teams: dict[str, PresenceTeamConfig] = {}
    """Other times for some teams, by name."""

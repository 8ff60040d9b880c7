"""The configuration: TOML into frozen structs, each key with its unit, its bounds and its meaning.

``etc/finesse.toml`` shows every key at its default; a test holds the two together. A part receives its own
struct, never the whole `Config`. Secrets are not keys: a key ending in ``_file`` names the file that holds one.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from ipaddress import ip_network
from operator import getitem
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.gadgets.core.outbound import HostRule
from finesse_tx.gadgets.core.places import Places
from finesse_tx.origin_names import NotAnOriginError, as_sent
from finesse_tx.toml_lines import toml_lines

__all__ = [
    "AXLConfig",
    "AccountsConfig",
    "Address",
    "BOSHConfig",
    "CTIClientConfig",
    "CTIConfig",
    "CTIServerConfig",
    "ComponentConfig",
    "Config",
    "DemoConfig",
    "DirectoryConfig",
    "EngineConfig",
    "GadgetsConfig",
    "HistoryConfig",
    "ListenConfig",
    "LogConfig",
    "NotificationConfig",
    "OutboundConfig",
    "SSOConfig",
    "SecurityConfig",
    "ServerConfig",
    "StoreConfig",
    "TLSConfig",
    "TaskDomainConfig",
    "TaskSelectorConfig",
    "TasksConfig",
    "TelephonyConfig",
    "WebConfig",
    "load",
    "located",
    "read_options",
]

T = TypeVar("T", bound=Struct)

SET: Final = "--set"
"""The source of a key that came from the command line."""

Listen = str | tuple[str, ...]
"""``"host:port"``, several of them, or ``""`` for a service that does not listen."""

Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Bytes = Annotated[int, Meta(ge=1_024, le=1 << 30)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class ServerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """This node, as its clients see it."""

    host: str = ""
    """The name clients dial, told in SystemInfo; empty: the same as ``notification.domain``."""
    secondary_host: str = ""
    """The other node's name, told in SystemInfo; empty: a single node."""
    primary_host: str = ""
    """The primary node's name, where this node is the secondary one; empty: it is the primary, or the only one."""
    stop_timeout_s: Annotated[float, Meta(ge=1, le=60)] = 8.0
    """How long a stop may take before what is still open is cut."""


class ListenConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where each service listens."""

    http: Listen = "127.0.0.1:8082"
    """REST in the clear."""
    https: Listen = "127.0.0.1:8445"
    """REST over TLS."""
    bosh: Listen = "127.0.0.1:7071"
    """BOSH in the clear."""
    boshs: Listen = "127.0.0.1:7443"
    """BOSH over TLS."""
    xmpp: Listen = "127.0.0.1:5222"
    """XMPP over TCP, with STARTTLS."""
    xmpps: Listen = "127.0.0.1:5223"
    """XMPP over TLS from the first byte."""
    component: Listen = ""
    """XMPP components (XEP-0114); needs ``notification.component_secret_file``."""
    cti: Listen = ("127.0.0.1:12028", "127.0.0.1:12018")
    """The embedded engine's GED-188 server."""
    control: Listen = "127.0.0.1:0"
    """The operator's own commands (``finesse-tx call``); loopback only."""
    accounts: Listen = ""
    """Questions of somebody else's XMPP server about passwords; see ``[accounts]``."""
    isolated: Listen = ""
    """Gadgets that are isolated, over TLS; see ``gadgets.isolated``."""
    axl: Listen = "127.0.0.1:8443"
    """The AXL server, over TLS; see ``[axl]``."""
    ephemeral: bool = False
    """Let the system choose every port, whatever the keys above say; the hosts stay."""


class TLSConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The certificate of every TLS port."""

    certificate_file: str = ""
    """PEM, the server's certificate first; empty: one of our own, made under HOME/tls."""
    key_file: str = ""
    """PEM, its private key."""


class LogConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What is logged."""

    level: Literal["debug", "info", "warn", "error", "critical"] = "info"
    """The least severe level that is written."""


class DemoConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Sample people and simulated customers, for a laboratory and a first look."""

    enabled: bool = True
    """Make the sample people at the first start, and let customers call. Only on loopback."""
    agents: Annotated[int, Meta(ge=1, le=20_000)] = 8
    """How many agents: ``agent1`` with extension 1001, and so on."""
    calls_per_minute: Annotated[float, Meta(ge=0, le=10_000)] = 4.0
    """How often a customer calls one of the route points; 0: never."""
    patience_s: Seconds = 90.0
    """How long a customer waits in the queue, on average, before hanging up."""
    talk_s: Seconds = 60.0
    """How long a customer talks, on average, before hanging up."""
    busy: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """How likely a customer who is called is busy."""
    no_answer: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """How likely one who is called, and is not busy, does not answer."""
    keys: Annotated[str, Meta(pattern=r"^[0-9*#A-D]{0,32}$")] = ""
    """What each customer keys when he is asked for digits."""
    seed: Annotated[int, Meta(ge=0)] = 0
    """Where the customers' chances start; 0: somewhere else at each start."""


class StoreConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The database."""

    url: str = ""
    """SQLAlchemy's form; empty: SQLite in HOME/finesse.db."""
    password_file: str = ""
    """Holds PostgreSQL's password; read anew for each connection. Empty: the URL's, or libpq's own ways."""
    threads: Annotated[int, Meta(ge=1, le=64)] = 4
    """How many transactions run at once, and how many connections there are at most."""
    start_wait_s: Annotated[float, Meta(ge=0, le=600)] = 10.0
    """How long a start waits for a PostgreSQL that is not there yet."""
    connect_timeout_s: Annotated[int, Meta(ge=2, le=60)] = 5
    """How long PostgreSQL may take to take a connection."""
    statement_timeout_s: Annotated[float, Meta(ge=1, le=3_600)] = 30.0
    """How long one of our statements may take in PostgreSQL."""
    journal_max_bytes: Annotated[int, Meta(ge=1 << 20, le=1 << 40)] = 1 << 24
    """How much may wait in HOME/pending for a database that is away."""


class SecurityConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Passwords and sign-in."""

    argon2_memory_kib: Annotated[int, Meta(ge=8, le=4_194_304)] = 19_456
    """argon2id's memory, in KiB; with the two below, OWASP's minimum."""
    argon2_iterations: Annotated[int, Meta(ge=1, le=100)] = 2
    """argon2id's passes over that memory."""
    argon2_lanes: Annotated[int, Meta(ge=1, le=64)] = 1
    """argon2id's parallel lanes."""
    credential_cache_s: Annotated[float, Meta(ge=0, le=86_400)] = 1_800.0
    """How long a verified password is believed without hashing it again; 0: never."""
    scram_iterations: Annotated[int, Meta(ge=4_096, le=10_000_000)] = 100_000
    """PBKDF2's rounds for SCRAM-SHA-256, of passwords that are set or proved from now on. Each client goes them at each
    sign-in, the server once for each password."""
    lockout_attempts: Annotated[int, Meta(ge=1, le=1_000)] = 5
    """How many bad passwords in a row lock a user out."""
    lockout_s: Seconds = 300.0
    """For how long."""
    desktop_session_s: Annotated[int, Meta(ge=900, le=604_800)] = 43_200
    """How long somebody may work at the desktop without showing the password again; it holds through reloads and restarts."""


class SSOConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Single sign-on, with an issuer of our own (``/desktop/sso``)."""

    mode: Literal["NON_SSO", "SSO", "HYBRID"] = "NON_SSO"
    """Who may sign in for a token: nobody, everybody, or ``users``."""
    users: tuple[str, ...] = ()
    """The login ids of those who may, with HYBRID."""
    access_s: Annotated[int, Meta(ge=60, le=86_400)] = 3_600
    """How long an access token lasts; clients refresh it at three quarters of that."""
    refresh_s: Annotated[int, Meta(ge=60, le=604_800)] = 36_000
    """How long it may be refreshed; then its user signs in again."""


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


class AccountsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody else's XMPP server may ask about accounts, at ``listen.accounts``."""

    token_file: str = ""
    """What a question must show: a file that holds it; empty: HOME/accounts.token, made at the start."""
    allowed_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """The networks that may ask."""
    checks_per_s: Annotated[float, Meta(ge=1, le=100_000)] = 500.0
    """How many passwords may be asked about each second; twice that at once."""


class AXLConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The AXL server, at ``listen.axl``: the directory as CUCM's provisioning tools see it."""

    full_access: tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...] = ()
    """The login ids of people who may read and write, beside all administrators."""
    read_only: tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...] = ()
    """The login ids of people who may read."""
    application_user: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")] = "rmcm"
    """The application user that controls all phones, until somebody says which; "" for none."""
    ccm_version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){2,3}(\([0-9]+\))?$")] = (
        "15.0.1.10000(1)"
    )
    """What getCCMVersion answers."""
    max_answer_bytes: Annotated[int, Meta(ge=65_536, le=1 << 28)] = 8_388_608
    """A larger answer is refused, and the client told to ask for fewer rows."""
    reads_at_once: Annotated[int, Meta(ge=1, le=64)] = 4
    """How many questions are answered at once, each in a thread of the store's; at most half of ``store.threads``."""
    waiting_reads: Count = 100
    """How many more may wait; one more is told to come back."""
    waiting_writes: Count = 1_500
    """How many changes may wait for each other; one more gets 503."""


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


CTI_VERSIONS: Final = {"uccx": tuple(range(10, 19)), "ucce": (*range(9, 18), *range(19, 26))}
"""The protocol versions of GED-188 in each dialect."""


class CTIServerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The embedded engine's GED-188 side."""

    max_sessions: Annotated[int, Meta(ge=1, le=10_000)] = 100
    """How many clients at once, those included that have not opened a session yet."""
    max_requests: Annotated[int, Meta(ge=1, le=100_000)] = 4_096
    """How many requests of one session may be unanswered at once; one more fails."""
    open_timeout_s: Annotated[float, Meta(ge=1, le=600)] = 30.0
    """How long a client may take to open a session."""
    max_pending_bytes: Bytes = 4_194_304
    """How much may wait for a client that does not read; at that, it is dropped."""
    credentials_file: str = ""
    """Who may open a session: a file with a line ``ClientID:password`` each; empty: everyone, on loopback only."""
    dialect: Literal["uccx", "ucce"] = "uccx"
    """Who is meant by the protocol versions 10 to 17, which both have; 18 is UCCX's, 9 and 19 to 25 are UCCE's."""


class CTIClientConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The web services' link to an engine."""

    side_a: str = ""
    """``host:port`` of the engine; empty: the embedded one."""
    side_b: str = ""
    """``host:port`` of its twin; empty: none."""
    dialect: Literal["uccx", "ucce"] = "uccx"
    """What the engine speaks."""
    version: Annotated[int, Meta(ge=9, le=25)] = 16
    """The protocol version to ask for first: 10 to 18 in UCCX's dialect, 9 to 17 and 19 to 25 in UCCE's."""
    client_id: Annotated[str, Meta(max_length=63)] = "Finesse"
    """ClientID in OPEN_REQ."""
    password_file: str = ""
    """ClientPassword in OPEN_REQ; empty: none."""
    heartbeat_s: Annotated[float, Meta(ge=1, le=60)] = 5.0
    """How long nothing is sent before a heartbeat is."""
    heartbeat_misses: Annotated[int, Meta(ge=1, le=10)] = 3
    """How many unanswered heartbeats end the link."""
    request_timeout_s: Seconds = 10.0
    """How long a request waits for its confirmation."""
    max_requests: Annotated[int, Meta(ge=1, le=100_000)] = 16_384
    """How many requests may wait for their confirmations at once; one more fails."""
    max_pending_bytes: Bytes = 4_194_304
    """How much may wait for an engine that does not read; at that, the link is dropped."""
    retry_s: Seconds = 10.0
    """The pause before the same side is tried again."""


class CTIConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """GED-188, both sides."""

    server: CTIServerConfig = CTIServerConfig()
    client: CTIClientConfig = CTIClientConfig()


class EngineConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the embedded engine treats agents and calls."""

    ring_no_answer_s: Seconds = 20.0
    """How long a phone rings before the call goes back to its queue."""
    ring_no_answer_state: Literal["NOT_READY", "READY"] = "NOT_READY"
    """What becomes of an agent who does not answer."""
    ring_no_answer_skip_s: Annotated[float, Meta(ge=0, le=3_600)] = 15.0
    """With READY above: for how long that agent is passed over."""
    ready_after_other_call: bool = True
    """Whether an agent who was ready before a call that the engine did not route is ready again after it."""
    ring_no_answer_requeue: Literal["KEEP", "TAIL"] = "KEEP"
    """Whether a call that was not answered keeps its place in the queue, or waits behind the others of its priority."""
    scripts_file: str = ""
    """Call-treatment scripts (docs/scripts.rst), beside those that are built in; empty: no others."""
    personality: Literal["ccx", "cce"] = "ccx"
    """Whose agent states and reasons the engine has: Unified CCX's or Unified CCE's."""
    reason_required: bool = False
    """Whether the engine itself refuses NOT_READY and LOGOUT without a reason where there are some to choose from."""
    logout_on_disconnect: bool = False
    """With cce: whether an agent whose desktop is gone is signed out; else not ready. With ccx: always signed out."""
    missed_calls: Annotated[int, Meta(ge=1, le=100)] = 2
    """With cce, and READY after ring-no-answer: so many calls missed in a row make an agent not ready."""
    client_grace_s: Annotated[float, Meta(ge=0, le=3_600)] = 60.0
    """How long an agent's own CTI client (agent mode) may be gone before he is signed out; 0: for ever."""
    rtp_events: bool = False
    """Whether CTI clients are told when media starts and stops at a phone: four messages more for each call."""
    time_zone: str = ""
    """Whose midnight begins the day of the figures, an IANA name; empty: the machine's."""
    interval_min: Literal[15, 30] = 30
    """How many minutes an interval of the figures has."""
    service_level_abandons: Literal["ignored", "positive", "negative"] = "ignored"
    """What abandoned contacts are to the service level."""


class HistoryConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What the embedded engine keeps of calls and agents, for reports."""

    keep_months: Annotated[int, Meta(ge=0, le=1_200)] = 13
    """How long; 0: for ever."""
    journal_max_bytes: Annotated[int, Meta(ge=1 << 20, le=1 << 40)] = 1 << 30
    """How much may wait in HOME/history for a database that is away."""
    sync_s: Annotated[float, Meta(ge=0, le=60)] = 1.0
    """How much a power cut may cost, as a time; 0: nothing, and every call costs a wait for the disk."""


class TelephonyConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The telephone system behind the engine."""

    system: str = "simulator"
    """Which one: the name of an ITelephonySystem plugin."""
    options: dict[str, Any] = {}
    """That system's own keys; each system documents and checks its own."""


class DirectoryConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where people come from."""

    provider: str = "local"
    """Who tells of them and checks their passwords: the name of an IDirectoryProvider plugin."""
    sync_s: Annotated[float, Meta(ge=60, le=604_800)] = 900.0
    """How often the provider's people are taken in."""
    team: str = ""
    """The team of people who are new; empty: the first."""
    max_gone_percent: Annotated[float, Meta(ge=0, le=100)] = 10.0
    """When more than so many of a provider's people are gone at once, nothing is done."""
    options: dict[str, Any] = {}
    """That provider's own keys; each provider documents and checks its own."""


class OutboundConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be fetched for gadgets."""

    hosts: tuple[str, ...] = ()
    """Whom gadgets may reach: ``crm.example.com``, ``*.example.com``, ``10.1.2.3:8443``, ``*``; empty: nobody."""
    ports: Annotated[tuple[Annotated[int, Meta(ge=1, le=65_535)], ...], Meta(min_length=1)] = (
        80,
        443,
    )
    """The ports of hosts that are listed without one."""
    private_networks: tuple[str, ...] = ()
    """Networks that are reached although they are not public."""
    ca_file: str = ""
    """PEM: the authorities to trust in place of the machine's; empty: the machine's."""
    max_redirects: Annotated[int, Meta(ge=0, le=20)] = 5
    """How many redirects one fetch follows."""
    max_answer_bytes: Bytes = 10_485_760
    """The largest answer, as sent and once decoded."""
    max_request_bytes: Bytes = 5_242_880
    """The largest body of a request."""
    connect_s: Annotated[float, Meta(ge=0.1, le=60)] = 5.0
    """How long a connection to one address may take to be made."""
    total_s: Annotated[float, Meta(ge=0.1, le=600)] = 20.0
    """How long a fetch may take, waiting and redirects included."""
    per_host: Annotated[int, Meta(ge=1, le=1_000)] = 8
    """How many fetches from one host at once."""
    waiting_per_host: Annotated[int, Meta(ge=0, le=10_000)] = 64
    """How many more may wait for that host."""
    at_once: Annotated[int, Meta(ge=1, le=10_000)] = 64
    """How many fetches from all hosts at once."""
    waiting: Annotated[int, Meta(ge=0, le=100_000)] = 512
    """How many more may wait for those."""
    cache_bytes: Annotated[int, Meta(ge=0, le=4_294_967_296)] = 33_554_432
    """What answers may take that are kept in memory; 0: none is."""


class GadgetsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The gadget server."""

    hosts: tuple[str, ...] = ()
    """Whose gadgets are rendered besides those in the folder and in layouts, as outbound.hosts are written; empty: nobody's."""
    folder: str = ""
    """Where our own gadgets are; empty: ``3rdpartygadget/files`` in the home folder."""
    dev: bool = False
    """Whether nothing of a gadget is kept, by us or by browsers, and desktops show what is changed: for those who write gadgets."""
    dev_only: tuple[str, ...] = ()
    """Of which gadgets ``dev`` is true, in the form of ``isolated``; empty: of all."""
    isolated: tuple[str, ...] = ()
    """Which gadgets are shown from ``listen.isolated``: hosts, and folders of ours such as ``/3rdpartygadget/files/CRM/``."""
    isolated_origin: str = ""
    """How browsers reach ``listen.isolated``; empty: at the desktop's name and its port."""
    desktop_origins: tuple[str, ...] = ()
    """Origins of desktops that show isolated gadgets, besides those at our own name and ports."""
    signing_key: str = "finesse_tx"
    """The OAuth consumer key that other servers know us by, in requests that gadgets want signed."""
    signing_secret_file: str = ""
    """The secret that goes with it; empty: nothing is signed."""
    outbound: OutboundConfig = OutboundConfig()


class TaskDomainConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A media routing domain; its name is the table's."""

    id: Annotated[int, Meta(ge=2, le=2_147_483_647)]
    """``mrdId``; 1 is voice."""
    description: str = ""
    """For people to read."""
    interruptible: bool = False
    """Whether a call, or a task of a domain that is not, comes before its tasks."""
    start_timeout_s: Seconds = 30.0
    """How long a task is offered to somebody before somebody else gets it."""
    max_task_s: Seconds = 28_800.0
    """How long somebody may have a task before it ends by itself."""
    teams: tuple[str, ...] = ()
    """The teams whose agents have it, by name; without any, all."""
    sign_out_with_voice: bool = True
    """With ``sign_out = "configured"``: whether signing out of voice signs out of it."""


class TaskSelectorConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A script selector, which tasks are sent to; its name is the table's."""

    domain: str
    """The name of the domain of its tasks."""
    description: str = ""
    """For people to read."""
    queue: str = ""
    """The contact service queue whose agents get them; empty: everybody who is in the domain."""
    priority: Annotated[int, Meta(ge=1, le=10)] = 1
    """10 goes first."""


def _task_domains() -> dict[str, TaskDomainConfig]:
    return {
        "Chat": TaskDomainConfig(5000, "Chats"),
        "Email": TaskDomainConfig(5001, "E-mails", interruptible=True, start_timeout_s=120.0),
    }


def _task_selectors() -> dict[str, TaskSelectorConfig]:
    return {"chat": TaskSelectorConfig("Chat"), "email": TaskSelectorConfig("Email")}


class TasksConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Task routing: media other than voice."""

    max_tasks: Count = 10_000
    """How many tasks there may be, those of the last five minutes included; one more is refused."""
    submitters: tuple[str, ...] = ()
    """Who may submit tasks, by login id, besides administrators."""
    feed_id: Annotated[int, Meta(ge=1, le=2_147_483_647)] = 100_000
    """The number of the feed that they are submitted to."""
    sign_out: Literal["all", "configured", "voice"] = "all"
    """What else an agent who signs out of voice, or whose desktop is gone, is signed out of."""
    domains: dict[str, TaskDomainConfig] = msgspec.field(default_factory=_task_domains)
    """The media routing domains, by name."""
    selectors: dict[str, TaskSelectorConfig] = msgspec.field(default_factory=_task_selectors)
    """The script selectors, by dialled number."""


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an operator can say."""

    server: ServerConfig = ServerConfig()
    listen: ListenConfig = ListenConfig()
    tls: TLSConfig = TLSConfig()
    log: LogConfig = LogConfig()
    demo: DemoConfig = DemoConfig()
    store: StoreConfig = StoreConfig()
    directory: DirectoryConfig = DirectoryConfig()
    security: SecurityConfig = SecurityConfig()
    sso: SSOConfig = SSOConfig()
    web: WebConfig = WebConfig()
    notification: NotificationConfig = NotificationConfig()
    accounts: AccountsConfig = AccountsConfig()
    axl: AXLConfig = AXLConfig()
    bosh: BOSHConfig = BOSHConfig()
    presence: PresenceConfig = PresenceConfig()
    cti: CTIConfig = CTIConfig()
    engine: EngineConfig = EngineConfig()
    history: HistoryConfig = HistoryConfig()
    telephony: TelephonyConfig = TelephonyConfig()
    gadgets: GadgetsConfig = GadgetsConfig()
    tasks: TasksConfig = TasksConfig()

    @property
    def host(self) -> str:
        """The name that clients dial."""
        return self.server.host or self.notification.domain

    @property
    def is_secondary(self) -> bool:
        """Whether this is the second of two nodes: the configuration is changed on the other one."""
        return bool(self.server.primary_host)


class Address(Struct, frozen=True):
    """A host and a TCP port.

    Attributes:
        host: A name or an IP address, without brackets.
        port: 0 to 65535; 0 lets the system choose.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``host:port`` or ``[v6]:port``.

        Raises:
            ValueError: It is neither; the message says what is wrong.
        """
        host, colon, port = text.rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            raise ValueError(f'"{text}": an IPv6 address goes in brackets: "[{host}]:{port}"')
        if not colon or not host:
            raise ValueError(f'"{text}" is not "host:port"')
        if not port.isascii() or not port.isdigit() or int(port) > 65_535:
            raise ValueError(f'"{text}": the port is not a number from 0 to 65535')
        return cls(host, int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in {"localhost", "::1"} or bool(re.fullmatch(r"127(\.\d+){3}", self.host))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def addresses(listen: Listen) -> tuple[Address, ...]:
    """Where a service listens; empty when it does not.

    Raises:
        ValueError: One of them is not an address.
    """
    texts = [listen] if isinstance(listen, str) else listen
    return tuple(Address.parse(text) for text in texts if text)


def load(path: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Read the configuration.

    Args:
        path: A TOML file; None for the defaults alone.
        overrides: ``section.key=VALUE`` each, VALUE being TOML (a bare word is taken as a string); later ones
            win, and all win over the file.

    Raises:
        ConfigError: It cannot be read, or says something impossible.
    """
    try:
        return _load(path, overrides)
    except ConfigError as error:
        raise located(error, path, overrides) from None


def located(error: ConfigError, path: Path | None, overrides: Sequence[str] = ()) -> ConfigError:
    """The same error, with where its key stands: the file and the line in it, or ``--set``.

    Whoever finds a value wrong after the configuration was read knows the key alone, and says ``UNPLACED``.

    Args:
        error: What was found.
        path: The file that the configuration came from, if it did.
        overrides: As for `load`.
    """
    source = error.source
    if source == UNPLACED and any(_is_in(error.key, text) for text in overrides):
        source = SET
    elif source == UNPLACED and path is not None:
        source = str(path)
    line = _line(path, error.key) if path is not None and source == str(path) else 0
    return ConfigError(source, error.key, error.reason, error.fix, line)


def _is_in(key: str, override: str) -> bool:
    return f"{key}.".startswith(f"{override.partition('=')[0].strip()}.")


def _line(path: Path, key: str) -> int:
    """Where a key stands, or at least its section; 0 when neither does."""
    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except (OSError, ValueError):
        return 0
    lines = toml_lines(text)
    names = _parts(key)
    while names:
        if inside := [path for path in lines if path[: len(names)] == names]:
            return lines[inside[0]]
        names = names[:-1]
    return 0


_NAME: Final = re.compile(r'"(?:\\.|[^"\\])*"|[^.]+')


def _parts(key: str) -> tuple[str, ...]:
    """The names of a dotted key, up to an element of a list."""
    found = _NAME.findall(key.partition("[")[0])
    return tuple(json.loads(name) if name.startswith('"') else name for name in found)


def _whose(key: str, document: Mapping[str, Any]) -> str:
    """The whole key, where msgspec says ``tasks.domains[...].id`` of tables with names of one's own: the first wrong one's."""
    head, some, rest = key.partition("[...]")
    if not some:
        return key
    outer = head.split(".")
    for name, table in reduce(getitem, outer, document).items():
        alone = reduce(lambda inner, around: {around: inner}, reversed(outer), {name: table})
        try:
            msgspec.convert(alone, Config)
        except msgspec.ValidationError:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", name)
            return f"{head}.{name if bare else json.dumps(name, ensure_ascii=False)}{rest}"
    return key


def _load(path: Path | None, overrides: Sequence[str]) -> Config:
    document: dict[str, Any] = {}
    origin: dict[str, str] = {}
    if path is not None:
        document = _read(path)
        origin = dict.fromkeys(_keys(document), str(path))
    for override in overrides:
        key, value = _override(override)
        _put(document, key, value, override)
        for inner in _keys(value, key) if isinstance(value, dict) else [key]:
            origin[inner] = SET
    default_source = str(path) if path is not None else SET
    try:
        config = msgspec.convert(document, Config)
    except msgspec.ValidationError as error:
        found = _explain(str(error), Config(), origin, default_source)
        key = _whose(found.key, document)
        source = origin.get(".".join(_parts(key)), found.source)
        raise ConfigError(source, key, found.reason, found.fix) from None
    _check(config, origin, default_source)
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(
            str(path), "", f"cannot be read: {error.strerror}", "give --config a TOML file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "", f"is not TOML: {error}", "correct that line") from None


def _override(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", key):
        raise ConfigError(SET, key, f'"{text}" is not section.key=VALUE', "such as bosh.wait_s=20")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        if re.fullmatch(r"[^\"'\[\]{}=\n]*", value):  # a bare word: what a shell leaves of a string
            return key, value.strip()
        raise ConfigError(SET, key, f"{value} is not a TOML value", 'quote a string: "…"') from None


def _put(document: dict[str, Any], key: str, value: Any, text: str) -> None:
    *sections, last = key.split(".")
    for section in sections:
        inner = document.setdefault(section, {})
        if not isinstance(inner, dict):
            raise ConfigError(SET, key, f'"{text}": {section} is not a section', "look at its key")
        document = inner
    document[last] = value


def _keys(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in document.items():
        key = f"{prefix}.{name}" if prefix else name
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)


_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<field>.*)`")


def read_options(section: str, options: Mapping[str, object], kind: type[T]) -> T:
    """Read a plugin's own keys.

    Args:
        section: Where they stand, such as ``telephony.options``.
        options: The keys, as they were written.
        kind: A frozen struct with a default for each key and ``forbid_unknown_fields=True``.

    Raises:
        ConfigError: A key is unknown, or its value impossible.
    """
    try:
        return msgspec.convert(options, kind)
    except msgspec.ValidationError as error:
        raise _explain(str(error), kind(), {}, UNPLACED, f"{section}.") from None


def _explain(
    message: str, root: Struct, origin: Mapping[str, str], default_source: str, prefix: str = ""
) -> ConfigError:
    """Turn msgspec's sentence into ours: the key, where it was written, and what would be right."""
    reason, _, where = message.partition(" - at ")
    key = where.strip("`").removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN.fullmatch(reason):
        field, section = unknown["field"], key
        key = f"{section}.{field}" if section else field
        near = difflib.get_close_matches(field, _names(root, section), 1)
        reason = "there is no such key"
        fix = f"did you mean {prefix}{key.removesuffix(field)}{near[0]}?" if near else _SEE
    else:
        reason = reason.replace("`object`", "a section").replace("`", "")
        reason = reason[:1].lower() + reason[1:]
        fix = _example(root, key, prefix)
    source = origin.get(key.partition("[")[0], default_source)
    return ConfigError(source, prefix + key, reason, fix)


_SEE: Final = "etc/finesse.toml documents every key"


def _find(root: Struct, key: str) -> Any:
    """The default of ``key``: a struct for a section, a value for a key, None for neither."""
    found: Any = root
    for name in key.partition("[")[0].split(".") if key else ():
        found = getattr(found, name, None)
    return found


def _names(root: Struct, section: str) -> Sequence[str]:
    return getattr(_find(root, section), "__struct_fields__", ())


def _example(root: Struct, key: str, prefix: str) -> str:
    section, _, name = key.rpartition(".")
    # A table of tables that are named by whoever writes them is a dict here: it has no keys of its own.
    keys = getattr(type(_find(root, section)), "__annotations__", {})
    annotation = str(keys.get(name, ""))
    if choices := re.fullmatch(r"(?:typing\.)?Literal\[(.*)\]", annotation):
        return f"choose one of {choices[1]}"
    default = _find(root, key)
    if default is None or isinstance(default, Struct | dict):
        return _SEE
    value = json.dumps(list(default) if isinstance(default, tuple) else default)
    return f"the default is {prefix}{key.partition('[')[0]} = {value}"


def _check(config: Config, origin: Mapping[str, str], default_source: str) -> None:
    """What no type can say: addresses, and keys that need each other."""

    def wrong(key: str, reason: str, fix: str) -> ConfigError:
        return ConfigError(origin.get(key, default_source), key, reason, fix)

    for name in ListenConfig.__struct_fields__:
        if name == "ephemeral":
            continue
        key = f"listen.{name}"
        try:
            found = addresses(getattr(config.listen, name))
        except ValueError as error:
            raise wrong(
                key, str(error), 'write "127.0.0.1:8082", a list of those, or "" for off'
            ) from None
        outside = [address for address in found if not address.is_loopback]
        if outside and name == "control":
            raise wrong(
                key, f"{outside[0]} is not loopback", "control commands are local by design"
            )
        if outside and config.demo.enabled:
            raise wrong(
                key,
                f"{outside[0]} is not loopback while demo.enabled is true, and everyone knows the demo's password",
                "set demo.enabled = false, or listen on 127.0.0.1",
            )
        if outside and name == "cti" and not config.cti.server.credentials_file:
            raise wrong(
                "cti.server.credentials_file",
                f"is missing while listen.cti is {outside[0]}, which is not loopback",
                "name a file with a line ClientID:password for each client",
            )
    if config.is_secondary and config.server.secondary_host:
        raise wrong(
            "server.primary_host",
            "makes this node the secondary one, and server.secondary_host names another",
            "give primary_host on the secondary node alone, and secondary_host on the primary",
        )
    for name in ("side_a", "side_b"):
        key = f"cti.client.{name}"
        try:
            addresses(getattr(config.cti.client, name))
        except ValueError as error:
            raise wrong(key, str(error), 'write "host:12028"') from None
    isolated_origin = config.gadgets.isolated_origin
    for key, texts in (
        ("web.cors_origins", config.web.cors_origins),
        ("gadgets.desktop_origins", config.gadgets.desktop_origins),
        ("gadgets.isolated_origin", (isolated_origin,) if isolated_origin else ()),
    ):
        for text in texts:
            try:
                as_sent(text)
            except NotAnOriginError as error:
                raise wrong(
                    key,
                    f"{text!r} is not an origin: {error}",
                    'write "https://desk.example.com" or "https://desk.example.com:8445"',
                ) from None
    _check_isolation(config, wrong)
    for key, texts in (
        ("web.metrics_from", config.web.metrics_from),
        ("accounts.allowed_from", config.accounts.allowed_from),
        ("gadgets.outbound.private_networks", config.gadgets.outbound.private_networks),
    ):
        for text in texts:
            try:
                ip_network(text)
            except ValueError as error:
                raise wrong(key, str(error), 'write networks, such as "10.1.0.0/16"') from None
    for key, texts in (
        ("gadgets.hosts", config.gadgets.hosts),
        ("gadgets.outbound.hosts", config.gadgets.outbound.hosts),
    ):
        for text in texts:
            try:
                HostRule.parse(text)
            except ValueError as error:
                raise wrong(
                    key,
                    f"{text!r}: {error}",
                    'write hosts, such as "crm.example.com", "*.example.com" or "10.1.2.3:8443"',
                ) from None
    client = config.cti.client
    if client.version not in CTI_VERSIONS[client.dialect]:
        raise wrong(
            "cti.client.version",
            f"is {client.version}, which {client.dialect.upper()} has not",
            f"choose one of {', '.join(map(str, CTI_VERSIONS[client.dialect]))}",
        )
    shared = client.version in CTI_VERSIONS["uccx"] and client.version in CTI_VERSIONS["ucce"]
    if not client.side_a and shared and client.dialect != config.cti.server.dialect:
        raise wrong(
            "cti.client.dialect",
            f"is {client.dialect} while cti.server.dialect, that of our own engine, is {config.cti.server.dialect}",
            "make them the same, or name an engine in cti.client.side_a",
        )
    if config.cti.client.side_b and not config.cti.client.side_a:
        raise wrong("cti.client.side_b", "there is no side A", "give cti.client.side_a first")
    if bool(config.tls.certificate_file) != bool(config.tls.key_file):
        key = "tls.key_file" if config.tls.certificate_file else "tls.certificate_file"
        raise wrong(key, "is missing", "a certificate and its key go together")
    if config.security.argon2_memory_kib < 8 * config.security.argon2_lanes:
        raise wrong(
            "security.argon2_memory_kib",
            f"is less than argon2 needs for {config.security.argon2_lanes} lanes",
            f"give it {8 * config.security.argon2_lanes} or more",
        )
    if config.web.redirect_http and not addresses(config.listen.https):
        raise wrong(
            "web.redirect_http", "is true while listen.https is off", "let listen.https listen"
        )
    if config.sso.mode != "NON_SSO" and "PLAIN" not in config.notification.sasl:
        raise wrong(
            "notification.sasl",
            f"has no PLAIN while sso.mode is {config.sso.mode}, and no other mechanism carries a token",
            'add "PLAIN"',
        )
    _check_tasks(config.tasks, wrong)
    if config.notification.mode == "component":
        _check_component(config.notification, wrong)
    elif addresses(config.listen.component) and not config.notification.component_secret_file:
        raise wrong(
            "notification.component_secret_file",
            "is missing while listen.component is on",
            "name a file that holds the shared secret",
        )


def _check_isolation(config: Config, wrong: Callable[[str, str, str], ConfigError]) -> None:
    """That what names gadgets can be read, and that isolated ones have an origin to be shown from."""
    gadgets = config.gadgets
    for key, texts in (
        ("gadgets.dev_only", gadgets.dev_only),
        ("gadgets.isolated", gadgets.isolated),
    ):
        for text in texts:
            try:
                Places([text])
            except ValueError as error:
                raise wrong(
                    key,
                    f"{text!r}: {error}",
                    'write hosts, such as "crm.example.com", or folders, such as "/3rdpartygadget/files/CRM/"',
                ) from None
    if gadgets.isolated and not addresses(config.listen.isolated):
        raise wrong(
            "gadgets.isolated",
            "names gadgets while listen.isolated is off",
            'give listen.isolated a port of its own, such as "0.0.0.0:8446"',
        )
    desktops = {as_sent(one) for one in (*gadgets.desktop_origins, *config.web.cors_origins)}
    if gadgets.isolated_origin and as_sent(gadgets.isolated_origin) in desktops:
        raise wrong(
            "gadgets.isolated_origin",
            "is also an origin of desktops",
            "isolated gadgets need an origin of their own",
        )


MAX_SELECTOR: Final = 32
"""How long a script selector's name may be."""


def _check_tasks(config: TasksConfig, wrong: Callable[[str, str, str], ConfigError]) -> None:
    """That domains have numbers of their own, and selectors domains."""
    numbers: dict[int, str] = {}
    for name, domain in config.domains.items():
        if domain.id in numbers:
            raise wrong(
                f"tasks.domains.{name}.id",
                f"is {domain.id}, which is {numbers[domain.id]}'s",
                "give each domain a number of its own",
            )
        numbers[domain.id] = name
    for name, selector in config.selectors.items():
        if not 1 <= len(name) <= MAX_SELECTOR:
            raise wrong(
                f"tasks.selectors.{name}", "is too long a name", f"use {MAX_SELECTOR} or fewer"
            )
        if selector.domain not in config.domains:
            raise wrong(
                f"tasks.selectors.{name}.domain",
                f"is {selector.domain}, which tasks.domains has not",
                "name one of its tables; who gives tasks.domains gives tasks.selectors too",
            )


def _check_component(
    config: NotificationConfig, wrong: Callable[[str, str, str], ConfigError]
) -> None:
    """What `ComponentConfig` needs to be of use."""
    found, section = config.component, "notification.component"
    if found.jid == config.domain:
        raise wrong(
            f"{section}.jid",
            f"is {found.jid}, the domain of the people",
            "give the publish-subscribe service a name of its own",
        )
    if not found.secret_file and not found.secret_env:
        raise wrong(
            f"{section}.secret_file",
            'is missing while notification.mode is "component"',
            "name a file, or in secret_env an environment variable, that holds the shared secret",
        )
    if found.secret_file and found.secret_env:
        raise wrong(
            f"{section}.secret_env",
            "is given beside secret_file",
            "the secret is in one place: give one of the two",
        )

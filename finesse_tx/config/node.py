"""This node: its names, its ports and certificate, its log, its database, and the demo.

``[server]``, ``[listen]``, ``[tls]``, ``[log]``, ``[demo]``, ``[store]``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from finesse_tx.config.values import Listen, Seconds

__all__ = ["DemoConfig", "ListenConfig", "LogConfig", "ServerConfig", "StoreConfig", "TLSConfig"]


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
    format: Literal["text", "json"] = "text"
    """How: for people, or an object a line for what collects logs. With ``--syslog`` and ``--logger`` it is theirs."""


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

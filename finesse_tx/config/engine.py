"""The engine, the two ends of the link to it, and its telephones.

``[cti.server]``, ``[cti.client]``, ``[engine]``, ``[history]``, ``[telephony]``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from finesse_tx.config.values import Bytes, Seconds

__all__ = [
    "CTI_VERSIONS",
    "CTIClientConfig",
    "CTIConfig",
    "CTIServerConfig",
    "EngineConfig",
    "HistoryConfig",
    "TelephonyConfig",
]

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

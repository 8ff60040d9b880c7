"""``[gadgets]``."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from finesse_tx.config.values import Bytes

__all__ = ["GadgetsConfig", "OutboundConfig"]


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

"""Our own engine with its telephones and its customers; nothing of it where the web services follow somebody else's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from twisted.plugin import getPlugins

from finesse_tx import plugins
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.storage import Storage
from finesse_tx.config import DemoConfig, TelephonyConfig
from finesse_tx.cti.credentials import read_credentials
from finesse_tx.cti.server import CTIServer
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.service import Directory, Turnover
from finesse_tx.engine.campaigns import Campaigns
from finesse_tx.engine.core.scripts.triggers import with_triggers
from finesse_tx.engine.history import HISTORY, History
from finesse_tx.engine.service import EngineService
from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.interfaces import (
    IOutsideLines,
    IProvider,
    IProviderListener,
    ITelephonySystem,
)
from finesse_tx.store.campaign_records import CampaignRecords
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import Outbox
from finesse_tx.store.records import HistoryRecords
from finesse_tx.store.service import Store
from finesse_tx.telephony.core.numbering import expand, ranges
from finesse_tx.telephony.customers import Customers
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions, SimulatorSystem

__all__ = ["Embedded", "build_engine"]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Our own engine.

    Attributes:
        engine: Agents, queues, and the telephone system.
        simulator: The telephone system, where it gives everyone a phone; else None.
        campaigns: Whom it calls.
        customers: Those who call; None with real telephones.
        server: Its GED-188 side.
    """

    engine: EngineService
    simulator: Simulator | None
    campaigns: Campaigns
    customers: Customers | None
    server: CTIServer


def build_engine(
    given: Given, storage: Storage, directory: Directory, entrance: Entrance
) -> Embedded | None:
    """The engine, which follows the directory; None where there is somebody else's.

    Raises:
        ConfigError: There is no such telephone system, or something is wrong with its options or the credentials.
    """
    config, ready, reactor = given.config, given.ready, given.reactor
    if config.cti.client.side_a:
        return None
    history = _history(given, storage.store)
    engine = EngineService(
        directory,
        entrance.authenticator,
        config.engine,
        reactor,
        ready.treatment,
        history,
        now,
    )
    snapshot = with_triggers(ready.snapshot, ready.treatment.triggers)
    provider = _provider(config.telephony, snapshot, engine, given)
    engine.use(provider)
    records = CampaignRecords(storage.store, storage.pending)
    may_dial = IOutsideLines.providedBy(provider)
    campaigns = Campaigns(engine, records, reactor, now, may_dial=may_dial)
    engine.when_settled(campaigns.flush)
    customers: Customers | None = None
    if IOutsideLines.providedBy(provider):
        customers = _customers(config.demo, provider, snapshot, given)
    numbered = "phones" in config.telephony.options  # then nobody else gets a phone
    simulator = provider if isinstance(provider, Simulator) and not numbered else None
    embedded = Embedded(engine, simulator, campaigns, customers, _server(given, engine))
    directory.follow(partial(_follow, embedded, directory))
    return embedded


def _history(given: Given, store: Store) -> History:
    """What becomes of calls and agents; it is on disk before the database has it."""
    mark, config = given.ready.history, given.config.history
    journal = Journal(
        given.home.path / "history",
        HISTORY,
        uuid.uuid4().hex,
        config.journal_max_bytes,
        taken=mark.taken,
        floor=mark.next_session,
    )
    records = HistoryRecords(store)
    stored = mark.taken.get(journal.name, 0)
    outbox = Outbox(
        "the history", journal, records.add, store, given.reactor, stored, config.sync_s
    )
    return History(outbox, records, given.reactor, now, config)


def _provider(
    config: TelephonyConfig, snapshot: Snapshot, listener: IProviderListener, given: Given
) -> IProvider:
    """The telephone system that the operator chose.

    Raises:
        ConfigError: There is none of that name, or it does not take those options.
    """
    systems = {system.name: system for system in getPlugins(ITelephonySystem, plugins)}
    if config.system not in systems:
        raise ConfigError(
            UNPLACED,
            "telephony.system",
            f'there is no telephone system "{config.system}"',
            f"choose one of {', '.join(sorted(systems))}",
        )
    options = dict(config.options)
    if config.system == SimulatorSystem.name:
        # Nobody is without a phone, and no queue without its number, however many there are of both.
        triggers = {trigger.route_point for trigger in snapshot.triggers}
        extensions = {person.extension for person in snapshot.people if person.extension}
        phones = {*expand(SimulatorOptions().phones), *extensions} - triggers
        options = {"phones": ranges(phones), "route_points": ranges(triggers)} | options
    provider: IProvider = systems[config.system].make_provider(options, listener, given.reactor)
    return provider


def _customers(
    demo: DemoConfig, lines: IOutsideLines, snapshot: Snapshot, given: Given
) -> Customers:
    """Those who call, where calls are only simulated."""
    return Customers(
        lines,
        [trigger.route_point for trigger in snapshot.triggers],
        Random(demo.seed or None),  # noqa: S311  # chance, not a secret
        given.reactor,
        calls_per_minute=demo.calls_per_minute if demo.enabled else 0.0,
        patience_s=demo.patience_s,
        talk_s=demo.talk_s,
        busy=demo.busy,
        no_answer=demo.no_answer,
        keys=demo.keys,
    )


def _server(given: Given, engine: EngineService) -> CTIServer:
    config = given.config.cti.server
    path = config.credentials_file
    return CTIServer(
        config,
        engine.peripheral,
        given.reactor,
        now,
        read_credentials(Path(path)) if path else None,
        cce=given.config.engine.personality == "cce",
    )


def _follow(embedded: Embedded, directory: Directory, _turnover: Turnover) -> None:
    """The engine goes by the directory; new people and queues get simulated numbers first."""
    if embedded.simulator is not None:
        snapshot = directory.snapshot()
        embedded.simulator.add_numbers(
            (person.extension for person in snapshot.people if person.extension),
            (trigger.route_point for trigger in snapshot.triggers),
        )
    embedded.engine.reload()

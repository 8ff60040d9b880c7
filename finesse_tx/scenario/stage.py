"""The centre of a scenario: engine, simulator and customers, on a clock that is turned by hand, without ports."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from finesse_tx.config import EngineConfig
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.engine.campaigns import Campaigns
from finesse_tx.engine.core.scripts.checking import check_treatment
from finesse_tx.engine.history import History
from finesse_tx.engine.scripts import load_treatment
from finesse_tx.engine.service import EngineService
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IAuthenticator, IDirectory
from finesse_tx.scenario.clock import DayClock
from finesse_tx.scenario.core.language import Customer, Scenario
from finesse_tx.scenario.core.reading import centre_of
from finesse_tx.scenario.dialing import DialingRecords, dialing_of
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.numbering import expand, ranges
from finesse_tx.telephony.customers import Conduct, Customers
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions

__all__ = ["People", "Stage"]

S = TypeVar("S", bound=Struct)


@implementer(IDirectory)
class People:
    """Who works here.

    Attributes:
        current: Who does now; once it is another, the engine's `reload` makes it known.
    """

    def __init__(self, current: Snapshot) -> None:
        self.current = current

    def snapshot(self) -> Snapshot:
        """See `IDirectory`."""
        return self.current


@implementer(IAuthenticator)
class _Doorkeeper:
    """Lets everybody in who works here: passwords are no part of a scenario."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._people = {person.login_id: person for person in snapshot.people}

    def authenticate(self, username: str, password: str) -> Deferred[Person]:  # noqa: ARG002
        """See `IAuthenticator`; only people of the directory are asked for here."""
        return succeed(self._people[username])


class Stage:
    """The centre; it is in service when this has been made.

    Attributes:
        snapshot: Its people and queues, as the day begins.
        directory: Who works here now.
        clock: Its time.
        engine: Its engine.
        simulator: Its telephones.
        customers: Those who call, those who are called.
        campaigns: What calls customers.

    Args:
        scenario: What it is made for.
        source: The scenario's name, for messages.
        rng: The customers' chances.
        clock: Its time, in seconds since 1970; None: one that begins with them.
        history: Keeps what is recorded; None: nobody does.
        dialing: The campaigns' customers; None: the scenario's own.

    Raises:
        ConfigError: What the scenario says of the engine or the telephones cannot be.
    """

    def __init__(
        self,
        scenario: Scenario,
        source: str,
        rng: Random,
        *,
        clock: DayClock | None = None,
        history: History | None = None,
        dialing: DialingRecords | None = None,
    ) -> None:
        self.snapshot = centre_of(scenario.day)
        self.clock = DayClock() if clock is None else clock
        # A day of a scenario is the same wherever it is played.
        engine = {"time_zone": "UTC", **scenario.engine}
        config = _read("engine", engine, EngineConfig, source)
        treatment = load_treatment(config.scripts_file)
        numbered = check_treatment(treatment, self.snapshot)
        options = {**_numbers(numbered), **scenario.telephony}
        simulator = _read("telephony.options", options, SimulatorOptions, source)
        self.directory = People(self.snapshot)
        self.engine = EngineService(
            self.directory,
            _Doorkeeper(self.snapshot),
            config,
            self.clock,
            treatment,
            history,
        )
        self.simulator = Simulator(simulator, self.engine, self.clock)
        self.engine.use(self.simulator)
        self.customers = Customers(
            self.simulator,
            (),
            rng,
            self.clock,
            calls_per_minute=0,
            patience_s=600,
            talk_s=60,
            known={each.number: _conduct(each) for each in scenario.customers.values()},
        )
        self.customers.setServiceParent(self.engine)
        self.campaigns = Campaigns(
            self.engine,
            dialing_of(scenario, self.snapshot) if dialing is None else dialing,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            may_dial=True,  # there is nobody out there but simulated customers
        )
        self.engine.when_settled(self.campaigns.flush)
        self.engine.startService()
        self.campaigns.startService()
        now = self.clock.seconds()
        while self.clock.turn(now):
            pass

    def close(self) -> None:
        """End the day; no timer is left."""
        self.campaigns.stopService()
        self.engine.stopService()


def _numbers(snapshot: Snapshot) -> dict[str, Any]:
    """Nobody is without a phone, and no queue without its number."""
    triggers = {trigger.route_point for trigger in snapshot.triggers}
    extensions = {person.extension for person in snapshot.people if person.extension}
    phones = {*expand(SimulatorOptions().phones), *extensions} - triggers
    return {"phones": ranges(phones), "route_points": ranges(triggers)}


def _conduct(customer: Customer) -> Conduct:
    refuses = {"busy": Cause.BUSY, "no answer": Cause.CALL_NOT_ANSWERED}.get(customer.when_called)
    return Conduct(refuses, customer.talk_s, customer.keys)


def _read(section: str, table: dict[str, Any], kind: type[S], source: str) -> S:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at ")
        key = section + where.strip("`").removeprefix("$")
        raise ConfigError(source, key, reason, "etc/finesse.toml documents every key") from None

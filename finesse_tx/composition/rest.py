"""REST: what is behind each family of paths, and what beside the REST API is asked in the same way."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

from twisted.internet.threads import deferToThreadPool

from finesse_tx.composition.administration import Configured
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.reception import Reception
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.storage import Storage
from finesse_tx.composition.web import Finesse
from finesse_tx.directory.service import Directory
from finesse_tx.store.agent_history_records import AgentHistoryRecords
from finesse_tx.store.team_message_records import TeamMessageRecords
from finesse_tx.webservices.agent_history import AgentHistory
from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.desktop_api import DesktopApi
from finesse_tx.webservices.offered import Offered
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.process import Process
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.desktop import DESKTOP, DesktopFacts
from finesse_tx.webservices.routes.diagnostics import DIAGNOSTICS
from finesse_tx.webservices.routes.tables import families
from finesse_tx.webservices.routes.task_feed import TASK_FEED
from finesse_tx.webservices.serviceability import Serviceability
from finesse_tx.webservices.task_feed import TaskFeed
from finesse_tx.webservices.team_messages import Messages

__all__ = ["Rest", "build_rest"]


class Rest(NamedTuple):
    """What REST clients ask, and the two parts behind it that nobody else has.

    Attributes:
        api: ``/finesse/api``.
        diagnostics: ``/finesse-dp/rest``.
        desktop: ``/desktop/api``.
        task_feed: ``/ccp``.
        messages: What teams are told; it runs.
        times: How long requests take.
    """

    api: ApiResource
    diagnostics: ApiResource
    desktop: DesktopApi
    task_feed: ApiResource
    messages: Messages
    times: RequestTimes


def build_rest(
    given: Given,
    storage: Storage,
    directory: Directory,
    entrance: Entrance,
    reception: Reception,
    embedded: Embedded | None,
    configured: Configured,
    finesse: Finesse,
) -> Rest:
    """The families of paths, each with what stands behind it."""
    gate, times = reception.gate, RequestTimes()
    messages = _messages(given, storage, directory, finesse)
    client_logs = _client_logs(given, directory)
    serviceability = _serviceability(given, directory, entrance, finesse, times)
    administration = configured.administration
    api = families(
        finesse.web.operations,
        finesse.tasks.media,
        Offered(directory, administration),
        administration,
        messages,
        client_logs,
        serviceability,
    )
    diagnostics = [Family(DIAGNOSTICS, serviceability)]
    feed = TaskFeed(
        finesse.tasks.routing, given.config.tasks.feed_id, given.config.tasks.submitters
    )
    return Rest(
        ApiResource(gate, api, times=times, seconds=perf_counter),
        ApiResource(gate, diagnostics, is_described=False, times=times, seconds=perf_counter),
        _desktop(given, storage, directory, reception, embedded, finesse),
        ApiResource(gate, [Family(TASK_FEED, feed)], is_described=False),
        messages,
        times,
    )


def _messages(given: Given, storage: Storage, directory: Directory, finesse: Finesse) -> Messages:
    return Messages(
        given.ready.messages,
        TeamMessageRecords(storage.store),
        People(finesse.web.model, directory),
        finesse.notifications.service,
        given.reactor,
        now,
    )


def _client_logs(given: Given, directory: Directory) -> ClientLogs:
    """Keeps what browsers log; files are written in the reactor's own threads."""
    reactor: Any = given.reactor
    return ClientLogs(
        directory,
        given.home.path / "clientlogs",
        given.config.web.client_log_bytes,
        now,
        lambda work: deferToThreadPool(reactor, reactor.getThreadPool(), work),
    )


def _serviceability(
    given: Given,
    directory: Directory,
    entrance: Entrance,
    finesse: Finesse,
    times: RequestTimes,
) -> Serviceability:
    """What operators of the original ask; maintenance mode is told by the web services."""
    web, routing = finesse.web, finesse.tasks.routing
    serviceability = Serviceability(
        web.model,
        directory,
        finesse.notifications.service,
        web.system_info,
        Process(),
        given.reactor.seconds,
        times,
        web.call_totals,
        modes=entrance.modes if given.config.web.user_auth_mode else None,
        tasks=lambda: routing.open_tasks - routing.waiting_tasks,
        maintenance_began=web.tell_system_info,
    )
    web.show_maintenance(serviceability.maintenance_told)
    return serviceability


def _desktop(
    given: Given,
    storage: Storage,
    directory: Directory,
    reception: Reception,
    embedded: Embedded | None,
    finesse: Finesse,
) -> DesktopApi:
    """What our own desktop asks; the history is here where the engine is."""
    records = AgentHistoryRecords(storage.store) if embedded is not None else None
    facts = DesktopFacts(AgentHistory(directory, records, now), finesse.web.operations.teams)
    return DesktopApi(
        finesse.web.system_info,
        given.config.web.security_banner_message,
        ["/tunnel/"] if finesse.notifications.own is not None else [],
        ApiResource(reception.gate, [Family(DESKTOP, facts)], is_described=False),
        is_secondary=given.config.is_secondary,
    )

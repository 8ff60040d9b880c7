"""The wiring plan: which parts there are, who gets what, and in which order they live. Read it top to bottom.

No part looks another up; each is handed what it needs. `prepare` does all that must be done before the reactor
runs and before ``twistd`` becomes a daemon; `build` then makes the parts, and nothing runs until twistd starts what
it returns.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from ipaddress import ip_network
from time import perf_counter, time
from typing import Any, NamedTuple

from twisted.application.service import IService
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.plugin import getPlugins
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from twisted.python.usage import Options
from twisted.web.resource import IResource, Resource

from finesse_tx import plugins
from finesse_tx.admin.core.sessions import ConsoleSessions
from finesse_tx.admin.pages import console_pages
from finesse_tx.admin.sessions import Console
from finesse_tx.certificates import (
    CertificateDesk,
    InstalledCertificates,
    ServerTLS,
)
from finesse_tx.composition.administration import build_administration
from finesse_tx.composition.axl import build_axl, build_axl_site
from finesse_tx.composition.engine import Embedded, build_engine
from finesse_tx.composition.given import Given, Ports, now
from finesse_tx.composition.notification import build_notifications
from finesse_tx.composition.people import (
    build_directory,
    build_editing,
    build_source,
    build_synchroniser,
)
from finesse_tx.composition.preparing import (
    Prepared,
    prepare,
)
from finesse_tx.composition.secret_files import secret_file
from finesse_tx.composition.signing_in import build_entrance
from finesse_tx.composition.storage import build_storage
from finesse_tx.composition.tasks import build_tasks
from finesse_tx.composition.web import build_link, build_web
from finesse_tx.config import Config
from finesse_tx.control.resource import MAX_BODY as CONTROL_MAX_BODY
from finesse_tx.control.resource import control_resource
from finesse_tx.cti.core.metrics import link_families, server_families
from finesse_tx.desktop.libraries import desktop_libraries
from finesse_tx.desktop.pages import desktop_page
from finesse_tx.directory.core.axl.counters import axl_families
from finesse_tx.directory.core.metrics import source_families
from finesse_tx.directory.service import Directory
from finesse_tx.engine.scripts import load_treatment
from finesse_tx.engine.service import EngineService
from finesse_tx.errors import ConfigError, FinesseError
from finesse_tx.extauth import ACCOUNTS_TOKEN
from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.changes import ChangesResource
from finesse_tx.gadgets.check_page import check_resource
from finesse_tx.gadgets.checker import Checker
from finesse_tx.gadgets.core.fetch_cache import FetchCache, cache_families
from finesse_tx.gadgets.core.fetching import families as fetch_families
from finesse_tx.gadgets.core.own import OPENED
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.core.signing import RequestSigner
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.gadgets.describing import Describing
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.files import FolderResource
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.gathering import Gathering, Own
from finesse_tx.gadgets.in_process import status_of
from finesse_tx.gadgets.isolated import OPENED as OPENED_TO_ISOLATED
from finesse_tx.gadgets.isolated import isolated_root
from finesse_tx.gadgets.javascript import JavaScript
from finesse_tx.gadgets.make_request import MakeRequest, Token
from finesse_tx.gadgets.metadata import Metadata
from finesse_tx.gadgets.outbound import developed
from finesse_tx.gadgets.outbound import fetcher as gadget_fetcher
from finesse_tx.gadgets.outbound import folder as gadget_folder
from finesse_tx.gadgets.outbound import trusted as trusted_gadgets
from finesse_tx.gadgets.preloading import Preloading
from finesse_tx.gadgets.proxy import Concat, Proxy
from finesse_tx.gadgets.rpc import Rpc
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings
from finesse_tx.gadgets.trust import Trust
from finesse_tx.gadgets.watching import FolderWatch, look
from finesse_tx.home import Home
from finesse_tx.http2.channel import HTTP2Channel
from finesse_tx.http2.core.families import Counters, http2_families
from finesse_tx.interfaces import (
    IAuthenticator,
    IGadgetFeature,
)
from finesse_tx.lifecycle import Door, Server, Step
from finesse_tx.logs import LevelFilter, log_observer
from finesse_tx.metrics.exposition import MetricsResource, Source
from finesse_tx.notification.account_checks import MAX_BODY as ACCOUNTS_MAX_BODY
from finesse_tx.notification.account_checks import AccountChecks
from finesse_tx.notification.core.metrics import (
    account_families,
    component_families,
    notification_families,
)
from finesse_tx.notification.remote import People as AccountPeople
from finesse_tx.origin_names import as_sent
from finesse_tx.origins import Origins
from finesse_tx.preflight import CONTROL_TOKEN, listening, ports_are_free
from finesse_tx.site import BoundedSite
from finesse_tx.static import StaticResource, page_tree
from finesse_tx.store.agent_history_records import AgentHistoryRecords
from finesse_tx.store.core.errors import StoreError
from finesse_tx.store.core.outbox import outbox_families
from finesse_tx.store.core.status import store_families, troubles
from finesse_tx.store.outbox import OutboxService
from finesse_tx.store.service import Store
from finesse_tx.store.team_message_records import TeamMessageRecords
from finesse_tx.webservices.agent_history import AgentHistory
from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.metrics import service_families
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.desktop_api import DesktopApi
from finesse_tx.webservices.offered import Offered
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.process import Process
from finesse_tx.webservices.root import redirecting_root, web_root
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.certificates import CERTIFICATES
from finesse_tx.webservices.routes.console import CONSOLE, ConsoleFacts
from finesse_tx.webservices.routes.desktop import DESKTOP, DesktopFacts
from finesse_tx.webservices.routes.desktop_session import DESKTOP_SESSION
from finesse_tx.webservices.routes.diagnostics import DIAGNOSTICS
from finesse_tx.webservices.routes.gate import Gate, Limits
from finesse_tx.webservices.routes.origins import ORIGINS, following
from finesse_tx.webservices.routes.sso import SingleSignOn
from finesse_tx.webservices.routes.tables import families
from finesse_tx.webservices.routes.task_feed import TASK_FEED
from finesse_tx.webservices.service import WebServices
from finesse_tx.webservices.serviceability import Serviceability
from finesse_tx.webservices.task_feed import TaskFeed
from finesse_tx.webservices.team_messages import Messages

_log = Logger()

__all__ = ["build"]

Reload = Callable[[], Config]

GADGET_KEY = "gadgets.key"
"""The file there with what gadgets' security tokens are signed with; nodes behind one name need the same."""


def build(
    config: Config, home: Home, reactor: Any, reload: Reload, twistd: Options | None
) -> IService:
    """Build the server; nothing runs yet.

    Args:
        config: The configuration.
        home: The home folder; it is locked here, and freed when the server has stopped.
        reactor: The reactor.
        reload: Reads the configuration once more, for SIGHUP.
        twistd: twistd's own options, for the log; None where there is no twistd.

    Raises:
        FinesseError: The server cannot start; one line says why.
    """
    home.lock()
    try:
        ports_are_free(config)
        return _build(config, home, reactor, prepare(config, home), reload, twistd)
    except FinesseError:
        home.unlock()
        raise


def _build(
    config: Config,
    home: Home,
    reactor: Any,
    ready: Prepared,
    reload: Reload,
    twistd: Options | None,
) -> Server:
    """The plan itself."""
    listen = listening(config)
    log_filter = log_observer(twistd, config.log.level) if twistd is not None else None

    given = Given(config, home, ready, reactor, Ports())

    # What is kept, who works here, and who may come in.
    storage = build_storage(given)
    directory = build_directory(given, storage)
    source = build_source(given, storage)
    entrance = build_entrance(given, storage, directory, source)

    # The engine and its telephones, unless the web services follow somebody else's.
    embedded = build_engine(given, storage, directory, entrance.authenticator)

    # Who changes the directory: administrators, AXL, and its source by itself.
    editing = build_editing(given, storage, directory, embedded)
    synchroniser = build_synchroniser(given, source, editing)
    configured = build_administration(given, storage, directory, editing, embedded)
    axl = build_axl(given, storage, directory, entrance.known, editing)

    # Notifications, and the web services that send them; tasks beside calls.
    origins = Origins(config.web.cors, config.web.cors_origins)
    notifications = build_notifications(
        given,
        directory,
        entrance,
        origins,
        lambda reason: web.set_outage(reason),  # noqa: PLW0108  # made below
    )
    web = build_web(given, directory, embedded, notifications, axl)
    link = build_link(given, web)
    tasks = build_tasks(given, storage, directory, notifications, web)

    store, pending, own = storage.store, storage.pending, notifications.own
    notification, presence = notifications.service, notifications.presence
    administration, records, configuration = configured
    authenticator, known, tokens = entrance.authenticator, entrance.known, entrance.tokens
    people = People(web.model, directory)
    messages = Messages(
        ready.messages,
        TeamMessageRecords(store),
        people,
        notification,
        reactor,
        now,
    )

    client_logs = ClientLogs(
        directory,
        home.path / "clientlogs",
        config.web.client_log_bytes,
        now,
        lambda work: deferToThreadPool(reactor, reactor.getThreadPool(), work),
    )

    times = RequestTimes()
    serviceability = Serviceability(
        web.model,
        directory,
        notification,
        web.system_info,
        Process(),
        reactor.seconds,
        times,
        web.call_totals,
        modes=entrance.modes if config.web.user_auth_mode else None,
        tasks=lambda: tasks.routing.open_tasks - tasks.routing.waiting_tasks,
        maintenance_began=web.tell_system_info,
    )
    web.show_maintenance(serviceability.maintenance_told)

    # Where clients come in.
    limits = Limits(config.web.requests_per_s, config.web.requests_per_address_s, reactor.seconds)
    console = Console(ConsoleSessions(lambda: secrets.token_urlsafe(24)), directory, reactor)
    directory.follow(lambda turnover: console.end_all_of(turnover.gone | turnover.other_password))
    gate = Gate(
        authenticator,
        web.in_service,
        config.web.max_body_bytes,
        tokens,
        limits,
        console=console,
        secondary=SecondaryNode(config.server.primary_host, config.engine.personality == "cce")
        if config.is_secondary
        else None,
        seconds=reactor.seconds,
    )
    sources: list[Source] = [
        lambda: service_families(web.counters, in_service=web.in_service()),
        tasks.routing.families,
        times.families,
        lambda: link_families(link.status()),
        lambda: notification_families(notification.status()),
        lambda: store_families(store.status()),
        lambda: outbox_families("pending", pending.status()),
    ]
    if (joined := notifications.joined) is not None:
        sources.append(lambda: component_families(joined.link_status()))
    if (asking := entrance.outside) is not None:
        sources.append(lambda: source_families(asking.outcomes))
    if synchroniser is not None:
        sources.append(synchroniser.families)
    if embedded is not None:
        cti_server = embedded.server
        sources += [lambda: server_families(cti_server.status()), embedded.engine.families]

    def degraded() -> Iterable[str]:
        outboxes = {"pending": pending.status()}
        if embedded is not None and embedded.engine.history is not None:
            outboxes["history"] = embedded.engine.history.status()
        return troubles(store.status(), outboxes)

    metrics = MetricsResource(sources, [ip_network(text) for text in config.web.metrics_from])
    counters = Counters()
    http2 = None
    if config.web.http2:
        sources.append(lambda: http2_families(counters))
        http2 = partial(HTTP2Channel, clock=reactor, counters=counters)
    tree = page_tree()
    libraries = desktop_libraries()
    gadgets = _gadgets(
        config,
        home,
        reactor,
        sources,
        FetchCache(config.gadgets.outbound.cache_bytes),
        TokenSigner(home.secret(GADGET_KEY).encode()),
        partial(
            Admission,
            authenticator=authenticator,
            tokens=tokens,
            limits=limits,
            knows=lambda login_id: directory.snapshot().person(login_id) is not None,
        ),
        lambda: web_site,
        given.ports,
        lambda: origins.listed,
        administration.follow,
        libraries,
        http2,
    )
    pages = {
        b"assets": StaticResource(tree),
        **console_pages(
            tree,
            console,
            known,
            ApiResource(
                gate,
                [
                    Family(
                        CONSOLE,
                        ConsoleFacts(
                            records,
                            editing,
                            configuration,
                        ),
                    ),
                    Family(
                        CERTIFICATES,
                        CertificateDesk(
                            ready.tls,
                            InstalledCertificates(home),
                            config.tls.certificate_file,
                            config.host,
                            (config.notification.domain, config.notification.pubsub_domain),
                            records,
                            store,
                            now,
                        ),
                    ),
                    Family(ORIGINS, following(origins, administration)),
                ],
                is_described=False,
            ),
        ),
        **gadgets.pages,
    }
    web_site = clear_site = BoundedSite(
        web_root(
            ApiResource(
                gate,
                families(
                    web.operations,
                    tasks.media,
                    Offered(directory, administration),
                    administration,
                    messages,
                    client_logs,
                    serviceability,
                ),
                times=times,
                seconds=perf_counter,
            ),
            ApiResource(
                gate,
                [Family(DIAGNOSTICS, serviceability)],
                is_described=False,
                times=times,
                seconds=perf_counter,
            ),
            DesktopApi(
                web.system_info,
                config.web.security_banner_message,
                ["/tunnel/"] if own is not None else [],
                ApiResource(gate, [_desktop(web, directory, store, embedded)], is_described=False),
                is_secondary=config.is_secondary,
            ),
            own.web_resources if own is not None else {},
            metrics,
            web.in_service,
            origins,
            SingleSignOn(
                known,
                tokens,
                config.notification.domain,
                lambda: secrets.token_urlsafe(16),
                limits,
            ),
            pages,
            ApiResource(
                gate,
                [
                    Family(
                        TASK_FEED,
                        TaskFeed(tasks.routing, config.tasks.feed_id, config.tasks.submitters),
                    )
                ],
                is_described=False,
            ),
            libraries,
            desktop_page(
                tree,
                ApiResource(gate, [Family(DESKTOP_SESSION, entrance.sessions)], is_described=False),
                _other_hosts(config),
                lambda: origins.listed,
            ),
            degraded,
        ),
        config.web.max_body_bytes,
        config.web.idle_timeout_s,
        reactor,
        http2,
    )
    if config.web.redirect_http:
        clear_site = BoundedSite(
            redirecting_root(
                metrics,
                web.in_service,
                config.host,
                lambda: given.ports.address("https").port,
                degraded,
            ),
            config.web.max_body_bytes,
            config.web.idle_timeout_s,
            reactor,
        )
    factories: dict[str, IProtocolFactory] = {
        "http": clear_site,
        "https": TLSMemoryBIOFactory(ready.tls, False, web_site),
    }
    if own is not None:
        factories |= {
            "bosh": own.bosh_factory,
            "boshs": TLSMemoryBIOFactory(ready.tls, False, own.bosh_factory),
            "xmpp": own.xmpp_factory,
            "xmpps": TLSMemoryBIOFactory(ready.tls, False, own.xmpps_factory),
        }
        if "component" in listen:
            key = "notification.component_secret_file"
            secret = secret_file(key, config.notification.component_secret_file)
            factories["component"] = own.component_factory(secret)
    if embedded is not None:
        factories["cti"] = embedded.server.factory
    customers = embedded.customers if embedded is not None else None
    campaigns = embedded.campaigns if embedded is not None else None
    control = control_resource(
        home.secret(CONTROL_TOKEN),
        customers,
        presence,
        notification,
        campaigns,
        editing,
        synchroniser,
        tasks.routing,
        configuration,
    )
    factories["control"] = BoundedSite(
        control, CONTROL_MAX_BODY, config.web.idle_timeout_s, reactor
    )
    if "accounts" in listen:
        accounts = _accounts(config, home, directory, authenticator, reactor)
        sources.append(lambda: account_families(accounts.outcomes))
        factories["accounts"] = BoundedSite(
            accounts, ACCOUNTS_MAX_BODY, config.web.idle_timeout_s, reactor
        )
    axl_site = build_axl_site(given, directory, known, axl)
    if axl_site is not None:
        sources.append(lambda: axl_families(axl.counters))
        factories["axl"] = TLSMemoryBIOFactory(ready.tls, False, axl_site)
    if gadgets.second is not None:
        factories["isolated"] = TLSMemoryBIOFactory(ready.tls, False, gadgets.second)
    doors = [
        Door(name, listen[name], factory) for name, factory in factories.items() if name in listen
    ]

    async def drain() -> None:
        # Together: the held polls that the notification service answers are the web ports' requests in flight.
        gadgets.close()
        draining = [Deferred.fromCoroutine(notification.drain()), web_site.drain()]
        if clear_site is not web_site:
            draining.append(clear_site.drain())
        draining += [site.drain() for site in (axl_site, gadgets.second) if site is not None]
        if own is not None:
            draining.append(own.bosh_factory.drain())
        await gatherResults(draining)

    def reread() -> None:
        engine = embedded.engine if embedded is not None else None
        _reread(reload, ready.tls, log_filter, engine)
        gadgets.clear()
        configuration.refresh().addErrback(_not_reread)

    steps = [Step("store", store), Step("pending writes", OutboxService(pending))]
    if embedded is not None:
        steps += [
            Step("engine", embedded.engine),
            Step("campaigns", embedded.campaigns),
            Step("CTI server", embedded.server),
        ]
        if embedded.customers is not None:
            steps.append(Step("customers", embedded.customers))
    steps += [
        Step("notification", notification),
        Step("presence", presence),
        Step("team messages", messages),
        Step("tasks", tasks.routing),
        Step("web services", web, drain),
        Step("CTI link", link),
    ]
    if synchroniser is not None:
        steps.append(Step("synchroniser", synchroniser))
    server = Server(
        reactor,
        home,
        doors,
        steps,
        web.when_in_service,
        reread,
        config.server.stop_timeout_s,
        log_filter,
    )
    given.ports.use(server)
    return server


def _accounts(
    config: Config, home: Home, directory: Directory, authenticator: IAuthenticator, reactor: Any
) -> AccountChecks:
    """What somebody else's XMPP server may ask about accounts."""
    told = secret_file("accounts.token_file", config.accounts.token_file)
    return AccountChecks(
        config.notification.domain,
        told or home.secret(ACCOUNTS_TOKEN),
        [ip_network(text) for text in config.accounts.allowed_from],
        config.accounts.checks_per_s,
        authenticator,
        AccountPeople(directory),
        reactor,
    )


def _desktop(
    web: WebServices, directory: Directory, store: Store, embedded: Embedded | None
) -> Family[DesktopFacts]:
    """What our own desktop asks; the history is here where the engine is."""
    records = AgentHistoryRecords(store) if embedded is not None else None
    return Family(
        DESKTOP, DesktopFacts(AgentHistory(directory, records, now), web.operations.teams)
    )


class _Gadgets(NamedTuple):
    """Gadgets, as the web ports have them.

    Attributes:
        pages: ``/gadgets``, ``/rpc`` and ``/3rdpartygadget``.
        second: The second origin, if gadgets are isolated.
        clear: Throws away what is kept of gadgets and of what was fetched for them.
        close: Ends requests that are held.
    """

    pages: dict[bytes, IResource]
    second: BoundedSite | None
    clear: Callable[[], None]
    close: Callable[[], None]


def _gadgets(
    config: Config,
    home: Home,
    reactor: Any,
    sources: list[Source],
    cache: FetchCache,
    signer: TokenSigner,
    admission: Callable[..., Admission],
    site: Callable[[], BoundedSite],
    ports: Ports,
    ancestors: Callable[[], Collection[str]],
    follow: Callable[[Callable[[Settings], None]], None],
    libraries: Mapping[bytes, IResource],
    http2: Callable[[BoundedSite], IProtocol] | None,
) -> _Gadgets:
    """All of gadgets; what is fetched for them is told to the metrics."""
    outbound, trusted = config.gadgets.outbound, trusted_gadgets(config.gadgets)
    fetcher = gadget_fetcher(config.gadgets, reactor)
    sources += [lambda: fetch_families(fetcher.status()), lambda: cache_families(cache)]
    features = library(getPlugins(IGadgetFeature, plugins))
    folder = gadget_folder(config.gadgets, home.path)
    isolated = Places(config.gadgets.isolated)
    isolation = Isolation(
        isolated,
        config.gadgets.isolated_origin and as_sent(config.gadgets.isolated_origin),
        lambda: (*map(as_sent, config.gadgets.desktop_origins), *ancestors()),
        lambda: ports.numbers("isolated"),
        lambda: (ports.numbers("https"), ports.numbers("http")),
    )
    here = Surroundings(ancestors, is_shared=bool(isolated))
    is_dev = developed(config.gadgets)

    def gathering(asked: Callable[[], BoundedSite], *opened: str) -> Gathering:
        own = Own(
            asked,
            {"localhost", config.host},
            lambda: ports.numbers("http", "https", "isolated"),
            outbound.total_s,
            opened,
        )
        return Gathering(fetcher, cache, own, reactor, time)

    secret = secret_file("gadgets.signing_secret_file", config.gadgets.signing_secret_file)
    request_signer = (
        RequestSigner(config.gadgets.signing_key, secret, lambda: secrets.token_hex(16))
        if secret
        else None
    )
    gather = gathering(site, *OPENED)
    admitting = admission(
        signer, now=time, takes=lambda gadget, request: not isolation.has(gadget, request)
    )
    source = SpecSource(folder, trusted, fetcher.fetch, reactor, isolated)
    root, third = Resource(), Resource()
    root.putChild(b"js", JavaScript(features))
    root.putChild(
        b"ifr",
        GadgetFrame(
            source,
            features,
            here,
            is_dev,
            preloading=Preloading(admitting, gather, reactor, request_signer),
        ),
    )
    root.putChild(b"makeRequest", MakeRequest(admitting, gather, request_signer))
    root.putChild(b"proxy", Proxy(admitting, gather))
    root.putChild(b"concat", Concat(admitting, gather))
    every = SpecSource(folder, trusted, fetcher.fetch, reactor) if isolated else source
    root.putChild(b"token", Token(admitting, gather, signer, every, isolation, is_dev))
    describing = Describing(every, features, signer, here, is_dev, isolation)
    root.putChild(b"metadata", Metadata(admitting, gather, describing))
    rpc, api = Rpc(admitting, gather, describing), Resource()
    api.putChild(b"rpc", rpc)
    root.putChild(b"api", api)
    checker = Checker(
        folder,
        trusted,
        fetcher.fetch,
        lambda path: status_of(site(), path),
        features.features,
        isolated,
    )
    root.putChild(b"check", check_resource(admitting, gather, checker, is_open=config.gadgets.dev))
    follow(Trust(config.gadgets, fetcher, (source, every, checker)).settings_changed)
    third.putChild(b"files", FolderResource(folder, here, isolated))
    pages: dict[bytes, IResource] = {b"gadgets": root, b"3rdpartygadget": third, b"rpc": rpc}
    place = folder.path
    watch = FolderWatch(
        lambda: deferToThreadPool(reactor, reactor.getThreadPool(), look, place), reactor
    )
    changes = ChangesResource(watch, secrets.token_hex(8), reactor)
    if config.gadgets.dev:
        root.putChild(b"changes", changes)

    def clear() -> None:
        cache.clear()
        source.clear()
        every.clear()

    if not isolated:
        return _Gadgets(pages, None, clear, changes.close)
    admitting = admission(signer, now=time, takes=isolation.has, by_token_alone=True)
    gather = gathering(lambda: second, *OPENED_TO_ISOLATED)
    preloading = Preloading(admitting, gather, reactor, request_signer)
    second: BoundedSite = BoundedSite(
        isolated_root(
            GadgetFrame(every, features, isolation, is_dev, isolation, preloading),
            features,
            admitting,
            gather,
            folder,
            isolation,
            libraries,
            request_signer,
        ),
        config.web.max_body_bytes,
        config.web.idle_timeout_s,
        reactor,
        http2,
    )
    return _Gadgets(pages, second, clear, changes.close)


def _other_hosts(config: Config) -> list[str]:
    """The other node, where there is one."""
    found = config.server.primary_host if config.is_secondary else config.server.secondary_host
    return [found] if found else []


def _not_reread(failure: Failure) -> None:
    if failure.check(StoreError):
        _log.error("SIGHUP: the directory stays: {error}", error=failure.value)
    else:
        _log.failure("SIGHUP: the directory cannot be read", failure)


def _reread(
    reload: Reload,
    tls: ServerTLS,
    log_filter: LevelFilter | None,
    engine: EngineService | None,
) -> None:
    """SIGHUP: certificates, log level and call-treatment scripts; whatever is wrong with them leaves the old ones."""
    tls.reload()
    try:
        config = reload()
    except ConfigError as error:
        _log.error("SIGHUP: {error}; the log level stays, and so do the scripts", error=error)
        return
    if log_filter is not None:
        log_filter.level = config.log.level
    if engine is not None:
        try:
            engine.use_treatment(load_treatment(config.engine.scripts_file))
        except ConfigError as error:
            _log.error("SIGHUP: {error}; the call-treatment scripts stay", error=error)
            return
    _log.info("SIGHUP: the certificates, log.level and call-treatment scripts are read again")

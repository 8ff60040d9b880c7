"""The wiring plan: which parts there are, who gets what, and in which order they live. Read it top to bottom.

No part looks another up; each is handed what it needs. `prepare` does all that must be done before the reactor
runs and before ``twistd`` becomes a daemon; `build` then makes the parts, and nothing runs until twistd starts what
it returns.
"""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from random import Random
from time import perf_counter, time
from typing import Any, NamedTuple

from msgspec import Struct, structs
from twisted.application.service import IService
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.endpoints import HostnameEndpoint
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
from finesse_tx.composition.preparing import (
    PENDING_FOLDER,
    Prepared,
    has_scram,
    prepare,
    settings_sealer,
)
from finesse_tx.composition.secret_files import component_secret, secret_file
from finesse_tx.config import Address, Config, TelephonyConfig, addresses
from finesse_tx.configuration.importing import ConfigurationText
from finesse_tx.control.resource import MAX_BODY as CONTROL_MAX_BODY
from finesse_tx.control.resource import control_resource
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.metrics import link_families, server_families
from finesse_tx.cti.credentials import read_credentials
from finesse_tx.cti.server import CTIServer
from finesse_tx.desktop.libraries import desktop_libraries
from finesse_tx.desktop.pages import desktop_page
from finesse_tx.directory.authenticator import Authenticator
from finesse_tx.directory.axl.application import Application as AXLApplication
from finesse_tx.directory.axl.resource import Entrance as AXLEntrance
from finesse_tx.directory.axl.resource import axl_root
from finesse_tx.directory.checks import Checks
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.axl.counters import axl_families
from finesse_tx.directory.core.axl.envelope import MAX_BODY as AXL_MAX_BODY
from finesse_tx.directory.core.metrics import source_families
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.core.synchronising import Policy
from finesse_tx.directory.core.tokens import Revocations, Signer
from finesse_tx.directory.desktop_sessions import (
    DesktopSessions,
    SessionAuthenticator,
    revocations,
)
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.hashing import verifier_of
from finesse_tx.directory.passwords import Passwords
from finesse_tx.directory.scram import ScramAuthenticator
from finesse_tx.directory.service import Directory, Turnover
from finesse_tx.directory.source_authenticator import SourceAuthenticator
from finesse_tx.directory.synchroniser import Synchroniser
from finesse_tx.directory.tokens import TokenAuthenticator, Tokens
from finesse_tx.engine.campaigns import Campaigns
from finesse_tx.engine.core.records import HistoryMark
from finesse_tx.engine.core.scripts.triggers import with_triggers
from finesse_tx.engine.history import HISTORY, History
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
    IDirectoryProvider,
    IDirectorySource,
    IGadgetFeature,
    IOutsideLines,
    IProvider,
    IProviderListener,
    ITelephonySystem,
    IUserSessions,
)
from finesse_tx.lifecycle import Door, Server, Step
from finesse_tx.logs import LevelFilter, log_observer
from finesse_tx.metrics.exposition import MetricsResource, Source
from finesse_tx.notification.account_checks import MAX_BODY as ACCOUNTS_MAX_BODY
from finesse_tx.notification.account_checks import AccountChecks
from finesse_tx.notification.client import ComponentNotification
from finesse_tx.notification.core.metrics import (
    account_families,
    component_families,
    notification_families,
)
from finesse_tx.notification.remote import People as AccountPeople
from finesse_tx.notification.service import NotificationService
from finesse_tx.origin_names import as_sent
from finesse_tx.origins import Origins
from finesse_tx.preflight import CONTROL_TOKEN, listening, ports_are_free
from finesse_tx.site import BoundedSite
from finesse_tx.static import StaticResource, page_tree
from finesse_tx.store.administration_records import AdministrationRecords
from finesse_tx.store.agent_history_records import AgentHistoryRecords
from finesse_tx.store.axl_records import AXLRecords
from finesse_tx.store.campaign_records import CampaignRecords
from finesse_tx.store.configuration_records import ConfigurationRecords
from finesse_tx.store.core.errors import StoreError
from finesse_tx.store.core.outbox import outbox_families
from finesse_tx.store.core.pending import PENDING, Pending
from finesse_tx.store.core.status import store_families, troubles
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import Outbox, OutboxService
from finesse_tx.store.records import (
    DirectoryEditRecords,
    DirectoryRecords,
    HistoryRecords,
    PendingRecords,
)
from finesse_tx.store.service import Store
from finesse_tx.store.task_records import TaskRecords
from finesse_tx.store.team_message_records import TeamMessageRecords
from finesse_tx.tasks.core.records import Domain, Selector
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.service import TaskRouting
from finesse_tx.telephony.core.numbering import expand, ranges
from finesse_tx.telephony.customers import Customers
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions, SimulatorSystem
from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.agent_history import AgentHistory
from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import (
    ClusterConfig,
    SystemConfig,
    default_singles,
)
from finesse_tx.webservices.core.metrics import service_families
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.objects import Node
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.core.system_info import NodeFacts
from finesse_tx.webservices.core.vocabulary import WORDS, Words
from finesse_tx.webservices.desktop_api import DesktopApi
from finesse_tx.webservices.media import MediaDesk
from finesse_tx.webservices.offered import Offered
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.policy import NodePolicy
from finesse_tx.webservices.presence import Presence
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

__all__ = ["TOKEN_KEY", "build"]

Reload = Callable[[], Config]

SCRAM_KEY = "scram.key"
"""The file in the home folder with what verifiers are made up from; nodes of one directory need the same."""


TOKEN_KEY = "tokens.key"  # noqa: S105  # a file's name
"""The file there with what tokens are signed with; nodes of one directory need the same. A new one voids all tokens."""

PENDING_FILE_BYTES = 1 << 16
"""A file of it is no longer than that: hashes do not stay there for long once the database has them."""

GADGET_KEY = "gadgets.key"
"""The file there with what gadgets' security tokens are signed with; nodes behind one name need the same."""

LEFT_DESKTOPS = "desktops.left"
"""The file there with the sessions at desktops that ended before their time."""

REVOKED = "tokens.revoked"
"""The file there with the tokens that were taken back before they had expired."""


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

    # People: the database and its threads, who works here, who may come in.
    store = Store(reactor, ready.url, config.store.threads)
    pending = _pending(config, home, ready.history, store, reactor)
    directory = Directory(
        DirectoryRecords(store, pending), ready.snapshot, ready.hashes, ready.verifiers
    )
    checks = Checks(store, at_once=max(1, config.store.threads // 2))
    passwords = Authenticator(
        directory,
        checks,
        config.security,
        reactor,
        secrets.token_bytes,
        makes_verifiers=has_scram(config),
    )
    source = _source(config, store, reactor)
    _warn_of_strangers(config.directory.provider, ready.snapshot)
    authenticator: IAuthenticator = passwords
    asking: SourceAuthenticator | None = None
    if source.authenticates:
        authenticator = asking = SourceAuthenticator(
            passwords,
            source,
            config.directory.provider,
            directory,
            config.security,
            passwords.lockouts.people,
            reactor,
            secrets.token_bytes,
        )
    modes = AuthModes(config.sso.mode, config.sso.users)
    tokens = _tokens(config, home, directory, modes, passwords, store, reactor)
    if tokens is not None:
        authenticator = TokenAuthenticator(authenticator, directory, tokens)
    scram = _scram(config, home, directory, passwords, reactor)
    sessions = _desktop_sessions(config, home, directory, modes, store)
    known = authenticator  # at the console, AXL and the like a desktop's secret is worth nothing
    authenticator = SessionAuthenticator(authenticator, sessions)

    # The engine and its telephones, unless the web services follow somebody else's.
    embedded = None
    if not config.cti.client.side_a:
        history = _history(config, home, ready.history, store, reactor)
        calling = CampaignRecords(store, pending)
        embedded = _engine(config, ready, directory, authenticator, history, calling, reactor)

    # Notifications, and the web services that send them; agents whose desktop is gone.
    origins = Origins(config.web.cors, config.web.cors_origins)
    presence = Presence(config.presence, directory, reactor, _now)
    own: NotificationService | None = None
    notification: NotificationService | ComponentNotification
    if config.notification.mode == "component":
        notification = _component(config, directory, presence, reactor, lambda: web)
    else:
        notification = own = NotificationService(
            config.notification,
            config.bosh,
            authenticator,
            NodePolicy(directory, has_media=bool(config.tasks.domains)),
            reactor,
            lambda: secrets.token_urlsafe(16),
            str(uuid.uuid4()),
            tls=ready.tls,
            listener=presence,
            scram=scram,
            origins=origins,
        )
    knows_sessions = embedded is not None or config.presence.session_ids
    web = WebServices(
        directory,
        notification,
        _node_facts(config, ready.settings),
        reactor,
        _now,
        words=_words(config),
        new_session_id=partial(secrets.token_hex, 5) if knows_sessions else None,
        replay=config.web.replay_after_outage,
        queue_statistics_s=config.web.queue_statistics_s,
        phones_at=lambda extension: axl.phones_at(extension),  # noqa: PLW0108  # made below
    )
    link = CTIClient(
        config.cti.client,
        _sides(config, ready.settings, reactor, lambda: server.port("cti")),
        reactor,
        _now,
        web,
        password=secret_file("cti.client.password_file", config.cti.client.password_file),
        cce=config.engine.personality == "cce",
    )
    web.use(link)

    # Media other than voice: tasks, which agents get beside their calls.
    tasks = _tasks(config, ready, directory, store, reactor)
    people = People(web.model, directory)
    media = MediaDesk(tasks, people, notification, config.tasks.sign_out)
    tasks.use(media)
    web.follow_users(media.user_changed)
    presence.use(web.sessions, media)

    records = AdministrationRecords(store, settings_sealer(home))
    administration = Administration(
        directory,
        directory,
        records,
        ready.settings,
        _now,
        config.engine.personality,
        _defaults(config),
    )

    messages = Messages(
        ready.messages,
        TeamMessageRecords(store),
        people,
        notification,
        reactor,
        _now,
    )

    client_logs = ClientLogs(
        directory,
        home.path / "clientlogs",
        config.web.client_log_bytes,
        _now,
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
        modes=modes if config.web.user_auth_mode else None,
        tasks=lambda: tasks.open_tasks - tasks.waiting_tasks,
        maintenance_began=web.tell_system_info,
    )
    web.show_maintenance(serviceability.maintenance_told)

    # Who changes the directory, and who follows. The console and the AXL server edit by this.
    editing = DirectoryEditing(
        DirectoryEditRecords(store),
        directory,
        store,
        Passwords(config.security),
        _now,
        embedded.engine.vet if embedded is not None else None,
        verifier_of(config.security.scram_iterations) if has_scram(config) else None,
    )
    configuration = ConfigurationText(
        ConfigurationRecords(store, settings_sealer(home)),
        editing,
        administration.refresh,
        store,
        _now,
        config.engine.personality,
        embedded.engine.vet if embedded is not None else None,
        embedded.campaigns if embedded is not None else None,
    )
    synchroniser: Synchroniser | None = None
    if source.synchronises:
        found = config.directory
        policy = Policy(found.provider, found.team, found.max_gone_percent)
        synchroniser = Synchroniser(
            source,
            editing,
            policy,
            found.sync_s,
            reactor,
            Random().random,  # noqa: S311  # chance, not a secret
        )
    if embedded is not None:
        directory.follow(partial(_follow, embedded, directory))
    directory.follow(partial(_end_sessions, notification))
    sessions.follow(notification.end_sign_in)
    directory.follow(lambda _turnover: tasks.restaff())

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
        tasks.families,
        times.families,
        lambda: link_families(link.status()),
        lambda: notification_families(notification.status()),
        lambda: store_families(store.status()),
        lambda: outbox_families("pending", pending.status()),
    ]
    if isinstance(notification, ComponentNotification):
        joined = notification
        sources.append(lambda: component_families(joined.link_status()))
    if asking is not None:
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
        lambda: server,
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
                            _now,
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
                    media,
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
                [Family(TASK_FEED, TaskFeed(tasks, config.tasks.feed_id, config.tasks.submitters))],
                is_described=False,
            ),
            libraries,
            desktop_page(
                tree,
                ApiResource(gate, [Family(DESKTOP_SESSION, sessions)], is_described=False),
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
                metrics, web.in_service, config.host, lambda: server.port("https").port, degraded
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
        tasks,
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
    axl = _axl(config, ready, directory, known, editing, store, reactor)
    axl_site: BoundedSite | None = None
    if "axl" in listen:
        axl_site = _axl_site(config, directory, known, axl, reactor, lambda: server.port("axl"))
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
        Step("tasks", tasks),
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
    return server


def _tasks(
    config: Config, ready: Prepared, directory: Directory, store: Store, reactor: Any
) -> TaskRouting:
    """The router of tasks, with what was kept of them."""
    numbers = {name: domain.id for name, domain in config.tasks.domains.items()}
    domains = [
        Domain(
            one.id,
            name,
            one.description,
            one.interruptible,
            one.start_timeout_s,
            one.max_task_s,
            frozenset(one.teams),
            one.sign_out_with_voice,
        )
        for name, one in config.tasks.domains.items()
    ]
    selectors = [
        Selector(name, numbers[one.domain], one.description, one.queue, one.priority)
        for name, one in config.tasks.selectors.items()
    ]
    queues = {csq.name for csq in ready.snapshot.csqs}
    for selector in selectors:
        if selector.queue and selector.queue not in queues:
            _log.warn(
                "tasks.selectors.{name}.queue: there is no queue {queue} yet, and nobody gets its tasks",
                name=selector.dialed_number,
                queue=selector.queue,
            )
    return TaskRouting(
        Roster(domains, selectors, directory.snapshot),
        config.tasks.max_tasks,
        ready.tasks,
        ready.media,
        TaskRecords(store),
        reactor,
        _now,
        lambda: secrets.token_hex(16).upper(),
    )


def _warn_of_strangers(provider: str, snapshot: Snapshot) -> None:
    """Nobody can say whether the passwords of another provider's people are right."""
    theirs = Counter(person.source for person in snapshot.people)
    for name, count in theirs.items():
        if name not in {"", provider}:
            _log.warn(
                "{count} people are of the directory provider {name}, which is not directory.provider: "
                "none of them can sign in",
                count=count,
                name=name,
            )


def _source(config: Config, store: Store, reactor: Any) -> IDirectorySource:
    """Who tells of people, as the operator chose.

    Raises:
        ConfigError: There is none of that name, or it does not take those options.
    """
    found = config.directory
    providers = {provider.name: provider for provider in getPlugins(IDirectoryProvider, plugins)}
    if found.provider not in providers:
        raise ConfigError(
            "the configuration",
            "directory.provider",
            f'there is no directory provider "{found.provider}"',
            f"choose one of {', '.join(sorted(providers))}",
        )
    source: IDirectorySource = providers[found.provider].make_source(found.options, store, reactor)
    return source


def _axl(
    config: Config,
    ready: Prepared,
    directory: Directory,
    authenticator: IAuthenticator,
    editing: DirectoryEditing,
    store: Store,
    reactor: Any,
) -> AXLApplication:
    """What AXL knows, whether anybody is served it or not: phones above all."""
    # Not all threads: passwords are checked and calls are recorded in the same ones.
    at_once = min(config.axl.reads_at_once, max(1, config.store.threads // 2))
    return AXLApplication(
        directory,
        authenticator,
        AXLRecords(store),
        ready.axl,
        editing,
        store,
        structs.replace(config.axl, reads_at_once=at_once),
        config.security,
        reactor,
        _now,
        lambda: str(uuid.uuid4()),
        secrets.token_hex(8),
    )


def _axl_site(
    config: Config,
    directory: Directory,
    authenticator: IAuthenticator,
    application: AXLApplication,
    reactor: Any,
    address: Callable[[], Address],
) -> BoundedSite:
    """The AXL server."""
    entrance = AXLEntrance(
        directory, authenticator, config.axl, reactor, lambda: secrets.token_hex(16).upper()
    )
    root = axl_root(entrance, application, lambda: f"https://{config.host}:{address().port}/axl/")
    return BoundedSite(root, AXL_MAX_BODY, config.web.idle_timeout_s, reactor)


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


def _component(
    config: Config,
    directory: Directory,
    presence: Presence,
    reactor: Any,
    web: Callable[[], WebServices],
) -> ComponentNotification:
    """The notification service, as a part of somebody else's XMPP server."""
    link = config.notification.component
    return ComponentNotification(
        config.notification,
        component_secret(config),
        directory,
        NodePolicy(directory, has_media=bool(config.tasks.domains)),
        HostnameEndpoint(reactor, link.host, link.port),
        reactor,
        lambda: secrets.token_urlsafe(16),
        str(uuid.uuid4()),
        presence,
        lambda reason: web().set_outage(reason),
    )


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


def _scram(
    config: Config, home: Home, directory: Directory, authenticator: Authenticator, reactor: Any
) -> ScramAuthenticator | None:
    if not has_scram(config):
        return None
    if directory.without_verifier:
        _log.info(
            "SCRAM is offered to XMPP clients once everyone has signed in with a password: {missing} have not yet",
            missing=directory.without_verifier,
        )
    key = home.secret(SCRAM_KEY).encode()
    iterations = config.security.scram_iterations
    return ScramAuthenticator(directory, authenticator.lockouts, iterations, reactor, key)


def _words(config: Config) -> Words:
    """What the engine's numbers mean, and what its agents may do."""
    words = WORDS[config.engine.personality]
    if words.drop_policy is None:
        return words
    return replace(words, drop_policy=config.web.drop_participants)


def _tokens(
    config: Config,
    home: Home,
    directory: Directory,
    modes: AuthModes,
    passwords: Authenticator,
    store: Store,
    reactor: Any,
) -> Tokens | None:
    """The issuer of single sign-on; None where nobody has any."""
    if config.sso.mode == "NON_SSO":
        return None
    try:
        revocations = Revocations(home.read(REVOKED) or b"")
    except ValueError:
        revocations = Revocations()
        revocations.end_before(int(_now().timestamp()))
        _log.warn("{file} cannot be read: everyone signs in for a new token", file=REVOKED)
    return Tokens(
        directory,
        config.sso,
        modes,
        Signer(home.secret(TOKEN_KEY).encode(), config.notification.domain),
        revocations,
        passwords.lockouts.people,
        reactor,
        _now,
        secrets.token_bytes,
        store,
        partial(home.write, REVOKED),
        gives_tickets=not config.cti.client.side_a,
    )


def _desktop_sessions(
    config: Config, home: Home, directory: Directory, modes: AuthModes, store: Store
) -> DesktopSessions:
    """Who is signed in at a desktop. The key is that of tokens: nodes of one directory have the same."""
    return DesktopSessions(
        directory,
        modes,
        Signer(home.secret(TOKEN_KEY).encode(), config.notification.domain),
        revocations(home.read(LEFT_DESKTOPS), int(_now().timestamp())),
        config.security.desktop_session_s,
        _now,
        secrets.token_bytes,
        store,
        partial(home.write, LEFT_DESKTOPS),
    )


def _desktop(
    web: WebServices, directory: Directory, store: Store, embedded: Embedded | None
) -> Family[DesktopFacts]:
    """What our own desktop asks; the history is here where the engine is."""
    records = AgentHistoryRecords(store) if embedded is not None else None
    return Family(
        DESKTOP, DesktopFacts(AgentHistory(directory, records, _now), web.operations.teams)
    )


def _history(config: Config, home: Home, mark: HistoryMark, store: Store, reactor: Any) -> History:
    journal = Journal(
        home.path / "history",
        HISTORY,
        uuid.uuid4().hex,
        config.history.journal_max_bytes,
        taken=mark.taken,
        floor=mark.next_session,
    )
    records = HistoryRecords(store)
    stored, sync_s = mark.taken.get(journal.name, 0), config.history.sync_s
    outbox = Outbox("the history", journal, records.add, store, reactor, stored, sync_s)
    return History(outbox, records, reactor, _now, config.history)


def _pending(
    config: Config, home: Home, mark: HistoryMark, store: Store, reactor: Any
) -> Outbox[Pending]:
    """Small writes that nobody waits for."""
    journal = Journal(
        home.path / PENDING_FOLDER,
        PENDING,
        uuid.uuid4().hex,
        config.store.journal_max_bytes,
        PENDING_FILE_BYTES,
        mark.taken,
    )
    stored = mark.taken.get(journal.name, 0)
    return Outbox("what is pending", journal, PendingRecords(store).add, store, reactor, stored)


def _engine(
    config: Config,
    ready: Prepared,
    directory: Directory,
    authenticator: IAuthenticator,
    history: History,
    campaign_records: CampaignRecords,
    reactor: Any,
) -> Embedded:
    engine = EngineService(
        directory, authenticator, config.engine, reactor, ready.treatment, history, _now
    )
    snapshot = with_triggers(ready.snapshot, ready.treatment.triggers)
    provider = _provider(config.telephony, snapshot, engine, reactor)
    engine.use(provider)
    simulated = IOutsideLines.providedBy(provider)
    campaigns = Campaigns(engine, campaign_records, reactor, _now, may_dial=simulated)
    engine.when_settled(campaigns.flush)
    customers: Customers | None = None
    if IOutsideLines.providedBy(provider):
        demo = config.demo
        customers = Customers(
            provider,
            [trigger.route_point for trigger in snapshot.triggers],
            Random(demo.seed or None),  # noqa: S311  # chance, not a secret
            reactor,
            calls_per_minute=demo.calls_per_minute if demo.enabled else 0.0,
            patience_s=demo.patience_s,
            talk_s=demo.talk_s,
            busy=demo.busy,
            no_answer=demo.no_answer,
            keys=demo.keys,
        )
    path = config.cti.server.credentials_file
    credentials = read_credentials(Path(path)) if path else None
    server = CTIServer(
        config.cti.server,
        engine.peripheral,
        reactor,
        _now,
        credentials,
        cce=config.engine.personality == "cce",
    )
    numbered = (
        "phones" in config.telephony.options
    )  # then nobody gets a phone that is not written there
    simulator = provider if isinstance(provider, Simulator) and not numbered else None
    return Embedded(engine, simulator, campaigns, customers, server)


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
    server: Callable[[], Server],
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
        lambda: _ports(server(), "isolated"),
        lambda: (_ports(server(), "https"), _ports(server(), "http")),
    )
    here = Surroundings(ancestors, is_shared=bool(isolated))
    is_dev = developed(config.gadgets)

    def gathering(asked: Callable[[], BoundedSite], *opened: str) -> Gathering:
        own = Own(
            asked,
            {"localhost", config.host},
            lambda: _ports(server(), "http", "https", "isolated"),
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


def _ports(server: Server, *names: str) -> frozenset[int]:
    """Where those services listen."""
    found = set()
    for name in names:
        with suppress(KeyError):
            found.add(server.port(name).port)
    return frozenset(found)


def _follow(embedded: Embedded, directory: Directory, _turnover: Turnover) -> None:
    """The engine goes by the directory; new people and queues get simulated numbers first."""
    if embedded.simulator is not None:
        snapshot = directory.snapshot()
        embedded.simulator.add_numbers(
            (person.extension for person in snapshot.people if person.extension),
            (trigger.route_point for trigger in snapshot.triggers),
        )
    embedded.engine.reload()


def _end_sessions(sessions: IUserSessions, turnover: Turnover) -> None:
    """Nobody stays signed in who could not sign in again."""
    sessions.end_sessions(turnover.gone, "the account is disabled or removed")
    sessions.end_sessions(turnover.other_password, "the password has changed")


def _provider(
    config: TelephonyConfig, snapshot: Snapshot, listener: IProviderListener, reactor: Any
) -> IProvider:
    """The telephone system that the operator chose.

    Raises:
        ConfigError: There is none of that name, or it does not take those options.
    """
    systems = {system.name: system for system in getPlugins(ITelephonySystem, plugins)}
    if config.system not in systems:
        raise ConfigError(
            "the configuration",
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
    return systems[config.system].make_provider(options, listener, reactor)


def _sides(
    config: Config, settings: Settings, reactor: Any, embedded: Callable[[], Address]
) -> list[Callable[[], Side]]:
    """What the CTI link connects to; our own engine's port is known when it listens.

    Where there is another engine, what an administrator has put into SystemConfig goes before the configuration file.
    """

    def side(address: Address) -> Side:
        return Side(str(address), HostnameEndpoint(reactor, address.host, address.port))

    client = config.cti.client
    if not client.side_a:
        return [lambda: side(embedded())]
    found = [*addresses(client.side_a), *addresses(client.side_b)]
    if (configured := settings.single(SystemConfig)) is not None:
        cti = configured.cti
        found = [Address(cti.host, cti.port)]
        if cti.backup_host:
            found.append(Address(cti.backup_host, cti.backup_port or cti.port))
    return [partial(side, address) for address in found]


def _defaults(config: Config) -> Mapping[str, Struct]:
    """What is shown of the system's own objects until an administrator changes them."""
    client = config.cti.client
    sides = [*addresses(client.side_a), *addresses(client.side_b)]
    if not sides:  # our own engine
        sides = list(listening(config).get("cti", ()))[:1]
    first = sides[0] if sides else Address(config.host, 42_027)
    backup = (sides[1].host, sides[1].port) if len(sides) > 1 else None
    secondary = config.host if config.is_secondary else config.server.secondary_host
    return default_singles(first.host, first.port, backup, secondary)


def _other_hosts(config: Config) -> list[str]:
    """The other node, where there is one."""
    found = config.server.primary_host if config.is_secondary else config.server.secondary_host
    return [found] if found else []


def _node_facts(config: Config, settings: Settings) -> NodeFacts:
    ports = {name: found[0].port for name, found in listening(config).items()}
    if config.notification.mode == "component":
        theirs = config.notification.component
        told = {"xmpp": theirs.xmpp_port, "xmpps": theirs.xmpps_port}
        ports |= {name: port for name, port in told.items() if port}
    own = Node(config.host, ports.get("https"), ports.get("xmpp"), ports.get("xmpps"))
    cluster = settings.single(ClusterConfig)
    other = cluster.secondary_node.host if cluster else config.server.secondary_host
    return NodeFacts(
        primary=Node(config.server.primary_host) if config.is_secondary else own,
        secondary=own if config.is_secondary else Node(other),
        xmpp_domain=config.notification.domain,
        xmpp_pub_sub_domain=config.notification.pubsub_domain,
        cti_version=config.cti.client.version,
        cti_heartbeat_s=config.cti.client.heartbeat_s,
        auth_mode=config.sso.mode,
        deployment_type="UCCE" if config.engine.personality == "cce" else "UCCX",
    )


def _now() -> datetime:
    return datetime.now(UTC)


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

"""The wiring plan: which parts there are, who gets what, and in which order they live. Read it top to bottom.

Each ``build_…`` is in the module of its part, and says there what its parts take from the configuration. Whoever
follows the directory is told in the order of these lines.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.application.service import IService
from twisted.python.usage import Options

from finesse_tx.composition.administration import build_administration
from finesse_tx.composition.axl import build_axl
from finesse_tx.composition.control import build_control
from finesse_tx.composition.doors import build_doors, drain
from finesse_tx.composition.engine import build_engine
from finesse_tx.composition.gadgets import build_gadgets
from finesse_tx.composition.given import Given, Ports
from finesse_tx.composition.http import build_http2
from finesse_tx.composition.life import Reload, build_steps, reread
from finesse_tx.composition.monitoring import build_monitoring
from finesse_tx.composition.notification import build_notifications
from finesse_tx.composition.pages import build_pages
from finesse_tx.composition.people import (
    build_directory,
    build_editing,
    build_source,
    build_synchroniser,
)
from finesse_tx.composition.preparing import prepare
from finesse_tx.composition.reception import build_reception
from finesse_tx.composition.rest import build_rest
from finesse_tx.composition.signing_in import build_entrance
from finesse_tx.composition.storage import build_storage
from finesse_tx.composition.tasks import build_tasks
from finesse_tx.composition.web import Finesse, build_link, build_web
from finesse_tx.composition.web_ports import build_web_ports
from finesse_tx.config import Config
from finesse_tx.errors import FinesseError
from finesse_tx.home import Home
from finesse_tx.lifecycle import Server
from finesse_tx.logs import LevelFilter, log_observer
from finesse_tx.preflight import ports_are_free

__all__ = ["build"]


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
        ready = prepare(config, home)
        log_filter = log_observer(twistd, config.log) if twistd is not None else None
        return _build(Given(config, home, ready, reactor, Ports()), reload, log_filter)
    except FinesseError:
        home.unlock()
        raise


def _build(given: Given, reload: Reload, log_filter: LevelFilter | None) -> Server:
    """The plan itself."""
    # What is kept, who works here, and who may come in.
    storage = build_storage(given)
    directory = build_directory(given, storage)
    source = build_source(given, storage)
    entrance = build_entrance(given, storage, directory, source)

    # The engine and its telephones, unless the web services follow somebody else's.
    embedded = build_engine(given, storage, directory, entrance)

    # Who changes what is configured: administrators, AXL, and the source of people by itself.
    editing = build_editing(given, storage, directory, embedded)
    synchroniser = build_synchroniser(given, source, editing)
    configured = build_administration(given, storage, directory, editing, embedded)
    axl = build_axl(given, storage, directory, entrance, editing)

    # Notifications; the web services that send them; the link that tells these; tasks beside calls.
    notifications = build_notifications(
        given,
        directory,
        entrance,
        configured,
        outage=lambda reason: web.set_outage(reason),  # noqa: PLW0108  # made below
    )
    web = build_web(given, directory, embedded, notifications, axl)
    link = build_link(given, web)
    tasks = build_tasks(given, storage, directory, notifications, web)
    finesse = Finesse(notifications, web, link, tasks)

    # What is asked by HTTP: REST, gadgets, our own pages; commands and monitors.
    http2 = build_http2(given)
    reception = build_reception(given, directory, entrance, web)
    rest = build_rest(given, storage, directory, entrance, reception, embedded, configured, finesse)
    gadgets = build_gadgets(
        given, directory, entrance, reception, configured, http2, site=lambda: web_ports.secure
    )
    pages = build_pages(given, storage, entrance, reception, editing, configured)
    control = build_control(given, embedded, editing, synchroniser, configured, finesse)
    monitoring = build_monitoring(
        given, storage, entrance, embedded, synchroniser, axl, finesse, rest, http2, gadgets
    )
    web_ports = build_web_ports(
        given, entrance, reception, configured, finesse, rest, gadgets, pages, monitoring, http2
    )

    # Where they all come in; what runs, and how it ends.
    doors = build_doors(given, web_ports, finesse, embedded, control, axl, gadgets)
    show_out = partial(drain, web_ports, notifications, axl, gadgets)
    steps = build_steps(storage, embedded, finesse, rest, synchroniser, show_out)
    server = Server(
        given.reactor,
        given.home,
        doors,
        steps,
        web.when_in_service,
        partial(reread, reload, given.ready.tls, log_filter, embedded, configured, gadgets),
        given.config.server.stop_timeout_s,
        log_filter,
    )
    given.ports.use(server)
    return server

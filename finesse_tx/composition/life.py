"""In which order the parts start (they stop the other way round), and what SIGHUP reads again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.certificates import ServerTLS
from finesse_tx.composition.administration import Configured
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.gadgets import Gadgets
from finesse_tx.composition.rest import Rest
from finesse_tx.composition.storage import Storage
from finesse_tx.composition.web import Finesse
from finesse_tx.config import Config
from finesse_tx.directory.synchroniser import Synchroniser
from finesse_tx.engine.scripts import load_treatment
from finesse_tx.engine.service import EngineService
from finesse_tx.errors import ConfigError
from finesse_tx.lifecycle import Step
from finesse_tx.logs import LevelFilter
from finesse_tx.store.core.errors import StoreError
from finesse_tx.store.outbox import OutboxService

__all__ = ["Reload", "build_steps", "reread"]

_log = Logger()

Reload = Callable[[], Config]
"""Reads the configuration once more."""


def build_steps(
    storage: Storage,
    embedded: Embedded | None,
    finesse: Finesse,
    rest: Rest,
    synchroniser: Synchroniser | None,
    drain: Callable[[], Awaitable[object]],
) -> list[Step]:
    """The parts that run, each upon those before it: the database first, the link that fills the web services last."""
    notifications, web, link, tasks = finesse
    steps = [Step("store", storage.store), Step("pending writes", OutboxService(storage.pending))]
    if embedded is not None:
        steps += [
            Step("engine", embedded.engine),
            Step("campaigns", embedded.campaigns),
            Step("CTI server", embedded.server),
        ]
        if embedded.customers is not None:
            steps.append(Step("customers", embedded.customers))
    steps += [
        Step("notification", notifications.service),
        Step("presence", notifications.presence),
        Step("team messages", rest.messages),
        Step("tasks", tasks.routing),
        Step("web services", web, drain),
        Step("CTI link", link),
    ]
    if synchroniser is not None:
        steps.append(Step("synchroniser", synchroniser))
    return steps


def reread(
    reload: Reload,
    tls: ServerTLS,
    log_filter: LevelFilter | None,
    embedded: Embedded | None,
    configured: Configured,
    gadgets: Gadgets,
) -> None:
    """SIGHUP: files are read again, and the directory and the settings too, which another process may have changed."""
    _reread_files(reload, tls, log_filter, embedded.engine if embedded is not None else None)
    gadgets.clear()
    configured.text.refresh().addErrback(_not_reread)


def _reread_files(
    reload: Reload, tls: ServerTLS, log_filter: LevelFilter | None, engine: EngineService | None
) -> None:
    """Certificates, log level and call-treatment scripts; whatever is wrong with them leaves the old ones."""
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


def _not_reread(failure: Failure) -> None:
    if failure.check(StoreError):
        _log.error("SIGHUP: the directory stays: {error}", error=failure.value)
    else:
        _log.failure("SIGHUP: the directory cannot be read", failure)

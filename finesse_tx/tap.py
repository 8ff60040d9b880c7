"""``twistd finesse``: the command line, and the one place that knows the reactor.

Everything that can be found wrong is found before ``twistd`` becomes a daemon, and told in one line on standard
error, with exit status 1. Not as a ``usage.UsageError``: twistd prints its whole usage with that.

Spec: ``design.md`` §4.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

from twisted.application.service import IService
from twisted.logger import Logger
from twisted.python import usage
from twisted.python.util import runAsEffectiveUser
from typing_extensions import override

from finesse_tx import composition, config
from finesse_tx.errors import ConfigError, FinesseError, StartError
from finesse_tx.home import DEFAULT_HOME, Home
from finesse_tx.preflight import FEW_FILES, open_more_files

__all__ = ["GC_THRESHOLDS", "Options", "makeService", "rehearse", "spare_the_collector"]

_log = Logger()

GC_THRESHOLDS: Final = (50_000, 50, 100)
"""New objects before the youngest are looked at, and how often that before the next older ones are."""


class Options(usage.Options):
    """``twistd [-n] finesse [--config FILE] [--home DIR] [--set KEY=VALUE …]``."""

    synopsis = "[--config FILE] [--home DIR] [--set section.key=VALUE ...]"
    longdesc = (
        "A contact centre that speaks Finesse. Without a configuration it is a demo on loopback, with sample "
        "people (agent1 ... agent8, supervisor1, supervisor2, admin; password: finesse) and simulated customers."
    )
    optParameters: ClassVar[list[list[str | None]]] = [
        ["config", "c", None, "The configuration, in TOML; etc/finesse.toml documents every key."],
        ["home", None, str(DEFAULT_HOME), "Where the database, certificates and secrets are kept."],
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self["set"] = []

    def opt_set(self, override: str) -> None:
        """Override one key, such as bosh.wait_s=20; may be repeated."""
        self["set"].append(override)

    opt_s = opt_set

    @override
    def postOptions(self) -> None:
        path = Path(self["config"]).expanduser() if self["config"] else None
        try:
            self["configuration"] = config.load(path, self["set"])
        except ConfigError as error:
            _give_up(error)


def makeService(options: Options) -> IService:
    """Build the server; nothing runs yet."""
    from twisted.internet import reactor  # noqa: PLC0415  # only here: importing it installs it

    # Absolute, since a daemon goes to another folder.
    home = Home(Path(options["home"]).expanduser().absolute())
    loaded: config.Config = options["configuration"]
    if (files := open_more_files()) < FEW_FILES:
        _log.warn(
            "no more than {files} files may be open, of which each connection is one: raise LimitNOFILE in the "
            "service's unit, or ulimit -n",
            files=files,
        )
    try:
        service = _as_user(
            options.parent,
            lambda: composition.build(loaded, home, reactor, _reload(options), options.parent),
        )
    except ConfigError as error:
        path = Path(options["config"]).expanduser() if options["config"] else None
        _give_up(config.located(error, path, options["set"]))
    except FinesseError as error:
        _give_up(error)
    spare_the_collector()
    return service


def rehearse(loaded: config.Config, home: Home) -> None:
    """Build the server, and let go of it: whatever would stop the start stops this.

    Raises:
        FinesseError: The server cannot start; one line says why.
    """
    from twisted.internet import reactor  # noqa: PLC0415  # only here: importing it installs it

    composition.build(loaded, home, reactor, lambda: loaded, None)
    home.unlock()


def spare_the_collector() -> None:
    """Let Python's collector of cycles look rarely, and never again at what is there by now.

    By default it looks at all objects of 10,000 sessions every few seconds, and everybody waits meanwhile: with this
    the slowest hundredth of events took 105 ms instead of 255 (``platform.md`` §3, measured at saturation).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _as_user(twistd: Any, build: Callable[[], IService]) -> IService:
    """Build as the user that ``twistd --uid`` becomes after the ports are bound: who makes the files must own them.

    Raises:
        StartError: This process may not become that user.
    """
    uid, gid = ((twistd or {}).get(name) for name in ("uid", "gid"))
    uid, gid = os.geteuid() if uid is None else uid, os.getegid() if gid is None else gid
    if os.geteuid() != 0 and (uid, gid) != (os.geteuid(), os.getegid()):
        raise StartError("--uid and --gid: only root may become somebody else; leave them out")
    built: IService = runAsEffectiveUser(uid, gid, build)
    return built


def _reload(options: Options) -> Any:
    """How to read the configuration once more, from the same place."""
    path = Path(options["config"]).expanduser().absolute() if options["config"] else None
    overrides = list(options["set"])
    return lambda: config.load(path, overrides)


def _give_up(error: FinesseError) -> NoReturn:
    raise SystemExit(f"finesse: {error}")

"""``finesse-tx gadget``: its arguments, and what it prints."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from twisted.internet import task
from twisted.internet.defer import Deferred

from finesse_tx import config
from finesse_tx.errors import FinesseError, StartError
from finesse_tx.gadgets.core.checking import Kind, Seen, check, needed
from finesse_tx.gadgets.core.messages import MAX_BUNDLE_BYTES
from finesse_tx.gadgets.core.parser import MAX_SPEC_BYTES
from finesse_tx.gadgets.core.references import Reference
from finesse_tx.gadgets.core.report import Report, line

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

__all__ = ["add_commands"]

_HERE: Final = "http://gadget.invalid"
"""Where this machine's files are said to be, so that what is relative to the gadget can be told from what is elsewhere."""

_SERVERS: Final = ("/3rdpartygadget/", "/desktop/", "/gadgets/", "/assets/")
"""What a server has for gadgets, and no folder."""

_Adds = Callable[["ArgumentParser"], None]


def add_commands(
    commands: _SubParsersAction[ArgumentParser], add_config: _Adds, add_home: _Adds
) -> None:
    """Add ``gadget`` to the commands of ``finesse-tx``.

    Args:
        commands: Theirs.
        add_config: Adds the options that name a configuration.
        add_home: Adds the one that names a home folder.
    """
    gadget = commands.add_parser("gadget", help="look at gadgets, for their developers")
    kinds = gadget.add_subparsers(metavar="WHAT", required=True)
    check = kinds.add_parser(
        "check",
        help="say whether a gadget's XML is valid, what it uses and what is missing",
        description="Check a gadget's XML with what it refers to: a file with the files beside it, or what is at an "
        "address, as a server with this configuration would fetch it. The exit status is 1 if it could not be rendered.",
    )
    check.add_argument("gadget", metavar="FILE|URL", help="the gadget's XML")
    add_config(check)
    add_home(check)
    check.set_defaults(run=_check)


def _check(options: Namespace) -> int:
    if options.gadget.lower().startswith(("http://", "https://")):
        report = _look_up(options)
    else:
        report = _read(Path(options.gadget))
    for finding in report.findings:
        sys.stdout.write(f"{line(report.gadget, finding).replace(_HERE, '')}\n")
    sys.stdout.write(f"{report.gadget}: {report.verdict}\n")
    sys.stdout.flush()
    return 1 if report.count(Kind.ERROR) else 0


def _look_up(options: Namespace) -> Report:
    # Here: it imports much that a file needs none of.
    from finesse_tx.gadgets.checker import Checker  # noqa: PLC0415
    from finesse_tx.gadgets.core.features import FEATURES  # noqa: PLC0415
    from finesse_tx.gadgets.core.places import Places  # noqa: PLC0415
    from finesse_tx.gadgets.outbound import fetcher, folder, trusted  # noqa: PLC0415

    loaded = config.load(options.config, options.overrides)
    home = options.home.expanduser()
    found: list[Report] = []
    failed: list[FinesseError] = []

    async def looked_up(reactor: Any) -> None:
        try:
            checker = Checker(
                folder(loaded.gadgets, home),
                trusted(loaded.gadgets),
                fetcher(loaded.gadgets, reactor).fetch,
                None,
                FEATURES,
                Places(loaded.gadgets.isolated),
            )
            found.append(await checker.check(options.gadget, loaded.host))
        except FinesseError as error:
            failed.append(error)

    try:
        task.react(lambda reactor: Deferred.fromCoroutine(looked_up(reactor)))
    except SystemExit as end:
        if end.code:
            raise
    if failed:
        raise failed[0]
    return found[0]


def _read(file: Path) -> Report:
    whole = file.absolute()
    try:
        document = _start(whole, MAX_SPEC_BYTES)
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror or error}") from None
    url = f"{_HERE}{quote(str(whole))}"
    seen = {one.url: _seen(one, whole.parent) for one in needed(document, url)}
    return Report(str(file), check(document, url, seen))


def _seen(one: Reference, beside: Path) -> Seen:
    if not one.url.startswith(f"{_HERE}/"):
        return Seen(None)
    path = Path(unquote(one.url.removeprefix(_HERE).partition("?")[0].partition("#")[0]))
    try:
        return Seen(True, body=_start(path, MAX_BUNDLE_BYTES if one.is_needed else 0))
    except (OSError, ValueError):
        is_servers = one.written.startswith(_SERVERS)
        if path.is_relative_to(beside) and not is_servers:
            return Seen(False, "the file cannot be read")
        return Seen(None, "it is the server's" if is_servers else "")


def _start(path: Path, size: int) -> bytes:
    """No more of a file than is needed to see that it is too large."""
    with path.open("rb") as file:
        return file.read(size + 1)

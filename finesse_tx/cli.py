"""``finesse-tx``: the operator's other command.

    finesse-tx call NUMBER [--from NUMBER]     let a customer call, now
    finesse-tx campaign …                      call customers: see finesse_tx.campaign_cli
    finesse-tx user …                          who works here: see finesse_tx.user_cli
    finesse-tx directory sync [--dry-run]      take people in from another directory: docs/people.rst
    finesse-tx config export|import …          the whole configuration as text: docs/configuration.rst
    finesse-tx sign-outs [LOGIN]               say who was signed out for a lost desktop, and why
    finesse-tx trace [LOGIN] [--off]           write somebody's XMPP stanzas into the log
    finesse-tx extauth                         answer ejabberd whether passwords are right
    finesse-tx check [--config FILE] [--set …]  say what would keep the server from starting
    finesse-tx history TABLE [--since TIME] [--until TIME] [--format csv]    list what is kept of calls and agents
    finesse-tx audit [URI] [--since TIME] [--until TIME] [--format csv]    list who has changed what of the configuration
    finesse-tx db upgrade|backup|restore|check …   the database: see finesse_tx.store.command
    finesse-tx cti decode|encode|connect …     read, make and watch GED-188 messages
    finesse-tx task submit --to SELECTOR --title TEXT   submit a task (docs/tasks.rst); then status, cancel CONTACT
    finesse-tx scenario run FILE [--seed N]    play a day that is written down, without a server
    finesse-tx gadget check FILE|URL           say whether a gadget is valid, what it uses and what is missing

It answers in one line, or lists rows, and exits with 0 when what was asked is done, with 1 when it is not; ``cti``
prints as many lines as there are messages, and ``docs/cti.rst`` has its exit statuses; ``scenario`` prints what happens,
``gadget`` what it finds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from finesse_tx import (
    __version__,
    campaign_cli,
    config,
    config_cli,
    directory_cli,
    extauth,
    user_cli,
)
from finesse_tx.cti import command as cti
from finesse_tx.engine.core.export import FORMATS
from finesse_tx.engine.core.records import TABLES
from finesse_tx.errors import ConfigError, FinesseError, StartError
from finesse_tx.gadgets import command as gadgets
from finesse_tx.home import DEFAULT_HOME, Home
from finesse_tx.preflight import CONTROL_TOKEN
from finesse_tx.scenario import command as scenario
from finesse_tx.store import command as db
from finesse_tx.tasks import command as tasks

if TYPE_CHECKING:
    from twisted.logger import ILogObserver

__all__ = ["main"]

TIMEOUT_S: Final = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="finesse-tx", description="Commands for a finesse_tx server."
    )
    parser.add_argument("--version", action="version", version=f"finesse_tx {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    call = commands.add_parser("call", help="let a simulated customer call, now")
    call.add_argument(
        "to", metavar="NUMBER", help="a route point (6001, 6002) or an agent's extension"
    )
    call.add_argument("--from", dest="from_", metavar="NUMBER", help="the customer's number")
    for option, what in (("patience", "waits without an answer"), ("talk", "talks")):
        call.add_argument(
            f"--{option}",
            dest=f"{option}_s",
            type=float,
            metavar="SECONDS",
            help=f"how long the customer {what} before hanging up (default: demo.{option}_s)",
        )
    _add_home(call)
    call.set_defaults(run=_call)

    sign_outs = commands.add_parser(
        "sign-outs", help="say who was signed out because the desktop was gone, and why"
    )
    sign_outs.add_argument("login_id", metavar="LOGIN", nargs="?", default="", help="of whom")
    _add_home(sign_outs)
    sign_outs.set_defaults(run=_sign_outs)

    trace = commands.add_parser(
        "trace", help="write what a person sends and gets over XMPP into the log, without secrets"
    )
    trace.add_argument(
        "login_id", metavar="LOGIN", nargs="?", default="", help="whose (default: say whose are)"
    )
    trace.add_argument("--off", action="store_true", help="not any more")
    _add_home(trace)
    trace.set_defaults(run=_trace)

    campaign_cli.add_commands(commands, _add_home, _post)
    user_cli.add_commands(commands, _add_home, _post)
    directory_cli.add_commands(commands, _add_home, _post)
    tasks.add_commands(commands, _add_home, _post)

    db.add_commands(commands, _add_config, _add_home)
    config_cli.add_commands(commands, _add_home, _post)

    extauth.add_command(commands, _add_home)

    check = commands.add_parser("check", help="say what would keep the server from starting")
    _add_config(check)
    _add_home(check)
    check.set_defaults(run=_check)

    history = commands.add_parser("history", help="list what is kept of calls and agents")
    history.add_argument("table", metavar="TABLE", choices=TABLES, help=", ".join(TABLES))
    _add_time(history)
    history.set_defaults(run=_history)

    audit = commands.add_parser("audit", help="list who has changed what of the configuration")
    audit.add_argument(
        "uri",
        metavar="URI",
        nargs="?",
        default="",
        help="of what begins so, such as /finesse/api/PhoneBook (default: of everything)",
    )
    _add_time(audit)
    audit.set_defaults(run=_audit)

    cti.add_commands(commands)
    scenario.add_commands(commands)
    gadgets.add_commands(commands, _add_config, _add_home)

    options = parser.parse_args(arguments)
    try:
        answer = options.run(options)
        if isinstance(answer, int):
            return answer
        for line in [answer] if isinstance(answer, str) else answer:
            print(line)
        sys.stdout.flush()
    except FinesseError as error:
        if isinstance(error, ConfigError) and "config" in options:  # some commands read none
            error = config.located(error, options.config, options.overrides)
        print(f"finesse-tx: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads has read enough: ``finesse-tx history … | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _moment(text: str) -> datetime:
    """Read a date or a time; without a zone it is the machine's."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        said = f'"{text}" is no time such as 2026-11-22 or 2026-11-22T08:00'
        raise argparse.ArgumentTypeError(said) from None


def _add_time(parser: argparse.ArgumentParser) -> None:
    """What every command has that lists rows of the database."""
    for option, what in (("since", "from when (default: today's midnight)"), ("until", "to when")):
        parser.add_argument(
            f"--{option}",
            type=_moment,
            metavar="TIME",
            help=f"{what}: 2026-11-22 or 2026-11-22T08:00, in this machine's time zone",
        )
    parser.add_argument("--format", choices=FORMATS, default="text", help="(default: text)")
    _add_config(parser)
    _add_home(parser)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, help="the configuration file")
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override one key",
    )


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home",
        metavar="DIR",
        type=Path,
        default=DEFAULT_HOME,
        help=f"the server's home (default {DEFAULT_HOME})",
    )


def _call(options: argparse.Namespace) -> str:
    wanted = {"from": options.from_, "patience_s": options.patience_s, "talk_s": options.talk_s}
    body = {"to": options.to} | {key: value for key, value in wanted.items() if value is not None}
    answer = _post(Home(options.home.expanduser()), "/call", body)
    return f"call {answer['call']}: {answer['from']} calls {answer['to']}"


def _sign_outs(options: argparse.Namespace) -> str:
    body: dict[str, object] = {"login_id": options.login_id}
    answer: Any = _post(Home(options.home.expanduser()), "/sign-outs", body)
    lines = [
        f"{one['decided_at']} {one['login_id']}: {one['outcome']} {one['detail']}".rstrip()
        + f" (desktop {one['cause']} at {one['lost_at']})"
        for one in answer["sign_outs"]
    ]
    return "\n".join(lines) or "nobody"


def _trace(options: argparse.Namespace) -> str:
    body: dict[str, object] = {"login_id": options.login_id, "on": not options.off}
    answer: Any = _post(Home(options.home.expanduser()), "/trace", body)
    return "traced: " + (", ".join(answer["traced"]) or "nobody")


def _check(options: argparse.Namespace) -> str:
    # Here: it imports the whole server, which other commands have no use for.
    from twisted.logger import LogLevel, formatEvent, globalLogPublisher  # noqa: PLC0415

    from finesse_tx.tap import rehearse  # noqa: PLC0415

    def warn(event: dict[str, Any]) -> None:
        if event.get("log_level") is LogLevel.warn:
            print(f"finesse-tx: {formatEvent(event)}", file=sys.stderr)

    observer = cast("ILogObserver", warn)
    globalLogPublisher.addObserver(observer)  # what the start would say in its log
    try:
        rehearse(config.load(options.config, options.overrides), Home(options.home.expanduser()))
    finally:
        globalLogPublisher.removeObserver(observer)
    return "ready to start"


def _history(options: argparse.Namespace) -> Iterator[str]:
    def rows(session: Any, since: datetime, until: datetime) -> Iterator[Row]:
        from finesse_tx.store.repositories.history import read_rows  # noqa: PLC0415

        return read_rows(session, options.table, since, until)

    names = TABLES[options.table].__struct_fields__
    return _rows(options, options.table, names, rows)


def _audit(options: argparse.Namespace) -> Iterator[str]:
    from finesse_tx.webservices.core.administration.changes import AuditEntry  # noqa: PLC0415

    def rows(session: Any, since: datetime, until: datetime) -> Iterator[Row]:
        from finesse_tx.store.repositories.changes import read_audit  # noqa: PLC0415

        return read_audit(session, options.uri, since, until)

    return _rows(options, "audit", [field.name for field in fields(AuditEntry)], rows)


Row = dict[str, Any]


def _rows(
    options: argparse.Namespace,
    what: str,
    names: Sequence[str],
    read: Callable[[Any, datetime, datetime], Iterator[Row]],
) -> Iterator[str]:
    """Read rows of a time, and write them as asked."""
    # Here, for the sake of the other commands, which have no use for a database.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from finesse_tx.store.database import database_url, make_engine, reading, said  # noqa: PLC0415

    loaded = config.load(options.config, options.overrides)
    home = options.home.expanduser().absolute()
    url = database_url(loaded.store, home)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise StartError(
            f"there is no {url.database}; name the server's home with --home, or its configuration with --config"
        )
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    since = options.since or midnight
    until = options.until or datetime.max.replace(tzinfo=UTC)
    engine = make_engine(url, 1, patient=True)  # whoever reads may pause: a pager
    try:
        with Session(reading(engine)) as session:
            yield from FORMATS[options.format](names, read(session, since, until))
    except SQLAlchemyError as error:
        raise StartError(f"{what} cannot be read: {said(error)}") from None
    finally:
        engine.dispose()


def _post(
    home: Home, path: str, body: dict[str, object], timeout_s: float = TIMEOUT_S
) -> dict[str, str]:
    """Give a command to the running server.

    Raises:
        StartError: There is none, or it refuses.
    """
    where = home.endpoints().get("control")
    token = (home.read(CONTROL_TOKEN) or b"").decode().strip()
    if not where or not token:
        raise StartError(f"no server runs in {home.path}; start it, or name its home with --home")
    connection = http.client.HTTPConnection(where, timeout=timeout_s)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        answer: dict[str, str] = json.loads(response.read())
    except OSError as error:
        raise StartError(
            f"the server at {where} does not answer: {error.strerror or error}; is it still running?"
        ) from None
    except (ValueError, http.client.HTTPException):
        raise StartError(f"what listens at {where} is not a finesse_tx server") from None
    finally:
        connection.close()
    if response.status != 200:
        raise StartError(answer.get("error", f"the server answers {response.status}"))
    return answer


if __name__ == "__main__":
    sys.exit(main())

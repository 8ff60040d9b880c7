"""``finesse-tx``: the operator's other command.

    finesse-tx call NUMBER [--from NUMBER]     let a customer call, now
    finesse-tx check [--config FILE] [--set …]  say what would keep the server from starting
    finesse-tx cti decode|encode|connect …     read, make and watch GED-188 messages

It answers in one line, and exits with 0 when what was asked is done, with 1 when it is not; ``cti`` prints as many
lines as there are messages, and ``docs/cti.rst`` has its exit statuses.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from finesse_tx import __version__, config
from finesse_tx.cti import command
from finesse_tx.errors import FinesseError, StartError
from finesse_tx.home import DEFAULT_HOME, Home
from finesse_tx.preflight import CONTROL_TOKEN, ports_are_free

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

    check = commands.add_parser("check", help="say what would keep the server from starting")
    check.add_argument("--config", metavar="FILE", type=Path, help="the configuration file")
    check.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override one key",
    )
    _add_home(check)
    check.set_defaults(run=_check)

    command.add_commands(commands)

    options = parser.parse_args(arguments)
    try:
        answer: str | int = options.run(options)
    except FinesseError as error:
        print(f"finesse-tx: {error}", file=sys.stderr)
        return 1
    if isinstance(answer, int):
        return answer
    print(answer)
    return 0


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


def _check(options: argparse.Namespace) -> str:
    # Here: it imports the whole server, which other commands have no use for.
    from finesse_tx.composition import prepare  # noqa: PLC0415

    loaded = config.load(options.config, options.overrides)
    home = Home(options.home.expanduser())
    home.lock()
    try:
        prepare(loaded, home)
        ports_are_free(loaded)
    finally:
        home.unlock()
    return "ready to start"


def _post(home: Home, path: str, body: dict[str, object]) -> dict[str, str]:
    """Give a command to the running server.

    Raises:
        StartError: There is none, or it refuses.
    """
    where = home.endpoints().get("control")
    token = (home.read(CONTROL_TOKEN) or b"").decode().strip()
    if not where or not token:
        raise StartError(f"no server runs in {home.path}; start it, or name its home with --home")
    connection = http.client.HTTPConnection(where, timeout=TIMEOUT_S)
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

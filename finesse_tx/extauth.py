"""``finesse-tx extauth``: ejabberd asks it, on a pipe, whether passwords are right; it asks the running server.

ejabberd starts a few of these (``extauth_program``, ``extauth_pool_size``) and speaks its port protocol with each: a
question is two bytes of length, high byte first, and then ``auth:USER:DOMAIN:PASSWORD`` or ``isuser:USER:DOMAIN``; the
answer is the same length and two bytes, 0 and then 1 for yes or 0 for no. Nothing else may be written to that pipe. When
it is closed, the program ends. What cannot be asked is no, with a line on stderr that says why.

Spec: ejabberd's developer guide, "External authentication".
"""

from __future__ import annotations

import argparse
import http.client
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlencode, urlsplit

from finesse_tx.errors import StartError
from finesse_tx.home import Home

__all__ = ["ACCOUNTS_TOKEN", "Questions", "add_command", "answer", "serve"]

ACCOUNTS_TOKEN: Final = "accounts.token"  # noqa: S105  # a file's name
"""The secret, in the home folder, that questions about accounts show, unless ``accounts.token_file`` names another."""

TIMEOUT_S: Final = 20.0
"""How long the server may take; ejabberd waits for 30."""

Ask = Callable[[str, dict[str, str]], bool]


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    add_home: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add the command to ``finesse-tx``."""
    parser = commands.add_parser(
        "extauth", help="answer ejabberd, on stdin and stdout, whether passwords are right"
    )
    parser.add_argument(
        "--url", metavar="URL", help="where listen.accounts is (default: as HOME says)"
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"the file with its token (default: HOME/{ACCOUNTS_TOKEN})",
    )
    add_home(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    home = Home(options.home.expanduser())

    def where() -> tuple[str, str]:
        path = options.token_file or home.path / ACCOUNTS_TOKEN
        try:
            token = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not text"
            raise StartError(f"{path}: {reason}") from None
        if options.url:
            return options.url, token
        found = home.endpoints().get("accounts")
        if not found:
            raise StartError(f"no server with listen.accounts runs in {home.path}")
        return f"http://{found}", token

    def complain(line: str) -> None:
        sys.stderr.write(f"finesse-tx extauth: {line}\n")
        sys.stderr.flush()

    serve(sys.stdin.buffer, sys.stdout.buffer, Questions(where), complain)
    return 0


def serve(read: BinaryIO, write: BinaryIO, ask: Ask, complain: Callable[[str], None]) -> None:
    """Answer until the pipe is closed.

    Args:
        read: Questions.
        write: Answers.
        ask: Asks the server.
        complain: Told why a question was answered with no that could not be asked.
    """
    while len(head := read.read(2)) == 2:
        size = int.from_bytes(head)
        question = read.read(size)
        if len(question) < size:
            return
        try:
            is_so = answer(question, ask)
        except (OSError, ValueError, http.client.HTTPException, StartError) as error:
            complain(str(error))
            is_so = False
        write.write(bytes((0, 2, 0, is_so)))
        write.flush()


def answer(question: bytes, ask: Ask) -> bool:
    """Answer one question; what would change an account is no.

    Raises:
        ValueError: It is not text.
    """
    match question.decode().split(":", 3):
        case ["auth", user, server, password]:
            return ask("check_password", {"user": user, "server": server, "pass": password})
        case ["isuser", user, server]:
            return ask("user_exists", {"user": user, "server": server})
        case _:
            return False


class Questions:
    """Asks the running server, on one connection that is kept.

    Args:
        where: Its URL and the token, looked up for each connection: the server may have come back elsewhere.
    """

    def __init__(self, where: Callable[[], tuple[str, str]]) -> None:
        self._where = where
        self._connection: http.client.HTTPConnection | None = None
        self._path = self._token = ""

    def __call__(self, question: str, fields: dict[str, str]) -> bool:
        """Ask; a connection that has gone stale is made anew, once.

        Raises:
            OSError: The server cannot be reached.
            HTTPException: It is no such server, or does not answer yes or no.
            StartError: It is not known where it is.
        """
        was_open = self._connection is not None
        try:
            return self._ask(question, fields)
        except (OSError, http.client.HTTPException):
            self._close()
            if not was_open:
                raise
        try:
            return self._ask(question, fields)
        except (OSError, http.client.HTTPException):
            self._close()
            raise

    def _ask(self, question: str, fields: dict[str, str]) -> bool:
        connection = self._connection or self._connect()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", f"{self._path}/{question}", urlencode(fields), headers)
        response = connection.getresponse()
        said = response.read(1_024)
        if response.status != 200:
            raise http.client.HTTPException(f"{response.status} {said.decode(errors='replace')}")
        return said == b"true"

    def _connect(self) -> http.client.HTTPConnection:
        url, self._token = self._where()
        parts = urlsplit(url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._path = parts.path.rstrip("/")
        self._connection = kind(parts.netloc, timeout=TIMEOUT_S)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

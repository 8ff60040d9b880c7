"""``finesse-tx user``: who works here.

    finesse-tx user list [--team TEAM] [--format csv]
    finesse-tx user add LOGIN --last-name NAME --extension NUMBER --team TEAM [--skill Sales=5 …] [--role Agent …]
    finesse-tx user passwd LOGIN
    finesse-tx user disable|enable|remove LOGIN …
    finesse-tx user import FILE [--update] [--dry-run]

All of them work on the database, whether the server runs or not; one that runs follows at once. Passwords are asked
for, or read from a file; they are no argument, which everyone on the machine could see.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from finesse_tx.database_cli import Database, Post, add_database
from finesse_tx.errors import FinesseError, StartError

__all__ = ["MAX_FAULTS", "PeopleRefusedError", "add_commands"]

MAX_FAULTS: Final = 50
"""So many bad lines are told of."""

MAX_FILE_BYTES: Final = 10 * 2**20
"""No file of people is larger."""


class PeopleRefusedError(FinesseError):
    """What was wanted may not be, and nothing was changed."""


def add_commands(
    commands: Any, add_home: Callable[[argparse.ArgumentParser], None], post: Post
) -> None:
    """Add ``user`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_home: Adds ``--home``.
        post: Gives a command to the running server; raises `StartError` when there is none, or it refuses.
    """
    user = commands.add_parser("user", help="who works here: add, change and import people")
    actions = user.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, text: str, run: Callable[[argparse.Namespace, Post], object]) -> Any:
        parser = actions.add_parser(name, help=text)
        add_home(parser)
        add_database(parser)
        parser.set_defaults(run=lambda options: run(options, post))
        return parser

    listing = add("list", "list everyone", _list)
    listing.add_argument("--team", metavar="NAME", help="only of that team")
    listing.add_argument("--format", choices=("text", "csv", "json"), default="text")

    one = add("add", "add somebody", _add)
    one.add_argument("login_id", metavar="LOGIN")
    for name, text in (
        ("login-name", "what is typed to sign in (default: LOGIN)"),
        ("first-name", "for people to read"),
        ("last-name", "for people to read"),
        ("extension", "the number of the phone; not for who is an administrator only"),
        ("team", "the team's name, likewise"),
        ("resource-group", "the resource group's name"),
    ):
        one.add_argument(f"--{name}", metavar="TEXT", help=text)
    one.add_argument(
        "--role",
        dest="roles",
        action="append",
        metavar="ROLE",
        help="Agent (default), Supervisor, Administrator",
    )
    one.add_argument("--skill", dest="skills", action="append", metavar="NAME=1-10")
    one.add_argument("--no-password", action="store_true", help="nobody signs in as this one yet")
    _add_password_file(one)

    passwd = add("passwd", "give somebody another password", _passwd)
    passwd.add_argument("login_id", metavar="LOGIN")
    passwd.add_argument("--none", action="store_true", help="take the password away")
    _add_password_file(passwd)

    for action, text in (
        ("disable", "sign people out, and let them not sign in; everything else of them stays"),
        ("enable", "let them sign in again"),
        ("remove", "sign them out, and forget them"),
    ):
        some = add(action, text, _change)
        some.add_argument("login_ids", metavar="LOGIN", nargs="+")
        some.set_defaults(action=action)

    imports = add("import", "add people from a CSV file, all or nobody", _import)
    imports.add_argument("file", metavar="FILE", type=Path)
    imports.add_argument("--update", action="store_true", help="change those who are there already")
    imports.add_argument("--dry-run", action="store_true", help="only say what would change")


def _add_password_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help="the password is its first line; - is standard input (default: ask)",
    )


# The commands ------------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace, _post: Post) -> Iterable[str]:
    from finesse_tx.directory.core.people_csv import COLUMNS, row_of  # noqa: PLC0415
    from finesse_tx.engine.core.export import FORMATS  # noqa: PLC0415
    from finesse_tx.store.repositories.snapshots import read_register  # noqa: PLC0415

    register = _Database(options).inside(read_register)
    names = [team.name for team in register.snapshot.teams]
    if options.team is not None and options.team.casefold() not in map(str.casefold, names):
        there = ", ".join(names) or "none yet"
        raise StartError(f'--team: there is no "{options.team}"; there are {there}')
    rows = (row_of(person, register) for person in register.snapshot.people)
    wanted = (options.team or "").casefold()
    kept = [row for row in rows if options.team is None or row["team"].casefold() == wanted]
    if not kept:
        return ["nobody"] if options.format == "text" else []
    return FORMATS[options.format](COLUMNS, kept)


def _add(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.directory.core.people_csv import Row  # noqa: PLC0415

    values = {"login_id": options.login_id}
    for name in ("login_name", "first_name", "last_name", "extension", "team", "resource_group"):
        if (value := getattr(options, name)) is not None:
            values[name] = value
    if options.roles:
        values["roles"] = " ".join(options.roles)
    if options.skills:
        values["skills"] = ";".join(options.skills)
    database = _Database(options)
    database.check([Row(0, values)])  # before a password is asked for
    if not options.no_password:
        values["password"] = _password(options)
    database.take([Row(0, values)])
    return f"{options.login_id}: added{database.tell(post, '/directory')}"


def _passwd(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.directory.core.edits import SetPassword  # noqa: PLC0415

    database = _Database(options)
    password = None if options.none else _password(options)
    database.edit([SetPassword(options.login_id, password)])
    said = "no password" if options.none else "another password"
    return f"{options.login_id}: {said}{database.tell(post, '/directory')}"


def _change(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.directory.core.edits import Edit, Remove, SetEnabled  # noqa: PLC0415
    from finesse_tx.directory.core.records import Person  # noqa: PLC0415

    edits: list[Edit] = [
        Remove(Person, login_id)
        if options.action == "remove"
        else SetEnabled(login_id, options.action == "enable")
        for login_id in options.login_ids
    ]
    database = _Database(options)
    database.edit(edits)
    return f"{', '.join(options.login_ids)}: {options.action}d{database.tell(post, '/directory')}"


def _import(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.directory.core.people_csv import read_people  # noqa: PLC0415

    try:
        if options.file.stat().st_size > MAX_FILE_BYTES:
            raise StartError(f"{options.file} is larger than {MAX_FILE_BYTES} bytes")
        table = read_people(options.file.read_bytes())
    except OSError as error:
        raise StartError(f"{options.file}: {error.strerror}") from None
    database = _Database(options)
    lines = database.take(table.rows, table.faults, options.file, options.update, options.dry_run)
    if options.dry_run:
        return "\n".join([*lines, f"{len(lines)} changes, none of them made"])
    new = sum(line.startswith("+") for line in lines)
    changed = len({line.partition(":")[0] for line in lines if not line.startswith("+")})
    return f"{new} added, {changed} changes to others{database.tell(post, '/directory')}"


def _password(options: argparse.Namespace) -> str:
    """Read a password from a file, or ask for it twice."""
    path = options.password_file
    if path is not None:
        try:
            text = sys.stdin.readline() if path == "-" else Path(path).read_text()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not text"
            raise StartError(f"--password-file: {path}: {reason}") from None
        return text.partition("\n")[0].removesuffix("\r")
    if not sys.stdin.isatty():
        raise StartError("there is nobody to ask for the password; give --password-file FILE, or -")
    password = getpass.getpass(f"Password of {options.login_id}: ")
    if getpass.getpass("The same again: ") != password:
        raise StartError("that was another one; nothing was changed")
    return password


# The database ------------------------------------------------------------------------------------------------------


class _Database(Database):
    """The directory in the database of a server that runs or does not."""

    def follow(self, post: Post) -> str:
        """Have the server follow, if one runs; say it when it does not."""
        return self.tell(post, "/directory")

    def check(self, rows: Sequence[Any]) -> None:
        """See whether rows could be taken, but for passwords.

        Raises:
            PeopleRefusedError: They could not.
        """
        self.take(rows, dry_run=True)

    def take(
        self,
        rows: Sequence[Any],
        faults: Sequence[Any] = (),
        source: Path | None = None,
        update: bool = False,
        dry_run: bool = False,
    ) -> list[str]:
        """Let people be as rows say.

        Args:
            rows: `finesse_tx.directory.core.people_csv.Row`.
            faults: Lines that are no rows.
            source: Their file.
            update: Whether people who are there already are changed.
            dry_run: Whether nothing is to be done.

        Returns:
            What it changes, a line for each.

        Raises:
            PeopleRefusedError: Something in them may not be.
        """
        from finesse_tx.directory.core.editing import plan  # noqa: PLC0415
        from finesse_tx.directory.core.edits import EditsRefusedError  # noqa: PLC0415
        from finesse_tx.directory.core.people_csv import bad_lines, wanted  # noqa: PLC0415
        from finesse_tx.directory.core.telling import differences  # noqa: PLC0415
        from finesse_tx.store.repositories.snapshots import read_register  # noqa: PLC0415

        register = self.inside(read_register)
        asked = wanted(rows, register, update=update)
        wrong = bad_lines(asked, ())
        try:
            planned = plan(register, asked.edits)
        except EditsRefusedError as error:
            wrong = bad_lines(asked, error.faults)
        if wrong or faults:
            raise PeopleRefusedError(_told(sorted([*faults, *wrong], key=_line), source))
        if not dry_run:
            self.edit(asked.edits)
        return list(differences(planned.steps, planned.register))

    def edit(self, edits: Sequence[Any]) -> None:
        """Carry out edits, each with its entry in the audit log.

        Raises:
            PeopleRefusedError: One of them may not be.
        """
        from finesse_tx.directory.core.editing import plan  # noqa: PLC0415
        from finesse_tx.directory.core.edits import (  # noqa: PLC0415
            Author,
            EditsRefusedError,
            SetPassword,
        )
        from finesse_tx.directory.hashing import hashed, verifier_of  # noqa: PLC0415
        from finesse_tx.directory.passwords import Passwords  # noqa: PLC0415
        from finesse_tx.store.repositories.editing import edit_directory  # noqa: PLC0415
        from finesse_tx.store.repositories.snapshots import read_register  # noqa: PLC0415

        try:
            plan(self.inside(read_register), edits)  # before the slow part
            security = self.config.security
            passwords, verifier = Passwords(security), verifier_of(security.scram_iterations)
            ready = [
                hashed(edit.login_id, edit.password, passwords, verifier)
                if isinstance(edit, SetPassword) and edit.password is not None
                else edit
                for edit in edits
            ]
            author = Author(getpass.getuser()[:64], "finesse-tx")
            now = datetime.now(UTC)
            self.inside(lambda session: edit_directory(session, ready, author, now))
        except EditsRefusedError as error:
            raise PeopleRefusedError(str(error)) from None


def _line(bad: Any) -> int:
    number: int = bad.line
    return number


def _told(faults: Sequence[Any], source: Path | None) -> str:
    lines = [str(fault) for fault in faults[:MAX_FAULTS]]
    if len(faults) > MAX_FAULTS:
        lines.append(f"and {len(faults) - MAX_FAULTS} more")
    if source is None:
        return "\n".join(lines)
    return "\n  ".join([f"{source}: nothing was imported", *lines])

"""``finesse-tx campaign``: campaigns, their customers, and whom nobody calls.

    finesse-tx campaign list
    finesse-tx campaign start|pause|stop NAME
    finesse-tx campaign create NAME --csq QUEUE [--window "mon-fri 09:00-20:00"] …
    finesse-tx campaign remove NAME
    finesse-tx campaign import FILE --campaign NAME [--skip-bad]
    finesse-tx campaign do-not-call NUMBER …

All but the first two write to the database, whether the server runs or not; one that runs is told.
"""

from __future__ import annotations

import argparse
import getpass
import shlex
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from finesse_tx import config
from finesse_tx.engine.core.outbound.contact_csv import Parsed, read_contacts
from finesse_tx.engine.core.outbound.records import (
    LIMITS,
    MAX_NAME,
    MAX_WINDOWS,
    Campaign,
    CampaignState,
    DialingMode,
)
from finesse_tx.engine.core.outbound.windows import WindowError, parse, written
from finesse_tx.errors import FinesseError, StartError
from finesse_tx.home import Home

__all__ = ["MAX_FAULTS", "ImportRefusedError", "add_commands", "is_zone"]

MAX_FAULTS: Final = 50
"""So many bad lines are told of."""

MAX_FILE_BYTES: Final = 50 * 2**20
"""No file of customers is larger."""

Post = Callable[[Home, str, dict[str, object]], Any]

_DEFAULTS: Final = Campaign(0, "")
_NUMBERS: Final = {
    "max_attempts": "how often one customer is called",
    "busy_retry_s": "seconds until somebody who was busy is called again",
    "no_answer_retry_s": "seconds until somebody who did not answer is called again",
    "machine_retry_s": "seconds until somebody whose machine answered is called again",
    "declined_retry_s": "seconds until somebody whom an agent did not want is offered again",
    "lines_per_agent": "progressive: how many customers are called for each agent, 1 to 3",
    "reservation_s": "how many seconds an agent may think about a preview",
}


class ImportRefusedError(FinesseError):
    """A file of customers has bad lines, and nothing was imported."""


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def add_commands(
    commands: Any, add_home: Callable[[argparse.ArgumentParser], None], post: Post
) -> None:
    """Add ``campaign`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_home: Adds ``--home``.
        post: Gives a command to the running server; raises `StartError` when there is none, or it refuses.
    """
    campaign = commands.add_parser("campaign", help="call customers: campaigns and their lists")
    actions = campaign.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, text: str, run: Callable[[argparse.Namespace, Post], str]) -> Any:
        parser = actions.add_parser(name, help=text)
        add_home(parser)
        parser.set_defaults(run=lambda options: run(options, post))
        return parser

    add("list", "say how the campaigns stand", _list).set_defaults(name="", action="list")
    for action in ("start", "pause", "stop"):
        one = add(action, f"{action} a campaign", _command)
        one.add_argument("name", metavar="NAME")
        one.set_defaults(action=action)

    create = add("create", "make a campaign, which is not started", _create)
    create.add_argument("name", metavar="NAME")
    create.add_argument("--csq", required=True, metavar="QUEUE", help="whose agents call")
    modes = [mode.value for mode in DialingMode]
    create.add_argument("--mode", choices=modes, default=_DEFAULTS.mode.value)
    create.add_argument(
        "--window",
        default="",
        metavar="TIMES",
        help='such as "mon-fri 09:00-20:00, sat 10:00-16:00"',
    )
    create.add_argument("--time-zone", default=_DEFAULTS.time_zone, metavar="ZONE")
    for name, text in _NUMBERS.items():
        create.add_argument(
            f"--{name.replace('_', '-')}",
            type=int,
            default=getattr(_DEFAULTS, name),
            metavar="N",
            help=f"{text} (default {getattr(_DEFAULTS, name)})",
        )
    _add_config(create)

    remove = add("remove", "remove a campaign, with its customers and their calls", _remove)
    remove.add_argument("name", metavar="NAME")
    _add_config(remove)

    imports = add("import", "put customers from a CSV file into a campaign", _import)
    imports.add_argument("file", metavar="FILE", type=Path)
    imports.add_argument("--campaign", required=True, metavar="NAME")
    imports.add_argument("--skip-bad", action="store_true", help="leave bad lines out")
    _add_config(imports)

    never = add("do-not-call", "let no campaign call these numbers", _do_not_call)
    never.add_argument("numbers", metavar="NUMBER", nargs="+")
    _add_config(never)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, help="the configuration file")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")


# The running server -----------------------------------------------------------------------------------------------


def _command(options: argparse.Namespace, post: Post) -> str:
    _post(options, post, options.action, options.name)
    return f"{options.name}: {options.action}"


def _list(options: argparse.Namespace, post: Post) -> str:
    return "\n".join(map(_line, _post(options, post, "list"))) or "there are no campaigns"


def _line(campaign: dict[str, object]) -> str:
    heads = {"name", "mode", "state", "active", "to_call"}
    counts = (f"{name} {count}" for name, count in campaign.items() if name not in heads and count)
    head = f"{campaign['name']} ({campaign['mode']}) {campaign['state']}: {campaign['to_call']} to call"
    return ", ".join([head, *counts])


def _post(
    options: argparse.Namespace, post: Post, action: str, name: str = ""
) -> list[dict[str, object]]:
    body: dict[str, object] = {"action": action, "name": name}
    found: list[dict[str, object]] = post(Home(options.home.expanduser()), "/campaigns", body)[
        "campaigns"
    ]
    return found


# The database -----------------------------------------------------------------------------------------------------


def _inside(options: argparse.Namespace, work: Callable[[Any], str], post: Post) -> str:
    """Do something in the database, and tell the server, if one runs."""
    # Here: other commands have no use for a database.
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from finesse_tx.store.database import database_url, make_engine  # noqa: PLC0415
    from finesse_tx.store.prepare import prepare  # noqa: PLC0415

    loaded, home = config.load(options.config, options.overrides), options.home.expanduser()
    if not home.is_dir():
        raise StartError(f"{home} is no server's home; start the server once, or give --home")
    url = database_url(loaded.store, home.absolute())
    prepare(url)
    engine = make_engine(url, 1)
    try:
        with Session(engine) as session, session.begin():
            answer = work(session)
    finally:
        engine.dispose()
    with suppress(StartError):  # none runs: it will read all this when it starts
        _post(options, post, "reload")
    return answer


def _create(options: argparse.Namespace, post: Post) -> str:
    from sqlalchemy import select  # noqa: PLC0415

    from finesse_tx.store.repositories.campaigns import (  # noqa: PLC0415
        add_campaign,
        read_campaigns,
    )
    from finesse_tx.store.tables import CSQRow  # noqa: PLC0415

    try:
        windows = parse(options.window)
    except WindowError as error:
        raise StartError(f"--window: {error}") from None
    if len(written(windows)) > MAX_WINDOWS:
        raise StartError(f"--window: longer than {MAX_WINDOWS} characters")
    if not is_zone(options.time_zone):
        raise StartError(f'--time-zone: there is no time zone "{options.time_zone}"')
    numbers = {name: getattr(options, name) for name in _NUMBERS}
    for name, number in numbers.items():
        if number not in (allowed := LIMITS[name]):
            option = f"--{name.replace('_', '-')}"
            raise StartError(f"{option}: {number} is not {allowed.start} to {allowed.stop - 1}")
    if not 1 <= len(options.name) <= MAX_NAME:
        raise StartError(f"a campaign's name has 1 to {MAX_NAME} characters")

    def work(session: Any) -> str:
        csq_id = session.scalar(select(CSQRow.id).where(CSQRow.name == options.csq))
        if csq_id is None:
            queues = ", ".join(session.scalars(select(CSQRow.name).order_by(CSQRow.name)))
            raise StartError(
                f'there is no queue "{options.csq}"; there are: {queues or "none yet"}'
            )
        for there in read_campaigns(session):
            if there.name.casefold() == options.name.casefold():
                raise StartError(f'there is a campaign "{there.name}" already')
        campaign = Campaign(
            id=0,
            name=options.name,
            mode=DialingMode(options.mode),
            csq_id=csq_id,
            windows=windows,
            time_zone=options.time_zone,
            **numbers,
        )
        number = add_campaign(session, campaign)
        _audit(session, None, replace(campaign, id=number))
        return f"{options.name}: made, and not started"

    return _inside(options, work, post)


def _audit(session: Any, before: Campaign | None, after: Campaign | None) -> None:
    """Write down who has made or removed a campaign, as the import of a configuration does."""
    from finesse_tx.configuration.core.campaigns import campaign_audit  # noqa: PLC0415
    from finesse_tx.store.repositories.changes import add_audit_entry  # noqa: PLC0415

    who = getpass.getuser()[:64]
    add_audit_entry(session, campaign_audit(datetime.now(UTC), who, "finesse-tx", before, after))


def _named(campaigns: Iterable[Campaign], name: str) -> Campaign:
    found = {campaign.name: campaign for campaign in campaigns}
    if name not in found:
        there = ", ".join(found) or "none yet"
        raise StartError(f'there is no campaign "{name}"; there are: {there}')
    return found[name]


def _remove(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.store.repositories.campaigns import (  # noqa: PLC0415
        count_records,
        read_campaigns,
        remove_campaign,
    )

    def work(session: Any) -> str:
        campaign = _named(read_campaigns(session), options.name)
        if campaign.state is not CampaignState.STOPPED:
            said = f"finesse-tx campaign stop {shlex.quote(campaign.name)}"
            raise StartError(f'"{campaign.name}" is {campaign.state.value}; first {said}')
        customers = sum(count_records(session).get(campaign.id, {}).values())
        remove_campaign(session, campaign.id)
        _audit(session, campaign, None)
        return f"{campaign.name}: removed, with {customers} customers"

    return _inside(options, work, post)


def _import(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.store.repositories.campaigns import (  # noqa: PLC0415
        add_contacts,
        read_campaigns,
    )

    parsed = _read(options.file)
    if parsed.faults and (not options.skip_bad or not parsed.is_readable):
        raise ImportRefusedError(f"{options.file}: nothing was imported\n{_told(parsed)}")

    def work(session: Any) -> str:
        campaign = _named(read_campaigns(session), options.campaign)
        new, known = add_contacts(session, campaign.id, parsed.contacts)
        line = f"{options.campaign}: {new} imported, {known} there already"
        if parsed.faults:
            bad = len({fault.line for fault in parsed.faults})
            line += f", {bad} bad lines left out\n{_told(parsed)}"
        return line

    return _inside(options, work, post)


def _read(path: Path) -> Parsed:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise StartError(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return read_contacts(path.read_bytes(), is_zone)
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None


def _told(parsed: Parsed) -> str:
    lines = [f"  {fault}" for fault in parsed.faults[:MAX_FAULTS]]
    if len(parsed.faults) > MAX_FAULTS:
        lines.append(f"  and {len(parsed.faults) - MAX_FAULTS} more")
    return "\n".join(lines)


def _do_not_call(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.store.repositories.campaigns import add_do_not_call  # noqa: PLC0415

    for number in options.numbers:
        if not (number.removeprefix("+").isdecimal() and len(number) <= 31):
            raise StartError(f'"{number}" is no telephone number')

    def work(session: Any) -> str:
        new = add_do_not_call(session, options.numbers)
        return f"{new} numbers are on the do-not-call list now that were not"

    return _inside(options, work, post)

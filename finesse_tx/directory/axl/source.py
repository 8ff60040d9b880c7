"""People of a CUCM, or of anything else that serves AXL: who they are, at which extension and device, and their passwords.

listUser tells who there is; who is an agent has an IPCC extension, which only SQL or getUser tells. Where SQL is refused, each
user is asked for with getUser. An extension that is on two phones cannot be signed in to, and is left out with both names.

Spec: ``axl.md`` §7 (operations; who may sign in), §7.2 (SQL), issue 7, point 2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.config import read_options
from finesse_tx.directory.axl.client import AXLClient
from finesse_tx.directory.axl.errors import FaultError
from finesse_tx.directory.axl.exchange import Exchange, authorities
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.interfaces import IDirectorySource, IWorkers

__all__ = ["AXLOptions", "AXLSource", "make_source"]

_SQL_REFUSED: Final = frozenset({-201, 201, -206, -217, 5003})
"""``axlcode`` of a server that does not know our tables, or no SQL at all."""

_EXTENSIONS: Final = (
    "e.userid, n.dnorpattern",
    """from enduser e join endusernumplanmap m on m.fkenduser = e.pkid join numplan n on m.fknumplan = n.pkid
    where m.tkdnusage = 2 order by e.userid, n.dnorpattern""",
)
"""tkdnusage 2: the IPCC extension."""

_DEVICES: Final = (
    "d.name, n.dnorpattern",
    """from device d join devicenumplanmap m on m.fkdevice = d.pkid join numplan n on m.fknumplan = n.pkid
    where d.tkclass = 1 order by d.name, n.dnorpattern""",
)
"""tkclass 1: phones."""

_ACTIVE: Final = "1"


class AXLOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """``directory.options`` of ``axl``."""

    url: str = ""
    """Where AXL is served: ``https://cucm.example.com:8443/axl/``."""
    user: str = ""
    """An application user with the role "Standard AXL API Access", or its read-only sister."""
    password_file: str = ""
    """A file with the password of that user."""
    ca_file: str = ""
    """PEM, the authorities to trust in place of the machine's."""
    timeout_s: Annotated[float, Meta(ge=1, le=300)] = 30.0
    """How long one request may take, with its answer."""
    authenticate: bool = True
    """Whether passwords are asked of it (doAuthenticateUser)."""
    synchronise: bool = True
    """Whether its people are taken in."""


@implementer(IDirectorySource)
class AXLSource:
    """The people of an AXL server.

    Args:
        client: Asks it.
        exchange: The way to it, to be closed.
        authenticates: Whether passwords are asked of it.
        synchronises: Whether its people are taken in.
    """

    log = Logger()

    def __init__(
        self, client: AXLClient, exchange: Exchange, *, authenticates: bool, synchronises: bool
    ) -> None:
        self._client, self._exchange = client, exchange
        self.authenticates, self.synchronises = authenticates, synchronises

    def authenticate(self, login_id: str, password: str) -> Deferred[bool]:
        """Ask whether a password is right; see `IDirectorySource`."""
        return Deferred.fromCoroutine(self._authenticate(login_id, password))

    async def _authenticate(self, login_id: str, password: str) -> bool:
        # Once: somebody waits for the answer.
        returned = await self._client.call(
            "doAuthenticateUser", 1, userid=login_id, password=password
        )
        if returned is None:
            raise SourceError("AXL doAuthenticateUser: the answer says nothing")
        return str(returned["userAuthenticated"]).casefold() in {"true", "t", "1"}

    def people(self) -> Deferred[Sequence[FoundPerson]]:
        """Tell who there is; see `IDirectorySource`."""
        return Deferred.fromCoroutine(self._people())

    async def _people(self) -> Sequence[FoundPerson]:
        users = await self._client.all_of(
            "listUser", "user", {"userid": "%"}, ("firstName", "lastName", "userid", "status")
        )
        login_ids = [str(user["userid"] or "") for user in users if _is_active(user)]
        try:
            extensions = {
                row.get("userid", ""): row.get("dnorpattern", "")
                for row in await self._client.query(*_EXTENSIONS)
            }
            devices: dict[str, list[str]] = defaultdict(list)
            for row in await self._client.query(*_DEVICES):
                devices[row.get("dnorpattern", "")].append(row.get("name", ""))
        except FaultError as error:
            if error.code not in _SQL_REFUSED:
                raise
            self.log.info(
                "the AXL server does not take our SQL ({error}): each user is asked for",
                error=error,
            )
            extensions = await self._extensions(login_ids)
            devices = {}
        return [
            FoundPerson(
                str(user["userid"] or ""),
                _text(user["firstName"]),
                _text(user["lastName"]),
                extensions.get(str(user["userid"] or ""), ""),
                tuple(
                    dict.fromkeys(devices.get(extensions.get(str(user["userid"] or ""), ""), ()))
                ),
            )
            for user in users
            if _is_active(user)
        ]

    async def _extensions(self, login_ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        tags = {"userid": "", "ipccExtension": ""}
        for login_id in login_ids:
            returned = await self._client.call("getUser", userid=login_id, returnedTags=tags)
            if returned is None or returned["user"] is None:
                raise SourceError(f"AXL getUser: the answer says nothing of {login_id}")
            extension: Any = returned["user"]["ipccExtension"]
            found[login_id] = _text(extension["_value_1"] if extension is not None else "")
        return found

    def close(self) -> Deferred[None]:
        """End what is open; see `IDirectorySource`."""
        return self._exchange.close()


def _is_active(user: Any) -> bool:
    """``status`` 1, or none."""
    return str(user["status"] or _ACTIVE) == _ACTIVE


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def make_source(options: Mapping[str, object], workers: IWorkers, reactor: Any) -> AXLSource:
    """Make a source; see `IDirectoryProvider`.

    Raises:
        ConfigError: An option is unknown, missing or wrong, or names a file that cannot be used.
    """
    wanted = read_options("directory.options", options, AXLOptions)
    parts = urlsplit(wanted.url)
    if parts.scheme != "https" or not parts.hostname:
        raise _wrong("url", "is no https URL", 'such as "https://cucm.example.com:8443/axl/"')
    if not wanted.user:
        raise _wrong("user", "is missing", "name an application user with an AXL role")
    lines = _read("password_file", wanted.password_file).decode(errors="replace").splitlines()
    if not lines or not lines[0]:
        raise _wrong(
            "password_file", f"{wanted.password_file} is empty", "write the password into it"
        )
    roots = None
    if wanted.ca_file:
        try:
            roots = authorities(_read("ca_file", wanted.ca_file))
        except ValueError as error:
            raise _wrong("ca_file", f"{wanted.ca_file}: {error}", "name a PEM file") from None
    exchange = Exchange(wanted.url, wanted.user, lines[0], roots, wanted.timeout_s, reactor)
    chance = Random().random  # noqa: S311  # chance, not a secret
    return AXLSource(
        AXLClient(exchange, workers, reactor, chance),
        exchange,
        authenticates=wanted.authenticate,
        synchronises=wanted.synchronise,
    )


def _wrong(key: str, reason: str, fix: str) -> ConfigError:
    return ConfigError(UNPLACED, f"directory.options.{key}", reason, fix)


def _read(key: str, path: str) -> bytes:
    if not path:
        raise _wrong(key, "is missing", "name a file")
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise _wrong(key, f"{path}: {error.strerror}", "name a readable file") from None

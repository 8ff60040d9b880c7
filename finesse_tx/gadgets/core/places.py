"""Where gadgets are, and which of them an operator means by that: hosts, and folders of our own.

Whole hosts and whole folders, never single addresses: whoever writes what is at one address of a host writes what is at the
others, and could have a gadget that is named shown from one that is not.

Spec: ``gadgets.md`` §13.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from finesse_tx.gadgets.core.outbound import HostRule, Target, read_url

__all__ = ["FILES", "Places", "own_path"]

FILES: Final = "/3rdpartygadget/files/"
"""Where the folder is, in our own addresses."""

_OURS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which layouts call the server itself, whatever its name is outside."""


@lru_cache(512)
def own_path(url: str, host: str) -> str:
    """The path of what is in our own folder, `FILES` and more; empty of anything else.

    What else listens on this machine, such as somebody's server for writing gadgets, is another server.

    Args:
        url: Of whatever scheme.
        host: How we were addressed: a host and perhaps a port.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    left_out = ":443" if parts.scheme == "https" else ":80"
    named = {one.lower().removesuffix(left_out) for one in (parts.netloc, host)}
    is_local = "@" not in parts.netloc and parts.hostname in _OURS
    is_ours = (len(named) == 1 or is_local) and parts.path.startswith(FILES)
    return parts.path if is_ours else ""


class Places:
    """Some gadgets.

    Args:
        entries: ``crm.example.com``, ``*.example.com`` or ``crm.example.com:8443``: those of hosts; ``/3rdpartygadget/files/CRM/``: those
            below a folder of ours.

    Raises:
        ValueError: One is neither; the message says what is wrong.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._folders: list[str] = []
        self._hosts: list[HostRule] = []
        for entry in entries:
            if entry.startswith("/"):
                self._folders.append(_folder(entry))
            else:
                self._hosts.append(HostRule.parse(entry))

    def __bool__(self) -> bool:
        return bool(self._folders or self._hosts)

    def has_file(self, path: str) -> bool:
        """Whether a file of our own folder is meant.

        Args:
            path: Below the folder, not percent-encoded.
        """
        return any(_plain(path).startswith(folder) for folder in self._folders)

    def has(self, target: Target) -> bool:
        """Whether what is at an address of another server is meant; of an entry without a port, at any."""
        return any(
            rule.names(target.host) and rule.port in {None, target.port} for rule in self._hosts
        )

    def hold(self, url: str, host: str) -> bool:
        """Whether what is at a URL is meant; nothing is of what cannot be read.

        Args:
            url: As it was sent.
            host: How we were addressed, so that we know ourselves.
        """
        if path := own_path(url, host):
            return self.has_file(unquote(path.removeprefix(FILES)))
        target = read_url(url)
        return isinstance(target, Target) and self.has(target)


def _folder(entry: str) -> str:
    names = entry.removeprefix(FILES).removesuffix("/").split("/")
    if not entry.startswith(FILES) or not entry.endswith("/"):
        raise ValueError(f"a folder begins with {FILES} and ends with /")
    if entry == FILES:
        return ""
    if any(not name or name.startswith(".") for name in names):
        raise ValueError("no folder of gadgets has such a name")
    return _plain(entry.removeprefix(FILES))


def _plain(path: str) -> str:
    """A path in the one form that file systems cannot tell apart more of than we do."""
    return normalize("NFKC", path).casefold()

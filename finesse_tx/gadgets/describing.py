"""What gadgets are, for the pages around them: as ``/gadgets/ifr`` shows it, of the gadgets that are rendered here.

Whoever asks is told, but not the pages of other sites.

Spec: ``gadgets.md`` §7.3, §7.4, §13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from twisted.web.server import Request

from finesse_tx.gadgets.core import json_rpc, metadata
from finesse_tx.gadgets.core.asking import Asked, read_asked
from finesse_tx.gadgets.core.errors import SourceError, SpecError
from finesse_tx.gadgets.core.library import Library
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.core.spec import GadgetSpec
from finesse_tx.gadgets.core.substitution import Substitutions
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.gadgets.core.views import view_of
from finesse_tx.gadgets.reading import bundle_for
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings, host_of

__all__ = ["MAX_GADGET", "Describing", "asked_of", "body_of", "bounded", "told_as_json"]

MAX_GADGET: Final = 256 << 10
"""The most that is told of one, in bytes of JSON."""

_JSON: Final = b"application/json; charset=utf-8"
_SCRIPT: Final = b"text/javascript; charset=utf-8"


class Describing:
    """Says what gadgets are.

    Args:
        source: What gadgets are made of.
        library: The features that are served.
        signer: Makes tokens.
        surroundings: Whose pages may ask.
        is_dev: Whether nothing of a gadget at a URL is kept; the second is how we were addressed.
        isolation: Which gadgets are shown elsewhere, and where; None: none is.
    """

    def __init__(
        self,
        source: SpecSource,
        library: Library,
        signer: TokenSigner,
        surroundings: Surroundings,
        is_dev: Callable[[str, str], bool] = lambda _url, _host: False,
        isolation: Isolation | None = None,
    ) -> None:
        self.source, self.library, self.signer = source, library, signer
        self._surroundings, self._is_dev, self._isolation = surroundings, is_dev, isolation

    def check(self, request: Request) -> None:
        """Refuse the pages of other sites, as ``/gadgets/ifr`` does.

        Raises:
            AskedError: 403.
        """
        if self._surroundings.refuses(request):
            raise AskedError(403, "Pages of other sites may not ask that")

    def origin(self, gadget: str, request: Request) -> str:
        """The origin of an isolated gadget's frame, by its URL; empty: it is not isolated."""
        is_isolated = self._isolation is not None and self._isolation.has(gadget, request)
        return self._isolation.origin(request) if self._isolation and is_isolated else ""

    def frame_host(self, gadget: str, request: Request) -> str:
        """Where the frame of a gadget is, by its URL: a host and perhaps a port."""
        return urlsplit(self.origin(gadget, request)).netloc or host_of(request)

    async def spec(self, asked: Asked, host: str) -> tuple[GadgetSpec, str]:
        """A gadget with everything filled in, as `metadata.shown`, and the checksum of its document.

        Raises:
            AskedError: It is not to be had, or breaks the rules; with the status that ``/gadgets/ifr`` would have.
        """
        is_fresh = asked.is_fresh or self._is_dev(asked.url, host)
        try:
            spec, document = await self.source.spec(asked.url, host, is_fresh=is_fresh)
            view = view_of(spec, asked.view) or next(iter(spec.views.values()))
            bundle = await bundle_for(
                self.source, spec, view.name, asked.lang, asked.country, host, is_fresh=is_fresh
            )
            values = Substitutions(bundle, spec.user_prefs, asked.prefs, asked.module_id)
            return metadata.shown(spec, view, values), sha256(document).hexdigest()[:32]
        except SourceError as error:
            raise AskedError(error.status, error.reason) from None
        except SpecError as error:
            raise AskedError(400, f"The gadget's XML, {error}.") from None


def bounded(told: dict[str, object]) -> dict[str, object]:
    """What is told of one gadget, unless it is more than `MAX_GADGET`.

    Raises:
        AskedError: It is too much.
    """
    if len(json_rpc.written(told)) > MAX_GADGET:
        raise AskedError(400, f"There is more to tell of it than {MAX_GADGET} bytes")
    return told


def asked_of(given: Mapping[str, str]) -> Asked:
    """What is asked for.

    Args:
        given: As ``/gadgets/ifr`` has it.

    Raises:
        AskedError: It cannot be read.
    """
    try:
        return read_asked(given)
    except SourceError as error:
        raise AskedError(error.status, error.reason) from None


def body_of(request: Request) -> bytes:
    """What a POST has, up to one byte more than it may, whatever it says that it is."""
    if request.content is None:
        return b""
    request.content.seek(0)  # a form, which some say that it is, has been read
    body: bytes = request.content.read(json_rpc.MAX_BODY + 1)
    return body


def told_as_json(request: Request, told: object, callback: str = "") -> bytes:
    """The JSON of an answer; with a callback, a script that calls it."""
    request.setHeader(b"cache-control", b"no-store")
    request.setHeader(b"content-type", _SCRIPT if callback else _JSON)
    body = json_rpc.written(told)
    # What comes first keeps a browser from taking it for anything but a script (as JSONP's usual guard).
    return b"/**/%b(%b)" % (callback.encode(), body) if callback else body

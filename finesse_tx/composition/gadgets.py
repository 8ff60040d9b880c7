"""Gadgets: what the web ports serve of them, and the second origin of those that are isolated."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from functools import partial
from time import time
from typing import Any, Final, NamedTuple

from twisted.internet.threads import deferToThreadPool
from twisted.plugin import getPlugins
from twisted.web.resource import IResource, Resource

from finesse_tx import plugins
from finesse_tx.composition.administration import Configured
from finesse_tx.composition.given import Given
from finesse_tx.composition.http import HTTP2, web_site
from finesse_tx.composition.reception import Reception
from finesse_tx.composition.secret_files import secret_file
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.desktop.libraries import desktop_libraries
from finesse_tx.directory.service import Directory
from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.changes import ChangesResource
from finesse_tx.gadgets.check_page import check_resource
from finesse_tx.gadgets.checker import Checker
from finesse_tx.gadgets.core.fetch_cache import FetchCache, cache_families
from finesse_tx.gadgets.core.fetching import families as fetch_families
from finesse_tx.gadgets.core.library import Library
from finesse_tx.gadgets.core.own import OPENED
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.core.signing import RequestSigner
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.gadgets.describing import Describing
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.fetching import Fetcher
from finesse_tx.gadgets.files import Folder, FolderResource
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.gathering import Gathering, Own
from finesse_tx.gadgets.in_process import status_of
from finesse_tx.gadgets.isolated import OPENED as OPENED_TO_ISOLATED
from finesse_tx.gadgets.isolated import isolated_root
from finesse_tx.gadgets.javascript import JavaScript
from finesse_tx.gadgets.make_request import MakeRequest, Token
from finesse_tx.gadgets.metadata import Metadata
from finesse_tx.gadgets.outbound import developed, fetcher, folder, trusted
from finesse_tx.gadgets.preloading import Preloading
from finesse_tx.gadgets.proxy import Concat, Proxy
from finesse_tx.gadgets.rpc import Rpc
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings
from finesse_tx.gadgets.trust import Trust
from finesse_tx.gadgets.watching import FolderWatch, look
from finesse_tx.interfaces import IGadgetFeature
from finesse_tx.metrics.exposition import Source
from finesse_tx.origin_names import as_sent
from finesse_tx.origins import Origins
from finesse_tx.site import BoundedSite

__all__ = ["GADGET_KEY", "Gadgets", "build_gadgets"]

GADGET_KEY: Final = "gadgets.key"
"""The file in the home folder with what gadgets' security tokens are signed with; nodes behind one name need the same."""


class Gadgets(NamedTuple):
    """Gadgets, as the rest of the plan has them.

    Attributes:
        pages: ``/gadgets``, ``/rpc`` and ``/3rdpartygadget`` of the web ports.
        libraries: What they load, by the name below ``/desktop``.
        second: The second origin, if gadgets are isolated.
        sources: What is told of them on ``/metrics``.
        clear: Throws away what is kept of gadgets and of what was fetched for them.
        close: Ends requests that are held.
    """

    pages: dict[bytes, IResource]
    libraries: Mapping[bytes, IResource]
    second: BoundedSite | None
    sources: tuple[Source, ...]
    clear: Callable[[], None]
    close: Callable[[], None]


class _Sides(NamedTuple):
    """Which gadgets are where: those of ``places`` ``beyond``, on the second origin, all others ``here``."""

    places: Places
    here: Surroundings
    beyond: Isolation


class _Fetching(NamedTuple):
    """What is fetched for gadgets: by whom, where it is kept, and how it is signed."""

    fetcher: Fetcher
    cache: FetchCache
    signer: RequestSigner | None


class _Rendering(NamedTuple):
    """What gadgets are rendered from; ``source`` has those that are not isolated, ``every`` all of them."""

    folder: Folder
    features: Library
    is_dev: Callable[[str, str], bool]
    source: SpecSource
    every: SpecSource


class _Front(NamedTuple):
    """How one of the origins takes the requests of gadgets: who may, and how they are answered."""

    admission: Admission
    gathering: Gathering


def build_gadgets(
    given: Given,
    directory: Directory,
    entrance: Entrance,
    reception: Reception,
    configured: Configured,
    http2: HTTP2,
    site: Callable[[], BoundedSite],
) -> Gadgets:
    """All of gadgets; what administrators put into layouts is trusted from then on.

    Args:
        given: What every room starts from.
        directory: Who works here.
        entrance: Who may come in.
        reception: How many requests are taken.
        configured: Has the layouts, and whose pages may have gadgets in a frame.
        http2: Whether the second origin offers it.
        site: The web ports, which gadgets ask as well; made after this.
    """
    config, reactor = given.config.gadgets, given.reactor
    sides = _sides(given, configured.origins)
    fetching = _fetching(given)
    rendering = _rendering(given, fetching.fetcher, sides.places)
    signer = TokenSigner(given.home.secret(GADGET_KEY).encode())
    admission = partial(
        Admission,
        signer,
        entrance.authenticator,
        entrance.tokens,
        reception.limits,
        lambda login_id: directory.snapshot().person(login_id) is not None,
        time,
    )
    front = _Front(
        admission(lambda gadget, request: not sides.beyond.has(gadget, request)),
        _gathering(given, fetching, site, OPENED),
    )
    checker = Checker(
        rendering.folder,
        trusted(config),
        fetching.fetcher.fetch,
        lambda path: status_of(site(), path),
        rendering.features.features,
        sides.places,
    )
    changes = _changes(rendering.folder, reactor)
    pages = _pages(given, sides, fetching, rendering, front, signer, checker, changes)
    trust = Trust(config, fetching.fetcher, (rendering.source, rendering.every, checker))
    configured.administration.follow(trust.settings_changed)
    libraries, second = desktop_libraries(), None
    if sides.places:
        isolated = admission(sides.beyond.has, by_token_alone=True)
        second = _second(given, sides, fetching, rendering, isolated, libraries, http2)
    sources = (
        lambda: fetch_families(fetching.fetcher.status()),
        lambda: cache_families(fetching.cache),
    )
    return Gadgets(
        pages, libraries, second, sources, partial(_clear, fetching, rendering), changes.close
    )


def _sides(given: Given, origins: Origins) -> _Sides:
    config, ports = given.config.gadgets, given.ports
    places = Places(config.isolated)

    def ancestors() -> Collection[str]:
        return origins.listed

    beyond = Isolation(
        places,
        config.isolated_origin and as_sent(config.isolated_origin),
        lambda: (*map(as_sent, config.desktop_origins), *ancestors()),
        lambda: ports.numbers("isolated"),
        lambda: (ports.numbers("https"), ports.numbers("http")),
    )
    return _Sides(places, Surroundings(ancestors, is_shared=bool(places)), beyond)


def _fetching(given: Given) -> _Fetching:
    config = given.config.gadgets
    secret = secret_file("gadgets.signing_secret_file", config.signing_secret_file)
    signer = None
    if secret:
        signer = RequestSigner(config.signing_key, secret, lambda: secrets.token_hex(16))
    cache = FetchCache(config.outbound.cache_bytes)
    return _Fetching(fetcher(config, given.reactor), cache, signer)


def _rendering(given: Given, fetcher: Fetcher, isolated: Places) -> _Rendering:
    config = given.config.gadgets
    files, policy = folder(config, given.home.path), trusted(config)
    every = source = SpecSource(files, policy, fetcher.fetch, given.reactor, isolated)
    if isolated:
        every = SpecSource(files, policy, fetcher.fetch, given.reactor)
    features = library(getPlugins(IGadgetFeature, plugins))
    return _Rendering(files, features, developed(config), source, every)


def _gathering(
    given: Given, fetching: _Fetching, site: Callable[[], BoundedSite], opened: tuple[str, ...]
) -> Gathering:
    """Answers what gadgets ask: from what is kept, from this server itself, from outside."""
    own = Own(
        site,
        {"localhost", given.config.host},
        lambda: given.ports.numbers("http", "https", "isolated"),
        given.config.gadgets.outbound.total_s,
        opened,
    )
    return Gathering(fetching.fetcher, fetching.cache, own, given.reactor, time)


def _pages(
    given: Given,
    sides: _Sides,
    fetching: _Fetching,
    rendering: _Rendering,
    front: _Front,
    signer: TokenSigner,
    checker: Checker,
    changes: ChangesResource,
) -> dict[bytes, IResource]:
    """What the web ports have of gadgets."""
    config, features, is_dev = given.config.gadgets, rendering.features, rendering.is_dev
    preloading = Preloading(*front, given.reactor, fetching.signer)
    describing = Describing(rendering.every, features, signer, sides.here, is_dev, sides.beyond)
    root, api, third = Resource(), Resource(), Resource()
    rpc = Rpc(*front, describing)
    api.putChild(b"rpc", rpc)
    root.putChild(b"js", JavaScript(features))
    frame = GadgetFrame(rendering.source, features, sides.here, is_dev, preloading=preloading)
    root.putChild(b"ifr", frame)
    root.putChild(b"makeRequest", MakeRequest(*front, fetching.signer))
    root.putChild(b"proxy", Proxy(*front))
    root.putChild(b"concat", Concat(*front))
    root.putChild(b"token", Token(*front, signer, rendering.every, sides.beyond, is_dev))
    root.putChild(b"metadata", Metadata(*front, describing))
    root.putChild(b"api", api)
    root.putChild(b"check", check_resource(*front, checker, is_open=config.dev))
    if config.dev:
        root.putChild(b"changes", changes)
    third.putChild(b"files", FolderResource(rendering.folder, sides.here, sides.places))
    return {b"gadgets": root, b"3rdpartygadget": third, b"rpc": rpc}


def _clear(fetching: _Fetching, rendering: _Rendering) -> None:
    fetching.cache.clear()
    rendering.source.clear()
    rendering.every.clear()


def _changes(files: Folder, reactor: Any) -> ChangesResource:
    """Tells whoever develops gadgets that a file of theirs has changed."""
    watch = FolderWatch(
        lambda: deferToThreadPool(reactor, reactor.getThreadPool(), look, files.path), reactor
    )
    return ChangesResource(watch, secrets.token_hex(8), reactor)


def _second(
    given: Given,
    sides: _Sides,
    fetching: _Fetching,
    rendering: _Rendering,
    admission: Admission,
    libraries: Mapping[bytes, IResource],
    http2: HTTP2,
) -> BoundedSite:
    """The second origin: nothing is there but gadgets that are isolated, and what they load."""
    gathering = _gathering(given, fetching, lambda: second, OPENED_TO_ISOLATED)
    preloading = Preloading(admission, gathering, given.reactor, fetching.signer)
    features, is_dev = rendering.features, rendering.is_dev
    second = web_site(
        given,
        isolated_root(
            GadgetFrame(rendering.every, features, sides.beyond, is_dev, sides.beyond, preloading),
            features,
            admission,
            gathering,
            rendering.folder,
            sides.beyond,
            libraries,
            fetching.signer,
        ),
        http2,
    )
    return second

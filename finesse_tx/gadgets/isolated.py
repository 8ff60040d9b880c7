"""The second origin: gadgets that the operator isolates, and nothing else.

What is served here is what such a gadget loads, and what it may have fetched by its security token. There is no REST API, no
session and no page that anybody signs in to: a gadget here has what the desktop hands it over ``postMessage``. Gadgets that
are isolated share this origin, and are so far apart from the desktop but not from each other.

Spec: ``gadgets.md`` §13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.core.library import Library
from finesse_tx.gadgets.core.signing import RequestSigner
from finesse_tx.gadgets.files import Folder, FolderResource
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.gathering import Gathering
from finesse_tx.gadgets.javascript import JavaScript
from finesse_tx.gadgets.make_request import MakeRequest
from finesse_tx.gadgets.proxy import Concat, Proxy
from finesse_tx.gadgets.surroundings import Isolation

__all__ = ["OPENED", "isolated_root"]

OPENED: Final = ("/3rdpartygadget/files/",)
"""What isolated gadgets may ask of this server itself, as its fetches begin."""


class _Origin(Resource):
    """A root whose documents want a process of their own.

    A second port of one host is of the same site, and browsers keep sites apart, not origins, until one of them asks for that:
    or else a gadget in an endless loop would stop the desktop. The first document of a window decides for its origin, so
    that all of them ask.

    Spec: HTML §7.1.1.2 (``Origin-Agent-Cluster``).
    """

    @override
    def getChildWithDefault(self, path: bytes, request: Request) -> IResource:
        request.setHeader(b"origin-agent-cluster", b"?1")
        found: IResource = super().getChildWithDefault(path, request)
        return found


def isolated_root(
    frame: GadgetFrame,
    library: Library,
    admission: Admission,
    gathering: Gathering,
    folder: Folder,
    isolation: Isolation,
    desktop: Mapping[bytes, IResource],
    signer: RequestSigner | None = None,
) -> Resource:
    """Make its root.

    Args:
        frame: Renders isolated gadgets.
        library: The features that are served.
        admission: Takes nothing but their tokens.
        gathering: Fetches, and asks nothing of this server but `OPENED`.
        folder: Our own gadgets.
        isolation: Whose pages may have them in a frame.
        desktop: What is below ``/desktop``: scripts that gadgets load.
        signer: Signs their requests; None: nothing does.
    """
    root, gadgets, third, below = _Origin(), Resource(), Resource(), Resource()
    gadgets.putChild(b"ifr", frame)
    gadgets.putChild(b"js", JavaScript(library))
    gadgets.putChild(b"makeRequest", MakeRequest(admission, gathering, signer))
    gadgets.putChild(b"proxy", Proxy(admission, gathering))
    gadgets.putChild(b"concat", Concat(admission, gathering))
    third.putChild(b"files", FolderResource(folder, isolation))
    for name, resource in desktop.items():
        below.putChild(name, resource)
    root.putChild(b"gadgets", gadgets)
    root.putChild(b"3rdpartygadget", third)
    root.putChild(b"desktop", below)
    return root

"""``/cfadmin``: the console's page, and ``/assets`` with the files that pages of ours load.

Spec: Content Security Policy Level 3 (no inline script, nothing of others).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.admin.sessions import Console, SessionResource
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.static import PageResource, StaticResource, StaticTree

__all__ = ["POLICY", "console_pages"]

FOLDERS: Final = ("browser", "admin/console")
"""Of the package: what browsers load, in the places where files name each other."""

POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    b" form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the console's page may do."""


def console_pages(
    console: Console, authenticator: IAuthenticator, api: IResource
) -> dict[bytes, IResource]:
    """What the root of the web ports has for the console.

    Args:
        console: Who is signed in.
        authenticator: Checks passwords.
        api: The rest of ``/cfadmin/api``; a leaf.
    """
    package = files("finesse_tx")
    tree = StaticTree({f"{name}/": package.joinpath(name) for name in FOLDERS})
    page = PageResource(tree[b"admin/console/index.html"], f"/assets/{tree.digest}", POLICY)
    session = SessionResource(console, authenticator)
    return {b"assets": StaticResource(tree), b"cfadmin": _Console(page, _Api(session, api))}


class _Api(Resource):
    """``/cfadmin/api``: the session, and the rest, which finds its own way."""

    def __init__(self, session: IResource, rest: IResource) -> None:
        super().__init__()
        self.putChild(b"session", session)
        self._rest = rest

    @override
    def getChild(self, path: bytes, request: Request) -> IResource:
        request.prepath, request.postpath = (
            (request.prepath or [])[:-1],
            [path, *(request.postpath or ())],
        )
        return self._rest


class _Console(Resource):
    """``/cfadmin`` and ``/cfadmin/`` are the page; what only the page asks for is below."""

    def __init__(self, page: PageResource, api: IResource) -> None:
        super().__init__()
        self._page = page
        self.putChild(b"", page)
        self.putChild(b"api", api)

    @override
    def render(self, request: Request) -> bytes:
        return self._page.render(request)

"""``/cfadmin``: the console's page.

Spec: Content Security Policy Level 3 (no inline script, nothing of others).
"""

from __future__ import annotations

from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.admin.sessions import Console, SessionResource
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.static import PageFolder, PageResource, StaticTree, imported

__all__ = ["POLICY", "console_pages"]

POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    b" form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the console's page may do."""


def console_pages(
    tree: StaticTree, console: Console, authenticator: IAuthenticator, api: IResource
) -> dict[bytes, IResource]:
    """What the root of the web ports has for the console.

    Args:
        tree: The files of all pages, which are at ``/assets``.
        console: Who is signed in.
        authenticator: Checks passwords.
        api: The rest of ``/cfadmin/api``; a leaf.
    """
    html, modules = tree[b"admin/console/index.html"], imported(tree, "admin/console/main.js")
    page = PageResource(html, f"/assets/{tree.digest}", POLICY, modules)
    folder = PageFolder(page)
    folder.putChild(b"api", _Api(SessionResource(console, authenticator), api))
    return {b"cfadmin": folder}


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

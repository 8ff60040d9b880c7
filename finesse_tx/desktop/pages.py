"""``/`` and ``/desktop``: the desktop's page.

It is one page at several addresses; its script shows the sign-in or the desktop.

Spec: ``desktop.md`` §2; Content Security Policy Level 3 (no inline script, no script of others).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from twisted.web.resource import IResource

from finesse_tx.static import PageFolder, PageResource, StaticTree, imported

__all__ = ["desktop_page", "policy"]

STROPHE: Final = "browser/vendor/strophe/strophe.esm.js"
"""Is imported when somebody is signed in, as almost always: a reload need not wait for it."""

ENGLISH: Final = (b"browser/text/english/", b"desktop/page/text/english/")
"""What the page says where another language does not is imported when the language is known: it need not be waited for."""


def policy(others: Collection[str] = (), around: Collection[str] = ()) -> bytes:
    """What the page may do: frames and a layout's pictures may be anybody's.

    Gadgets are ours, isolated at an origin of their own, or of the type url, which leads anywhere (``gadgets.md`` §4.3); whom
    the administrator lets in, the layout says.

    Args:
        others: Hosts of other nodes, which the page asks whether they serve when we do not.
        around: Origins whose pages may have the desktop in a frame.
    """
    asked = "".join(f" https://{host}:*" for host in others)
    frames = "".join(f" {origin}" for origin in around)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self';"
        f" media-src 'self'; connect-src 'self'{asked}; frame-src 'self' https:; form-action 'none'; base-uri 'none';"
        f" frame-ancestors 'self'{frames}"
    ).encode()


def desktop_page(
    tree: StaticTree,
    session: IResource,
    others: Collection[str] = (),
    around: Callable[[], Collection[str]] = tuple,
) -> PageFolder:
    """Make what ``/desktop`` is, and ``/``.

    Args:
        tree: The files of all pages, which are at ``/assets``.
        session: ``/desktop/session``; for our own pages alone.
        others: Hosts of other nodes.
        around: Origins whose pages may have the desktop in a frame now.
    """
    html = tree[b"desktop/page/index.html"]
    modules = [*imported(tree, "desktop/page/main.js")]
    modules += sorted(path.decode() for path in tree if path.startswith(ENGLISH))
    if STROPHE.encode() in tree:
        modules.append(STROPHE)
    page = PageResource(
        html,
        f"/assets/{tree.digest}",
        lambda _request: policy(others, around()),
        modules,
    )
    folder = PageFolder(page)
    folder.putChild(b"container", PageFolder(page))
    folder.putChild(b"session", session)
    return folder

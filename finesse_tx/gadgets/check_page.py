"""``/gadgets/check``: a page that checks gadgets for people, and the same as JSON for tools.

The page itself tells nothing and anybody may have it; what it asks is for administrators, who show their Authorization,
or for anybody where gadgets are written. No password is asked for by the browser, which would send it along ever after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.asking import Asking
from finesse_tx.gadgets.checker import Checker
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.gathering import Gathering
from finesse_tx.static import PageResource, StaticResource, StaticTree, typed_file

__all__ = ["check_resource"]

MAX_CHECKED_URL: Final = 2_048
"""The longest URL of a gadget."""

_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    b" form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class _Answers(Asking):
    """The JSON.

    Args:
        admission: Says who asks.
        gathering: Not asked.
        checker: Checks.
        is_open: Whether anybody may ask.
    """

    def __init__(
        self, admission: Admission, gathering: Gathering, checker: Checker, *, is_open: bool
    ) -> None:
        super().__init__(admission, gathering)
        self._checker, self._is_open = checker, is_open

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        await self.admission.admit_administrator(request, or_anybody=self._is_open)
        url = parameters.get("url", "")
        if not url.lower().startswith(("http://", "https://")) or len(url) > MAX_CHECKED_URL:
            raise AskedError(400, "url is missing, or is not an http or https address")
        host = (request.getHeader(b"host") or b"").decode("latin-1")
        report = await self._checker.check(url, host)
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"content-type", b"application/json; charset=utf-8")
        return json.dumps(report.told(), ensure_ascii=False).encode("utf-8", "replace")


class _Check(Resource):
    """The page, or its answers to who asks for JSON, and its files below."""

    def __init__(self, page: IResource, answers: IResource, tree: StaticTree) -> None:
        super().__init__()
        self._page, self._answers = page, answers
        self.putChild(b"assets", StaticResource(tree))

    @override
    def render(self, request: Request) -> int | bytes:
        request.setHeader(b"vary", b"Accept")
        is_json = b"application/json" in (request.getHeader(b"accept") or b"").lower()
        found: int | bytes = (self._answers if is_json else self._page).render(request)
        return found


def check_resource(
    admission: Admission, gathering: Gathering, checker: Checker, *, is_open: bool
) -> Resource:
    """Make it.

    Args:
        admission: Says who asks.
        gathering: What other endpoints fetch with.
        checker: Checks gadgets.
        is_open: Whether anybody may ask, and not administrators alone.
    """
    package = files("finesse_tx")
    tree = StaticTree({f"{name}/": package.joinpath(name) for name in ("browser", "gadgets/page")})
    html = tree[b"gadgets/page/check.html"]
    body = html.body.replace(b"{{open}}", b"true" if is_open else b"false")
    page = PageResource(
        typed_file(html.kind, body, is_text=True), f"/gadgets/check/assets/{tree.digest}", _POLICY
    )
    return _Check(page, _Answers(admission, gathering, checker, is_open=is_open), tree)

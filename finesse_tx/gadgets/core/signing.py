"""Signed requests: what a gadget asks of another server, with who looks at the gadget, and our signature on both.

The other server has our consumer key and the secret; so it knows that the word about the viewer is ours, and not the
gadget's. What begins as those parameters do is ours alone to say.

Spec: OpenSocial Core Gadget 2.5, "Signed requests"; RFC 5849 (HMAC-SHA1, parameters in the query); OAuth Request Body Hash 1.0.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha1
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from oauthlib.oauth1.rfc5849 import SIGNATURE_HMAC_SHA1, SIGNATURE_TYPE_QUERY, Client

from finesse_tx.gadgets.core.fetching import Fetch
from finesse_tx.gadgets.core.proxied import FORM, AskedError

__all__ = ["RequestSigner", "told"]

_OURS: Final = ("oauth", "xoauth", "opensocial")

_QUERY: Final = "%=&;:+~,*@!()/?'$-._"
"""What stays as it is in a query; browsers write some other characters there, too."""


def told(
    gadget: str, container: str, viewer: str, *, tells_owner: bool, tells_viewer: bool
) -> dict[str, str]:
    """What the other server is told; here on the desktop the owner of a page is who looks at it.

    Args:
        gadget: The URL of its XML.
        container: The page around it.
        viewer: Who looks at it; empty: nobody is known.
        tells_owner: Whether whose page it is may be told.
        tells_viewer: Whether who looks at it may be told.
    """
    said = {
        "opensocial_app_id": gadget,
        "opensocial_app_url": gadget,
        "opensocial_container": container,
    }
    if tells_owner and viewer:
        said["opensocial_owner_id"] = viewer
    if tells_viewer and viewer:
        said["opensocial_viewer_id"] = viewer
    return said


class RequestSigner:
    """Signs for one consumer key.

    Args:
        consumer_key: What other servers know us by.
        secret: What we have in common with them.
        nonce: Something new each time, of letters and digits.
    """

    def __init__(self, consumer_key: str, secret: str, nonce: Callable[[], str]) -> None:
        self._consumer_key, self._secret, self._nonce = consumer_key, secret, nonce

    def signed(self, fetch: Fetch, said: Mapping[str, str], now_s: float) -> Fetch:
        """The same request with what is said, and the signature, in its query.

        Args:
            fetch: What a gadget asks for.
            said: Of the gadget and who looks at it, by names such as ``opensocial_viewer_id``.
            now_s: Seconds since the epoch.

        Raises:
            AskedError: 400: it says itself what is ours to say, or is not written as URLs and forms are.
        """
        parts = urlsplit(fetch.url)
        is_form = bool(fetch.body) and _type(fetch).startswith(FORM)
        form = fetch.body.decode() if is_form else ""
        for name, _value in parse_qsl(f"{parts.query}&{form}", keep_blank_values=True):
            if name.lower().startswith(_OURS):
                raise AskedError(400, f"{name}: what begins like that is the server's to say")
        added = dict(said)
        if fetch.body and not is_form:
            digest = sha1(fetch.body, usedforsecurity=False).digest()
            added["oauth_body_hash"] = b64encode(digest).decode()
        query = "&".join(
            filter(
                None, (quote(parts.query, safe=_QUERY), urlencode(added, quote_via=quote, safe=""))
            )
        )
        client = Client(
            self._consumer_key,
            client_secret=self._secret,
            signature_method=SIGNATURE_HMAC_SHA1,
            signature_type=SIGNATURE_TYPE_QUERY,
            nonce=self._nonce(),
            timestamp=str(int(now_s)),
        )
        try:
            url, _headers, _body = client.sign(
                urlunsplit((*parts[:3], query, "")),
                http_method=fetch.method,
                body=form or None,
                headers={"Content-Type": FORM} if is_form else {},
            )
        except ValueError as error:
            raise AskedError(400, f"That cannot be signed: {error}") from None
        return replace(fetch, url=url)


def _type(fetch: Fetch) -> str:
    found = [value for name, value in fetch.headers if name.lower() == "content-type"]
    return found[0].strip().lower() if found else ""

"""Single sign-on as browsers go through it: forms in, JSON and pages out.

Spec: ``rest.md`` §11; RFC 6749 §5.2 (the form of an error).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec import UNSET, Struct, UnsetType

__all__ = ["SSOError", "TokenReply", "form", "login_page", "passed_on", "test_page"]

MAX_FIELDS: Final = 20
"""More fields than any form of ours has."""

_PASSED_ON: Final = ("return_user", "return_refresh_token", "cc_username")
"""What a request for a token may ask for, and is still to have asked for after the sign-in."""


class TokenReply(Struct, frozen=True, omit_defaults=True):
    """What a request for a token is answered."""

    token: str
    expires_in: int
    refresh_token: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    realm: str | UnsetType = UNSET
    user_principal: str | UnsetType = UNSET


class SSOError(Struct, frozen=True):
    """A refusal."""

    error: str
    error_description: str


def form(raw: bytes) -> dict[str, str]:
    """The fields of a form or of a query, the last of those that come twice; nothing for what is no form."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:  # no UTF-8, or too many
        return {}
    return dict(pairs)


def passed_on(fields: Mapping[str, str]) -> str:
    """A query, ``?`` included, with that of a request for a token which is asked for again; empty for nothing."""
    found = [(name, fields[name]) for name in _PASSED_ON if name in fields]
    return f"?{urlencode(found)}" if found else ""


_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:22rem;margin:12vh auto;padding:0 1rem}"
    "label{display:block;margin:1rem 0 0}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}"
    "button{font:inherit;margin-top:1.5rem;padding:.4rem 1.5rem}[role=alert]{color:#b00020}"
)


def login_page(query: str, username: str, refused: str = "") -> bytes:
    """The page that asks for a name and a password.

    Args:
        query: From `passed_on`.
        username: Who is expected; empty for anybody.
        refused: Why the last attempt was refused.
    """
    told = f'<p role="alert">{escape(refused)}</p>' if refused else ""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>'
        f"<style>{_STYLE}</style></head><body><h1>Sign in</h1>{told}"
        f'<form method="post" action="/desktop/sso/login{escape(query)}">'
        f'<label>User name<input name="username" autocomplete="username" required value="{escape(username)}">'
        '</label><label>Password<input name="password" type="password" autocomplete="current-password" required>'
        '</label><button type="submit">Sign in</button></form></body></html>'
    ).encode()


def test_page(nonce: str, *, works: bool, message: str) -> bytes:
    """The page that tells the one who opened it whether single sign-on works.

    Args:
        nonce: Lets its script run.
        works: Whether it does.
        message: Why not; a constant.
    """
    status = "success" if works else "failure"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Single sign-on</title></head><body>'
        f'<p>{escape(status)} {escape(message)}</p><script nonce="{nonce}">'
        "if (window.opener) window.opener.postMessage("
        f'{{status: "{status}", errorMessage: "{message}"}}, window.location.origin);</script></body></html>'
    ).encode()

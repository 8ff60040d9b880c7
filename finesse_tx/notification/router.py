"""Stanzas find their way: to people, to the components in this process, to components that connected.

wokkel's router, with three differences: it does not write every stanza into the log, people of the domain are not a
component, and what a client made up (an address that is none, a domain that nobody has) is answered, not raised.

Spec: RFC 6120 §10 (rules for processing stanzas). Left out: other servers.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.words.protocols.jabber.jid import JID, InvalidFormat, internJID
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.notification.stanzas import refusal
from finesse_tx.notification.wokkel_names import component

__all__ = ["StanzaRouter", "parse_jid"]


def parse_jid(text: str) -> JID | None:
    """Read an address; None for what is none."""
    try:
        found: JID = internJID(text)
    except InvalidFormat:
        return None
    return found


class StanzaRouter(component.Router):
    """The router.

    Args:
        domain: The XMPP domain; addresses in it with something before the ``@`` are people's.
    """

    def __init__(self, domain: str) -> None:
        super().__init__()
        self._domain = domain
        self._people: Callable[[Element], None] | None = None

    def serve_people(self, deliver: Callable[[Element], None]) -> None:
        """From now on, ``deliver`` gets what is for people."""
        self._people = deliver

    @override
    def route(self, stanza: Element) -> None:
        written = stanza.getAttribute("to")
        to = parse_jid(written) if written else None
        if to is None:
            if written:
                self.refuse(stanza, "jid-malformed")
        elif to.host == self._domain and to.user:
            if self._people is not None:
                self._people(stanza)
        elif (destination := self.routes.get(to.host)) is not None:
            destination.send(stanza)
        else:
            self.refuse(stanza, "remote-server-not-found")

    def refuse(self, stanza: Element, condition: str) -> None:
        """Answer with an error what may be answered with one."""
        if stanza.name != "presence" and stanza.getAttribute("type") not in {"result", "error"}:
            sender = parse_jid(stanza.getAttribute("from") or "-")
            if sender is not None and (sender.host == self._domain or sender.host in self.routes):
                self.route(refusal(condition).toResponse(stanza))

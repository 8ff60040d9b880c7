"""Refusing one change of several: the answer names what could not be changed, as it was and still is.

Spec: XEP-0060 §8.8.2.4 and §8.9.2.4 (several at once; all are changed or none is).
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.words.protocols.jabber.error import StanzaError
from twisted.words.protocols.jabber.xmlstream import toResponse
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.notification.core.namespaces import PUBSUB_OWNER
from finesse_tx.notification.core.nodes import Affiliation
from finesse_tx.notification.core.refusals import Refusal

__all__ = ["UnalteredError", "unaltered_affiliations"]


class UnalteredError(StanzaError):
    """What an owner asked for cannot be, or not all of it.

    Args:
        what: ``subscription`` or ``affiliation``.
        node: Of which node.
        entries: Those that could not be changed: each address, and what it has.
    """

    def __init__(self, what: str, node: str, entries: Mapping[str, str]) -> None:
        refusal = Refusal.NOT_ACCEPTABLE
        super().__init__(refusal.condition, type=refusal.kind)
        self._what, self._node, self._entries = what, node, dict(entries)

    @override
    def toResponse(self, stanza: Element) -> Element:
        response: Element = toResponse(stanza, stanzaType="error")
        around = response.addElement((PUBSUB_OWNER, "pubsub"))
        entries = around.addElement(f"{self._what}s")
        entries["node"] = self._node
        for address, has in self._entries.items():
            entry = entries.addElement(self._what)
            entry["jid"], entry[self._what] = address, has
        response.addChild(self.getElement())
        return response


def unaltered_affiliations(
    node: str, changes: Mapping[str, str], had: Mapping[str, Affiliation]
) -> UnalteredError:
    """Say which of these changes cannot be: those that there are not, or else what would leave no owner.

    Args:
        node: Of which node.
        changes: What was asked for, by address.
        had: What everyone has.
    """
    known = {one.value for one in Affiliation}
    wrong = [who for who, said in changes.items() if said not in known]
    wrong = wrong or [who for who in changes if had.get(who) is Affiliation.OWNER]
    entries = {who: had.get(who, Affiliation.NONE).value for who in wrong}
    return UnalteredError("affiliation", node, entries)

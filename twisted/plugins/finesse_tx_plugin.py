"""``twistd finesse``: the one plugin, which imports nothing of ours until it is chosen."""

from twisted.application.service import ServiceMaker

finesse = ServiceMaker(
    "finesse_tx",
    "finesse_tx.tap",
    "A contact centre that speaks Finesse: REST, XMPP, BOSH and GED-188.",
    "finesse",
)

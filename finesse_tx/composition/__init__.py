"""The wiring plan: which parts there are, who gets what, and in which order they live. Begin with `plan`.

No part looks another up; each is handed what it needs. `prepare` does all that must be done before the reactor
runs and before ``twistd`` becomes a daemon; `build` then makes the parts, and nothing runs until twistd starts what
it returns. A part that is switched off, or somebody else's, is None in the plan, or a value without it.

    plan            the order: who is made of whom
    given           what every room starts from
    preparing       certificates, the schema, the demo's people   secret_files   secrets that operators keep
    storage         the database and what waits for it
    people          the directory, its source, and its changes    signing_in     who may come in
    engine          our own engine, telephones, customers         axl            phones, and the AXL server
    administration  settings and configuration texts
    notification    XMPP, ours or somebody else's; presence
    web             the web services and the CTI link             tasks          media other than voice
    reception       what every request passes                     rest           what is behind each path
    gadgets         what is served of gadgets, on both origins    pages          desktop and console
    control         the operator's commands                       monitoring     metrics and health
    http            bounds, HTTP/2                                web_ports      the root of the web ports
    doors           where clients come in; how they are drained   life           order of start and stop; SIGHUP
"""

from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.plan import build
from finesse_tx.composition.preparing import Prepared, prepare
from finesse_tx.composition.signing_in import TOKEN_KEY

__all__ = ["TOKEN_KEY", "Embedded", "Prepared", "build", "prepare"]

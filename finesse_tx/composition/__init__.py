"""The wiring plan: which parts there are, who gets what, and in which order they live. Begin with `plan`.

No part looks another up; each is handed what it needs. `prepare` does all that must be done before the reactor
runs and before ``twistd`` becomes a daemon; `build` then makes the parts, and nothing runs until twistd starts what
it returns.
"""

from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.plan import build
from finesse_tx.composition.preparing import Prepared, prepare
from finesse_tx.composition.signing_in import TOKEN_KEY

__all__ = ["TOKEN_KEY", "Embedded", "Prepared", "build", "prepare"]

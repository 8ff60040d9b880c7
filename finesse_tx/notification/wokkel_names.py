"""wokkel 18.0.0 (2018) under today's Twisted: every wokkel module that we use is taken from here.

This is the one place that knows how old wokkel is, and the one module of ours whose import changes something:

- ``twisted.python.compat._PY3`` left Twisted in 21.2 and ``twisted.python.constants`` in 24.11: both are put back,
  and with them ``unicode``, ``iteritems``, ``itervalues`` and ``StringType`` should a later Twisted drop those too;
- the deprecation warnings that importing them gives are silenced for wokkel's own imports, and only for those;
- ``internJID`` keeps every address that it was ever given, and wokkel gives it what clients write: a client could
  fill the memory with one made-up address for each request. It gets a bounded cache. (Interning only saves work:
  equal addresses are equal objects in either case.) An empty one is as malformed as others, and no RuntimeError.

Importing wokkel's ``component`` installs the default reactor unless one is installed already; ``twistd`` has chosen
its reactor by then.
"""

from __future__ import annotations

import sys
import warnings
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

import constantly
from twisted.python import compat
from twisted.words.protocols.jabber import jid

MAX_INTERNED: Final = 4_096
"""How many addresses `twisted.words.protocols.jabber.jid.internJID` keeps."""

_MISSING: Final = {
    "_PY3": True,
    "unicode": str,
    "StringType": str,
    "iteritems": lambda mapping: mapping.items(),
    "itervalues": lambda mapping: mapping.values(),
}


@lru_cache(MAX_INTERNED)
def _intern(text: str) -> jid.JID:
    if not text:
        raise jid.InvalidFormat("an empty address")
    return jid.JID(text)


jid.internJID = _intern

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", r"twisted\.python\.compat\.", DeprecationWarning)
    for _name, _value in _MISSING.items():
        if not hasattr(compat, _name):
            setattr(compat, _name, _value)
    if find_spec("twisted.python.constants") is None:
        sys.modules["twisted.python.constants"] = constantly
    from wokkel import component, data_form, disco, generic, iwokkel, ping, pubsub, subprotocols

__all__ = [
    "MAX_INTERNED",
    "component",
    "data_form",
    "disco",
    "generic",
    "iwokkel",
    "ping",
    "pubsub",
    "subprotocols",
]

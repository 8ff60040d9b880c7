"""What the desktop reads out of events, compared with what REST answers: the same objects, both as the server writes them."""

import json
import subprocess
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.declaration import kinds
from finesse_tx.webservices.core.jsonbinding import json_document
from finesse_tx.webservices.core.media import Media
from finesse_tx.webservices.core.objects import (
    Dialog,
    Dialogs,
    Queue,
    Queues,
    SystemInfo,
    TeamUser,
    User,
)
from finesse_tx.webservices.core.team_messages import TeamMessage
from finesse_tx.webservices.core.updates import _ApiErrors
from finesse_tx.webservices.core.xmlbinding import render
from tests.support.node import NODE
from tests.support.twistd import ROOT

CARRIED: tuple[tuple[str, type[Struct]], ...] = (
    ("user", User),
    ("user", TeamUser),
    ("dialog", Dialog),
    ("dialogs", Dialogs),
    ("queue", Queue),
    ("queues", Queues),
    ("media", Media),
    ("systemInfo", SystemInfo),
    ("TeamMessage", TeamMessage),
    ("apiErrors", _ApiErrors),
)
"""What events carry, by the element."""


def made(hint: Any, entries: int, *, is_full: bool) -> Any:
    """A value of a type: with so many entries in each list, and with what may be absent or without."""
    choices = kinds(hint)
    if any(choice is type(None) for choice in get_args(hint)) and not is_full:
        return None
    kind = choices[0]
    if get_origin(kind) is tuple:
        return tuple(made(get_args(kind)[0], entries, is_full=is_full) for _ in range(entries))
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind, include_extras=True)
        names = [field.name for field in msgspec.structs.fields(kind)]
        return kind(**{name: made(hints[name], entries, is_full=is_full) for name in names})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return {bool: is_full, int: 7 + entries, str: "é & <x>" if is_full else ""}.get(kind, "")


class EventTests(SynchronousTestCase):
    """`desktop/page/core/objects.js`."""

    def test_same_as_rest(self) -> None:
        """Whatever an event carries is read as the very object that REST's JSON has: full or bare, lists of any length."""
        pairs = [
            {
                "xml": render(value, element),
                "json": json.loads(json_document(value)),
            }
            for element, kind in CARRIED
            for entries in range(3)
            for is_full in (False, True)
            for value in [made(kind, entries, is_full=is_full)]
        ]
        path = self.mktemp()
        with open(path, "w") as file:
            json.dump(pairs, file)
        done = subprocess.run(
            [NODE, str(ROOT / "tests/browser/desktop/parity.mjs"), path],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(done.stdout, f"{len(pairs)} are the same\n", done.stderr)

"""All that is configured is in a document, or ``docs/configuration.rst`` says that it is not, and why.

Whoever adds a table, a kind or a field has to say here which of the two it is.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import func, select
from twisted.trial.unittest import SynchronousTestCase

import finesse_tx
from finesse_tx.configuration.core import document
from finesse_tx.configuration.core.document import Document
from finesse_tx.configuration.core.text import read
from finesse_tx.directory.core import edits
from finesse_tx.directory.core.queues import ResourceGroup, Skill
from finesse_tx.directory.core.records import CSQ, Person, ReasonCode, Team, Trigger
from finesse_tx.engine.core.outbound.records import Campaign
from finesse_tx.store.schema import METADATA
from finesse_tx.webservices.core.administration import changes, objects
from finesse_tx.webservices.core.administration.system import SINGLES
from tests.store.repositories.test_configuration import taken
from tests.support.database import empty_url, inside
from tests.support.documents import SAMPLE

TEXT: Final = (Path(finesse_tx.__file__).parent.parent / "docs/configuration.rst").read_text()

LEFT_OUT: Final = {
    "agentconnectiondetail": "**History**",
    "agentstatedetail": "**History**",
    "contactcalldetail": "**History**",
    "contactqueuedetail": "**History**",
    "contactroutingdetail": "**History**",
    "audit": "**The audit log**",
    "axl_objects": "**Phones and lines that were made over AXL**",
    "dialing_attempts": "**Customers of campaigns**",
    "dialing_records": "**Customers of campaigns**",
    "do_not_call": "**The do-not-call list**",
    "journals": "**What the server notes for itself**",
    "samples": "**What the server notes for itself**",
    "scram_verifiers": "**Passwords**",
    "task_media": "**Tasks**",
    "tasks": "**Tasks**",
    "team_message_teams": "**Messages to teams**",
    "team_messages": "**Messages to teams**",
}
"""The tables that no document tells of, and where the reason is given."""

FIELDS: Final[tuple[tuple[type, type[msgspec.Struct], dict[str, str]], ...]] = (
    (Skill, document.SkillEntry, {"id": ""}),
    (ResourceGroup, document.ResourceGroupEntry, {"id": ""}),
    (Team, document.TeamEntry, {"id": ""}),
    (
        Person,
        document.UserEntry,
        {"team_id": "team", "competences": "skills", "resource_group_id": "resource_group"},
    ),
    (CSQ, document.QueueEntry, {"id": "", "pool": "skills"}),
    (Trigger, document.TriggerEntry, {"csq_id": "queue"}),
    # Whether it runs is told by nobody: docs/configuration.rst.
    (Campaign, document.CampaignEntry, {"id": "", "csq_id": "queue", "state": ""}),
    (ReasonCode, document.ReasonCodeEntry, {"id": "", "team_ids": ""}),  # a team has its labels
    (objects.Workflow, document.WorkflowEntry, {"uri": ""}),
    (objects.PhoneBook, document.PhoneBookEntry, {"uri": ""}),
)
"""Each value that has an entry of its own, and what it calls its fields otherwise; "" where it has none."""


def names(kind: Any) -> set[str]:
    """The names of its fields."""
    if issubclass(kind, msgspec.Struct):
        return set(kind.__struct_fields__)
    return {field.name for field in fields(kind)}


class WholeTests(SynchronousTestCase):
    """What a document must tell of."""

    def test_tables(self) -> None:
        """Every table has rows when the sample is taken in, or the documentation says why not."""
        url = empty_url(self)
        taken(url, read(SAMPLE.encode()))
        counts = inside(
            url,
            lambda session: {
                name: session.scalar(select(func.count()).select_from(table))
                for name, table in METADATA.tables.items()
            },
        )
        empty = {name for name, count in counts.items() if not count}
        self.assertEqual(empty, LEFT_OUT.keys() - {"audit"})
        for said in LEFT_OUT.values():
            self.assertIn(said, TEXT)

    def test_kinds(self) -> None:
        """Every kind that the console, REST and the directory edit is in a document, under the same name."""
        told = set(Document.__struct_encode_fields__)
        edited = {*edits.KINDS.values(), *changes.KINDS.values(), *SINGLES}
        self.assertEqual(edited - told, set())
        self.assertEqual(told - edited, {"format", "Campaign"})

    def test_fields(self) -> None:
        """Every field of every kind is in its entry; what has no entry of its own is in a document as it is."""
        for kind, entry, other in FIELDS:
            wanted = {other.get(name, name) for name in names(kind)} - {""}
            self.assertEqual(wanted - names(entry), set(), kind)
        own = {entry for _kind, entry, _other in FIELDS}
        for field in msgspec.structs.fields(Document):
            (inside_,) = getattr(field.type, "__args__", (None,))[:1]
            if isinstance(inside_, type) and inside_.__name__.endswith("Entry"):
                self.assertIn(inside_, own)

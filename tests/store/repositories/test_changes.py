"""`finesse_tx.store.repositories.changes` and ``settings``: memory and the database stay the same."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode, Snapshot, Team
from finesse_tx.store.administration_tables import AuditRow
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.changes import (
    add_default_layout,
    apply_change,
    latest_audit,
    read_audit,
)
from finesse_tx.store.repositories.settings import read_settings
from finesse_tx.store.repositories.snapshots import read_reason_codes
from finesse_tx.webservices.core.administration.changes import (
    Add,
    AddContact,
    Assign,
    AuditEntry,
    Change,
    Put,
    PutTeamLayout,
    Remove,
    RemoveContact,
    Replace,
    ReplaceContact,
    ReplaceContacts,
)
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT
from finesse_tx.webservices.core.administration.objects import (
    ActionReference,
    ActionType,
    ActionVariable,
    BookType,
    Column,
    Comparator,
    Condition,
    ConditionSet,
    Contact,
    LayoutType,
    MediaPropertiesLayout,
    Param,
    PhoneBook,
    Trigger,
    TriggerSet,
    Variable,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.settings import Settings, applied
from finesse_tx.webservices.core.administration.system import (
    CTI,
    ChatConfig,
    LayoutConfig,
    SystemConfig,
)
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.webservices.core import events

ENTRY = AuditEntry(events.START, "adm", "192.0.2.7", "PUT", "/x", '{"a":1}', "")

WORKFLOW = Workflow(
    name="Callers",
    description="é",
    trigger_set=TriggerSet(
        name="CALL_ARRIVES",
        triggers=(
            Trigger(
                variable=Variable(name="v", node="//Dialog/state"),
                comparator=Comparator.IS_EQUAL,
                value="x",
            ),
        ),
    ),
    condition_set=ConditionSet(
        conditions=(Condition(variable=Variable(name="w"), comparator=Comparator.IS_EMPTY),)
    ),
)

ACTION = WorkflowAction(
    name="Pop",
    type=ActionType.BROWSER_POP,
    params=(Param(name="path", value="/${v}"),),
    action_variables=(ActionVariable(name="v", test_value="1"),),
)


class ChangesCase(SynchronousTestCase):
    """Two teams, and nothing configured."""

    def setUp(self) -> None:
        """The teams have the ids 1 and 2."""
        self.url = empty_url(self)
        teams = Snapshot(teams=(Team(1, "One"), Team(2, "Two")))
        inside(self.url, lambda session: add_snapshot(session, teams, None))
        self.settings = Settings()

    def do(self, change: Change) -> tuple[int, ...]:
        """Make a change in both, which are then the same."""
        ids = inside(self.url, lambda session: apply_change(session, change, ENTRY))
        self.settings = applied(self.settings, change, ids)
        found = inside(self.url, read_settings)
        self.assertEqual(_plain(found), _plain(self.settings), change)
        return ids

    def add(self, value: Any) -> int:
        """Add an object."""
        (number,) = self.do(Add(value))
        return number


def _plain(settings: Settings) -> object:
    """What is in it, without what is empty."""
    return (
        {kind: dict(of) for kind, of in settings.objects.items() if of},
        {book: dict(of) for book, of in settings.contacts.items() if of},
        {key: ids for key, ids in settings.assigned.items() if ids},
        dict(settings.singles),
        dict(settings.team_layouts),
    )


class SameTests(ChangesCase):
    """Every kind of change, to every kind of object."""

    def test_simple(self) -> None:
        """Wrap-up reasons: added, assigned in an order, changed, for everyone, removed."""
        first = self.add(WrapUpReason(label="Sale", for_all=False))
        second = self.add(WrapUpReason(label="Complaint", for_all=False))
        self.do(Assign(1, WrapUpReason, (second, first)))
        self.do(Assign(2, WrapUpReason, (first,)))
        self.do(Replace(first, WrapUpReason(label="Sold", for_all=False)))
        self.assertEqual(
            [one.label for one in self.settings.offered_to(1, WrapUpReason)],
            ["Complaint", "Sold"],
        )
        self.do(Replace(first, WrapUpReason(label="Sold", for_all=True)))
        self.assertEqual(self.settings.teams_with(WrapUpReason, first), ())
        self.do(Assign(1, WrapUpReason, ()))
        self.do(Assign(1, WrapUpReason, (second,)))
        self.do(Remove(WrapUpReason, second))
        self.assertEqual(self.settings.assigned_to(1, WrapUpReason), ())

    def test_ids_not_reused(self) -> None:
        """An old path never comes to mean something new."""
        first = self.add(WrapUpReason(label="Sale", for_all=False))
        self.do(Remove(WrapUpReason, first))
        self.assertGreater(self.add(WrapUpReason(label="Sale", for_all=False)), first)

    def test_layouts(self) -> None:
        """With their columns, also the empty ones."""
        number = self.add(DEFAULT_LAYOUT)
        other = MediaPropertiesLayout(
            name="Other", header=DEFAULT_LAYOUT.header, columns=(Column(), Column())
        )
        custom = self.add(other)
        self.do(Assign(2, MediaPropertiesLayout, (custom,)))
        self.do(Replace(number, structs.replace(DEFAULT_LAYOUT, description="new")))
        self.do(Remove(MediaPropertiesLayout, custom))

    def test_default_layout(self) -> None:
        """It is put in once, and what was made of it stays."""
        for _ in range(2):
            inside(self.url, lambda session: add_default_layout(session, DEFAULT_LAYOUT))
        (layout,) = inside(self.url, read_settings).all(MediaPropertiesLayout)
        self.assertIs(layout.type, LayoutType.DEFAULT)

    def test_phone_books(self) -> None:
        """Contacts come, change and go, one by one and all at once."""
        book = self.add(PhoneBook(name="Ours", type=BookType.TEAM))
        self.do(Assign(1, PhoneBook, (book,)))
        (contact,) = self.do(AddContact(book, Contact(first_name="Ann", phone_number="1")))
        self.do(ReplaceContact(book, contact, Contact(last_name="Lee", phone_number="2")))
        self.do(AddContact(book, Contact(phone_number="3")))
        self.do(RemoveContact(book, contact))
        many = tuple(Contact(phone_number=str(number)) for number in range(1, 2_500))
        self.do(ReplaceContacts(book, many))
        self.assertEqual(
            [one.phone_number for one in self.settings.contacts_of(book)],
            [one.phone_number for one in many],
        )
        self.do(ReplaceContacts(book, ()))
        self.do(ReplaceContacts(book, many[:2]))
        self.do(Replace(book, PhoneBook(name="Ours", type=BookType.GLOBAL)))
        self.do(Remove(PhoneBook, book))

    def test_workflows(self) -> None:
        """A workflow has its actions in order, under the names that they have now."""
        numbers = [self.add(structs.replace(ACTION, name=name)) for name in ("A", "B")]
        references = tuple(
            ActionReference(
                name=name, uri=f"/finesse/api/WorkflowAction/{number}", type="BROWSER_POP"
            )
            for name, number in zip("BA", reversed(numbers), strict=True)
        )
        workflow = structs.replace(WORKFLOW, workflow_actions=references)
        number = self.add(workflow)
        self.do(Assign(1, Workflow, (number,)))
        self.do(Replace(numbers[0], structs.replace(ACTION, name="C")))
        found = self.settings.get(Workflow, number)
        assert found
        self.assertEqual([one.name for one in found.workflow_actions], ["B", "C"])
        self.do(Replace(number, structs.replace(found, workflow_actions=references[:1])))
        self.do(Remove(WorkflowAction, numbers[0]))
        self.do(Remove(Workflow, number))

    def test_singles(self) -> None:
        """What there is one of is put, put again, and taken away."""
        cti = CTI(host="cti.example", port=42_027, peripheral_id=5_000)
        self.do(Put("SystemConfig", SystemConfig(cti=cti)))
        self.do(Put("SystemConfig", SystemConfig(cti=structs.replace(cti, backup_port=1))))
        self.do(Put("ChatConfig", ChatConfig()))
        self.do(Put("LayoutConfig", LayoutConfig(layoutxml=" <a>\n é</a> ")))
        self.do(Put("ChatConfig", None))
        self.do(PutTeamLayout(1, "<a/>"))
        self.do(PutTeamLayout(1, "<b/>"))
        self.do(PutTeamLayout(2, "<c/>"))
        self.do(PutTeamLayout(1, None))


class ReasonTests(ChangesCase):
    """Reason codes, which the directory shows."""

    def test_changes(self) -> None:
        """Added, changed, given to teams, for everyone, removed."""
        number = self.add(ReasonCode(0, ReasonCategory.LOGOUT, 5, "Home", for_all=False))
        self.do(Assign(1, ReasonCode, (number,)))
        self.do(Assign(2, ReasonCode, (number,)))
        self.do(Assign(2, ReasonCode, ()))
        (reason,) = inside(self.url, read_reason_codes)
        self.assertEqual(
            reason, ReasonCode(number, ReasonCategory.LOGOUT, 5, "Home", False, frozenset({1}))
        )
        self.do(Replace(number, ReasonCode(number, ReasonCategory.LOGOUT, 6, "Away")))
        (reason,) = inside(self.url, read_reason_codes)
        self.assertEqual(reason, ReasonCode(number, ReasonCategory.LOGOUT, 6, "Away"))
        self.do(Remove(ReasonCode, number))
        self.assertEqual(inside(self.url, read_reason_codes), ())


class AuditTests(ChangesCase):
    """Who has changed what."""

    def test_kept(self) -> None:
        """With the change, and the path of what is new."""
        number = self.add(WrapUpReason(label="Sale", for_all=False))

        def rows(session: Session) -> list[tuple[object, ...]]:
            return [
                (row.at, row.login_id, row.peer, row.action, row.uri, row.before, row.after)
                for row in session.scalars(select(AuditRow))
            ]

        expected = (
            events.START.replace(tzinfo=None), "adm", "192.0.2.7", "PUT", f"/x/{number}", '{"a":1}', "",
        )  # fmt: skip
        self.assertEqual(inside(self.url, rows), [expected])

    def test_bounded(self) -> None:
        """So many are kept, and the oldest goes first."""

        def work(session: Session) -> list[str]:
            for number in range(1, 5):
                change = PutTeamLayout(1, f"<a{number}/>")
                apply_change(session, change, replace(ENTRY, uri=f"/{number}"), 3)
            return list(session.scalars(select(AuditRow.uri).order_by(AuditRow.id)))

        self.assertEqual(inside(self.url, work), ["/2", "/3", "/4"])

    def test_latest(self) -> None:
        """The newest first, as many as are wanted, of a path's beginning taken literally, and older than an id."""

        def work(session: Session) -> list[list[tuple[int, str]]]:
            for uri in ("/a_b/1", "/axb/2", "/a_b/3", "/c%/4"):
                apply_change(session, PutTeamLayout(1, uri), replace(ENTRY, uri=uri))
            return [
                [(number, entry.uri) for number, entry in latest_audit(session, *asked)]
                for asked in (("", None, 3), ("/a_b", None, 9), ("/c%", None, 9), ("/a_b", 3, 9))
            ]

        newest, some, literal, older = inside(self.url, work)
        self.assertEqual(newest, [(4, "/c%/4"), (3, "/a_b/3"), (2, "/axb/2")])
        self.assertEqual(some, [(3, "/a_b/3"), (1, "/a_b/1")])
        self.assertEqual((literal, older), ([(4, "/c%/4")], [(1, "/a_b/1")]))
        (entry,) = inside(self.url, lambda session: latest_audit(session, "/axb", None, 1))
        self.assertEqual(entry[1], replace(ENTRY, uri="/axb/2"))

    def test_both_or_neither(self) -> None:
        """What contradicts the database is not kept, nor is who wanted it."""
        self.add(WrapUpReason(label="Sale", for_all=False))
        again = Add(WrapUpReason(label="Sale", for_all=True))
        self.assertRaises(
            IntegrityError,
            inside,
            self.url,
            lambda session: apply_change(session, again, ENTRY),
        )
        count = inside(self.url, lambda session: len(session.scalars(select(AuditRow)).all()))
        self.assertEqual(count, 1)

    def test_paths(self) -> None:
        """Only what begins so is read, with its case, and whatever stands in it means itself."""
        for uri in ("/A_b%/1", "/a_b%/2", "/AXbY/3"):
            entry = replace(ENTRY, uri=uri)
            inside(self.url, lambda s, e=entry: apply_change(s, PutTeamLayout(1, None), e))  # type: ignore[misc]

        def uris(about: str) -> list[object]:
            begin, end = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))
            return inside(
                self.url,
                lambda session: [row["uri"] for row in read_audit(session, about, begin, end)],
            )

        self.assertEqual(uris("/A_b%/"), ["/A_b%/1"])
        self.assertEqual(uris("/a"), ["/a_b%/2"])
        self.assertEqual(len(uris("")), 3)


class SameOnPostgreSQLTests(OnPostgreSQL, SameTests):
    """The same on PostgreSQL."""


class ReasonOnPostgreSQLTests(OnPostgreSQL, ReasonTests):
    """The same on PostgreSQL."""


class AuditOnPostgreSQLTests(OnPostgreSQL, AuditTests):
    """The same on PostgreSQL."""

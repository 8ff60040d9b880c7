"""`finesse_tx.webservices.core.administration.rules`: as many as there may be, and not one more."""

from collections.abc import Iterable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.webservices.core.administration.changes import (
    Add,
    AddContact,
    Assign,
    Change,
    Remove,
    Replace,
    ReplaceContacts,
)
from finesse_tx.webservices.core.administration.layouts import (
    DEFAULT_LAYOUT,
    MAX_POP_OVER,
    checked_layout,
)
from finesse_tx.webservices.core.administration.objects import (
    ActionType,
    BookType,
    Column,
    Contact,
    Entry,
    MediaPropertiesLayout,
    PhoneBook,
    TriggerSet,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.rules import (
    MAX_CONTACTS,
    MAX_CONTACTS_OF_BOOK,
    check,
    codes_of,
)
from finesse_tx.webservices.core.administration.settings import Settings, numbered
from finesse_tx.webservices.core.errors import ApiError

CONTACT = Contact(phone_number="1")


def settings(values: Iterable[Any]) -> Settings:
    """These objects, with the ids from 1."""
    found: dict[Any, dict[int, Any]] = {}
    for number, value in enumerate(values, 1):
        found.setdefault(type(value), {})[number] = numbered(value, number)
    return Settings(found)


def reasons(count: int, *, for_all: bool) -> tuple[ReasonCode, ...]:
    """So many reason codes."""
    return tuple(
        ReasonCode(number, ReasonCategory.LOGOUT, number, f"L{number}", for_all)
        for number in range(1, count + 1)
    )


def wrap_up(number: int, *, for_all: bool = False) -> WrapUpReason:
    """A wrap-up reason."""
    return WrapUpReason(label=f"W{number}", for_all=for_all)


def workflow(number: int) -> Workflow:
    """A workflow."""
    return Workflow(name=f"F{number}", trigger_set=TriggerSet(name="CALL_ENDS"))


class RulesCase(SynchronousTestCase):
    """Changes that may be, and changes that may not."""

    def allowed(self, there: Settings, change: Change, codes: tuple[ReasonCode, ...] = ()) -> None:
        """It may be."""
        check(there, codes, change)

    def refused(
        self, there: Settings, change: Change, codes: tuple[ReasonCode, ...] = ()
    ) -> tuple[str, str]:
        """The type and the data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, check, there, codes, change)
        self.assertEqual(error.status, 400)
        return error.error_type, error.error_data


class LimitTests(RulesCase):
    """Each limit, at its edge."""

    def test_objects(self) -> None:
        """One more than there may be for everyone, or for teams, is refused; the other sort has room."""
        for most, make, other in (
            (100, lambda n: wrap_up(n, for_all=True), wrap_up(0)),
            (1_500, wrap_up, wrap_up(0, for_all=True)),
            (
                10,
                lambda n: PhoneBook(name=f"B{n}", type=BookType.GLOBAL),
                PhoneBook(name="B0", type=BookType.TEAM),
            ),
            (
                300,
                lambda n: PhoneBook(name=f"B{n}", type=BookType.TEAM),
                PhoneBook(name="B0", type=BookType.GLOBAL),
            ),
            (
                199,
                lambda n: MediaPropertiesLayout(name=f"M{n}", header=DEFAULT_LAYOUT.header),
                DEFAULT_LAYOUT,
            ),
            (100, workflow, None),
            (100, lambda n: WorkflowAction(name=f"A{n}", type=ActionType.BROWSER_POP), None),
        ):
            values = [make(number) for number in range(1, most + 1)]
            self.allowed(settings(values[:-1]), Add(values[-1]))
            one_more: Any = make(0)
            full = settings(values)
            self.assertEqual(self.refused(full, Add(one_more))[0], "Maximum Exceeded")
            self.allowed(full, Replace(1, one_more))  # which is not one more
            if other is not None:
                self.allowed(full, Add(other))

    def test_reason_codes(self) -> None:
        """A hundred for everyone and a hundred for teams, in each category; the engine's own do not count."""
        for for_all in (True, False):
            there = reasons(100, for_all=for_all)
            new = ReasonCode(0, ReasonCategory.LOGOUT, 500, "New", for_all)
            self.allowed(Settings(), Add(new), there[:-1])
            self.assertEqual(self.refused(Settings(), Add(new), there)[0], "Maximum Exceeded")
            other = ReasonCode(0, ReasonCategory.NOT_READY, 500, "New", for_all)
            self.allowed(Settings(), Add(other), there)
            system = ReasonCode(999, ReasonCategory.LOGOUT, 32_767, "S", system_code=True)
            self.allowed(Settings(), Add(new), (*there[:-1], system))

    def test_codes(self) -> None:
        """Each personality has its numbers."""
        self.assertEqual(list(codes_of(ReasonCategory.LOGOUT, "ccx"))[::998], [1, 999])
        self.assertEqual(codes_of(ReasonCategory.NOT_READY, "cce")[-1], 65_532)
        self.assertEqual(codes_of(ReasonCategory.LOGOUT, "cce")[-1], 65_535)

    def test_of_a_team(self) -> None:
        """A team has so many wrap-up reasons and workflows of its own."""
        for kind, most in ((WrapUpReason, 100), (Workflow, 20)):
            self.allowed(Settings(), Assign(1, kind, tuple(range(most))))
            self.assertEqual(
                self.refused(Settings(), Assign(1, kind, tuple(range(most + 1)))),
                ("Maximum Exceeded", kind.__name__),
            )
        self.allowed(Settings(), Assign(1, PhoneBook, tuple(range(300))))

    def test_contacts(self) -> None:
        """So many in one phone book, and so many in all."""
        full = dict.fromkeys(range(MAX_CONTACTS_OF_BOOK), CONTACT)
        there = Settings(contacts={1: full})
        self.allowed(Settings(), ReplaceContacts(1, (CONTACT,) * MAX_CONTACTS_OF_BOOK))
        self.allowed(there, ReplaceContacts(1, (CONTACT,) * MAX_CONTACTS_OF_BOOK))
        one_more = ReplaceContacts(1, (CONTACT,) * (MAX_CONTACTS_OF_BOOK + 1))
        self.assertEqual(self.refused(Settings(), one_more)[0], "Maximum Exceeded")
        self.assertEqual(self.refused(there, AddContact(1, CONTACT))[0], "Maximum Exceeded")
        self.allowed(there, AddContact(2, CONTACT))
        books, rest = divmod(MAX_CONTACTS, MAX_CONTACTS_OF_BOOK)
        all_of_them = dict.fromkeys(range(books), full)
        all_of_them[books] = dict.fromkeys(range(rest - 1), CONTACT)
        self.allowed(Settings(contacts=all_of_them), AddContact(99, CONTACT))
        all_of_them[books] = dict.fromkeys(range(rest), CONTACT)
        self.assertEqual(
            self.refused(Settings(contacts=all_of_them), AddContact(99, CONTACT))[0],
            "Maximum Exceeded",
        )

    def test_label_bytes(self) -> None:
        """A wrap-up reason's label has 39 bytes, not characters."""
        self.allowed(Settings(), Add(WrapUpReason(label="é" * 19 + "a", for_all=True)))
        self.assertEqual(
            self.refused(Settings(), Add(WrapUpReason(label="é" * 20, for_all=True))),
            ("Invalid Input", "label"),
        )

    def test_pop_over(self) -> None:
        """A call's popover has so many variables."""
        entry = Entry(display_name="x", media_property="callVariable1", show_in_pop_over=True)
        for count in (MAX_POP_OVER, MAX_POP_OVER + 1):
            layout = MediaPropertiesLayout(
                name="x", header=DEFAULT_LAYOUT.header, columns=(Column((entry,) * count),)
            )
            if count == MAX_POP_OVER:
                self.assertIs(checked_layout(layout), layout)
            else:
                self.assertRaises(ApiError, checked_layout, layout)


class ConflictTests(RulesCase):
    """What is taken, and what is in use."""

    def test_names(self) -> None:
        """A name that another one has, whatever its case, is refused; one's own is not."""
        for value, again in (
            (wrap_up(1), WrapUpReason(label="w1", for_all=True)),
            (
                PhoneBook(name="B", type=BookType.TEAM),
                PhoneBook(name="b", type=BookType.GLOBAL),
            ),
            (
                DEFAULT_LAYOUT,
                MediaPropertiesLayout(name="default layout", header=DEFAULT_LAYOUT.header),
            ),
        ):
            there = settings([value])
            self.assertEqual(self.refused(there, Add(again))[0], "Finesse API Error")
            self.allowed(there, Replace(1, again))

    def test_workflow_names(self) -> None:
        """A workflow's name that is taken is told as it always was: scripts match on it."""
        self.assertEqual(
            self.refused(settings([workflow(1)]), Add(workflow(1))),
            ("Database constraint violation", "Duplicate Workflow name."),
        )

    def test_reason_codes(self) -> None:
        """A code and a label are one reason's, in its category; the engine's own have theirs too."""
        system = ReasonCode(9, ReasonCategory.LOGOUT, 22, "Supervisor", system_code=True)
        for code, label, field in ((22, "x", "code"), (5, "supervisor", "label")):
            new = ReasonCode(0, ReasonCategory.LOGOUT, code, label)
            self.assertEqual(
                self.refused(Settings(), Add(new), (system,)), ("Finesse API Error", field)
            )
        self.allowed(
            Settings(), Add(ReasonCode(0, ReasonCategory.NOT_READY, 22, "Supervisor")), (system,)
        )

    def test_phone_book_in_use(self) -> None:
        """A team's phone book stays."""
        there = settings([PhoneBook(name="B", type=BookType.TEAM)])
        used = Settings(there.objects, assigned={(7, PhoneBook): (1,)})
        self.assertEqual(self.refused(used, Remove(PhoneBook, 1)), ("In Use", "team 7"))
        self.allowed(there, Remove(PhoneBook, 1))

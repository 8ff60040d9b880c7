"""The SQL subset: what it reads, what it finds, what it refuses."""

from __future__ import annotations

import contextlib
import sqlite3
from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl.edits import AXLEdit
from finesse_tx.directory.core.axl.faults import (
    DUPLICATE,
    MISSING_KEY,
    NO_COLUMN,
    NO_TABLE,
    SQL_SYNTAX,
    THROTTLED,
    AXLError,
)
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.records import ObjectKey, StoredObject
from finesse_tx.directory.core.axl.sql.expressions import MAX_TEXT
from finesse_tx.directory.core.axl.sql.parsing import MAX_NESTING, MAX_TOKENS, parse
from finesse_tx.directory.core.axl.sql.selecting import MAX_TABLES
from finesse_tx.directory.core.axl.sql.statements import query, update
from finesse_tx.directory.core.axl.sql.tables import TABLES
from finesse_tx.directory.core.axl.sql.tree import Column, Item, Select, Source, Star
from finesse_tx.directory.core.axl.values import items, text
from finesse_tx.directory.core.demo import demo
from tests.directory.core.axl.test_model import phone_with, stored

SNAPSHOT = demo(3)

Cells = list[tuple[str, str]]


def model(*kept: StoredObject) -> Model:
    """The demo's."""
    return Model(SNAPSHOT, kept, "rmcm")


class QueryTests(SynchronousTestCase):
    """`query`."""

    def rows(self, statement: str, *kept: StoredObject, budget: int = 100_000) -> list[Cells]:
        """Each row's names and values; null is empty."""
        found = query(model(*kept), statement, budget)
        return [[(cell.tag, cell.text or "") for cell in fromstring(row)] for row in found]

    def column(self, statement: str, *kept: StoredObject) -> list[str]:
        """The values of one column."""
        return [value for ((_, value),) in self.rows(statement, *kept)]

    def refused(self, statement: str) -> int | None:
        """The fault's code."""
        fault: AXLError = self.assertRaises(AXLError, self.rows, statement)
        return fault.code

    def test_columns(self) -> None:
        """Names come in lower case, in the order of the select, or of the table."""
        ((first, second),) = self.rows(
            "SELECT FIRST 1 UserID, LASTNAME as Surname FROM EndUser ORDER BY userid"
        )
        self.assertEqual((first, second), (("userid", "admin"), ("surname", "Administrator")))
        for name, table in TABLES.items():
            for row in self.rows(f"select * from {name}"):
                self.assertEqual(tuple(tag for tag, _ in row), table.columns)

    def test_null_and_booleans(self) -> None:
        """Null is an empty element, a boolean ``t`` or ``f``."""
        found = query(model(), "select mailid, islocaluser from enduser where userid = 'admin'")
        self.assertEqual(list(found), ["<row><mailid/><islocaluser>t</islocaluser></row>"])

    def test_quotes(self) -> None:
        """A text stands in single or double quotes, doubled within."""
        kept = stored(Kind.PHONE, "SEPX", {"description": 'O\'Neill "x"'})
        for written in ("'O''Neill \"x\"'", '"O\'Neill ""x"""'):
            self.assertEqual(
                self.column(f"select name from device where description = {written}", kept),
                ["SEPX"],
            )

    def test_joins(self) -> None:
        """A join by ``on`` and one by ``where`` find the same: whose line is on which phone."""
        wanted = [
            ["agent1", "SEP000000001001", "1001"],
            ["agent2", "SEP000000001002", "1002"],
            ["agent3", "SEP000000001003", "1003"],
        ]
        by_on = (
            "select u.userid, d.name, n.dnorpattern from enduser u "
            "inner join enduserdevicemap m on m.fkenduser = u.pkid join device as d on d.pkid = m.fkdevice "
            "join devicenumplanmap dn on dn.fkdevice = d.pkid join numplan n on n.pkid = dn.fknumplan "
            "where u.userid like 'agent%' order by u.userid"
        )
        by_where = (
            "select u.userid, d.name, n.dnorpattern from enduser u, enduserdevicemap m, device d, devicenumplanmap dn, "
            "numplan n where m.fkenduser = u.pkid and d.pkid = m.fkdevice and dn.fkdevice = d.pkid and "
            "n.pkid = dn.fknumplan and u.userid like 'agent%' order by 1"
        )
        for statement in (by_on, by_where):
            self.assertEqual([[value for _, value in row] for row in self.rows(statement)], wanted)

    def test_left_join(self) -> None:
        """A left join keeps what has no match; a condition on it afterwards may look for that."""
        kept = stored(Kind.PHONE, "SEPX", {})
        statement = "select d.name from device d left outer join devicenumplanmap m on m.fkdevice = d.pkid where m.pkid is null"
        self.assertEqual(self.column(statement, kept), ["SEPX"])

    def test_aggregates(self) -> None:
        """Groups are counted; without a group there is one row, of nothing too."""
        self.assertEqual(self.rows("select count(*) from enduser"), [[("count", "6")]])
        self.assertEqual(
            self.rows("select count(*) c, max(userid) m from enduser where userid = 'x'"),
            [[("c", "0"), ("m", "")]],
        )
        found = self.rows(
            "select tkclass, count(*) n, min(name) from device group by tkclass having count(*) > 1 order by n desc"
        )
        self.assertEqual(
            found,
            [
                [("tkclass", "1"), ("n", "5"), ("min", "SEP000000001001")],
                [("tkclass", "10"), ("n", "2"), ("min", "CTIRP_6001")],
            ],
        )
        self.assertEqual(self.column("select count(distinct tkclass) from device"), ["2"])
        self.assertEqual(self.column("select sum(tkclass) from device"), ["25"])

    def test_pages(self) -> None:
        """``skip`` and ``first`` stand after ``select``, in either order, and cut what is sorted."""
        for words in ("skip 1 first 2", "first 2 skip 1"):
            self.assertEqual(
                self.column(f"select {words} dnorpattern from numplan order by dnorpattern desc"),
                ["6001", "2002"],
            )
        self.assertEqual(self.column("select distinct tkclass from device order by 1"), ["1", "10"])
        self.assertEqual(self.column("select skip 99 name from device"), [])

    def test_expressions(self) -> None:
        """Functions, cases, sums and three-valued logic."""
        for expression, value in (
            ("lower('AbC')", "abc"), ("upper('é')", "É"), ("substr('abcdef', 2, 3)", "bcd"), ("substr('abcdef', -2)", "ef"),
            ("substr('abc', 0)", "abc"), ("length('abc')", "3"), ("trim(' a ')", "a"), ("nvl(null, 'x')", "x"), ("lower(null)", ""),
            ("'a' || 'b' || 1", "ab1"), ("1 + 2", "3"), ("5 - 7", "-2"), ("-1", "-1"), ("null || 'x'", ""),
            ("case when 1 = 2 then 'a' when 2 = 2 then 'b' else 'c' end", "b"), ("case 3 when 4 then 'a' end", ""),
            ("1 = '1'", "t"), ("'10' > 9", "t"), ("'10' > '9'", "f"), ("null = null", ""), ("not null is null", "f"),
            ("1 in (2, null)", ""), ("1 in (2, 1)", "t"), ("2 not in (1)", "t"), ("2 between 1 and 3", "t"),
            ("4 not between 1 and 3", "t"), ("'abc' like 'a_c'", "t"), ("'abc' not like 'b%'", "t"), ("null like 'x'", ""),
            ("1 = 1 or null = 1", "t"), ("1 = 2 and null = 1", "f"), ("1 = 1 and null = 1", ""), ("not not 1 = 1", "t"), ("1 != 2", "t"),
        ):  # fmt: skip
            found = self.column(f"select first 1 {expression} from typeclass")
            self.assertEqual(found, [value], expression)

    def test_names(self) -> None:
        """What there is not is a fault with Informix's code."""
        for statement, code in (
            ("select x from nothing", NO_TABLE), ("select z.* from device", NO_TABLE), ("select z from device", NO_COLUMN),
            ("select z.name from device d", NO_COLUMN), ("select device.name from device d", NO_COLUMN),
            ("select pkid from device, numplan", -324), ("select frobnicate(1) from device", -674),
            ("select 'a' + 1 from device", -1213), ("select substr('a', 'b') from device", -1213),
            ("select sum(name) from device", -1213), (f"select {'9' * 18} * 99 from device", -1215),
        ):  # fmt: skip
            self.assertEqual(self.refused(statement), code, statement)

    def test_syntax(self) -> None:
        """What is no query, or none that we know, is one fault."""
        for statement in (
            "", "x", "select", "select from device", "select name from", "select name device", "select name from device where",
            "select name from device order name", "select name from device; select 1 from device", "select 'a from device",
            "select name from device where name not 1", "select name from device where name in ()", "select lower() from device",
            "select count(count(*)) from device", "select name from device where count(*) = 1", "select name from device order by 9",
            "select case end from device", "select name from device d, numplan d", "select (name from device", "select name) from device",
            "select name from device where name in (select name from device)", "drop table device", "delete from device",
            "select name from device join numplan on x.pkid = 1 join device x on 1 = 1 --", "select 1x from device", "select name from select",
            "select d.name from device d join numplan n on z.pkid = n.pkid join device z on 1 = 1", "select lower(1, 2) from device",
            "select first name from device", "select name from device where \x00", "insert into device (name) values ('x')",
        ):  # fmt: skip
            self.assertEqual(self.refused(statement), SQL_SYNTAX, statement)

    def test_limits(self) -> None:
        """Nesting, length, tables and texts have bounds; at each it works, beyond it does not."""
        deep = MAX_NESTING - 1
        self.rows(f"select {'(' * deep}1{')' * deep} from typeclass")
        self.assertEqual(
            self.refused(f"select {'(' * (deep + 1)}1{')' * (deep + 1)} from typeclass"), SQL_SYNTAX
        )
        words = "select 1 from typeclass where 1 in (1"
        room = (MAX_TOKENS - 10) // 2
        self.rows(f"{words}{', 1' * room})")
        self.assertEqual(self.refused(f"{words}{', 1' * (room + 1)})"), SQL_SYNTAX)
        aliases = [f"typeclass t{number}" for number in range(MAX_TABLES + 1)]
        self.rows(f"select count(*) from {', '.join(aliases[:MAX_TABLES])}")
        self.assertEqual(self.refused(f"select 1 from {', '.join(aliases)}"), SQL_SYNTAX)
        half = "x" * (MAX_TEXT // 2)
        self.rows(f"select '{half}' || '{half}' from typeclass")
        self.assertEqual(self.refused(f"select '{half}' || '{half}x' from typeclass"), SQL_SYNTAX)

    def test_budget(self) -> None:
        """A query looks at so many rows, those of joins too, and no more."""
        statement = "select 1 from enduser a, enduser b"  # six, six, and six times six and six
        self.rows(statement, budget=54)
        fault = self.assertRaises(AXLError, self.rows, statement, budget=53)
        self.assertEqual(fault.code, THROTTLED)

    def test_keys_are_cheap(self) -> None:
        """Tables that are joined by their keys cost what they have, not their product."""
        self.rows("select 1 from enduser a, enduser b where a.pkid = b.pkid", budget=24)

    def test_secrets(self) -> None:
        """No table shows a password or a PIN: that of credentials is empty."""
        kept = stored(Kind.USER, "agent1", {"@pin": "HASH", "@password": "HASH"})
        self.assertEqual(self.rows("select * from credential", kept), [])
        for name in TABLES:
            self.assertNotIn("HASH", str(self.rows(f"select * from {name}", kept)))

    def test_tree(self) -> None:
        """A statement is read into a tree."""
        self.assertEqual(
            parse("select d.*, name n from device d;"),
            Select((Star("d"), Item(Column("", "name"), "n")), (Source("device", "d"),)),
        )


EXPRESSIONS = st.recursive(
    st.sampled_from(["1", "2", "10", "'a'", "'b'", "'A%'", "null", "''"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda t: f"(({t[0]}) is null {t[1]} ({t[2]}) is null)"
        ),
        st.tuples(inner, inner).map(lambda t: f"(({t[0]}) || ({t[1]}))"),
        st.tuples(inner, inner, inner).map(
            lambda t: f"(case when ({t[0]}) is null then {t[1]} else {t[2]} end)"
        ),
        inner.map(lambda one: f"lower({one})"),
        inner.map(lambda one: f"(not ({one}) is null)"),
    ),
    max_leaves=8,
)


class PropertyTests(SynchronousTestCase):
    """Whatever is asked."""

    @settings(deadline=None)
    @given(
        statement=st.text(max_size=80)
        | st.lists(
            st.sampled_from(
                [
                    "select",
                    "from",
                    "device",
                    "name",
                    "where",
                    "(",
                    ")",
                    ",",
                    "=",
                    "'a'",
                    "*",
                    "and",
                    "or",
                    "not",
                    "in",
                    "like",
                    "is",
                    "null",
                    "count",
                    "1",
                    "d",
                    ".",
                    "join",
                    "on",
                    "order",
                    "by",
                ]
            ),
            max_size=25,
        ).map(" ".join)
    )
    def test_anything(self, statement: str) -> None:
        """Any text is answered with rows or a fault with a code."""
        try:
            list(query(model(), statement, 1_000))
        except AXLError as fault:
            self.assertIsNotNone(fault.code)

    @settings(deadline=None)
    @given(expression=EXPRESSIONS)
    def test_like_sqlite(self, expression: str) -> None:
        """Expressions have the values that SQLite gives them, but that a boolean is ``t`` or ``f``."""
        (row,) = query(model(), f"select first 1 {expression} v from typeclass")
        ours = fromstring(row)[0].text or ""
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            theirs = database.execute(f"select {expression}").fetchone()[0]
        theirs = "" if theirs is None else str(theirs)
        as_numbers = ours.replace("t", "1").replace("f", "0")
        self.assertEqual(as_numbers, theirs)


class UpdateTests(SynchronousTestCase):
    """`update`."""

    def updated(self, statement: str, *kept: StoredObject) -> tuple[int, Model, AXLEdit]:
        """How many rows, and how everything is then."""
        count, edit = update(model(*kept), statement)
        objects: dict[ObjectKey, StoredObject] = {one.key.folded: one for one in kept}
        objects.update((put.key.folded, put) for put in edit.objects.puts)
        return count, model(*objects.values()), edit

    def refused(self, statement: str) -> int | None:
        """The fault's code."""
        fault: AXLError = self.assertRaises(AXLError, self.updated, statement)
        return fault.code

    def test_descriptions(self) -> None:
        """Descriptions of phones and lines can be changed, of several at once, of shared lines too."""
        kept = stored(Kind.PHONE, "SEPX", phone_with("1001"))
        count, after, _ = self.updated(
            "update device set description = 'new' where tkclass = 1 and name like 'SEP%'", kept
        )
        self.assertEqual(count, 6)
        phones = after.objects(Kind.PHONE).values()
        self.assertEqual({text(phone.values["description"]) for phone in phones}, {"new"})
        self.assertEqual(len(phones), 6)
        count, after, _ = self.updated(
            "update numplan set description = lower('LINE') where dnorpattern in ('1001', '6001')"
        )
        line, other = after.find(Kind.LINE, "1001"), after.find(Kind.LINE, "1002")
        assert line is not None and other is not None  # noqa: PT018
        self.assertEqual((count, text(line.values["description"])), (2, "line"))
        self.assertNotEqual(text(other.values["description"]), "line")

    def test_nothing(self) -> None:
        """No row is no change."""
        count, _, edit = self.updated("update device set description = 'x' where name = 'nothing'")
        self.assertEqual((count, bool(edit.objects)), (0, False))

    def test_map(self) -> None:
        """Who controls a phone can be changed both ways."""
        before = model()
        user, phone = before.find(Kind.USER, "agent1"), before.find(Kind.PHONE, "SEP000000001002")
        assert user is not None and phone is not None  # noqa: PT018
        insert = f"insert into enduserdevicemap (fkenduser, fkdevice, tkuserassociation) values ('{user.uuid}', '{phone.uuid}', 1)"
        count, after, edit = self.updated(insert)
        self.assertEqual(count, 1)
        self.assertEqual(self.devices(after, "agent1"), ["SEP000000001001", "SEP000000001002"])
        again = self.assertRaises(AXLError, update, after, insert)
        self.assertEqual(again.code, DUPLICATE)
        delete = f"delete from enduserdevicemap where fkdevice = '{phone.uuid}'"
        count, after, _ = self.updated(delete, *edit.objects.puts)
        self.assertEqual(
            (count, self.devices(after, "agent1"), self.devices(after, "agent2")),
            (2, ["SEP000000001001"], []),
        )

    def devices(self, found: Model, user: str) -> list[str]:
        """Those that somebody controls."""
        one = found.find(Kind.USER, user)
        assert one is not None
        return [text(name) for name in items(one.values["associatedDevices"], "device")]

    def test_refused(self) -> None:
        """Nothing else can be changed, and nothing is mapped that is not there."""
        for statement, code in (
            ("update device set name = 'x'", SQL_SYNTAX), ("update enduser set userid = 'x'", SQL_SYNTAX),
            ("update device set description = name", NO_COLUMN), ("update device set description = 'x' where z = 1", NO_COLUMN),
            ("update device set description = 'x', name = 'y'", SQL_SYNTAX), ("delete from enduser", SQL_SYNTAX), ("delete from credential", SQL_SYNTAX),
            ("update device set description = 'x' where name = 'CTIRP_6001'", SQL_SYNTAX), ("select 1 from device", SQL_SYNTAX),
            ("insert into enduserdevicemap (fkenduser) values ('x')", MISSING_KEY), ("insert into enduserdevicemap (z) values (1)", NO_COLUMN),
            ("insert into enduserdevicemap (pkid, fkdevice) values (1)", SQL_SYNTAX),
        ):  # fmt: skip
            self.assertEqual(self.refused(statement), code, statement)

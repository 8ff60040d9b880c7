"""`finesse_tx.configuration.core`: what taking in a document would change, and why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.configuration.core.document import Configuration, DocumentRefusedError
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import MAX_EDITS, Import, planned
from finesse_tx.configuration.core.telling import differences
from finesse_tx.configuration.core.text import read, written
from finesse_tx.directory.core.editing import MAX_EDITS as EDITOR_MAX_EDITS
from finesse_tx.directory.core.edits import Remove, Replace
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT
from finesse_tx.webservices.core.administration.objects import MediaPropertiesLayout
from finesse_tx.webservices.core.administration.settings import Settings, numbered
from tests.support.documents import DOCUMENTS, SAMPLE, kept, source_of

EMPTY = Configuration()


def full() -> Configuration:
    """All of the sample."""
    return kept(planned(read(SAMPLE.encode()), EMPTY).after)


class PlanningTests(SynchronousTestCase):
    """Taking in documents."""

    def wanted(self, old: str, new: str, *, prune: bool = False) -> Import:
        """What the sample would change where it already is, with something else in it."""
        text = SAMPLE.replace(old, new)
        self.assertNotEqual(text, SAMPLE)
        return planned(read(text.encode()), full(), prune=prune)

    def refused(self, old: str, new: str, *, prune: bool = False) -> list[str]:
        """What is said of it."""
        error = self.assertRaises(DocumentRefusedError, self.wanted, old, new, prune=prune)
        return str(error).splitlines()

    @settings(deadline=None, max_examples=25)
    @given(raw=DOCUMENTS)
    def test_round_trip(self, raw: dict[str, Any]) -> None:
        """Taken in where nothing is, and written again, a document says the same; taken in there it changes nothing."""
        after = kept(planned(source_of(raw), EMPTY).after)
        text = written(document_of(after), "toml")
        there = planned(read(text), EMPTY).after
        self.assertEqual(written(document_of(there), "toml"), text)
        for prune in (False, True):
            self.assertEqual(planned(source_of(raw), after, prune=prune).changes, 0)

    @settings(deadline=None, max_examples=25)
    @given(one=DOCUMENTS, other=DOCUMENTS)
    def test_prune(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        """From any configuration another one is reached: with ``prune`` it is just what its document says."""
        wanted = source_of(other)
        before = kept(planned(source_of(one), EMPTY).after)
        after = planned(wanted, before, prune=True).after
        self.assertEqual(document_of(after), document_of(planned(wanted, EMPTY).after))

    def test_sample(self) -> None:
        """All of the sample is new where nothing is, and nothing of it where it is already."""
        self.assertEqual(written(document_of(full()), "toml").decode(), SAMPLE)
        again = planned(read(SAMPLE.encode()), full(), prune=True)
        self.assertEqual((again.changes, list(differences(again))), (0, []))

    def test_difference(self) -> None:
        """What changes is told as a unified diff of each thing."""
        wanted = self.wanted('firstName = "Ann"', 'firstName = "Anne"')
        self.assertEqual(
            list(differences(wanted)),
            [
                '--- User "ann"',
                '+++ User "ann"',
                "@@ -1,6 +1,6 @@",
                ' loginId = "ann"',
                ' loginName = "Ann.Doe"',
                '-firstName = "Ann"',
                '+firstName = "Anne"',
                ' lastName = "Doe"',
                ' extension = "1500"',
                " roles = [",
            ],
        )
        self.assertEqual([type(edit) for edit in wanted.edits], [Replace])

    def test_left_out(self) -> None:
        """What a document does not have stays; with ``prune`` it goes, and all that had it has it no more."""
        queue = SAMPLE[
            SAMPLE.index('[[Queue]]\nname = "Letters"') : SAMPLE.index('[[Queue]]\nname = "Sales"')
        ]
        self.assertEqual(self.wanted(queue, "").changes, 0)
        pruned = self.wanted(queue, "", prune=True)
        self.assertEqual([type(edit) for edit in pruned.edits], [Remove])
        self.assertEqual(list(differences(pruned))[:2], ['--- Queue "Letters"', "+++ /dev/null"])
        book = SAMPLE[SAMPLE.index("[[PhoneBook]]") : SAMPLE.index("[[WorkflowAction]]")]
        text = SAMPLE.replace(book, "").replace('phoneBooks = [\n    "Doctors",\n]\n', "")
        self.assertEqual(
            document_of(planned(read(text.encode()), full(), prune=True).after).phone_books, ()
        )

    def test_nowhere(self) -> None:
        """Every reference that leads nowhere is named with its line, and with what there is."""
        self.assertEqual(
            self.refused('team = "Night"', 'team = "Nigth"'),
            [
                'line 43: User "ann": team: there is no Team "Nigth"; there are: Night',
                'line 59: User "boss": team: there is no Team "Nigth"; there are: Night',
            ],
        )
        for old, new, said in (
            ('    "Prayer"', '    "Tea"', 'Team "Night": notReadyReasons[0]: there is no NOT_READY reason code "Tea"'),
            ('    "Sold"', '    "Won"', 'Team "Night": wrapUpReasons[0]: there is no WrapUpReason "Won"; there are: Lost, Sold'),
            ('\n    "Show customer"', '\n    "Hide"', 'Workflow "Greet": workflowActions[0]: there is no WorkflowAction "Hide"; there are: Show customer'),
            ('queue = "Sales"', 'queue = "Sails"', 'Trigger "6100": queue: there is no Queue "Sails"; there are: Letters, Sales'),
            ('skill = "Sales"', 'skill = "Sails"', 'Queue "Sales": skills[0]: there is no Skill "Sails"; there are: Sales'),
            ('primarySupervisor = "boss"', 'primarySupervisor = "bos"', 'Team "Night": primarySupervisor: there is no "bos"'),
        ):  # fmt: skip
            (line,) = self.refused(old, new)
            self.assertEqual(line.partition(": ")[2], said)

    def test_what_may_not_be(self) -> None:
        """The rules are those of the console and of REST."""
        for old, new, said in (
            ('extension = "2500"', 'extension = "6100"', "User"),
            ("Sales = 7", "Sales = 11", 'skills: Sales 11; 1 to 10'),
            ("code = 9", "code = 1000", "code: 1 to 999"),
            ("code = 9\n", "code = 9\nforAll = false\nsystemCode = true\n", "systemCode: whose a code is stays as it is"),
            ('label = "Lost"\nforAll = false', 'label = "Lost"\nforAll = true', "wrapUpReasons[1]: every team has it"),
            ("<role>Agent</role>", "<rule>Agent</rule>", "layoutxml: Line 2"),
            ('mediaProperty = "user.why"', 'mediaProperty = "why"', "Invalid mediaProperty specified"),
            ('name = "path"', 'name = "way"', "Invalid way specified"),
            ('host = "db.example.com"', 'host = "db.example.com"\nbackupPort = 1', "backupHost Parameter missing"),
            ("https://crm.example.com", "https://crm.example.com/", "An origin has no path: leave / out"),
            ("https://crm.example.com", "null", "no origin of its own"),
            ("https://crm.example.com", "HTTPS://crm.example.com", "as browsers send it: https://crm.example.com"),
            ("https://crm.example.com", "http://portal.example.com:8080", "This origin is there twice"),
            ('[[Skill]]\nname = "Sales"', '[[Skill]]\nname = "Sales"\n[[Skill]]\nname = "sales"', "is there twice"),
            ('loginId = "boss"', 'loginId = "ann"', "is there twice"),
            ("code = 12", "code = 9\nlabel='x'\n[[ReasonCode]]\ncategory='NOT_READY'\ncode = 12", None),
        ):  # fmt: skip
            if said is None:
                self.assertEqual(self.wanted(old, new).changes, 1)
                continue
            self.assertIn(said, "\n".join(self.refused(old, new)))

    def test_campaigns(self) -> None:
        """What is wrong with a campaign is told with what would be right; one with customers stays."""
        for old, new, said in (
            ("mon-fri 09:00", "mon-fri 9", '"mon-fri 9-20:00" is not such as'),
            ("Europe/Amsterdam", "Mars", 'timeZone: there is no time zone "Mars"'),
            ("maxAttempts = 5", "maxAttempts = 0", "maxAttempts: 0; 1 to 1000"),
            ("linesPerAgent = 2", "linesPerAgent = 4", "linesPerAgent: 4; 1 to 3"),
            ("mon-fri", "mon 09:00-20:00, " * 40 + "mon-fri", "longer than 500 characters"),
            ('"progressive"\nqueue = "Sales"', '"progressive"\nqueue = "x"', 'no Queue "x"'),
        ):
            (line,) = self.refused(old, new)
            self.assertRegex(line, '^line [0-9]+: Campaign "Renewals": ')
            self.assertIn(said, line)
        text = SAMPLE.replace('name = "Renewals"', 'name = "Others"')
        there = full()
        self.assertEqual(planned(read(text.encode()), there, prune=True).changes, 2)
        called = replace(there, called=frozenset({there.campaigns[0].id}))
        self.assertEqual(planned(read(text.encode()), called).changes, 1)
        with self.assertRaisesRegex(DocumentRefusedError, "Campaign: Renewals: it has customers"):
            planned(read(text.encode()), called, prune=True)

    def test_bound(self) -> None:
        """So many edits of the directory are made in one import, and not one more."""
        self.assertGreater(MAX_EDITS, EDITOR_MAX_EDITS)
        three = source_of({"Skill": [{"name": name} for name in "abc"]})
        self.assertEqual(planned(three, EMPTY, most=3).changes, 3)
        with self.assertRaisesRegex(DocumentRefusedError, "too long; at most 2 edits"):
            planned(three, EMPTY, most=2)

    def test_new_things(self) -> None:
        """New teams, people, books and workflows refer to each other in one document, whatever their order."""
        after = full()
        boss = SAMPLE.index('[[User]]\nloginId = "boss"')
        self.assertGreater(boss, SAMPLE.index('primarySupervisor = "boss"'))
        (team,) = after.register.snapshot.teams
        self.assertEqual(team.primary_supervisor, "boss")
        self.assertEqual(after.register.disabled, {"ann"})

    def test_no_longer_a_supervisor(self) -> None:
        """Who supervises a team and is to be none any more is taken from it first."""
        text = SAMPLE.replace('    "Supervisor",\n', "").replace('primarySupervisor = "boss"\n', "")
        after = planned(read(text.encode()), full()).after
        self.assertEqual(after.register.snapshot.teams[0].supervisors, ())

    def test_last_administrator(self) -> None:
        """Nobody takes away who could undo it."""
        (line,) = self.refused('    "Administrator",\n', "")
        self.assertIn("nobody could administrate any more", line)

    def test_password_stays(self) -> None:
        """A password that a document leaves out stays as it is; another one is told of, and not what it is."""
        secret = 'username = "finesse"\npassword = "secret"'
        wanted = self.wanted('username = "finesse"', secret)
        self.assertEqual(
            list(differences(wanted)), ["~ EnterpriseDatabaseConfig: another password"]
        )
        again = planned(read(SAMPLE.encode()), kept(wanted.after))
        self.assertEqual(again.changes, 0)

    def test_default_layout(self) -> None:
        """The default layout is one, whatever it is called, and stays where a document has none."""
        there = Configuration(
            settings=Settings({MediaPropertiesLayout: {3: numbered(DEFAULT_LAYOUT, 3)}})
        )
        self.assertEqual(planned(source_of({}), there, prune=True).changes, 0)
        named = source_of(
            {
                "MediaPropertiesLayout": [
                    {
                        "name": "Ours",
                        "type": "DEFAULT",
                        "header": {
                            "entry": [{"displayName": "", "mediaProperty": "callVariable1"}]
                        },
                    }
                ]
            }
        )
        (layout,) = planned(named, there).after.settings.all(MediaPropertiesLayout)
        self.assertEqual(
            (layout.name, layout.uri), ("Ours", "/finesse/api/MediaPropertiesLayout/3")
        )

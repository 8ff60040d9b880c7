"""`finesse_tx.webservices.core.access`: who may do what, as one table."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.webservices.core.access import Relation, automatic_nodes, node_access, relation


def person(login_id: str, team_id: int | None, *roles: Role) -> Person:
    """Someone."""
    return Person(login_id, login_id, "", "", "", frozenset(roles), team_id)


HERE = Snapshot(
    people=(
        person("ann", 1, Role.AGENT),
        person("bob", 2, Role.AGENT),
        person("sue", 1, Role.AGENT, Role.SUPERVISOR),
        person("adm", None, Role.ADMINISTRATOR),
    ),
    teams=(Team(1, "One", "sue"), Team(2, "Two")),
    csqs=(CSQ(7, "Sales"),),
)

YES, NO, NONE = NodeAccess.ALLOWED, NodeAccess.FORBIDDEN, NodeAccess.NO_SUCH_NODE

NODES = {
    #                                     ann   bob   sue   adm   nobody
    "/finesse/api/SystemInfo": (YES, YES, YES, YES, NO),
    "/finesse/api/User/ann": (YES, NO, YES, YES, NO),
    "/finesse/api/User/ann/Dialogs": (YES, NO, YES, YES, NO),
    "/finesse/api/User/ann/Queues": (YES, NO, NO, NO, NO),
    "/finesse/api/User/ann/ClientLog": (YES, NO, NO, NO, NO),
    "/finesse/api/User/ann/Media": (YES, NO, NO, NO, NO),
    "/finesse/api/User/ann/Media/5000": (YES, NO, NO, NO, NO),
    "/finesse/api/User/ann/Dialogs/Media": (YES, NO, NO, NO, NO),
    "/finesse/api/User/bob": (NO, YES, NO, YES, NO),
    "/finesse/api/User/adm": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/User/zoe": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/User/ann/Wishes": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/User/ann/Queues/Dialogs": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/Team/1/Users": (NO, NO, YES, YES, NO),
    "/finesse/api/Team/2/Users": (NO, NO, NO, YES, NO),
    "/finesse/api/Team/1/TeamMessage": (YES, NO, YES, YES, NO),
    "/finesse/api/Team/1/TeamMessages": (YES, NO, YES, YES, NO),
    "/finesse/api/Team/3/Users": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/Team/99999999999999999999/Users": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/Queue/7": (YES, YES, YES, YES, NO),
    "/finesse/api/Queue/8": (NONE, NONE, NONE, NONE, NO),
    "/finesse/api/User/ann\n": (NONE, NONE, NONE, NONE, NO),
    "": (NONE, NONE, NONE, NONE, NO),
}


class NodeAccessTests(SynchronousTestCase):
    """Subscriptions."""

    def test_every_node(self) -> None:
        """Each kind of node, seen by each kind of person."""
        for node, expected in NODES.items():
            found = tuple(
                node_access(HERE, who, node) for who in ("ann", "bob", "sue", "adm", "nobody")
            )
            self.assertEqual(found, expected, node)

    def test_automatic(self) -> None:
        """An agent receives its own nodes and SystemInfo, an administrator SystemInfo alone."""
        self.assertEqual(
            automatic_nodes(HERE, "ann"),
            ("/finesse/api/User/ann", "/finesse/api/User/ann/Dialogs", "/finesse/api/SystemInfo"),
        )
        self.assertEqual(automatic_nodes(HERE, "adm"), ("/finesse/api/SystemInfo",))
        self.assertEqual(automatic_nodes(HERE, "nobody"), ())

    def test_automatic_is_allowed(self) -> None:
        """Nobody receives a node that would be refused on asking."""
        for someone in HERE.people:
            for node in automatic_nodes(HERE, someone.login_id):
                self.assertIs(node_access(HERE, someone.login_id, node), YES)


class RelationTests(SynchronousTestCase):
    """REST."""

    def test_relations(self) -> None:
        """The closest relation counts."""
        ann, bob, sue, adm = HERE.people
        self.assertIs(relation(ann, ann, HERE), Relation.SELF)
        self.assertIs(relation(sue, sue, HERE), Relation.SELF)
        self.assertIs(relation(sue, ann, HERE), Relation.SUPERVISOR)
        self.assertIs(relation(sue, bob, HERE), Relation.STRANGER)
        self.assertIs(relation(adm, bob, HERE), Relation.ADMINISTRATOR)
        self.assertIs(relation(ann, sue, HERE), Relation.STRANGER)

"""What XEP-0060 says of answers beside its examples: defaults of options, changes that cannot be, nodes that are gone."""

from finesse_tx.notification.core.access import NodeAccess
from tests.notification.test_created_nodes import CreatedTestCase
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    Policy,
    notification_service,
    team_users,
    user,
)
from tests.support.pubsub import SOME, StructureTestCase, owner, pubsub, query, shown


class Gone(Policy):
    """Nodes can go.

    Attributes:
        gone: Those that have gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()

    def node_access(self, login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node."""
        return NodeAccess.NO_SUCH_NODE if node in self.gone else super().node_access(login_id, node)


class AnswerTests(CreatedTestCase, StructureTestCase):
    """One at a time."""

    def setUp(self) -> None:
        """With nodes that can go."""
        self.policy = Gone()
        self.service = notification_service(policy=self.policy)
        self.admin, self.agent = self.client("admin"), self.client("agent1")

    def ask(self, request: str, kind: str = "get") -> str:
        """The agent asks."""
        return self.agent.send(f"<iq type='{kind}' id='x' to='{PUBSUB}'>{request}</iq>")

    def test_default_options(self) -> None:
        """§6.4: the defaults of options are those of any node, and told for nodes that one may have."""
        (answer,) = self.agent.stanzas(self.ask(pubsub("<default/>")))
        wanted = shown("result", "subscribe_options", deliver="1")
        self.same(f"<all>{pubsub(f'<default>{wanted}</default>')}</all>", list(answer))
        self.assertResult(self.ask(pubsub(f"<default node='{user('agent1')}'/>")))
        self.assertError(
            self.ask(pubsub(f"<default node='{team_users(1)}'/>")), "auth", "forbidden"
        )
        self.assertError(self.ask(pubsub("<default node='none'/>")), "cancel", "item-not-found")
        self.assertError(self.ask(pubsub("<default/>"), "set"), "modify", "bad-request")

    def test_no_such_affiliation(self) -> None:
        """§8.9.2.4: of several changes the answer names the one that there is not, and what its address has; none is made."""
        self.create()
        changes = (
            f"<affiliation jid='agent1@{DOMAIN}' affiliation='king'/>"
            f"<affiliation jid='agent2@{DOMAIN}' affiliation='publisher'/>"
        )
        (answer,) = self.admin.stanzas(
            self.owner(f"<affiliations node='news'>{changes}</affiliations>")
        )
        entry = f"<affiliation jid='agent1@{DOMAIN}' affiliation='none'/>"
        wanted = owner(f"<affiliations node='news'>{entry}</affiliations>")
        self.same(f"<all>{wanted}</all>", list(answer)[:1])
        self.refused(answer[1], ["modify", "not-acceptable"])
        self.assertNotIn("agent2@", self.owner("<affiliations node='news'/>", "get"))

    def test_other_subid(self) -> None:
        """§8.8.2.4: a subscription with another subid is not ended; it is named as it is."""
        self.create()
        self.subscribe()
        end = f"<subscription jid='agent1@{DOMAIN}' subid='x' subscription='none'/>"
        (answer,) = self.admin.stanzas(
            self.owner(f"<subscriptions node='news'>{end}</subscriptions>")
        )
        entry = f"<subscription jid='agent1@{DOMAIN}' subscription='subscribed'/>"
        wanted = owner(f"<subscriptions node='news'>{entry}</subscriptions>")
        self.same(f"<all>{wanted}</all>", list(answer)[:1])
        self.publish()
        self.assertIn("<message", self.agent.said())

    def test_gone(self) -> None:
        """Who is subscribed to a node that has gone can still leave it; then there is no such node."""
        node = f"{user('agent1')}/Queues"
        self.assertResult(self.subscribe(node))
        self.policy.gone.add(node)
        leave = pubsub(f"<unsubscribe node='{node}' jid='agent1@{DOMAIN}'/>")
        self.assertResult(self.ask(leave, "set"))
        self.assertError(self.ask(leave, "set"), "cancel", "item-not-found")

    def test_titles(self) -> None:
        """§5.2: a node without a title has no name, one's automatic nodes are there."""
        self.create()
        (answer,) = self.agent.stanzas(self.ask(query("items")))
        expected = "".join(
            f"<item jid='{PUBSUB}' node='{node}'/>" for node in (user("agent1"), "news")
        )
        wanted = query("items", expected, more=f" {SOME}=''")
        self.same(f"<all>{wanted}</all>", list(answer))

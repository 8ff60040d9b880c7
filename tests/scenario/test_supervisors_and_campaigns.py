"""Scenarios with supervisors, recording and campaigns, played."""

from __future__ import annotations

from finesse_tx.errors import ConfigError
from finesse_tx.scenario.core.reading import read_scenario
from tests.scenario.test_play import ANSWERED, PlayCase

CAMPAIGNS = """
[customer.anna]
number = "0612345678"
[customer.ben]
number = "0698765432"
when_called = "busy"
[campaign.renewals]
customers = ["anna", "ben"]
mode = "{mode}"
[[scene]]
steps = [
{{ at = 0, who = "agent1", does = "sign in" }},
{{ at = 1, who = "agent1", does = "ready" }},
"""


class SupervisorTests(PlayCase):
    """What supervisors do; agent1 is in supervisor1's team."""

    HERE = (
        ANSWERED
        + """
    { at = 5, who = "supervisor1", does = "sign in" },
    """
    )

    def test_listen_in(self) -> None:
        """Listening in is a call of the supervisor's own; whispering is the same one; leaving ends it."""
        lines = self.as_expected(
            self.HERE
            + """
            { at = 6, who = "supervisor1", does = "listen in", agent = "agent1" },
            { at = 7, expect = "supervisor1", calls = 1 },
            { at = 8, who = "supervisor1", does = "whisper", agent = "agent1" },
            { at = 9, who = "supervisor1", does = "leave", agent = "agent1" },
            { at = 10, expect = "supervisor1", calls = 0 },
            { at = 10, expect = "anna", is = "talking", answered_by = "agent1" },
            """
        )
        types = [line.get("type") for line in lines if line.get("device") == "2001"]
        self.assertIn("CALLTYPE_SUPERVISOR_MONITOR", types)

    def test_take_over(self) -> None:
        """Barging in needs an answer; intercepting leaves the customer to the supervisor."""
        self.as_expected(
            self.HERE
            + """
            { at = 6, who = "supervisor1", does = "barge in", agent = "agent1" },
            { at = 8, who = "supervisor1", does = "answer" },
            { at = 9, expect = "supervisor1", state = "TALKING" },
            { at = 10, who = "supervisor1", does = "intercept", agent = "agent1" },
            { at = 11, expect = "agent1", calls = 0 },
            { at = 11, expect = "anna", is = "talking", answered_by = "supervisor1" },
            """
        )

    def test_orders(self) -> None:
        """A supervisor makes an agent of the team NOT_READY, READY, and sign out; another's is refused."""
        self.as_expected(
            """
            { at = 2, who = "supervisor1", does = "sign in" },
            { at = 3, who = "supervisor1", does = "make not ready", agent = "agent1" },
            { at = 4, expect = "agent1", state = "NOT_READY", reason = 33 },
            { at = 5, who = "supervisor1", does = "make ready", agent = "agent1" },
            { at = 6, expect = "agent1", state = "READY" },
            { at = 7, who = "supervisor1", does = "make sign out", agent = "agent1" },
            { at = 8, expect = "agent1", state = "LOGOUT", reason = 22 },
            { at = 9, who = "supervisor1", does = "make ready", agent = "agent2", refused = true },
            """
        )

    def test_help_and_recording(self) -> None:
        """An agent records the call, and calls the supervisor for help; nobody is there to listen in to without a call."""
        lines = self.as_expected(
            self.HERE
            + """
            { at = 6, who = "agent1", does = "record" },
            { at = 7, who = "agent1", does = "stop recording" },
            { at = 8, who = "agent1", does = "call for help" },
            { at = 9, expect = "supervisor1", calls = 1 },
            { at = 9, who = "supervisor1", does = "listen in", agent = "agent2", refused = true },
            """
        )
        told = [line.get("message") for line in lines]
        self.assertIn("SUPERVISOR_ASSIST_EVENT", told)


class CampaignTests(PlayCase):
    """What campaigns do."""

    def test_preview(self) -> None:
        """An agent accepts one customer, who answers, and closes the other."""
        play, _ = self.play(
            """
            { at = 2, expect = "renewals", to_call = 2, preview = 0 },
            { at = 3, who = "renewals", does = "start" },
            { at = 4, expect = "agent1", state = "RESERVED", reason = 32746 },
            { at = 5, who = "agent1", does = "say", response = "Accept" },
            { at = 20, expect = "agent1", state = "TALKING" },
            { at = 21, expect = "anna", is = "talking" },
            { at = 25, who = "agent1", does = "hang up" },
            { at = 26, expect = "agent1", state = "RESERVED" },
            { at = 27, who = "agent1", does = "say", response = "Reject-Close" },
            { at = 28, expect = "agent1", state = "READY" },
            { at = 28, expect = "renewals", to_call = 0, preview = 2, accepted = 1, answered = 1, closed = 1 },
            """,
            CAMPAIGNS.format(mode="preview"),
        )
        self.assertEqual(list(map(str, play.missed)), [])

    def test_progressive(self) -> None:
        """Whoever answers is the agent's, whoever is busy is nobody's; a campaign that pauses calls nobody else."""
        play, _ = self.play(
            """
            { at = 2, who = "renewals", does = "start" },
            { at = 15, expect = "agent1", state = "TALKING" },
            { at = 16, who = "renewals", does = "pause" },
            { at = 17, who = "agent1", does = "hang up" },
            { at = 30, expect = "renewals", to_call = 1, answered = 1, busy = 0 },
            { at = 31, who = "renewals", does = "start" },
            { at = 40, expect = "renewals", to_call = 0, busy = 1 },
            { at = 41, who = "renewals", does = "stop" },
            { at = 42, expect = "renewals", answered = 3 },
            """,
            CAMPAIGNS.format(mode="progressive"),
        )
        self.assertEqual([m.what for m in play.missed], ["renewals: answered are 1, not 3"])

    def test_mistakes(self) -> None:
        """A customer, a queue or an agent who is not there is told with the line."""
        head = '[customer.anna]\nnumber = "0612345678"\n[campaign.renewals]\n'
        for text, where in (
            (
                'customers = ["anne"]',
                "day.toml:4: campaign.renewals.customers[1]: there is no cust",
            ),
            ('customers = []\nqueue = "Sails"', "day.toml:5: campaign.renewals.queue: there is no"),
            (
                "customers = []\n[campaign.anna]\ncustomers = []",
                "day.toml:5: campaign.anna: is somebody else",
            ),
            (
                'customers = []\n[[scene]]\nsteps = [{at = 0, who = "supervisor1", does = "leave", agent = "bob"}]',
                "day.toml:6: scene[1].steps[1].agent: there is no agent",
            ),
        ):
            error = self.assertRaises(ConfigError, read_scenario, head + text, "day.toml")
            self.assertIn(where, str(error))

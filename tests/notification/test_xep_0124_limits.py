"""XEP-0124 1.11.2 §10 to §13, each rule that applies: inactivity, overactivity, polling, the end."""

from finesse_tx.config import BOSHConfig
from tests.support.bosh_http import web_port
from tests.support.bosh_rules import EMPTY, RulesTestCase


class LimitRulesTests(RulesTestCase):
    """On the BOSH ports."""

    # §10: inactivity -----------------------------------------------------------------------------------------------

    def test_s10_inactivity(self) -> None:
        """Without a request the session ends after ``inactivity``, in silence; then there is none of that name."""
        client = self.signed_in()
        self.clock.advance(23.9)
        self.assertEqual(self.sessions(), 1)
        self.clock.advance(0.2)
        self.assertEqual(self.sessions(), 0)
        self.assertEnded(client.post(), "item-not-found")

    def test_s10_held_is_active(self) -> None:
        """While a request is held there is no inactivity; it begins with the answer."""
        client = self.signed_in()
        client.post()
        self.clock.advance(30)
        self.clock.advance(29.9)
        self.assertEqual(self.sessions(), 1)
        self.clock.advance(0.1)
        self.assertEqual(self.sessions(), 0)

    def test_s10_pause(self) -> None:
        """A pause answers all pending requests at once, and gives that much time."""
        client = self.signed_in()
        held, pause = client.post(), client.post(pause=200)
        self.assertEqual((held.payloads, pause.payloads, pause.response.code), ([], [], 200))
        self.clock.advance(199.9)
        self.assertEqual(self.sessions(), 1)
        self.clock.advance(0.1)
        self.assertEqual(self.sessions(), 0)

    def test_s10_no_payload_in_the_answer_to_a_pause(self) -> None:
        """What waits is kept for the request after the pause."""
        client = self.signed_in()
        self.publish("a")
        self.assertEqual(client.post(pause=100).payloads, [])
        self.assertEqual(client.post().texts, ["a"])

    def test_s10_pause_is_bounded(self) -> None:
        """A pause of ``maxpause`` is granted; a longer one is a request like any other."""
        client = self.signed_in()
        self.assertFalse(client.post(pause=300).open)
        self.assertTrue(client.post(pause=301).open)

    def test_s10_a_pause_may_be_short(self) -> None:
        """It may be shorter than ``inactivity``."""
        client = self.signed_in()
        client.post(pause=2)
        self.clock.advance(2)
        self.assertEqual(self.sessions(), 0)

    def test_s10_back_to_normal(self) -> None:
        """With the next request the old limit is back."""
        client = self.signed_in()
        client.post(pause=200)
        client.post()
        self.publish("a")
        self.clock.advance(30)
        self.assertEqual(self.sessions(), 0)

    def test_s10_a_repeated_pause(self) -> None:
        """A pause whose answer got lost may be repeated, and is still one."""
        client = self.signed_in()
        client.post(pause=200)
        client.post(rid=client.rid, pause=200)
        self.clock.advance(199)
        self.assertEqual(self.sessions(), 1)

    # §11: overactivity ---------------------------------------------------------------------------------------------

    def test_s11_too_many_simultaneous_requests(self) -> None:
        """More unanswered requests than ``requests`` end the session; each of them is told."""
        client = self.signed_in()
        held = client.post()
        third = client.say("c", rid=client.rid + 2)
        second = client.say("b", rid=client.rid + 1)
        self.assertEnded(third, "policy-violation")
        for other in (held, second):
            self.assertEnded(other, "other-request")
        self.assertEqual(self.sessions(), 0)

    def test_s11_one_more_to_pause_or_terminate(self) -> None:
        """One request more is allowed that pauses or terminates."""
        for attributes in ({"pause": 10}, {"type": "terminate"}):
            self.serve()
            client = self.signed_in()
            client.post()
            client.say("c", rid=client.rid + 2, **attributes)
            client.say("b", rid=client.rid + 1)
            self.assertEqual(self.sessions(), int("pause" in attributes), attributes)

    def test_s11_too_frequent_requests(self) -> None:
        """An empty request within ``polling`` seconds of the one before, both unanswered, ends the session."""
        client = self.signed_in()
        client.post()
        self.clock.advance(4.9)
        self.assertEnded(client.post(), "policy-violation")

    def test_s11_polling_seconds_apart(self) -> None:
        """Empty requests may be ``polling`` seconds apart; others come when they come."""
        client = self.signed_in()
        client.post()
        self.clock.advance(5)
        self.assertTrue(client.post().open)
        self.assertTrue(client.post("<presence xmlns='jabber:client'/>").open)

    def test_s11_repeats_are_not_new(self) -> None:
        """Repeated requests do not count."""
        client = self.signed_in()
        client.post()
        for _ in range(3):
            self.assertTrue(client.post(rid=client.rid).open)
        self.assertEqual(self.sessions(), 1)

    # §12: polling sessions -----------------------------------------------------------------------------------------

    def test_s12_wait_or_hold_of_none(self) -> None:
        """With ``wait`` or ``hold`` of 0 every request is answered at once."""
        for asked in ({"wait": 0}, {"hold": 0}):
            client = self.signed_in(**asked)
            self.assertEqual(client.post().document, EMPTY)
            self.publish("a")
            self.clock.advance(5)
            self.assertEqual(client.post().texts[-1:], ["a"])

    def test_s12_one_request_at_a_time(self) -> None:
        """An operator who allows one request at a time makes every session one that polls."""
        self.serve(BOSHConfig(requests=1))
        client = self.client().create()
        self.assertEqual(client.first.attributes["hold"], "0")
        self.assertEqual(client.post().document, EMPTY)

    def test_s12_too_frequent_polls(self) -> None:
        """Two empty requests within ``polling``, of which the first brought nothing, end the session."""
        client = self.signed_in(hold=0)
        client.post()
        self.clock.advance(4.9)
        self.assertEnded(client.post(), "policy-violation")

    def test_s12_polling_seconds_apart(self) -> None:
        """At ``polling`` seconds, or after a response with a payload, polling is welcome."""
        client = self.signed_in(hold=0)
        client.post()
        self.clock.advance(5)
        self.publish("a")
        self.assertEqual(client.post().texts, ["a"])
        self.assertEqual(client.post().response.code, 200)
        self.assertEqual(self.sessions(), 1)

    # §13: the end --------------------------------------------------------------------------------------------------

    def test_s13_terminate(self) -> None:
        """The oldest request is answered ``terminate``, the others empty, and the session is over."""
        client = self.signed_in()
        held, last = client.post(), client.post(type="terminate")
        self.assertEqual((held.ending, last.document), (("terminate", None), EMPTY))
        self.assertEqual(self.sessions(), 0)

    def test_s13_payload_is_forwarded(self) -> None:
        """Payloads of the last request are dealt with before the session ends."""
        client, other = self.client().sign_in(), self.client().sign_in("agent1", "other")
        client.post(client.message("farewell", "other"), type="terminate")
        self.assertIn("farewell", other.post().texts)

    def test_s13_afterwards(self) -> None:
        """The session is not there any more."""
        client = self.signed_in()
        client.post(type="terminate")
        self.assertEnded(client.post(), "item-not-found")


class WebPortsLimitRulesTests(LimitRulesTests):
    """The same on the web ports."""

    port = staticmethod(web_port)

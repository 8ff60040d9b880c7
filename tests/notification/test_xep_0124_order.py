"""XEP-0124 1.11.2 §14 to §19, each rule that applies: request ids, keys, streams, errors, encryption."""

from hashlib import sha1

from finesse_tx.notification.core.bosh import MAX_REPEATS
from tests.support.bosh_http import own_document, web_port
from tests.support.bosh_rules import RulesTestCase
from tests.support.notification import Listener


class BrokenListener(Listener):
    """One with a bug."""

    def user_available(self, login_id: str) -> None:
        """Our bug."""
        raise ZeroDivisionError


class OrderRulesTests(RulesTestCase):
    """On the BOSH ports."""

    # §14: request ids ----------------------------------------------------------------------------------------------

    def test_s14_1_the_largest_id(self) -> None:
        """Ids reach 2⁵³ - 1, and no further."""
        client = self.client()
        client.rid = 2**53 - 2
        client.create()
        self.assertTrue(client.post().open)
        self.assertEnded(client.post("<presence xmlns='jabber:client'/>"), "bad-request")

    def test_s14_2_out_of_order(self) -> None:
        """A request before its turn waits for the one that is missing; both are answered in their order."""
        client = self.signed_in()
        early = client.say("a", rid=client.rid + 2)
        self.assertTrue(early.open)
        late = client.post(rid=client.rid + 1)
        self.assertEqual((late.texts, early.open), (["a"], True))

    def test_s14_2_window(self) -> None:
        """The last id of the window waits; the next one ends the session."""
        for ahead, ends in ((2, False), (3, True)):
            self.serve()
            client = self.signed_in()
            posted = client.say("a", rid=client.rid + ahead)
            if ends:
                self.assertEnded(posted, "item-not-found")
            else:
                self.assertTrue(posted.open)

    def test_s14_3_same_bytes(self) -> None:
        """A repeated request gets the same body, and is not carried out again."""
        client = self.signed_in()
        first = client.say("once")
        for _ in range(3):
            self.assertEqual(client.post(rid=client.rid).document, first.document)
        self.clock.advance(6)
        self.assertTrue(client.post().open)

    def test_s14_3_as_many_as_requests(self) -> None:
        """As many responses are kept as ``requests`` says; for an older one the session ends."""
        client = self.signed_in()
        bodies = [client.say(text).document for text in "abc"]
        self.assertEqual(client.post(rid=client.rid - 1).document, bodies[1])
        self.assertEnded(client.post(rid=client.rid - 2), "item-not-found")

    def test_s14_3_a_held_request_is_repeated(self) -> None:
        """The older of two with one id is answered ``error``, the newer one gets what comes."""
        client = self.signed_in()
        older = client.post()
        newer = client.post(rid=client.rid)
        self.assertEqual((older.ending, newer.open), (("error", None), True))
        self.publish("a")
        self.assertEqual(newer.texts, ["a"])

    def test_s14_3_repeats_are_limited(self) -> None:
        """Who repeats one request too often is ended."""
        client = self.signed_in()
        client.post()
        for _ in range(MAX_REPEATS):
            self.assertTrue(client.post(rid=client.rid).open)
        self.assertEnded(client.post(rid=client.rid), "policy-violation")

    def test_s14_3_broken_connection(self) -> None:
        """What comes while the connection of a held request is broken goes to its repeat."""
        client = self.signed_in()
        broken = client.post()
        broken.line.lose()
        self.publish("a")
        self.assertEqual(client.post(rid=client.rid).texts, ["a"])

    def test_s14_3_too_small_is_as_too_large(self) -> None:
        """An id that is too small ends the session just as one that is too large."""
        small, large = self.client().sign_in("agent1"), self.client().sign_in("agent2")
        refused = [small.post(rid=1).document, large.post(rid=large.rid + 100).document]
        self.assertEqual(refused[0], refused[1])
        self.assertIn(b"item-not-found", refused[0])

    # §15: keys -----------------------------------------------------------------------------------------------------

    @staticmethod
    def keys(seed: str, count: int) -> list[str]:
        """K(n) to K(1)."""
        found = [seed]
        for _ in range(count):
            found.append(sha1(found[-1].encode()).hexdigest())
        return found[:0:-1]

    def test_s15_4_key(self) -> None:
        """Each request proves with its key that it comes from who sent the one before; case does not matter."""
        keys = self.keys("seed", 4)
        client = self.client().create(newkey=keys[0].upper())
        for key in keys[1:]:
            self.clock.advance(6)
            self.assertTrue(client.post(key=key).open)

    def test_s15_4_wrong_key(self) -> None:
        """A wrong key, or none, ends the session, and the request is not carried out."""
        for key in (None, "0" * 40):
            client = self.client().create(newkey=self.keys("seed", 4)[0])
            self.assertEnded(client.post(key=key), "item-not-found")
            self.assertEqual(self.sessions(), 0)

    def test_s15_5_another_sequence(self) -> None:
        """With the last key of one sequence comes the first of the next; the old one is worth nothing then."""
        old, new = self.keys("old", 2), self.keys("new", 3)
        client = self.client().create(newkey=old[0])
        client.post(key=old[1], newkey=new[0])
        self.clock.advance(6)
        self.assertTrue(client.post(key=new[1]).open)
        self.assertEnded(client.post(key=old[1]), "item-not-found")

    # §16: multiple streams -----------------------------------------------------------------------------------------

    def test_s16_2_not_offered(self) -> None:
        """The first response has no ``stream``: a client knows that there is one alone."""
        self.assertNotIn("stream", self.client().create().first.attributes)

    def test_s16_3_another_stream_is_an_empty_request(self) -> None:
        """Who asks for another stream all the same has made an empty request."""
        client = self.signed_in()
        posted = client.post(to="other.example", xml_lang="en")
        self.assertTrue(posted.open)
        self.publish("a")
        self.assertEqual((posted.texts, posted.attributes), (["a"], {}))

    def test_s16_4_stream_is_ignored(self) -> None:
        """A ``stream`` with a request changes nothing."""
        client = self.signed_in()
        self.assertEqual(client.post(client.message("a"), stream="x").texts, ["a"])

    # §17: errors ---------------------------------------------------------------------------------------------------

    def test_s17_1_codes_for_old_clients(self) -> None:
        """A client that gave no ``ver`` is told by HTTP's code too, any other by the document alone."""
        for ver, codes in (("1.11", [200, 200, 200]), (None, [400, 403, 404])):
            malformed, hasty, wrong = (self.client().create(ver=ver) for _ in range(3))
            self.clock.advance(6)
            hasty.post()
            refused = [malformed.post(pause="x"), hasty.post(), wrong.post(rid=1)]
            self.assertEqual([posted.response.code for posted in refused], codes)

    def test_s17_2_unknown_sid(self) -> None:
        """A session that there is not is ``item-not-found``."""
        client = self.client()
        client.sid = "none"
        self.assertEnded(client.post(), "item-not-found")

    def test_s17_2_other_request(self) -> None:
        """What one request does wrong, those beside it are told as ``other-request``."""
        client = self.signed_in()
        held = client.post()
        self.assertEnded(client.post(rid=1), "item-not-found")
        self.assertEnded(held, "other-request")

    def test_s17_2_internal_server_error(self) -> None:
        """A bug of ours ends the session it meets, and says so."""
        self.serve(listener=BrokenListener())
        client = self.client().sign_in()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.sessions(), 0)
        self.assertEnded(client.post(), "item-not-found")

    def test_s17_2_system_shutdown(self) -> None:
        """At the stop every held request is told, and no session is made any more."""
        client = self.signed_in()
        held, between = client.post(), self.client().sign_in("agent2")
        self.service._manager.drain()
        self.assertEnded(held, "system-shutdown")
        self.assertEnded(between.post(), "system-shutdown")
        self.assertEnded(self.client().create().first, "system-shutdown")

    def test_s17_2_undefined_condition(self) -> None:
        """An error that is none of those comes with what it is about."""
        client = self.client().create()
        posted = client.post("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.assertEnded(posted, "undefined-condition")
        self.assertEqual(posted.payloads, ["failure"])

    def test_s17_3_recoverable(self) -> None:
        """A recoverable error does not end the session: the request may be repeated."""
        client = self.signed_in()
        older = client.post()
        client.post(rid=client.rid)
        self.assertEqual(older.ending, ("error", None))
        self.assertEqual(self.sessions(), 1)

    def test_s17_4_errors_of_payloads(self) -> None:
        """What is wrong with a stanza is answered by a stanza, and the session goes on."""
        client = self.signed_in()
        posted = client.post("<iq xmlns='jabber:client' type='get' id='1'><x xmlns='y'/></iq>")
        self.assertEqual((posted.payloads, posted.attributes), (["iq"], {}))
        self.assertEqual(self.sessions(), 1)

    # §18 and §19 ---------------------------------------------------------------------------------------------------

    def test_s18_1_pipelining(self) -> None:
        """Requests that come on one connection without a wait are answered in their order."""
        client = self.signed_in()
        line = client.line()
        first = client.say("a", line=line)
        second = client.say("b", line=line)
        self.assertEqual((first.texts, second.texts), (["a"], ["b"]))

    def test_s19_1_stays_encrypted(self) -> None:
        """A session that began over TLS does not go on without, and is not ended by who tries."""
        client = self.client(secure=True).sign_in()
        self.clock.advance(6)
        held = client.post()
        document = own_document(rid=client.rid + 1, sid=client.sid)
        for text in (document, own_document(rid="x", sid=client.sid)):
            self.assertEqual(
                client.raw(text, line=client.line(secure=False)).ending[0], "terminate"
            )
        self.assertEqual((self.sessions(), held.open), (1, True))


class WebPortsOrderRulesTests(OrderRulesTests):
    """The same on the web ports."""

    port = staticmethod(web_port)

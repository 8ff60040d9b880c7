"""XEP-0124 1.11.2 §5 to §9, each rule that applies: HTTP, the wrapper, the session, payloads, acknowledgements.

``test_s7_2_…`` is a rule of §7.2. The core's own tests (``core/test_bosh.py``) go around each edge; here it is what a
client sees over HTTP, on both kinds of ports.
"""

from finesse_tx.config import BOSHConfig
from finesse_tx.notification.core.bosh import REPORT_AFTER_S
from tests.support.bosh_http import own_document, web_port
from tests.support.bosh_rules import EMPTY, RulesTestCase
from tests.support.notification import DOMAIN


class RequestRulesTests(RulesTestCase):
    """On the BOSH ports."""

    # XEP-0124 §5: HTTP ---------------------------------------------------------------------------------------------

    def test_s5_content_type_of_requests_is_ignored(self) -> None:
        """Whatever media type a request claims, it is read."""
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "?"):
            posted = self.client().raw(own_document(rid=1), f"Content-Type: {kind}")
            self.assertIn("sid", posted.attributes, kind)

    def test_s5_http_1_0(self) -> None:
        """A client of HTTP/1.0 is answered, and its connection closed."""
        line, body = self.client().line(), own_document(rid=1).encode()
        line.send(b"POST /http-bind/ HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self.assertIn(b'sid="', line.responses[0].body)
        self.assertTrue(line.transport.disconnecting)

    def test_s5_persistent_connection(self) -> None:
        """One connection serves one request after the other."""
        client = self.client()
        line = client.line()
        client.sid = client.raw(own_document(rid=client.rid, ver="1.11"), line=line).attributes[
            "sid"
        ]
        client.post(line=line)
        self.clock.advance(30)
        self.assertEqual([r.code for r in line.responses], [200, 200])
        self.assertFalse(line.transport.disconnecting)

    def test_s5_content_encoding(self) -> None:
        """A long response is compressed for a client that accepts gzip, and for no other."""
        client = self.signed_in()
        for accept, packed in (("gzip, deflate", True), ("deflate", False), ("gzip;q=0", False)):
            self.publish("long " * 1_000)
            client.rid += 1
            document = own_document(rid=client.rid, sid=client.sid)
            posted = client.raw(document, f"Accept-Encoding: {accept}")
            self.assertEqual("content-encoding" in posted.response.headers, packed, accept)
            self.assertEqual(posted.document.count(b"long "), 1_000)
            self.clock.advance(6)

    def test_s5_unknown_headers_are_ignored(self) -> None:
        """Headers that nobody knows change nothing."""
        posted = self.client().raw(own_document(rid=1), "X-Whatever: 1", "Cookie: a=b")
        self.assertIn("sid", posted.attributes)

    # §6: the wrapper -----------------------------------------------------------------------------------------------

    def test_s6_one_body(self) -> None:
        """What is not one ``<body/>`` of that namespace is a bad request."""
        for document in ("", "{}", "<body rid='1'/>", "<x/>", own_document(rid=1) * 2):
            self.assertEnded(self.client().raw(document), "bad-request", 400)

    def test_s6_no_forbidden_xml(self) -> None:
        """Partial elements, comments, processing instructions, document types and entities are bad requests."""
        for inner in ("<a>", "<!-- -->", "<?a b?>", "&b;", "</a>"):
            self.assertEnded(self.client().raw(own_document(inner, rid=1)), "bad-request", 400)
        typed = f"<!DOCTYPE body [<!ENTITY b 'c'>]>{own_document('<a>&b;</a>', rid=1)}"
        self.assertEnded(self.client().raw(typed), "bad-request", 400)
        self.assertEqual(self.sessions(), 0)

    def test_s6_no_text(self) -> None:
        """The wrapper has no text of its own; white space is none."""
        self.assertEnded(self.client().raw(own_document("hello", rid=1)), "bad-request", 400)
        self.assertIn("sid", self.client().raw(own_document(" \n", rid=1)).attributes)

    def test_s6_several_payloads(self) -> None:
        """A wrapper holds any number of payloads, and they are dealt with in their order."""
        client = self.signed_in()
        posted = client.post("".join(client.message(text) for text in "abc"))
        self.assertEqual(posted.texts, ["a", "b", "c"])

    def test_s6_rid_is_required(self) -> None:
        """A request without a number is a bad request, and ends the session that it names."""
        self.assertEnded(self.client().raw(own_document(ver="1.6")), "bad-request")
        for rid in ("", "x", "-1", "1.5", str(2**53)):
            client = self.client().create()
            document = own_document(sid=client.sid, rid=rid)
            self.assertEnded(client.raw(document), "bad-request")
            self.assertEqual(self.sessions(), 0, rid)

    # §7: making a session ------------------------------------------------------------------------------------------

    def test_s7_1_lang_to_route_and_from_are_taken(self) -> None:
        """``to``, ``route``, ``from`` and ``xml:lang`` may be there, whatever they say."""
        client = self.client().create(
            **{"to": "other.example", "route": "xmpp:a:1", "from": "a@b", "xml_lang": "de"}
        )
        self.assertEqual(client.first.attributes["from"], DOMAIN)

    def test_s7_1_content(self) -> None:
        """Every response has the media type that the client asked for; without one, the usual one."""
        client = self.signed_in(content="text/html; charset=utf-8")
        posted = client.post()
        self.publish("a")
        for one in (client.first, posted, client.post(type="terminate")):
            self.assertEqual(one.response.headers["content-type"], "text/html; charset=utf-8")
        plain = self.client().create()
        self.assertEqual(plain.first.response.headers["content-type"], "text/xml; charset=utf-8")

    def test_s7_1_ver_is_two_numbers(self) -> None:
        """The version is compared as two numbers, and must be that."""
        for asked, given in (("1.6", "1.6"), ("1.10", "1.10"), ("1.12", "1.11"), ("2.0", "1.11")):
            self.assertEqual(self.client().create(ver=asked).first.attributes["ver"], given)
        self.assertEnded(self.client().create(ver="1").first, "bad-request")

    def test_s7_1_wait(self) -> None:
        """``wait`` is never longer than was asked; a number it must be."""
        for asked, given in ((10, "10"), (30, "30"), (600, "30"), (0, "0")):
            self.assertEqual(self.client().create(wait=asked).first.attributes["wait"], given)
        self.assertEnded(self.client().create(wait="-1").first, "bad-request")

    def test_s7_1_hold(self) -> None:
        """``hold`` is never more than was asked."""
        for asked, given in ((0, "0"), (1, "1"), (5, "1")):
            self.assertEqual(self.client().create(hold=asked).first.attributes["hold"], given)

    def test_s7_2_sid_is_unpredictable(self) -> None:
        """Each session has an identifier of its own; the service is given what makes them."""
        sids = {self.client().create().sid for _ in range(20)}
        self.assertEqual(len(sids), 20)

    def test_s7_2_attributes(self) -> None:
        """The first response has all attributes, and no later one has any of them."""
        client = self.client(secure=True).create()
        given = client.first.attributes
        names = {"sid", "wait", "requests", "ver", "polling", "inactivity", "hold", "from", "ack"}
        self.assertLessEqual(names | {"maxpause", "secure", "authid"}, given.keys())
        self.assertEqual(given["ack"], str(client.rid))
        posted = client.post()
        self.clock.advance(30)
        self.assertEqual(posted.attributes, {})

    def test_s7_2_requests_is_more_than_hold(self) -> None:
        """``requests`` is larger than ``hold``."""
        for requests in (1, 2, 5):
            self.serve(BOSHConfig(requests=requests))
            given = self.client().create(hold=9).first.attributes
            self.assertEqual((given["requests"], given["hold"]), (str(requests), str(requests - 1)))

    def test_s7_2_no_other_charset(self) -> None:
        """Neither ``charsets`` nor ``accept`` is offered; another charset for responses is refused."""
        given = self.client().create(content="text/xml; charset=UTF-8").first.attributes
        self.assertFalse({"charsets", "accept"} & given.keys())
        refused = self.client().create(content="text/xml; charset=iso-8859-1").first
        self.assertEnded(refused, "bad-request")

    # §8: payloads --------------------------------------------------------------------------------------------------

    def test_s8_forwarded_in_order(self) -> None:
        """Payloads are dealt with in the order of their numbers, whichever came first."""
        client = self.signed_in()
        late = client.say("second", rid=client.rid + 2)
        first = client.say("first", rid=client.rid + 1)
        self.assertEqual((first.texts, late.open), (["first", "second"], True))

    def test_s8_held_until_there_is_something(self) -> None:
        """A request is held, and answered as soon as there is a payload."""
        client = self.signed_in()
        poll = client.post()
        self.clock.advance(10)
        self.assertTrue(poll.open)
        self.publish("a")
        self.assertEqual((poll.response.code, poll.texts), (200, ["a"]))

    def test_s8_not_longer_than_wait(self) -> None:
        """Without a payload it is answered empty when ``wait`` is over, and not before."""
        client = self.signed_in(wait=20)
        poll = client.post()
        self.clock.advance(19.9)
        self.assertTrue(poll.open)
        self.clock.advance(0.1)
        self.assertEqual((poll.response.code, poll.document), (200, EMPTY))

    def test_s8_not_more_than_hold(self) -> None:
        """Another request has the one that was held answered."""
        client = self.signed_in()
        first, second = client.post(), client.post("<presence xmlns='jabber:client'/>")
        self.assertEqual((first.open, second.open), (False, True))

    def test_s8_answered_in_order(self) -> None:
        """Of several held requests the one with the lowest ``rid`` is answered first."""
        self.serve(BOSHConfig(requests=3, polling_s=0))
        client = self.signed_in(hold=2)
        first, second = client.post(), client.post()
        self.publish("a")
        self.assertEqual((first.texts, second.open), (["a"], True))
        self.publish("b")
        self.assertEqual(second.texts, ["b"])

    def test_s8_what_waits_goes_with_the_next(self) -> None:
        """Payloads for which no request waited are in the answer to the next one, in order."""
        client = self.signed_in()
        self.publish("a", "b")
        self.assertEqual(client.post().texts, ["a", "b"])

    # §9: acknowledgements ------------------------------------------------------------------------------------------

    def test_s9_1_request_acknowledgements(self) -> None:
        """A response says which is the highest request that came, unless that is its own."""
        client = self.signed_in()
        first, second = client.post(), client.post("<presence xmlns='jabber:client'/>")
        self.assertEqual(first.attributes, {"ack": str(client.rid)})
        self.publish("a")
        self.assertEqual(second.attributes, {})

    def test_s9_1_only_if_it_was_said_at_the_start(self) -> None:
        """A client of a version without acknowledgements gets none, at the start and later."""
        client = self.client().create(ver="1.5")
        self.assertNotIn("ack", client.first.attributes)
        self.clock.advance(6)
        first = client.post()
        client.post("<presence xmlns='jabber:client'/>")
        self.assertNotIn("ack", first.attributes)

    def test_s9_2_report(self) -> None:
        """A response that the client says it does not have is reported at once, with its age in milliseconds."""
        client = self.signed_in(ack="1")
        lost = client.post()
        self.publish("a")
        self.assertFalse(lost.open)
        self.clock.advance(REPORT_AFTER_S)
        posted = client.post(client.message("b"), ack=client.rid - 1)
        self.assertEqual(posted.attributes, {"report": str(client.rid - 1), "time": "1000"})

    def test_s9_2_no_ack_means_all(self) -> None:
        """A request without ``ack`` acknowledges everything."""
        client = self.signed_in(ack="1")
        client.post()
        self.publish("a")
        self.clock.advance(6)
        self.assertTrue(client.post().open)

    def test_s9_2_resent_after_a_report(self) -> None:
        """A client that repeats the request that was reported gets the response it lacks."""
        client = self.signed_in(ack="1")
        lost = client.post()
        self.publish("a")
        self.clock.advance(REPORT_AFTER_S)
        report = client.post(ack=client.rid - 1).attributes["report"]
        self.assertEqual(client.post(rid=int(report)).document, lost.document)


class WebPortsRequestRulesTests(RequestRulesTests):
    """The same on the web ports."""

    port = staticmethod(web_port)

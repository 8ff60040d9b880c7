"""`finesse_tx.notification.core.bosh`: each rule of XEP-0124 that applies, by its section."""

from hashlib import sha1

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.body import BodyError
from finesse_tx.notification.core.bosh import MAX_REPEATS, REPORT_AFTER_S, RESPONSE_BYTES
from finesse_tx.notification.core.terms import Bounds, agree
from finesse_tx.notification.core.window import Request
from tests.support.bosh import BOUNDS, Exchange, Talk

R = Talk.RID
EMPTY = b'<body xmlns="http://jabber.org/protocol/httpbind"/>'


class BOSHTests(SynchronousTestCase):
    """What all of them assert."""

    def assertTerminated(self, exchange: Exchange, condition: str | None) -> None:
        """That request was answered with the end of the session, for that reason."""
        attributes = exchange.attributes
        self.assertEqual(
            (attributes["type"], attributes.get("condition")), ("terminate", condition)
        )


class Section7CreationTests(BOSHTests):
    """XEP-0124 §7: making a session."""

    def test_response_attributes(self) -> None:
        """The first response says all that the reference lists, and no later one does."""
        talk = Talk().start()
        self.assertEqual(
            talk.first.attributes,
            {
                "from": "d",
                "authid": "sid",
                "sid": "sid",
                "requests": "2",
                "inactivity": "30",
                "polling": "5",
                "wait": "30",
                "hold": "1",
                "ack": str(R),
                "maxpause": "300",
                "ver": "1.6",
                "version": "1.0",
                "restartlogic": "true",
            },
        )
        self.assertEqual(talk.first.stanzas, ["features"])
        second = talk.post(R + 1)
        talk.pass_time(30)
        self.assertEqual(second.body, EMPTY)

    def test_wait_is_not_longer_than_asked(self) -> None:
        """``wait`` is the client's or ours, whichever is shorter."""
        for asked, given in (("10", 10), ("30", 30), ("31", 30), ("600", 30)):
            self.assertEqual(agree({"wait": asked}, BOUNDS).wait_s, given)
        self.assertEqual(agree({}, BOUNDS).wait_s, 30)

    def test_hold_is_less_than_requests(self) -> None:
        """``hold`` is never more than was asked for, and always less than ``requests``."""
        self.assertEqual(agree({"hold": "1"}, BOUNDS).hold, 1)
        self.assertEqual(agree({"hold": "7"}, BOUNDS).hold, 1)
        self.assertEqual(agree({"hold": "0"}, BOUNDS).hold, 0)

    def test_version(self) -> None:
        """``ver`` is the lower of both, its parts compared as numbers."""
        for asked, given in (
            ("1.6", (1, 6)),
            ("1.10", (1, 10)),
            ("1.12", (1, 11)),
            ("2.0", (1, 11)),
        ):
            self.assertEqual(agree({"ver": asked}, BOUNDS).version, given)
        self.assertIs(agree({}, BOUNDS).version, None)

    def test_old_client(self) -> None:
        """Before version 1.6 the newer attributes are not sent, nor acknowledgements."""
        talk = Talk(ver="1.5").start()
        self.assertFalse({"hold", "ack", "maxpause", "ver"} & set(talk.first.attributes))
        first = talk.post(R + 1)
        talk.post(R + 2, "x")
        self.assertEqual(first.body, EMPTY)

    def test_content(self) -> None:
        """Each response has the media type that the client asked for."""
        talk = Talk(content="text/html; charset=utf-8").start()
        second = talk.post(R + 1)
        talk.session.end("system-shutdown")
        for exchange in (talk.first, second):
            self.assertEqual(exchange.replies[0].content_type, "text/html; charset=utf-8")

    def test_malformed(self) -> None:
        """Numbers that are none, a version that is none, a media type with a line end: bad-request."""
        for name, value in (
            ("wait", "-1"),
            ("wait", "1" * 17),
            ("hold", "x"),
            ("hold", "\u0663"),
            ("ver", "1"),
            ("content", "text/xml\r\nX: y"),
            ("content", "text/xml; charset=iso-8859-1"),
        ):
            error = self.assertRaises(BodyError, agree, {name: value}, BOUNDS)
            self.assertEqual(error.condition, "bad-request", (name, value))

    def test_terms_are_shared(self) -> None:
        """Sessions that agreed on the same keep one copy of it."""
        self.assertIs(agree({"wait": "20"}, BOUNDS), agree({"wait": "20"}, BOUNDS))


class Section8PayloadTests(BOSHTests):
    """XEP-0124 §8: sending and receiving."""

    def test_held_until_there_is_something(self) -> None:
        """A request is held, and answered the moment that a stanza comes."""
        talk = Talk().start()
        poll = talk.post(R + 1)
        self.assertTrue(poll.open)
        talk.publish("a", "b")
        self.assertEqual(poll.stanzas, ["a", "b"])

    def test_waiting_stanza(self) -> None:
        """What came while nothing was held goes with the next request."""
        talk = Talk().start()
        talk.publish("a")
        self.assertEqual(talk.post(R + 1).stanzas, ["a"])

    def test_wait(self) -> None:
        """A held request is answered, empty, when ``wait`` is over, and not before."""
        talk = Talk(wait="20").start()
        poll = talk.post(R + 1)
        talk.pass_time(19.9)
        self.assertTrue(poll.open)
        talk.pass_time(0.1)
        self.assertEqual(poll.body, EMPTY)

    def test_no_more_than_hold(self) -> None:
        """When another request comes, the one that was held is answered."""
        talk = Talk().start()
        first, second = talk.post(R + 1), talk.post(R + 2, "x")
        self.assertEqual((first.stanzas, second.open), ([], True))

    def test_answered_in_order(self) -> None:
        """The answer goes to the request with the lowest id, whichever came last."""
        talk = Talk(Bounds(30, 30, 0, 300, 3, 1_000), hold="2").start()
        first, second = talk.post(R + 1), talk.post(R + 2)
        talk.publish("a")
        self.assertEqual((first.stanzas, second.open), (["a"], True))
        talk.publish("b")
        self.assertEqual(second.stanzas, ["b"])

    def test_large_responses(self) -> None:
        """More than fits one response goes with the next, and a stanza larger than that goes alone."""
        talk = Talk(Bounds(30, 30, 5, 300, 2, 10_000_000)).start()
        big = "x" * (RESPONSE_BYTES // 2)
        talk.publish(big, "b", big, "c" * RESPONSE_BYTES)
        sizes = [len(talk.post(R + number, "x").stanzas) for number in (1, 2, 3)]
        self.assertEqual(sizes, [2, 1, 1])
        self.assertTrue(talk.post(R + 4, "x").open)

    def test_pending_bound(self) -> None:
        """A session whose client does not come for what waits is told to end, one byte past the bound."""
        talk = Talk().start()
        self.assertTrue(talk.session.send(b"x" * 1_000))
        self.assertFalse(talk.session.send(b"x"))


class Section9AcknowledgementTests(BOSHTests):
    """XEP-0124 §9."""

    def test_request_acknowledged(self) -> None:
        """A response says the highest request that came in order, when that is not its own."""
        talk = Talk().start()
        first = talk.post(R + 1)
        second = talk.post(R + 2, "x")
        talk.publish("a")
        self.assertEqual(first.attributes, {"ack": str(R + 2)})
        self.assertEqual(second.attributes, {})

    def test_report(self) -> None:
        """A response that the client does not acknowledge in time is reported at once, with its age."""
        talk = Talk(ack="1").start()
        talk.post(R + 1)
        talk.publish("a")  # answers R + 1
        talk.pass_time(REPORT_AFTER_S)
        report = talk.post(R + 2, "x", ack=str(R))
        self.assertEqual(report.attributes, {"report": str(R + 1), "time": "1000"})

    def test_no_report(self) -> None:
        """Neither a client that has all responses, nor one that lacks a new one, gets a report."""
        talk = Talk(ack="1").start()
        talk.post(R + 1)
        talk.publish("a")
        talk.pass_time(REPORT_AFTER_S - 0.1)
        self.assertTrue(talk.post(R + 2, "x", ack=str(R)).open)
        talk.publish("b")
        talk.pass_time(10)
        self.assertTrue(talk.post(R + 3, "x").open)

    def test_client_without_acks(self) -> None:
        """Who did not announce acknowledgements is not understood to give any."""
        talk = Talk().start()
        talk.post(R + 1)
        talk.publish("a")
        talk.pass_time(10)
        self.assertTrue(talk.post(R + 2, "x", ack=str(R)).open)

    def test_malformed_ack(self) -> None:
        """An ``ack`` that is no number ends the session."""
        talk = Talk(ack="1").start()
        self.assertTerminated(talk.post(R + 1, ack="x"), "bad-request")


class Section10InactivityTests(BOSHTests):
    """XEP-0124 §10."""

    def test_inactivity(self) -> None:
        """A session without a request ends after ``inactivity``, and not before."""
        talk = Talk().start()
        talk.pass_time(29.9)
        self.assertEqual(talk.session.ended, "")
        talk.pass_time(0.1)
        self.assertEqual(talk.session.ended, "inactivity")

    def test_held_is_active(self) -> None:
        """A held request keeps the session; the time runs from its answer."""
        talk = Talk().start()
        talk.post(R + 1)
        talk.pass_time(30)
        talk.pass_time(29.9)
        self.assertEqual(talk.session.ended, "")
        talk.pass_time(0.1)
        self.assertEqual(talk.session.ended, "inactivity")

    def test_lost_connection_is_inactive(self) -> None:
        """A held request whose connection broke does not keep the session."""
        talk = Talk().start()
        poll = talk.post(R + 1)
        talk.pass_time(5)
        talk.lose(poll)
        talk.pass_time(29.9)
        self.assertEqual(talk.session.ended, "")
        talk.pass_time(0.1)
        self.assertEqual((talk.session.ended, poll.replies), ("inactivity", []))

    def test_afterwards(self) -> None:
        """To a client that comes too late, the session does not exist."""
        talk = Talk().start()
        talk.pass_time(30)
        self.assertTerminated(talk.post(R + 1), "item-not-found")

    def test_pause(self) -> None:
        """A pause answers everyone at once, without payload, and gives that much time."""
        talk = Talk().start()
        held = talk.post(R + 1)
        pause = talk.post(R + 2, pause="100")
        self.assertEqual((held.stanzas, pause.body), ([], EMPTY))
        talk.publish("a")
        talk.pass_time(99.9)
        self.assertEqual(talk.session.ended, "")
        self.assertEqual(talk.post(R + 3).stanzas, ["a"])

    def test_pause_ends(self) -> None:
        """The session ends when the pause is over, and after the next request the old limit is back."""
        talk = Talk().start()
        talk.post(R + 1, pause="100")
        talk.pass_time(100)
        self.assertEqual(talk.session.ended, "inactivity")
        talk = Talk().start()
        talk.post(R + 1, pause="100")
        talk.post(R + 2)
        talk.publish("a")
        talk.pass_time(30)
        self.assertEqual(talk.session.ended, "inactivity")

    def test_short_pause(self) -> None:
        """A pause may be shorter than ``inactivity``."""
        talk = Talk().start()
        talk.post(R + 1, pause="2")
        talk.pass_time(2)
        self.assertEqual(talk.session.ended, "inactivity")

    def test_maxpause(self) -> None:
        """The longest pause is granted; a longer one is a request like any other."""
        talk = Talk().start()
        self.assertFalse(talk.post(R + 1, pause="300").open)
        self.assertTrue(talk.post(R + 2, pause="301").open)

    def test_repeated_pause(self) -> None:
        """A pause that is repeated, because its answer got lost, goes on; the next request ends it."""
        talk = Talk().start()
        talk.post(R + 1, pause="100")
        talk.post(R + 1, pause="100")
        talk.pass_time(99.9)
        self.assertEqual(talk.session.ended, "")
        talk.post(R + 2)
        talk.publish("a")
        talk.pass_time(30)
        self.assertEqual(talk.session.ended, "inactivity")

    def test_malformed_pause(self) -> None:
        """A pause that is no number ends the session."""
        talk = Talk().start()
        self.assertTerminated(talk.post(R + 1, pause="-1"), "bad-request")


class Section11OveractivityTests(BOSHTests):
    """XEP-0124 §11."""

    def test_too_many_requests(self) -> None:
        """One request more than ``requests`` while none was answered ends the session, for all of them."""
        talk = Talk().start()
        held = talk.post(R + 1)
        early = talk.post(R + 3, "x")
        last = talk.post(R + 2, "x")
        self.assertTerminated(early, "policy-violation")
        for exchange in (held, last):
            self.assertTerminated(exchange, "other-request")
        self.assertEqual(talk.session.ended, "policy-violation")

    def test_too_frequent(self) -> None:
        """A second empty request within ``polling`` of the one that is held ends the session."""
        talk = Talk().start()
        talk.post(R + 1)
        talk.pass_time(4.9)
        self.assertTerminated(talk.post(R + 2), "policy-violation")

    def test_frequent_enough(self) -> None:
        """At ``polling`` seconds it is allowed, and at any time when it carries something."""
        talk = Talk().start()
        talk.post(R + 1)
        talk.pass_time(5)
        self.assertTrue(talk.post(R + 2).open)
        self.assertTrue(talk.post(R + 3, "x").open)

    def test_answered_requests_do_not_count(self) -> None:
        """A client that polls again as soon as it is answered is not too frequent."""
        talk = Talk().start()
        for number in range(1, 20):
            poll = talk.post(R + number)
            talk.publish(str(number))
            self.assertEqual(poll.stanzas, [str(number)])

    def test_broken_requests_do_not_count(self) -> None:
        """A page that was reloaded comes back at once with the next request: the broken one is not counted."""
        talk = Talk().start()
        talk.lose(talk.post(R + 1))
        self.assertTrue(talk.post(R + 2).open)

    def test_exempt(self) -> None:
        """Restart, pause and terminate are no empty requests."""
        for attributes in ({"restart": "true"}, {"pause": "10"}, {"type": "terminate"}):
            talk = Talk().start()
            talk.post(R + 1)
            talk.post(R + 2, **attributes)
            self.assertNotEqual(talk.session.ended, "policy-violation", attributes)


class Section12PollingTests(BOSHTests):
    """XEP-0124 §12."""

    def test_answered_at_once(self) -> None:
        """With ``wait`` or ``hold`` of 0 nothing is held."""
        for talk in (Talk(wait="0").start(), Talk(hold="0").start()):
            self.assertEqual(talk.post(R + 1, "x").body, EMPTY)
            talk.publish("a")
            self.assertEqual(talk.post(R + 2).stanzas, ["a"])

    def test_too_frequent(self) -> None:
        """Two empty requests within ``polling`` end the session, unless the first brought something."""
        talk = Talk(hold="0").start()
        talk.pass_time(5)
        talk.post(R + 1)
        talk.pass_time(4.9)
        self.assertTerminated(talk.post(R + 2), "policy-violation")
        talk = Talk(hold="0").start()
        talk.post(R + 1)
        talk.publish("a")
        self.assertEqual(talk.post(R + 2, "x").stanzas, ["a"])
        talk.post(R + 3)
        talk.pass_time(5)
        talk.post(R + 4)
        self.assertEqual(talk.session.ended, "")

    def test_inactivity(self) -> None:
        """The time runs from each answer."""
        talk = Talk(hold="0").start()
        talk.pass_time(29)
        talk.post(R + 1)
        talk.pass_time(29.9)
        self.assertEqual(talk.session.ended, "")
        talk.pass_time(0.1)
        self.assertEqual(talk.session.ended, "inactivity")


class Section13TerminationTests(BOSHTests):
    """XEP-0124 §13."""

    def test_by_the_client(self) -> None:
        """Its payload is handed on; the oldest request is answered ``terminate``, the others empty."""
        talk = Talk().start()
        held = talk.post(R + 1)
        last = talk.post(R + 2, "unavailable", type="terminate")
        self.assertEqual((talk.arrived, talk.closed), (["unavailable"], True))
        self.assertTerminated(held, None)
        self.assertEqual((last.body, talk.session.ended), (EMPTY, "closed"))

    def test_alone(self) -> None:
        """With no other request open, its own answer is ``terminate``."""
        talk = Talk().start()
        self.assertTerminated(talk.post(R + 1, type="terminate"), None)

    def test_by_the_server(self) -> None:
        """Everyone who waits is told why; what was queued goes with the first."""
        talk = Talk().start()
        held = talk.post(R + 1)
        early = talk.post(R + 3, "x")
        talk.session.send(b'<presence id="gone"/>')
        talk.session.end("system-shutdown")
        self.assertTerminated(held, "system-shutdown")
        self.assertTerminated(early, "system-shutdown")
        self.assertEqual((held.stanzas, early.stanzas, talk.session.told), (["gone"], [], True))

    def test_by_the_server_between_requests(self) -> None:
        """A client that is between two requests is told at the next one."""
        talk = Talk().start()
        talk.session.end("remote-stream-error", b'<error id="conflict"/>')
        self.assertFalse(talk.session.told)
        late = talk.post(R + 1)
        self.assertTerminated(late, "remote-stream-error")
        self.assertEqual((late.stanzas, talk.session.told), (["conflict"], True))

    def test_over(self) -> None:
        """Afterwards nothing is queued or ended again."""
        talk = Talk().start()
        talk.session.end("system-shutdown")
        talk.publish("a")
        talk.session.end("remote-stream-error")
        late = talk.post(R + 1)
        self.assertTerminated(late, "system-shutdown")
        self.assertEqual(late.stanzas, [])


class Section14RequestIdTests(BOSHTests):
    """XEP-0124 §14."""

    def test_early_is_parked(self) -> None:
        """What comes before its turn waits, and is handed on in order."""
        talk = Talk().start()
        early = talk.post(R + 2, "second")
        self.assertEqual((talk.arrived, early.open), ([], True))
        late = talk.post(R + 1, "first")
        self.assertEqual(talk.arrived, ["first", "second"])
        self.assertEqual((late.stanzas, early.open), ([], True))

    def test_early_before_an_empty_one(self) -> None:
        """The trap of ejabberd 23.01: n + 1 comes before n, n is empty; both are dealt with, nothing stalls."""
        talk = Talk().start()
        early, late = talk.post(R + 2, "data"), talk.post(R + 1)
        self.assertEqual((talk.arrived, late.stanzas, early.open), (["data"], [], True))
        talk.publish("a")
        self.assertEqual(early.stanzas, ["a"])

    def test_early_while_one_is_held(self) -> None:
        """The same while an older request is held: its wait ends, the missing one comes, all is well."""
        talk = Talk().start()
        held, early = talk.post(R + 1), talk.post(R + 3, "data")
        talk.pass_time(30)
        self.assertEqual((held.stanzas, early.open, talk.arrived), ([], True, []))
        talk.post(R + 2)
        self.assertEqual((talk.arrived, early.open, talk.session.ended), (["data"], True, ""))

    def test_window(self) -> None:
        """The last id of the window is parked; the next one ends the session."""
        talk = Talk().start()
        self.assertTrue(talk.post(R + 2, "x").open)
        talk = Talk().start()
        self.assertTerminated(talk.post(R + 3, "x"), "item-not-found")

    def test_a_stolen_sid_gets_nothing(self) -> None:
        """Who has the sid but not the rid learns nothing, not even what was queued."""
        talk = Talk().start()
        talk.session.send(b'<message id="secret"/>')
        thief = talk.post(5)
        self.assertTerminated(thief, "item-not-found")
        self.assertNotIn(b"secret", thief.body)

    def test_replay(self) -> None:
        """A repeated request gets the same bytes, as often as it likes, and is not carried out again."""
        talk = Talk().start()
        poll = talk.post(R + 1, "once")
        talk.publish("a")
        for _ in range(3):
            self.assertEqual(talk.post(R + 1, "once").body, poll.body)
        self.assertEqual(talk.arrived, ["once"])

    def test_replay_of_the_first(self) -> None:
        """The response that made the session can be asked for again too."""
        talk = Talk().start()
        self.assertEqual(talk.post(R).body, talk.first.body)

    def test_replay_buffer(self) -> None:
        """As many responses are kept as the window is wide; for an older one the session ends."""
        talk = Talk().start()
        bodies = {}
        for number in (1, 2, 3):
            exchange = talk.post(R + number, "x")
            talk.publish(str(number))
            bodies[number] = exchange.body
        self.assertEqual(talk.post(R + 2).body, bodies[2])
        self.assertTerminated(talk.post(R + 1), "item-not-found")

    def test_repeat_of_a_held_request(self) -> None:
        """The older of two is answered "to be repeated", the newer one gets what comes."""
        talk = Talk().start()
        old = talk.post(R + 1)
        new = talk.post(R + 1)
        self.assertEqual(old.attributes, {"type": "error"})
        talk.publish("a")
        self.assertEqual(new.stanzas, ["a"])

    def test_repeat_of_a_broken_request(self) -> None:
        """What came while the connection was broken goes to the repeated request."""
        talk = Talk().start()
        broken = talk.post(R + 1)
        talk.lose(broken)
        talk.publish("a")
        self.assertEqual(talk.post(R + 1).stanzas, ["a"])
        self.assertEqual(broken.replies, [])

    def test_next_after_a_broken_request(self) -> None:
        """A client that goes on instead gets it there; the broken one was answered empty."""
        talk = Talk().start()
        talk.lose(talk.post(R + 1))
        talk.publish("a")
        self.assertEqual(talk.post(R + 2).stanzas, ["a"])
        again = talk.post(R + 1)
        self.assertEqual((again.stanzas, again.attributes), ([], {"ack": str(R + 2)}))

    def test_repeat_of_an_early_request(self) -> None:
        """A parked request may be repeated too."""
        talk = Talk().start()
        old, new = talk.post(R + 2, "x"), talk.post(R + 2, "x")
        self.assertEqual(old.attributes, {"type": "error"})
        talk.post(R + 1)
        self.assertEqual((talk.arrived, new.open), (["x"], True))

    def test_repeats_are_limited(self) -> None:
        """The last repeat that is allowed is held; the next one ends the session."""
        for rid in (R + 1, R + 2):
            talk = Talk().start()
            for _ in range(1 + MAX_REPEATS):
                exchange = talk.post(rid, "x")
                self.assertTrue(exchange.open)
            self.assertTerminated(talk.post(rid, "x"), "policy-violation")


class Section15KeyTests(BOSHTests):
    """XEP-0124 §15."""

    def keys(self, seed: str, count: int) -> list[str]:
        """K(n) to K(1)."""
        keys = [seed]
        for _ in range(count):
            keys.append(sha1(keys[-1].encode()).hexdigest())
        return keys[:0:-1]

    def test_sequence(self) -> None:
        """Each request proves that it comes from who sent the one before."""
        keys = self.keys("seed", 4)
        talk = Talk(newkey=keys[0].upper()).start()
        for number, key in enumerate(keys[1:], 1):
            self.assertTrue(talk.post(R + number, "x", key=key).open, number)

    def test_wrong_key(self) -> None:
        """A wrong key, or none, ends the session, and the request is not carried out."""
        for wrong in ({}, {"key": "0" * 40}):
            talk = Talk(newkey=self.keys("seed", 4)[0]).start()
            self.assertTerminated(talk.post(R + 1, "x", **wrong), "item-not-found")
            self.assertEqual(talk.arrived, [])

    def test_new_sequence(self) -> None:
        """With the last key of one sequence comes the first of another."""
        old, new = self.keys("old", 2), self.keys("new", 2)
        talk = Talk(newkey=old[0]).start()
        talk.post(R + 1, "x", key=old[1], newkey=new[0])
        self.assertTrue(talk.post(R + 2, "x", key=new[1]).open)
        self.assertTerminated(talk.post(R + 3, "x", key=old[1]), "item-not-found")

    def test_later(self) -> None:
        """A client may begin with keys at any request."""
        keys = self.keys("seed", 2)
        talk = Talk().start()
        talk.post(R + 1, "x", newkey=keys[0])
        self.assertTrue(talk.post(R + 2, "x", key=keys[1]).open)
        self.assertTerminated(talk.post(R + 3, "x"), "item-not-found")


class Section17ErrorTests(BOSHTests):
    """XEP-0124 §17."""

    def test_codes(self) -> None:
        """A client without ``ver`` is told by HTTP's codes too, any other by the document alone."""
        for old in (False, True):
            wrong_id, wrong_value = Talk(old=old).start(), Talk(old=old).start()
            codes = [
                wrong_id.post(1).replies[0].code,
                wrong_value.post(R + 1, pause="x").replies[0].code,
            ]
            self.assertEqual(codes, [404, 400] if old else [200, 200])
            too_often = Talk(old=old).start()
            too_often.post(R + 1)
            self.assertEqual(too_often.post(R + 2).replies[0].code, 403 if old else 200)

    def test_no_request(self) -> None:
        """What names the session and is no request ends it; one that is over is told why, again."""
        talk = Talk().start()
        held, refused, late = talk.post(R + 1), Exchange(0), Exchange(0)
        talk.session.refuse(Request(0, {}, (), refused.answer, talk.now), "bad-request")
        self.assertTerminated(refused, "bad-request")
        self.assertTerminated(held, "other-request")
        talk.session.refuse(Request(0, {}, (), late.answer, talk.now), "bad-request")
        self.assertTerminated(late, "bad-request")

    def test_restart(self) -> None:
        """XEP-0206 §5: a restart is told apart from an empty request, in its turn."""
        talk = Talk().start()
        talk.post(R + 1, restart="true")
        talk.post(R + 2, "x", restart="false")
        self.assertEqual(talk.restarted, 1)

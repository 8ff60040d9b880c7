"""Which rules of the specifications the notification service keeps, and the tests that say so.

The rules of XEP-0124 and XEP-0206 are the tests that are named after them: a row for each, with its docstring. Of the
other specifications each part or use case has a row here that names its tests. ``docs/compliance.rst`` is made from
this: ``python -m tests.notification.compliance`` writes it anew; a test that is named here and is not there fails the suite.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from twisted.trial.unittest import TestCase

from tests.notification.test_xep_0124_limits import LimitRulesTests
from tests.notification.test_xep_0124_order import OrderRulesTests
from tests.notification.test_xep_0124_requests import RequestRulesTests
from tests.notification.test_xep_0206 import XMPPRulesTests
from tests.support.tables import table

__all__ = ["DOCUMENT", "SPECIFICATIONS", "Rule", "document", "method"]

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "compliance.rst"

PACKAGE: Final = "tests.notification"


HEAD: Final = """\
What the notification service keeps of each specification, and by which tests under ``tests/notification`` (without their
``test_``). Made by ``python -m tests.notification.compliance``; a test that is not there fails the suite. Each rule of XEP-0124
and XEP-0206 is tested on the BOSH ports and on the web ports.
"""


class Rule(NamedTuple):
    """A rule, or a part or use case of a specification.

    Attributes:
        section: Where it is.
        text: What it says, as far as we keep it.
        tests: Those that hold us to it, as ``module.Class.test``; none: it is not kept.
        instead: Why it is not, or how it is kept otherwise.
    """

    section: str
    text: str
    tests: tuple[str, ...] = ()
    instead: str = ""

    @property
    def kept(self) -> str:
        """What the table says."""
        return ("differs" if self.instead else "yes") if self.tests else "no"


def named_after(letter: str, *suites: type) -> Iterator[Rule]:
    """The rules that tests are named after: ``test_s14_3_…`` is one of §14.3, in the order of the sections."""
    for suite in suites:
        for name in vars(suite):
            found = re.match(rf"test_{letter}((?:\d+_)+)", name)
            if found:
                test = getattr(suite, name)
                section = found[1].rstrip("_").replace("_", ".")
                module = suite.__module__.removeprefix(f"{PACKAGE}.")
                yield Rule(
                    section, str(test.__doc__).strip(), (f"{module}.{suite.__name__}.{name}",)
                )


def tests(place: str, *names: str) -> tuple[str, ...]:
    """Several tests of one class."""
    return tuple(f"{place}.test_{name}" for name in names)


BOSH: Final = (
    *named_after("s", RequestRulesTests, LimitRulesTests, OrderRulesTests),
    Rule("5", "Chunked requests", tests("test_web.RawTests", "chunked"), "refused with 411"),
    Rule("7.1", "``route`` chooses a server", (), "there is one server"),
    Rule("7.2", "``accept``: compressed requests", (), "no client of Finesse sends them"),
    Rule("12", "A longer ``inactivity`` for sessions that poll", (), "as in the original"),
    Rule("16", "Multiple streams in one session", (), "optional; no client of Finesse opens them"),
    Rule("17.2", "``see-other-uri``, ``host-gone``, ``host-unknown``, ``improper-addressing``,"
         " ``remote-connection-failed``", (), "there is one server, and it is here"),
    Rule("19.1", "A request in the clear for an encrypted session has its connection closed",
         tests("test_xep_0124_order.OrderRulesTests", "s19_1_stays_encrypted"),
         "it is answered ``item-not-found``; the session goes on"),
)  # fmt: skip

BOSH_XMPP: Final = (
    *named_after("x", XMPPRulesTests),
    Rule("5", "SASL EXTERNAL by HTTP's credentials", (), "passwords come in the stream"),
    Rule("7", "``recipient-unavailable`` for a message to a session that is gone", (),
         "events are not kept for who is away"),
)  # fmt: skip

WEBSOCKET: Final = (
    Rule("3.1", "The sub-protocol is ``xmpp``", tests("test_websocket.WebSocketTests", "handshake")),
    Rule("3.2", "UTF-8 text messages alone", tests("test_websocket.WebSocketTests", "wrong")),
    Rule("3.3", "One element in each message; the framing's namespace", tests("test_websocket.WebSocketTests", "road", "wrong")),
    Rule("3.4", "``<open/>`` from both sides", tests("test_websocket.WebSocketTests", "road")),
    Rule("3.5", "A stream error before the end", tests("test_websocket.WebSocketTests", "wrong", "conflict")),
    Rule("3.6", "``<close/>`` from both sides, then the WebSocket's own", tests("test_websocket.WebSocketTests", "road", "closed", "drain")),
    Rule("3.6.1", "``see-other-uri``", (), "there is nowhere else"),
    Rule("3.7", "Another ``<open/>`` after signing in", tests("test_websocket.WebSocketTests", "road")),
    Rule("3.8", "Pings and keep-alives", (*tests("test_websocket.WebSocketTests", "pings"), *tests("test_websocket.SilenceTests", "silence"))),
    Rule("3.9", "TLS below, no STARTTLS", tests("test_websocket.WebSocketTests", "tls")),
    Rule("3.3.3", "Stanzas have their namespace", tests("test_stanzas.BytesTests", "namespaces")),
    Rule("3.10", "Stream management, across transports", tests("test_resumption_ports.OtherTransportTests", "tcp_websocket_tcp")),
    Rule("6", "Whose pages may open one (RFC 6455 §10.2)", tests("test_tunnel.BOSHPortTests", "websocket_of_other_origins")),
    Rule("RFC 7692", "Compression where the client asks for it", tests("test_websocket.WebSocketTests", "compression", "compressed_bomb")),
)  # fmt: skip

CORE: Final = (
    Rule("4.2, 4.3", "Streams, their headers, features and restarts", tests("test_stream.EveryInputTests", "every_pair", "elements_before_the_header")),
    Rule("4.4", "The end of a stream", tests("test_stream.StreamTests", "after_the_end")),
    Rule("4.6", "Dead connections, white space as a sign of life", tests("test_tcp.ConnectionTests", "pinged_when_silent", "dropped_when_silent", "white_space_counts")),
    Rule("4.9", "Stream errors: what is wrong has its condition", (*tests("test_stanzas.ReaderTests", "forbidden"), *tests("test_tcp.ConnectionTests", "not_xmpp"), *tests("test_stream.EveryInputTests", "unknown_elements"))),
    Rule("4.9.3.3", "``conflict``: the newer stream of one address stays", tests("test_stream.StreamTests", "conflict")),
    Rule("4.9.3.20", "``system-shutdown`` at the stop", tests("test_tcp.ConnectionTests", "drain")),
    Rule("5", "STARTTLS; nothing that came before it is taken after it", (*tests("test_slixmpp.SlixmppTests", "starttls"), *tests("abuse/test_ports.AbuseTests", "injected_before_tls"))),
    Rule("5.4.2.2", "STARTTLS that is not offered fails, and ends the stream", tests("test_stream.StreamTests", "starttls_not_offered")),
    Rule("6.4", "SASL: initial response or challenge, abort, attempts", tests("test_stream.StreamTests", "sign_in", "challenge", "abort", "last_attempt")),
    Rule("6.5", "SASL: each reason has its condition", tests("test_stream.StreamTests", "bad_password", "refusals", "directory_is_down")),
    Rule("7", "Resources: asked for or made up, bounded", tests("test_stream.StreamTests", "resource", "resource_limits")),
    Rule("8.1.2", "``from`` is the server's to say", tests("test_accounts.VocabularyTests", "from_is_ours")),
    Rule("8.2.3", "An iq has an id, a type, a child, and an answer", tests("test_accounts.VocabularyTests", "malformed_iq", "never_silence", "answers_are_not_answered")),
    Rule("10.4", "Addresses of other domains: ``remote-server-not-found``", tests("test_accounts.VocabularyTests", "elsewhere")),
    Rule("11.1, 13.12", "No document types, comments, instructions; a limit on stanzas", (*tests("test_stanzas.ReaderTests", "forbidden", "size"), *tests("abuse/test_ports.AbuseTests", "entity_bomb", "deep_nesting", "ten_megabytes"), *tests("abuse/test_strangers.HalfOpenTests", "thousands"))),
    Rule("10.4", "Streams to other servers", (), "Finesse has none"),
)  # fmt: skip

SASL: Final = (
    Rule("RFC 4616", "PLAIN", (*tests("core/test_sasl.PlainTests", "any_name", "authzid", "malformed", "length"), *tests("test_channel.SlixmppTests", "plain"))),
    Rule("RFC 5802 3", "SCRAM: the exchange, the server's proof too", (*tests("core/test_scram.Rfc7677Tests", "exchange"), *tests("test_sign_in.ScramTests", "sign_in", "asked_first"))),
    Rule("RFC 5802 5", "Wrong proofs, names that nobody has, replays", (*tests("core/test_scram.QuestionTests", "right", "wrong"), *tests("test_sign_in.ScramTests", "wrong", "replayed"))),
    Rule("RFC 5802 6", "Channel binding, and who was kept from it", (*tests("core/test_scram.ClientFirstTests", "binding", "downgrade"), *tests("test_channel.PlusTests", "man_in_the_middle"))),
    Rule("RFC 5802 7", "The syntax, and any other bytes", (*tests("core/test_scram.ClientFirstTests", "fields", "malformed", "any_bytes"), *tests("core/test_scram.QuestionTests", "malformed", "any_bytes"))),
    Rule("RFC 5929", "``tls-unique``, ``tls-server-end-point``", tests("test_channel.PlusTests", "tls_1_2", "tls_1_3")),
    Rule("RFC 7677", "SCRAM-SHA-256", tests("core/test_scram.Rfc7677Tests", "exchange")),
    Rule("RFC 9266", "``tls-exporter``", tests("test_channel.PlusTests", "tls_1_3")),
)  # fmt: skip

MANAGEMENT: Final = (
    Rule("2", "The feature", tests("test_resumption.ManagedTests", "offered")),
    Rule("3", "Enabling; counts begin there", tests("test_resumption.ManagedTests", "counted", "unexpected")),
    Rule("4", "Acknowledgements, asked for and given", (*tests("test_resumption.ManagedTests", "asked", "not_wanted"), *tests("core/test_acknowledgement.AcknowledgementTests", "acknowledged", "wrap"))),
    Rule("5", "Resumption: what was not acknowledged comes again, once", (*tests("test_resumption.ManagedTests", "resumed", "expired", "max", "somebody_elses"), *tests("test_resumption.AnyCutTests", "exactly_once"), *tests("test_resumption_ports.OtherTransportTests", "tcp_websocket_tcp"))),
    Rule("6", "Errors: more acknowledged than was sent, requests out of turn", tests("test_resumption.ManagedTests", "too_high", "unexpected")),
)  # fmt: skip

MESSAGING: Final = (
    Rule("2", "Rosters", tests("test_accounts.VocabularyTests", "roster"), "one contact, which cannot be changed"),
    Rule("3", "Presence subscriptions, with ``finesse@D`` alone", tests("test_accounts.PresenceTests", "subscribe", "probe_and_unsubscribe", "other_people")),
    Rule("4", "Presence: initial, changed, unavailable, probed", tests("test_accounts.PresenceTests", "application", "before_presence", "own_sessions")),
    Rule("4.7.2.3, 8.5", "Priority: what is negative gets no events", tests("test_accounts.PresenceTests", "priority")),
    Rule("5", "Messages between people", tests("test_accounts.VocabularyTests", "no_chat", "own_sessions"), "only between a person's own sessions"),
    Rule("8.5.2.2.1", "Offline storage (XEP-0160)", (), "an event is of now: GET says the state"),
)  # fmt: skip

PUBSUB: Final = (
    Rule("5.1, 5.2", "Discover the service and its nodes", (*tests("test_accounts.PubSubTests", "disco", "disco_items"), *tests("test_slixmpp.SlixmppTests", "discovery"))),
    Rule("5.3 to 5.5", "Discover a node, its metadata and items", tests("test_created_nodes.SubscriberTests", "disco")),
    Rule("5.6, 5.7", "Retrieve subscriptions and affiliations", (*tests("test_created_nodes.SubscriberTests", "listed"), *tests("test_created_nodes.OwnerTests", "affiliations"))),
    Rule("6.1", "Subscribe", tests("test_accounts.PubSubTests", "subscribe", "access", "foreign_address", "too_many")),
    Rule("6.1.7", "The last item on subscribing", tests("test_created_nodes.SubscriberTests", "last_item"), "not at each presence"),
    Rule("6.2", "Unsubscribe", tests("test_accounts.PubSubTests", "subscribe", "wrong_subid")),
    Rule("6.3", "Subscription options", tests("test_created_nodes.SubscriberTests", "options", "options_refused")),
    Rule("6.5", "Retrieve items", tests("test_created_nodes.SubscriberTests", "items")),
    Rule("7.1", "Publish, with options as a precondition", tests("test_created_nodes.PublisherTests", "publish", "id_is_made", "not_a_publisher", "refused", "transient", "precondition")),
    Rule("7.2", "Retract", tests("test_created_nodes.PublisherTests", "retract")),
    Rule("8.1", "Create a node, instant and configured", tests("test_created_nodes.OwnerTests", "create", "instant", "create_and_configure", "create_refused")),
    Rule("8.2, 8.3", "Configure a node, defaults", tests("test_created_nodes.OwnerTests", "configure", "default")),
    Rule("8.4, 8.5", "Delete and purge", tests("test_created_nodes.OwnerTests", "delete", "purge")),
    Rule("8.8", "Manage subscriptions", tests("test_created_nodes.OwnerTests", "manage_subscriptions")),
    Rule("8.9", "Manage affiliations; access models open and whitelist", tests("test_created_nodes.OwnerTests", "affiliations", "whitelist")),
    Rule("4.3", "Notifications without payload, as headlines; by presence", (*tests("test_created_nodes.PublisherTests", "no_payload", "silent_and_headline"), *tests("core/test_audience.AudienceTests", "availability"))),
    Rule("8.6, 8.7", "Subscriptions that an owner approves", (), "who may is decided by the directory"),
    Rule("6.4", "Default subscription options", (), "no client asks for them"),
    Rule("6.1.6", "Several subscriptions of one address", (), "one event for each session"),
)  # fmt: skip

OTHERS: Final = (
    Rule("XEP-0030", "Service discovery", tests("test_accounts.VocabularyTests", "disco_domain", "disco_account")),
    Rule("XEP-0092", "Software version", tests("test_accounts.VocabularyTests", "version")),
    Rule("XEP-0106", "Escaped login ids", tests("core/test_sasl.AddressTests", "mail_address", "round_trip")),
    Rule("XEP-0114 3", "Components: handshake, wrong secret, claims", tests("test_component.ComponentTests", "both_ways", "wrong_secret", "claims", "false_sender")),
    Rule("XEP-0156", "Addresses of BOSH and WebSocket in ``host-meta``", (), "clients of Finesse know them"),
    Rule("XEP-0160", "Offline messages", (), "an event is of now"),
    Rule("XEP-0199 4.1", "Pings of the server, and of the client", (*tests("test_accounts.VocabularyTests", "ping"), *tests("test_tcp.ConnectionTests", "pinged_when_silent"))),
    Rule("XEP-0202", "Entity time", tests("test_accounts.VocabularyTests", "time")),
    Rule("XEP-0203", "The time of an item that is sent later", tests("test_created_nodes.SubscriberTests", "last_item")),
    Rule("XEP-0248", "Collections", (), "Finesse's nodes are leaves"),
    Rule("XEP-0280", "Carbons", (), "there is no chat"),
)  # fmt: skip

SPECIFICATIONS: Final = {
    "XEP-0124 1.11.2: BOSH": BOSH,
    "XEP-0206 1.4: XMPP over BOSH": BOSH_XMPP,
    "RFC 7395: XMPP over WebSocket": WEBSOCKET,
    "RFC 6120: XMPP core": CORE,
    "SASL": SASL,
    "XEP-0198: stream management": MANAGEMENT,
    "RFC 6121: presence and messages": MESSAGING,
    "XEP-0060: publish-subscribe": PUBSUB,
    "Others": OTHERS,
}


def method(test: str) -> object:
    """The test of that name.

    Raises:
        AttributeError: There is none.
    """
    module, case, name = test.split(".")
    place = import_module(f"{PACKAGE}.{module.replace('/', '.')}")
    found: type[TestCase] = getattr(place, case)
    return getattr(found, name)


def _key(rule: Rule) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", rule.section)]


def _tested_by(rule: Rule) -> str:
    modules: dict[str, list[str]] = {}
    for test in rule.tests:
        module, _case, name = test.split(".")
        modules.setdefault(module, []).append(name.removeprefix("test_"))
    return "; ".join(f"{module}: {', '.join(names)}" for module, names in modules.items())


def document() -> str:
    """The whole of ``docs/compliance.rst``."""
    parts = [
        "==========\nCompliance\n==========\n",
        HEAD,
    ]
    for title, rules in SPECIFICATIONS.items():
        rows = [
            (
                rule.section,
                rule.text + (f" ({rule.instead})" if rule.instead else ""),
                rule.kept,
                _tested_by(rule),
            )
            for rule in (rules if rules in (OTHERS, SASL) else sorted(rules, key=_key))
        ]
        parts.append(f"{title}\n{'=' * len(title)}\n")
        parts.append(table(("Section", "Rule", "Kept", "Tested by"), rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    DOCUMENT.write_text(document())

"""`finesse_tx.webservices.core.configuration`: keys, transfers whole or not at all, changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import ConfigDeviceType, ConfigMask, ConfigType, RecordType
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.records import AgentRecord, DeviceRecord, SkillGroupRecord
from finesse_tx.webservices.core.configuration import WANTED, Configuration, Delta

KEY, OTHER, NONE = b"\1" * 8, b"\2" * 8, bytes(8)


def keys(key: bytes | None) -> messages.ConfigKeyEvent:
    """The same key for every kind."""
    return messages.ConfigKeyEvent(
        skill_group_config_key=key, agent_config_key=key, device_config_key=key
    )


def agents(*names: str, record_type: int = RecordType.ADD, last_name: str = "") -> Message:
    """Agents' records."""
    records = (
        AgentRecord(record_type=record_type, login_id=name, last_name=last_name) for name in names
    )
    return messages.ConfigAgentEvent(records=tuple(records))


def begin(kinds: int, config_type: int, key: bytes | None = None) -> Message:
    """A transfer begins."""
    return messages.ConfigBeginEvent(
        config_type=config_type,
        config_information=kinds,
        skill_group_config_key=key,
        agent_config_key=key,
        device_config_key=key,
    )


class ConfigurationTests(SynchronousTestCase):
    """`Configuration`."""

    def setUp(self) -> None:
        """Nothing is known."""
        self.configuration = Configuration()
        self.configuration.begin()

    def tell(self, *told: Message) -> Delta:
        """Apply messages; all but the last change nothing."""
        deltas = [self.configuration.apply(message) for message in told]
        self.assertEqual(set(deltas[:-1]) - {Delta()}, set())
        return deltas[-1]

    def upload(self, *names: str, key: bytes | None = KEY) -> Delta:
        """Everything, in one transfer: these agents, a queue, two devices."""
        return self.tell(
            begin(int(WANTED), ConfigType.SOLICITED, key),
            messages.ConfigSkillGroupEvent(records=(SkillGroupRecord(peripheral_number=7),)),
            agents(*names),
            messages.ConfigDeviceEvent(
                records=(
                    DeviceRecord(device_type=ConfigDeviceType.ROUTE_POINT, extension="6001"),
                    DeviceRecord(device_type=ConfigDeviceType.AGENT, extension="1001"),
                )
            ),
            messages.ConfigEndEvent(),
        )

    def test_upload(self) -> None:
        """A transfer counts when it has ended, and then as a whole."""
        self.assertEqual(self.upload("ann", "bob"), Delta(("ann", "bob"), (7,)))
        self.assertEqual(self.configuration.current, WANTED)
        numbers = ("6001", "1001", "0699")
        self.assertEqual(
            [self.configuration.is_route_point(n) for n in numbers], [True, False, False]
        )
        self.assertEqual([self.configuration.is_phone(n) for n in numbers], [False, True, False])

    def test_again(self) -> None:
        """A second upload says what has changed since the first, and what is gone."""
        self.upload("ann", "bob")
        self.assertEqual(self.upload("bob", "eve"), Delta(("ann", "eve"), ()))
        self.assertEqual(list(self.configuration.agents), ["bob", "eve"])

    def test_keys(self) -> None:
        """Only kinds with another key are outdated in the next session; a key of zeros, or none, always is."""
        self.assertEqual(self.configuration.outdated(keys(KEY)), WANTED)
        self.upload("ann")
        for key, outdated in (
            (KEY, ConfigMask(0)),
            (OTHER, WANTED),
            (NONE, WANTED),
            (None, WANTED),
        ):
            self.configuration.begin()
            self.assertEqual(self.configuration.outdated(keys(key)), outdated, key)

    def test_zeros(self) -> None:
        """Whoever uploads with a key of zeros is asked again, even if it has that key still."""
        self.upload("ann", key=NONE)
        self.configuration.begin()
        self.assertEqual(self.configuration.outdated(keys(NONE)), WANTED)

    def test_broken_off(self) -> None:
        """A transfer with a bad end, or within another, changes nothing; its kinds are to be asked for again."""
        self.upload("ann")
        for breaking in (
            messages.ConfigEndEvent(config_end_status=3, text="no"),
            begin(int(ConfigMask.CSQS), ConfigType.SOLICITED),
        ):
            self.configuration.begin()
            self.configuration.outdated(keys(KEY))
            kind = int(ConfigMask.AGENTS)
            delta = self.tell(begin(kind, ConfigType.SOLICITED, OTHER), agents("eve"), breaking)
            self.assertEqual(delta, Delta())
            self.assertEqual(list(self.configuration.agents), ["ann"])
            self.assertTrue(self.configuration.fault)
            self.assertEqual(self.configuration.outdated(keys(KEY)), ConfigMask.AGENTS)
            self.upload("ann")

    def test_change(self) -> None:
        """Unsolicited records add, change and delete, and bring the new key."""
        self.upload("ann", "bob")
        kind = int(ConfigMask.AGENTS)
        delta = self.tell(
            begin(kind, ConfigType.UNSOLICITED, OTHER),
            agents("bob", record_type=RecordType.CHANGE, last_name="Roy"),
            agents("ann", record_type=RecordType.DELETE),
            agents("eve"),
            messages.ConfigEndEvent(),
        )
        self.assertEqual(delta, Delta(("bob", "ann", "eve"), ()))
        self.assertEqual(list(self.configuration.agents), ["bob", "eve"])
        self.configuration.begin()
        self.assertEqual(
            self.configuration.outdated(keys(OTHER)), ConfigMask.CSQS | ConfigMask.DEVICES
        )

    def test_change_of_the_unknown(self) -> None:
        """A change of a kind that was never uploaded is taken, and does not pass for the whole kind."""
        self.tell(
            begin(int(ConfigMask.AGENTS), ConfigType.UNSOLICITED, KEY),
            agents("ann"),
            messages.ConfigEndEvent(),
        )
        self.assertEqual(self.configuration.outdated(keys(KEY)), WANTED)

    def test_nothing_new(self) -> None:
        """A record that is what it was changes nothing, be it told as added or as changed."""
        self.upload("ann")
        self.assertEqual(self.tell(agents("ann", record_type=RecordType.CHANGE)), Delta())
        self.assertEqual(self.tell(agents("zed", record_type=RecordType.DELETE)), Delta())

    def test_end_of_nothing(self) -> None:
        """An end without a beginning changes nothing."""
        self.assertEqual(self.tell(messages.ConfigEndEvent()), Delta())

    @given(
        before=st.sets(st.sampled_from("abcdef")),
        after=st.sets(st.sampled_from("abcdef")),
    )
    def test_any_upload(self, before: set[str], after: set[str]) -> None:
        """Whatever was there, after an upload there is what it said, and the difference was told."""
        self.setUp()
        self.upload(*sorted(before))
        delta = self.upload(*sorted(after))
        self.assertEqual(set(self.configuration.agents), after)
        self.assertEqual(set(delta.agents), before ^ after)

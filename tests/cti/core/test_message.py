"""What every message class is."""

from __future__ import annotations

import dataclasses
import pickle
from copy import copy
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.message import CATALOGUE, group, message
from finesse_tx.cti.core.messages import AgentStateEvent, BeginCallEvent
from finesse_tx.cti.core.messages.groups import AgentSkillGroup
from finesse_tx.cti.core.variables import NamedVariable


def required(cls: type[Any]) -> dict[str, object]:
    """Something for each attribute without a default."""
    fields = (field for field in dataclasses.fields(cls) if field.init)
    return {f.name: object() for f in fields if f.default is dataclasses.MISSING}


class EveryClassTests(SynchronousTestCase):
    """The whole catalogue: its initialisers are ours, but do what `dataclasses` promises."""

    def test_filled_in(self) -> None:
        """An instance has what was given, the defaults for the rest, and is of its class."""
        for cls in CATALOGUE.values():
            given: Any = required(cls)
            made = cls(**given)
            self.assertIs(type(made), cls)
            for field in dataclasses.fields(cls):
                if field.name in given:
                    self.assertIs(getattr(made, field.name), given[field.name])
                elif not (isinstance(field.default, int) and field.default < 0):  # AUTO is settled
                    self.assertEqual(getattr(made, field.name), field.default)

    def test_frozen(self) -> None:
        """No attribute can be set or deleted."""
        for cls in CATALOGUE.values():
            given: Any = required(cls)
            made = cls(**given)
            for field in dataclasses.fields(cls):
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    setattr(made, field.name, 0)
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    delattr(made, field.name)

    def test_wrong_arguments(self) -> None:
        """What is missing, unknown or by position is refused."""
        for cls in CATALOGUE.values():
            given: Any = required(cls)
            for name in given:
                less = {key: value for key, value in given.items() if key != name}
                self.assertRaises(TypeError, cls, **less)
            self.assertRaises(TypeError, cls, **given, nonsense=1)
            self.assertRaises(TypeError, cls, 1)


class OneClassTests(SynchronousTestCase):
    """What becomes of an instance."""

    def test_settled(self) -> None:
        """A count that is not given is that of its list, and trailing gaps of a numbered field go."""
        groups = AgentSkillGroup(skill_group_number=1), AgentSkillGroup(skill_group_number=2)
        state: Any = {**required(AgentStateEvent), "skill_groups": groups}
        self.assertEqual(AgentStateEvent(**state).num_flt_skill_groups, 2)
        self.assertEqual(AgentStateEvent(**state, num_flt_skill_groups=7).num_flt_skill_groups, 7)
        begin: Any = {**required(BeginCallEvent), "call_variables": ("a", None, "c", None, None)}
        named = (NamedVariable("x", "y"),)
        made = BeginCallEvent(**begin, named_variables=named)
        self.assertEqual(made.call_variables, ("a", None, "c"))
        self.assertEqual((made.num_named_variables, made.num_named_arrays), (1, 0))

    def test_copies(self) -> None:
        """A copy, a pickled one and one with nothing replaced are equal to the first."""
        made = AgentSkillGroup(skill_group_number=1)
        self.assertEqual(copy(made), made)
        self.assertEqual(pickle.loads(pickle.dumps(made)), made)
        self.assertEqual(dataclasses.replace(made), made)
        self.assertNotEqual(dataclasses.replace(made, skill_group_number=2), made)

    def test_subclass(self) -> None:
        """An instance of a class that is derived from one stays of that class."""

        @group
        class Shape:
            corners: int = 3

        class Triangle(Shape):
            __slots__ = ()

        made = Triangle()
        self.assertIs(type(made), Triangle)
        self.assertEqual(made.corners, 3)

    def test_number_is_taken(self) -> None:
        """No two classes have one number."""
        with self.assertRaises(TypeError):

            @message(AgentStateEvent.MESSAGE_TYPE)
            class Another(AgentStateEvent):
                pass

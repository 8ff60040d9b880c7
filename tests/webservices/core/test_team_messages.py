"""`finesse_tx.webservices.core.team_messages`: what may be sent.

Spec: ``rest.md`` §7.3, §1.10.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.team_messages import (
    MAX_CONTENT,
    MAX_DURATION_S,
    MIN_DURATION_S,
    Draft,
    TeamMessageBody,
)


class DraftTests(SynchronousTestCase):
    """The rules."""

    def refused(self, **values: object) -> tuple[int, str, str]:
        """The refusal of a message with something else than is right."""
        fine: dict[str, object] = {"duration": "600", "content": "x", "teams": ("1",)}
        body = TeamMessageBody(**{**fine, **values})  # type: ignore[arg-type]
        error: ApiError = self.assertRaises(ApiError, Draft.of, body)
        return error.status, error.error_type, error.error_data

    def test_fine(self) -> None:
        """At both edges of every limit; a team named twice is one."""
        for duration, length in ((MIN_DURATION_S, 1), (MAX_DURATION_S, MAX_CONTENT)):
            body = TeamMessageBody(f"{duration}", "é" * length, ("2", "1", "2"))
            self.assertEqual(Draft.of(body), Draft("é" * length, duration, (1, 2)))

    def test_missing(self) -> None:
        """Each of the three must be there."""
        for name, nothing in (("duration", ""), ("content", ""), ("teams", ())):
            self.assertEqual(self.refused(**{name: nothing}), (400, "Parameter Missing", name))

    def test_wrong(self) -> None:
        """One step over each edge, and what is no number."""
        for name, value in (
            ("duration", str(MIN_DURATION_S - 1)),
            ("duration", str(MAX_DURATION_S + 1)),
            ("duration", "soon"),
            ("duration", "-600"),
            ("content", "x" * (MAX_CONTENT + 1)),
            ("teams", ("x",)),
            ("teams", ("1", "9999999999")),
        ):
            self.assertEqual(self.refused(**{name: value}), (400, "Invalid Input", name), value)

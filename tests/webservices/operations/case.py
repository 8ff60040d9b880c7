"""What tests of operations have in common."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from finesse_tx.directory.core.records import Person
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.vocabulary import WORDS
from tests.webservices.core import events
from tests.webservices.test_service import Case

__all__ = ["WRONG_USER", "OperationsCase"]

WRONG_USER = "Invalid Authorization User Specified"


class OperationsCase(Case):
    """In service; Ann and Bob are signed in and ready."""

    def setUp(self) -> None:
        """Ready."""
        super().setUp()
        self.serve()
        self.publisher.take()
        self.operations = self.service.operations

    def become(self, words: str, **more: Any) -> None:
        """The same centre with an engine of another kind."""
        self.tearDown()
        self.service, self.link, self.publisher, self.clock = self.make(
            self.directory, words=replace(WORDS[words], **more)
        )
        self.serve()
        self.publisher.take()
        self.operations = self.service.operations

    def person(self, login_id: str) -> Person:
        """Someone of the directory."""
        person = events.DIRECTORY.person(login_id)
        assert person
        return person

    def refused(
        self, do: Callable[..., object], *how: object, **more: object
    ) -> tuple[int, str, str]:
        """Do it, and return the status, the type and the data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, do, *how, **more)
        self.assertEqual(self.link.waiting, [])
        return error.status, error.error_type, error.error_data

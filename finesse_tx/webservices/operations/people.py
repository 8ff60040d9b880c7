"""Whom a request names, and whether whoever asks may: the checks that all resources share.

Spec: ``rest.md`` §1.2 (roles), §1.6 (refusals).
"""

from __future__ import annotations

from collections.abc import Callable

from finesse_tx.directory.core.records import (
    Person,
    ReasonCategory,
    ReasonCode,
    Role,
    Snapshot,
    Team,
)
from finesse_tx.interfaces import IDirectory
from finesse_tx.webservices.core.access import Relation, relation
from finesse_tx.webservices.core.errors import ApiError, authorization_failure, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.routing import number_of

__all__ = ["People", "reason_not_allowed", "unknown_user"]


class People:
    """Who asks about whom.

    Args:
        model: Agents and calls as of now.
        directory: People and teams.
    """

    def __init__(self, model: Callable[[], Model], directory: IDirectory) -> None:
        self._model, self._directory = model, directory

    def snapshot(self) -> Snapshot:
        """The directory as of now."""
        return self._directory.snapshot()

    def known(self, login_id: str) -> Person:
        """An agent by login id or login name.

        Raises:
            ApiError: 404: there is none.
        """
        person = self.snapshot().person(login_id)
        if person is None or not person.is_agent:
            raise unknown_user(login_id)
        return person

    def relation(self, viewer: Person, target: Person) -> Relation:
        """What somebody is to a user."""
        return relation(viewer, target, self.snapshot())

    def visible(self, viewer: Person, login_id: str) -> Person:
        """A user who may be seen: oneself, somebody one supervises, for administrators anybody.

        Raises:
            ApiError: 404, 401.
        """
        target = self.known(login_id)
        if self.relation(viewer, target) is Relation.STRANGER:
            raise wrong_user(login_id)
        return target

    def own(self, viewer: Person, login_id: str) -> Person:
        """Oneself.

        Raises:
            ApiError: 404, or 401 for anybody else.
        """
        target = self.known(login_id)
        if self.relation(viewer, target) is not Relation.SELF:
            raise wrong_user(login_id)
        return target

    def require_extension(self, person: Person, extension: str, field: str) -> None:
        """Check that somebody is signed in there.

        Raises:
            ApiError: 401: not signed in; 400: elsewhere.
        """
        if self.extension(person) != extension:
            raise ApiError(400, "Invalid Input", f"{field} is not the user's extension", field)

    def extension(self, person: Person) -> str:
        """Where somebody is signed in.

        Raises:
            ApiError: 401: nowhere.
        """
        agent = self._model().agents.get(person.login_id)
        if agent is None or not agent.is_signed_in:
            raise ApiError(401, "Invalid State", "The user is not signed in", person.login_id)
        return agent.extension

    def chosen_reason(
        self, person: Person, category: ReasonCategory, reason_code_id: int | None
    ) -> ReasonCode | None:
        """The reason that somebody gives; None where there is nothing to choose from.

        Raises:
            ApiError: 400: one must be given, there is no such one, or none is allowed.
        """
        offered = self.snapshot().reason_codes_for(person.team_id, category)
        if reason_code_id is None:
            if offered:
                raise ApiError(
                    400,
                    "Parameter Missing",
                    "The state change requires a valid reason code.",
                    "finesse.api.reasoncode.require_reasoncode",
                )
            return None
        for code in offered:
            if code.id == reason_code_id:
                return code
        if not offered:
            raise reason_not_allowed()
        raise ApiError(
            400, "Invalid Input", "Invalid reasonCodeId specified for user", str(reason_code_id)
        )

    def supervised(self, viewer: Person, team_id: str) -> Team:
        """A team, for its supervisors and administrators.

        Raises:
            ApiError: 404, 401.
        """
        team = self.team(team_id)
        if not self._supervises(viewer, team):
            raise authorization_failure(viewer.login_id)
        return team

    def seen_team(self, viewer: Person, team_id: str) -> Team:
        """A team, for those in it too.

        Raises:
            ApiError: 404, 401.
        """
        team = self.team(team_id)
        if viewer.team_id != team.id and not self._supervises(viewer, team):
            raise authorization_failure(viewer.login_id)
        return team

    def team(self, team_id: str) -> Team:
        """A team, whoever asks.

        Raises:
            ApiError: 404.
        """
        team = self.snapshot().team(number_of(team_id))
        if team is None:
            raise ApiError(404, "Not Found", "The team id is invalid", team_id)
        return team

    def _supervises(self, viewer: Person, team: Team) -> bool:
        supervised = self.snapshot().supervised_by(viewer.login_id)
        return team.id in supervised or Role.ADMINISTRATOR in viewer.roles


def reason_not_allowed() -> ApiError:
    """A reason is given where there can be none."""
    return ApiError(
        400,
        "Invalid Input",
        "For this operation, Reason Codes are not allowed.",
        "finesse.api.reasoncode.not_allowed",
    )


def unknown_user(login_id: str) -> ApiError:
    """There is no such user."""
    return ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)

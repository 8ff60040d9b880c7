"""Who may read what of the configuration: agents their own team's, supervisors their teams'.

Spec: ``rest.md`` §2.7 to §2.11, §7.2.
"""

from __future__ import annotations

from finesse_tx.directory.core.records import Person, ReasonCategory, ReasonCode, Role
from finesse_tx.interfaces import IDirectory
from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.core.access import Relation, relation
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.routing import number_of

__all__ = ["Offered"]


class Offered:
    """The configuration, as far as somebody may see it.

    Args:
        directory: People and teams.
        administration: What is configured.
    """

    def __init__(self, directory: IDirectory, administration: Administration) -> None:
        self._directory, self._administration = directory, administration

    @property
    def settings(self) -> Settings:
        """The configuration as of now."""
        return self._administration.settings

    def user(self, viewer: Person, login_id: str) -> Person:
        """The user whose configuration is read: by the user itself, or an administrator.

        Raises:
            ApiError: 404 for nobody, 401 for somebody else's.
        """
        snapshot = self._directory.snapshot()
        person = snapshot.person(login_id)
        if person is None or not person.is_agent:
            raise ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)
        if relation(viewer, person, snapshot) not in {Relation.SELF, Relation.ADMINISTRATOR}:
            raise wrong_user(login_id)
        return person

    def team(self, viewer: Person, text: str) -> int:
        """The team whose configuration is read: by its agents, its supervisors, or an administrator.

        Raises:
            ApiError: 404 for no team, 401 for somebody else's.
        """
        snapshot = self._directory.snapshot()
        team = snapshot.team(number_of(text))
        if team is None:
            raise ApiError(404, "TeamId Not Found", "The team id is invalid", text)
        if (
            viewer.team_id != team.id
            and team.id not in snapshot.supervised_by(viewer.login_id)
            and Role.ADMINISTRATOR not in viewer.roles
        ):
            raise ApiError(
                401,
                "Unauthorized",
                "The user is not authorized to perform this operation",
                viewer.login_id,
            )
        return team.id

    def reason_codes(
        self, team_id: int | None, categories: tuple[ReasonCategory, ...]
    ) -> tuple[ReasonCode, ...]:
        """The reason codes that an agent of that team may choose from."""
        snapshot = self._directory.snapshot()
        return tuple(
            code for category in categories for code in snapshot.reason_codes_for(team_id, category)
        )

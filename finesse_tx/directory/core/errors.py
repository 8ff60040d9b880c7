"""Why somebody is not let in."""

from finesse_tx.errors import FinesseError

__all__ = [
    "BadCredentialsError",
    "LockedOutError",
    "SignInError",
    "SourceError",
    "TooBusyError",
]


class SignInError(FinesseError):
    """The credentials were not accepted."""


class BadCredentialsError(SignInError):
    """There is no such person, or the password is another; nobody is told which."""

    def __str__(self) -> str:
        return "unknown name or wrong password"


class LockedOutError(SignInError):
    """Too many bad passwords: until then, not even the right one is accepted.

    Attributes:
        until_s: When the lock-out ends, on the clock that the directory was given.
    """

    def __init__(self, until_s: float) -> None:
        super().__init__(until_s)
        self.until_s = until_s

    def __str__(self) -> str:
        return "locked out after too many bad passwords"


class TooBusyError(SignInError):
    """More passwords wait to be checked than may; try again later. It says nothing about this one."""

    def __str__(self) -> str:
        return "too many passwords are waiting to be checked"


class SourceError(FinesseError):
    """Another directory cannot answer: it is away, refuses us, or says what cannot be understood.

    Attributes:
        reason: What is wrong, for the operator; without secrets.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason

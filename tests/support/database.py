"""A database of a test's own: SQLite, or PostgreSQL where a test case is `OnPostgreSQL`."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import StoreConfig
from finesse_tx.store.database import database_url, make_engine
from finesse_tx.store.prepare import migrate, prepare
from tests.support.postgresql import server

__all__ = ["OnPostgreSQL", "empty_url", "inside", "is_postgresql", "new_url", "prepared_url"]

T = TypeVar("T")


class OnPostgreSQL:
    """Mixed into a test case, its databases are PostgreSQL's."""


def is_postgresql(test: SynchronousTestCase) -> bool:
    """Which of the two a test has."""
    return isinstance(test, OnPostgreSQL)


def new_url(test: SynchronousTestCase) -> URL:
    """A database that does not exist yet, or has nothing in it."""
    if is_postgresql(test):
        return _copy(test, "template0")
    home = Path(test.mktemp()).absolute()
    home.mkdir()
    return database_url(StoreConfig(), home)


def prepared_url(test: SynchronousTestCase) -> URL:
    """A database as a first start leaves it, without a demo."""
    if is_postgresql(test):
        return _copy(test, _template(prepare))
    url = new_url(test)
    prepare(url)
    return url


def empty_url(test: SynchronousTestCase) -> URL:
    """A database with all tables and no row."""
    if is_postgresql(test):
        return _copy(test, _template(migrate))
    url = new_url(test)
    Path(url.database or "").write_bytes(_empty())
    return url


@cache
def _empty() -> bytes:
    """The file of such a database: migrating takes longer than most tests."""
    with TemporaryDirectory() as home:
        url = database_url(StoreConfig(), Path(home))
        migrate(url)
        return Path(url.database or "").read_bytes()


@cache
def _template(fill: Callable[[URL], None]) -> str:
    """A database of PostgreSQL to be copied."""
    name = server().new_database()
    fill(server().url(name))
    return name


def _copy(test: SynchronousTestCase, template: str) -> URL:
    name = server().new_database(template)
    test.addCleanup(server().drop, name)
    return server().url(name)


def inside(url: URL, work: Callable[[Session], T]) -> T:
    """Run ``work`` in one transaction, here and now."""
    engine = make_engine(url, 1)
    try:
        with Session(engine) as session, session.begin():
            return work(session)
    finally:
        engine.dispose()

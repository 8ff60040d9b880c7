"""A database of a test's own."""

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

T = TypeVar("T")


def new_url(test: SynchronousTestCase) -> URL:
    """A SQLite database that does not exist yet."""
    home = Path(test.mktemp()).absolute()
    home.mkdir()
    return database_url(StoreConfig(), home)


def prepared_url(test: SynchronousTestCase) -> URL:
    """A database as a first start leaves it, without a demo."""
    url = new_url(test)
    prepare(url)
    return url


def empty_url(test: SynchronousTestCase) -> URL:
    """A database with all tables and no row."""
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


def inside(url: URL, work: Callable[[Session], T]) -> T:
    """Run ``work`` in one transaction, here and now."""
    engine = make_engine(url, 1)
    try:
        with Session(engine) as session, session.begin():
            return work(session)
    finally:
        engine.dispose()

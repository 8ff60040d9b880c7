"""Stories in headless Chromium: what a person sees, clicks and types, told with Playwright.

A story is a test that takes a `Page` and is marked with `story`. It runs in the one thread that the browser is driven from,
with a profile of its own. Whatever a page complains of on its console fails the story: a script's error, a file that is not
there, something that the Content-Security-Policy forbids.

``FINESSE_TX_SHOTS=DIR`` keeps a picture of the last thing that each story saw, to be looked at.
"""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Callable
from concurrent.futures import Future
from functools import wraps
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from twisted.trial.unittest import SynchronousTestCase

from tests.support.chromium import FLAGS
from tests.support.debian import needs
from tests.support.node import JS, installed

__all__ = ["LIMIT_MS", "StoryTestCase", "story"]

LIMIT_MS: Final = 60_000
"""Whatever a page takes longer for has failed."""

STORY_S: Final = 600
"""The same for a story."""

SIZE: Final = (1440, 900)

SANDBOXED: Final = "can escape its sandboxing"
"""What Chromium remarks of every gadget of our own origin (docs/desktop_gadgets.rst)."""

expect.set_options(timeout=LIMIT_MS)  # by itself it is 5 s

T = TypeVar("T", bound="StoryTestCase")


class _Chromium(Thread):
    """The thread that the browser is driven from, and the browser: there from the first story to the end of the process."""

    def __init__(self) -> None:
        super().__init__(name="browser", daemon=True)
        self._jobs: SimpleQueue[tuple[str, Callable[[Browser], None], Future[None]]] = SimpleQueue()

    def play(self, path: str, tell: Callable[[Browser], None]) -> None:
        """Have a story told."""
        if not self.is_alive():
            self.start()
            atexit.register(self.play, "", lambda browser: browser.close())
        done: Future[None] = Future()
        self._jobs.put((path, tell, done))
        done.result(STORY_S)

    def run(self) -> None:
        """Tell one story after the other."""
        path, tell, done = self._jobs.get()
        with sync_playwright() as playwright:
            arguments = [flag for flag in FLAGS if flag != "--headless"]
            browser = playwright.chromium.launch(
                executable_path=path, args=arguments, timeout=2 * LIMIT_MS
            )
            while path:
                try:
                    tell(browser)
                except BaseException as error:
                    done.set_exception(error)
                else:
                    done.set_result(None)
                path, tell, done = self._jobs.get()
            tell(browser)
        done.set_result(None)


_CHROMIUM: Final = _Chromium()


class StoryTestCase(SynchronousTestCase):
    """Tests that are stories.

    Attributes:
        forgiven: Of what the console says, what this story expects, such as the 401 of a wrong password.
    """

    forgiven: tuple[str, ...] = ()

    def open(self, browser: Browser, **options: Any) -> Page:
        """Open a page in a profile of its own.

        Args:
            browser: Where.
            options: For Playwright's ``new_context``.
        """
        width, height = SIZE
        context = browser.new_context(
            viewport={"width": width, "height": height},
            ignore_https_errors=True,
            **options,
        )
        context.set_default_timeout(LIMIT_MS)
        self.complaints: list[str] = getattr(self, "complaints", [])
        page = context.new_page()
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        """Have what a page complains of fail the story."""

        def said(message: ConsoleMessage) -> None:
            where = f"{message.text} ({message.location.get('url', '')})"
            if message.type in {"error", "warning"} and not any(
                re.search(pattern, where) for pattern in (*self.forgiven, SANDBOXED)
            ):
                self.complaints.append(where)

        page.on("console", said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def assert_accessible(self, page: Page, *rules: str) -> None:
        """What axe-core finds wrong, by WCAG 2.2 levels A and AA, is nothing.

        Args:
            page: As it is now.
            rules: Tags of the rules; none for those.
        """
        installed()
        page.evaluate((JS / "node_modules" / "axe-core" / "axe.min.js").read_text())
        tags = rules or ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
        found = page.evaluate(
            "tags => axe.run(document, { runOnly: tags }).then((result) => result.violations.map("
            "(one) => [one.id, one.help, one.nodes.map((node) => node.html + ' ' + node.failureSummary)]))",
            list(tags),
        )
        self.assertEqual(found, [])


def story(method: Callable[[T, Page], None]) -> Callable[[T], None]:
    """Mark a test that takes a page."""

    @wraps(method)
    def test(self: T) -> None:
        path = needs("chromium", "chromium")

        def tell(browser: Browser) -> None:
            page = self.open(browser)
            try:
                method(self, page)
                self.assertEqual(self.complaints, [])
            finally:
                if folder := os.environ.get("FINESSE_TX_SHOTS"):
                    page.screenshot(path=Path(folder, f"{self.id()}.png"))
                for context in browser.contexts:
                    context.close()

        _CHROMIUM.play(path, tell)

    return test

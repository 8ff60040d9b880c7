"""The measurement of a supervisor's page, run small."""

from playwright.sync_api import Page
from twisted.trial.unittest import SynchronousTestCase

from benchmarks.team_states import MAX_TASK_MS, Figures, measure, report
from tests.support.stories import StoryTestCase, story


class TeamStatesStories(StoryTestCase):
    """In Chromium."""

    @story
    def test_runs(self, page: Page) -> None:
        """A small team is drawn, and its states change as often as was asked for."""
        seen = measure(page, agents=20, rate=100, seconds=0.3)
        self.assertEqual(seen.sent, 30)
        self.assertEqual(page.locator(".body .row").count(), 20)


class ReportTests(SynchronousTestCase):
    """What is said of it."""

    def test_goal(self) -> None:
        """The goal is met at its bound and missed beyond."""
        read = Figures(1000, 0, 0, 0, 0.02)
        for longest, met in ((MAX_TASK_MS, True), (MAX_TASK_MS + 1, False)):
            drawn = Figures(1000, 80, longest, 3, 0.15)
            text, is_met = report(drawn, read, agents=500, rate=100)
            self.assertEqual(is_met, met)
            self.assertEqual("MISSED" in text, not met)
            self.assertIn("15.0%", text)

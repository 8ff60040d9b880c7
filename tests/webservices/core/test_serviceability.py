"""`finesse_tx.webservices.core.serviceability` and `finesse_tx.webservices.core.figures`."""

import os
import threading

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.call_totals import CallTotals
from finesse_tx.webservices.core.figures import Figures, attributes, performance, status_numbers
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.serviceability import (
    MAX_MAINTENANCE_S,
    Client,
    Maintenance,
    MaintenanceStatus,
    connected_users,
    runtime_config,
)
from finesse_tx.webservices.process import Process
from tests.webservices.core import events

IN_PROGRESS = MaintenanceStatus.IN_PROGRESS


def agent(login_id: str, *csq_ids: int, state: int = AgentState.AVAILABLE) -> Agent:
    """An agent of the engine."""
    return Agent(login_id, csq_ids=csq_ids, state=state, extension="1001")


class ConnectedTests(SynchronousTestCase):
    """Who is there."""

    def test_each_once(self) -> None:
        """Somebody with several sessions, signed in or not, counts once, and a desktop counts before all else."""
        found = connected_users(
            [agent("ann"), agent("bob", state=AgentState.LOGOUT)],
            {"ann": ("exporter", "Desktop-1"), "sue": ("phone",)},
            events.DIRECTORY,
        )
        kinds = {user.login_id: user.client_type for user in found.users}
        self.assertEqual(kinds, {"ann": Client.DESKTOP, "sue": Client.THIRD_PARTY})
        summary = found.user_summary
        self.assertEqual((summary.desktop_users, summary.third_party_users), (1, 1))

    def test_only_rest(self) -> None:
        """Who is signed in and has no session works with something that only uses REST."""
        (user,) = connected_users([agent("ann")], {}, events.DIRECTORY).users
        self.assertIs(user.client_type, Client.THIRD_PARTY)

    def test_stranger(self) -> None:
        """Somebody whom the directory does not have any more is in no team."""
        (user,) = connected_users([], {"gone": ("x",)}, events.DIRECTORY).users
        self.assertEqual((user.team_name, user.extension), ("", ""))


class RuntimeTests(SynchronousTestCase):
    """How much goes on."""

    def test_averages(self) -> None:
        """Those who are signed in count; a group that several have is one."""
        agents = [agent("a", 1, 2), agent("b", 2), agent("c", 3, 4, 5, state=AgentState.LOGOUT)]
        found = runtime_config(agents, 7, 3, 1.9)
        self.assertEqual(
            (
                found.agents_on_node,
                found.average_skill_groups_per_agent,
                found.max_skill_groups_per_agent,
                found.unique_skill_groups,
                found.active_dialogs,
                found.active_tasks,
                found.up_time_seconds,
            ),
            (2, 1.5, 2, 2, 7, 3, 1),
        )

    def test_nobody(self) -> None:
        """Without agents everything is 0."""
        self.assertEqual(runtime_config([], 0, 0, 0).average_skill_groups_per_agent, 0.0)


class MaintenanceTests(SynchronousTestCase):
    """Waiting until everybody has left."""

    def test_time(self) -> None:
        """A moment before the end it goes on, then it has failed; it has succeeded when the last one leaves."""
        begun = Maintenance(IN_PROGRESS, 10.0)
        end = 10.0 + MAX_MAINTENANCE_S
        self.assertIs(begun.at(end - 0.001, 1).status, IN_PROGRESS)
        self.assertIs(begun.at(end, 1).status, MaintenanceStatus.FAILED)
        self.assertIs(begun.at(end, 0).status, MaintenanceStatus.COMPLETED)
        self.assertIs(begun.at(10.0, 0).status, MaintenanceStatus.COMPLETED)

    def test_over(self) -> None:
        """What never began, and what is over, stays as it is."""
        for status in (None, MaintenanceStatus.COMPLETED, MaintenanceStatus.FAILED):
            for users in (0, 1):
                self.assertIs(Maintenance(status).at(1e9, users).status, status)


class FiguresTests(SynchronousTestCase):
    """The process."""

    def test_status(self) -> None:
        """Numbers are read, those in kB as bytes; everything else is passed over."""
        text = "Name:\tpython\nThreads:\t3\nRssAnon:\t    2888 kB\nSigQ:\t4/963\nUid:\t0\t0\t0\t0\n"
        self.assertEqual(status_numbers(text), {"Threads": 3, "RssAnon": 2888 * 1024})

    def test_names(self) -> None:
        """Monitoring tools find the names that they ask for, with this process's numbers."""
        totals = CallTotals()
        totals.begun, totals.failed = 6, 1
        found = dict(performance(Figures(own_bytes=5, threads=2), 3, 4, RequestTimes(), totals))
        self.assertEqual(found["Tomcat/Heap Memory Utilized"], "5")
        self.assertEqual(found["Thread Count"], "2")
        self.assertEqual(found["Active Totals/Logged In Agents"], "3")
        self.assertEqual(found["Active Totals/Current Calls"], "4")
        self.assertEqual(found["Running Totals/Calls Received or Initiated"], "6")
        self.assertEqual(found["Running Totals/Calls Failed"], "1")

    def test_this_process(self) -> None:
        """The figures are this process's: its number, its memory, a thread more while there is one."""
        process = Process()
        before = process()
        self.assertEqual(before.pid, os.getpid())
        self.assertGreater(before.own_bytes, 1_000_000)
        self.assertGreater(before.files, 2)
        self.assertGreaterEqual(before.peak_bytes, before.own_bytes)
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        try:
            self.assertEqual(process().threads, before.threads + 1)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(process().peak_threads, before.threads + 1)

    def test_beans(self) -> None:
        """Times are milliseconds and nanoseconds, as Java has them."""
        beans = attributes(Figures(started=1.5, uptime_s=2.25, cpu_s=0.5))
        self.assertEqual(beans["java.lang:type=Runtime"]["Uptime"], 2250)
        self.assertEqual(beans["java.lang:type=Runtime"]["StartTime"], 1500)
        self.assertEqual(beans["java.lang:type=OperatingSystem"]["ProcessCpuTime"], 500_000_000)

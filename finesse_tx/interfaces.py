"""Every zope Interface: the plugin points, and the seams between the parts.

A part never imports another part's services; it is handed something that provides one of these. Unless a method
says otherwise, it is called in the reactor thread and must not block.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import Attribute, Interface

from finesse_tx.configuration.core.document import Configuration
from finesse_tx.configuration.core.planning import Import
from finesse_tx.configuration.core.telling import Told
from finesse_tx.configuration.core.text import Format, Source
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectWrite
from finesse_tx.directory.core.editing import Plan
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.directory.core.records import Person, ReasonCode, Snapshot
from finesse_tx.directory.core.scram import ScramVerifier
from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.directory.core.tokens import Issued
from finesse_tx.engine.core.outbound.records import CampaignData, CampaignState, RecordChange
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.departure import Departure
from finesse_tx.store.core.outbox import OutboxStatus
from finesse_tx.tasks.core.events import Changes, Event
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import Action
from finesse_tx.telephony.core.events import Batch, Cause
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.media import DigitRules
from finesse_tx.webservices.core.administration.changes import AuditEntry, Change
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.agent_history import AgentCall, AgentStateChange
from finesse_tx.webservices.core.console import CertificateBundle, Certificates
from finesse_tx.webservices.core.team_messages import Message as TeamMessage

__all__ = [
    "IAXLRecords",
    "IAdministrationRecords",
    "IAgentClients",
    "IAgentHistory",
    "IAuthenticator",
    "ICTILink",
    "ICTILinkListener",
    "ICallPlacer",
    "ICampaignRecords",
    "ICampaigns",
    "ICertificates",
    "IConfigurationRecords",
    "IConfigurationText",
    "IConsole",
    "IDesktopSessions",
    "IDirectory",
    "IDirectoryEditRecords",
    "IDirectoryEditing",
    "IDirectoryProvider",
    "IDirectoryRecords",
    "IDirectorySource",
    "IGadgetFeature",
    "IHistoryRecords",
    "INodePolicy",
    "IOutbox",
    "IPeripheral",
    "IPublisher",
    "IReasonCodes",
    "IScramAuthenticator",
    "ISessionListener",
    "ISignOuts",
    "ISynchroniser",
    "ITaskListener",
    "ITaskRecords",
    "ITaskRouting",
    "ITeamMessageRecords",
    "ITokenIssuer",
    "ITokens",
    "IUserSessions",
    "IWorkers",
]

T = TypeVar("T")

# Threads --------------------------------------------------------------------------------------------------------


class IWorkers(Interface):
    """The one pool of threads, for what would block the reactor."""

    def run(work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in another thread.

        Returns:
            Fires with what it returned, or fails with what it raised, or with `StoreBusyError` (too much
            waits already) or `StoreStoppedError`. Cancelled before its turn, it never runs.
        """


class IOutbox(Interface):
    """What the database is to have, and nobody waits for."""

    floor: int = Attribute("The highest number of its kind that is remembered with the records.")

    def start() -> None:
        """Bring what an earlier run has left into the database."""

    def stop() -> Deferred[None]:
        """Bring what there is into the database, if it takes it. Fires when that is tried."""

    def keep(*records: Any) -> None:
        """Keep records, in this order: the end of the process does not lose them, and the database has each once."""

    def caught_up() -> Deferred[None]:
        """Wait until the database has all that earlier processes have left."""

    def flush() -> Deferred[None]:
        """Bring what there is into the database now, for whoever is going to read it.

        Returns:
            Fires when it is there, or fails with a `StoreError`.
        """

    def status() -> OutboxStatus:
        """How it is now."""


# People ---------------------------------------------------------------------------------------------------------


class IDirectory(Interface):
    """Who works here, as of now."""

    def snapshot() -> Snapshot:
        """The directory at this moment: a value, safe to keep."""


class IDirectoryRecords(Interface):
    """What the directory keeps where it survives."""

    def load() -> Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]:
        """Read everything.

        Returns:
            Fires with the people who may sign in and all the rest, the encoded password hashes and the encoded
            `ScramVerifier` of those who have one, both by login id, of one moment; or fails with a `StoreError`.
        """

    def load_reason_codes() -> Deferred[tuple[ReasonCode, ...]]:
        """Read the reason codes alone.

        Returns:
            Fires with them, in the order of their ids; or fails with a `StoreError`.
        """

    def replace_password_hash(login_id: str, was: str, now: str) -> None:
        """Keep ``now`` for somebody whose hash still is ``was``; both are of the same password. It may take a while."""

    def keep_verifier(login_id: str, password_hash: str, verifier: str) -> None:
        """Keep the encoded `ScramVerifier` of somebody whose hash still is ``password_hash``. It may take a while."""


class IDirectoryEditRecords(Interface):
    """Where the directory is changed."""

    def register() -> Deferred[Register]:
        """Read everyone, also who may not sign in now.

        Returns:
            Fires with them and all the rest; or fails with a `StoreError`.
        """

    def edit(
        edits: Sequence[Edit],
        author: Author,
        at: datetime,
        judge: Callable[[Snapshot], object] | None,
        beside: ObjectWrite | None = None,
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out edits and keep who wanted them: all or nothing.

        Args:
            edits: What to do; passwords are hashed already.
            author: Who wants it.
            at: When, in UTC.
            judge: Looks, in another thread, at what the directory would be; raises `ConfigError` for what cannot be.
            beside: What AXL keeps of the same change: both or neither.

        Returns:
            Fires with what each edit is about: a login id, a route point, or an id, of what is new too. Or fails
            with `EditsRefusedError`, or a `StoreError`.
        """


class IDirectoryEditing(Interface):
    """Who changes the directory while the server runs: the one way, for consoles, APIs and the command line."""

    def register() -> Deferred[Register]:
        """Everyone, also who may not sign in now, with all the rest, as it is kept now.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def refresh() -> Deferred[int]:
        """Go by what is kept now, as after `apply`: another process has changed it.

        Returns:
            Fires, when the node goes by it, with how many people may sign in; or fails with a `StoreError`.
        """

    def check(edits: Sequence[Edit]) -> Deferred[Plan]:
        """Say what would become of some edits, and change nothing.

        Returns:
            Fires with it; or fails as `apply` does.
        """

    def apply(
        edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out a list of edits, each upon those before it, and have everyone follow.

        Whoever is signed in and may stay stays; who is removed, disabled, or has another extension is signed out with
        the engine's reason for it. Sessions of who may no longer sign in, or has another password, end.

        Args:
            edits: What to do.
            author: Who wants it.
            beside: What AXL keeps of the same change, in the same transaction.

        Returns:
            Fires, when the node goes by them, with what each edit is about: a login id, a route point, or an id,
            of what is new too. Or fails with `EditsRefusedError`, which names all that is wrong and what would be
            right, or with a `StoreError`; then nothing has changed.
        """


class IDirectorySource(Interface):
    """Another directory, which tells who works here, checks passwords, or both.

    Attributes of both kinds are the same for as long as it lives.
    """

    authenticates: bool = Attribute(
        "Whether it is asked for the passwords of the people it has told of."
    )
    synchronises: bool = Attribute("Whether it tells who there is.")

    def authenticate(login_id: str, password: str) -> Deferred[bool]:
        """Ask whether a password is right; called only where ``authenticates``.

        Returns:
            Fires with the answer; or fails with `SourceError`, when nobody can tell now. Whatever it says otherwise,
            nobody is let in.
        """

    def people() -> Deferred[Sequence[FoundPerson]]:
        """Tell who there is; called only where ``synchronises``, once at a time.

        Returns:
            Fires with all of them, or fails with `SourceError`; never with a part of them.
        """

    def close() -> Deferred[None]:
        """Give up what is open, at the stop; nothing is asked any more."""


class IDirectoryProvider(Interface):
    """Where people come from: our own tables, AXL, someone's LDAP. A plugin point.

    The plugin is found with `twisted.plugin.getPlugins`; it imports nothing heavy before `make_source`.
    """

    name: str = Attribute(
        "The value of ``directory.provider`` that selects it; 1 to 16 characters."
    )

    def make_source(
        options: Mapping[str, object], workers: IWorkers, reactor: object
    ) -> IDirectorySource:
        """Make the source; it asks nothing yet.

        Args:
            options: ``[directory.options]``, as written.
            workers: For what would block the reactor.
            reactor: The reactor.

        Raises:
            ConfigError: ``options`` has an unknown key or a value out of range, or names a file that cannot be read.
        """


class ISynchroniser(Interface):
    """Whoever takes people in from another directory."""

    def synchronise(dry_run: bool) -> Deferred[tuple[str, ...]]:
        """Do it now, or say what it would do; two come one after the other.

        Returns:
            Fires with the differences, and with who is left out and why, a line each; or fails with a `SourceError`,
            `TooManyGoneError` or another `FinesseError`; then nothing has changed.
        """


class IAXLRecords(Interface):
    """Where AXL's objects beside people are kept."""

    def apply(edit: ObjectEdit, entry: AuditEntry) -> Deferred[None]:
        """Change them and keep who did: both or neither.

        Returns:
            Fires when it is done, or fails with a `StoreError`.
        """


class IReasonCodes(Interface):
    """Told by whoever changes reason codes: the directory shows them to everyone."""

    def reload_reason_codes() -> Deferred[None]:
        """Read them anew.

        Returns:
            Fires when the directory shows them, or fails with a `StoreError`; then it shows the old ones.
        """


class IGadgetFeature(Interface):
    """JavaScript that gadgets can ask for with ``Require`` or ``Optional``. A plugin point.

    Found once, at the start; read in the reactor's thread, so a script must be at hand.
    """

    name: str = Attribute("As ``Require`` names it; none of our own.")

    needs: Sequence[str] = Attribute("The features that must be loaded before it.")

    def script() -> str:
        """What a gadget's page runs: a classic script, in strict mode, which leaves its names in ``gadgets``."""

    def configuration() -> Mapping[str, object]:
        """What its script is told with ``gadgets.config.register(name, …)``; plain values; nothing for none."""


class IAdministrationRecords(Interface):
    """Where what administrators configure is kept."""

    def load() -> Deferred[Settings]:
        """All of it, as of one moment, but for reason codes.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def apply(change: Change, entry: AuditEntry) -> Deferred[tuple[int, ...]]:
        """Carry out a change and keep who made it: both or neither.

        Returns:
            Fires with the ids of what is new, in order; or fails with a `StoreError`, `StoreConflictError` for
            what contradicts something that is there.
        """

    def note(entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
        """Do something outside the store, and keep who has done it: both or neither.

        Args:
            entry: Who, what.
            deed: Does it, in another thread, when all but the commit is done; may be undone by who asks if that fails.

        Returns:
            Fires when it is done; or fails with a `StoreError`, or with what ``deed`` raised.
        """

    def latest(
        about: str, before: int | None, most: int
    ) -> Deferred[tuple[tuple[int, AuditEntry], ...]]:
        """Who has changed what.

        Args:
            about: What the paths begin with; empty for all.
            before: Only what has a lower id; None for all.
            most: How many.

        Returns:
            Fires with ids and changes, the newest first; or fails with a `StoreError`.
        """


class ICertificates(Interface):
    """The certificate of the TLS ports."""

    def shown() -> Certificates:
        """The one that they show now, and those behind it."""

    def reload() -> bool:
        """Read its files anew; whether what is there was taken."""

    def check(bundle: CertificateBundle) -> Deferred[Certificates]:
        """Look at one that somebody brings, and do nothing with it.

        Returns:
            Fires with what would be shown; or fails with an `ApiError` that names all that is wrong.
        """

    def install(bundle: CertificateBundle, author: Author) -> Deferred[Certificates]:
        """Show one from now on, and after a restart; it is audited, without its key.

        Returns:
            Fires with what is shown now; or fails with an `ApiError`, and nothing has changed.
        """

    def put_back(author: Author) -> Deferred[Certificates]:
        """Show the one from before the last `install` or `put_back`; otherwise as `install`."""


class IConfigurationRecords(Interface):
    """Where all that is configured is kept: the directory, and what administrators configure besides."""

    def read() -> Deferred[Configuration]:
        """All of it, as of one moment.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def take(
        source: Source,
        author: Author,
        at: datetime,
        prune: bool,
        personality: str,
        vet: Callable[[Snapshot], object] | None,
    ) -> Deferred[Import]:
        """Let it be as a document says, and keep who wanted each change: all of it or nothing.

        Args:
            source: The document.
            author: Who wants it.
            at: When, in UTC.
            prune: Whether what the document does not have goes.
            personality: ``ccx`` or ``cce``: which codes reasons may have.
            vet: Looks, in another thread, at what the directory would be, and raises what cannot be.

        Returns:
            Fires with what was done; or fails with `DocumentRefusedError`, what ``vet`` has raised, or a `StoreError`.
        """


class IConfigurationText(Interface):
    """The whole configuration as text, while the server runs: for the console and the command line."""

    def text(as_: Format) -> Deferred[bytes]:
        """All that is configured, but for passwords.

        Args:
            as_: TOML or JSON.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def check(data: bytes, *, prune: bool) -> Deferred[Told]:
        """Say what taking in a text would change, and change nothing.

        Returns:
            Fires with it; or fails as `take` does.
        """

    def take(data: bytes, author: Author, *, prune: bool) -> Deferred[Told]:
        """Let everything be as a text says, and have everyone follow.

        Args:
            data: The text.
            author: Who wants it.
            prune: Whether what the text does not have goes.

        Returns:
            Fires, when the node goes by it, with what was done. Or fails with `DocumentRefusedError`, which names all
            that is wrong, or with a `StoreError`; then nothing has changed.
        """

    def refresh() -> Deferred[int]:
        """Go by what is kept now: another process has changed it.

        Returns:
            Fires, when the node goes by it, with how many people may sign in; or fails with a `StoreError`.
        """


class ITeamMessageRecords(Interface):
    """Where messages to teams are kept."""

    def add(message: TeamMessage) -> Deferred[TeamMessage]:
        """Keep one.

        Returns:
            Fires with it, with its id; or fails with a `StoreError`.
        """

    def remove(message_id: int) -> Deferred[None]:
        """Keep one no longer; one that is not there is no mistake. Fails with a `StoreError`."""

    def remove_expired(now: float) -> Deferred[None]:
        """Keep those no longer whose time is over, in seconds since 1970. Fails with a `StoreError`."""


class ITaskRecords(Interface):
    """Where tasks and agents' media are kept over a restart."""

    def keep(changes: Changes) -> Deferred[None]:
        """Keep what there is now of what has changed, and no longer what there is not; all of it, or nothing.

        Fails with a `StoreError`.
        """


# Tasks ----------------------------------------------------------------------------------------------------------


class ITaskListener(Interface):
    """Whoever tells clients of tasks."""

    def task_events(events: Sequence[Event]) -> None:
        """Something has happened to agents' media and tasks, in this order."""


class ITaskRouting(Interface):
    """Media other than voice: agents' states in them, and their tasks.

    Each command is carried out at once; what it causes is told to the listener before it returns.
    """

    roster: Roster = Attribute("The domains and script selectors, and whose they are.")
    open_tasks: int = Attribute("How many tasks are not over.")

    def media(login_id: str, domain_id: int) -> Media | None:
        """An agent in a domain; None for one who is signed out of it."""

    def domains_in(login_id: str) -> tuple[int, ...]:
        """The domains that somebody is signed in to."""

    def tasks_of(login_id: str, domain_id: int) -> tuple[Task, ...]:
        """What somebody has in a domain, in the order of the offers."""

    def dialog(dialog_id: str) -> Task | None:
        """A task that somebody has."""

    def is_interrupted(task: Task) -> bool:
        """Whether nothing can be done with a task, since something else comes first."""

    def sign_in(login_id: str, domain_id: int, settings: SignIn) -> None:
        """Sign an agent in to a domain; raises `TaskRefusedError`."""

    def set_ready(login_id: str, domain_id: int, ready: bool, reason_code_id: int | None) -> None:
        """An agent wants tasks, or no more of them; raises `TaskRefusedError`."""

    def set_routable(login_id: str, domain_id: int, routable: bool) -> None:
        """Tasks may be offered to an agent, or no more of them; raises `TaskRefusedError`."""

    def sign_out(login_id: str, domain_id: int, reason_code_id: int | None) -> None:
        """Sign an agent out of a domain; raises `TaskRefusedError`."""

    def set_calling(login_id: str, calling: bool) -> None:
        """An agent has a call, or has none any more."""

    def act(login_id: str, dialog_id: str, action: Action, target: str) -> None:
        """An agent does something with a task; raises `TaskRefusedError` or `NoSuchTargetError`."""

    def submit(submission: Submission) -> Deferred[Task]:
        """Take in a task.

        Returns:
            Fires when it is kept; or fails with `NoSuchTargetError`, `TooManyTasksError` or a `StoreError`.
        """

    def status(contact_id: str) -> Task | None:
        """What has become of a task; None where that is not known, or not any more."""

    def cancel(contact_id: str) -> bool:
        """The customer has gone; say whether that was in time: nobody had accepted the task yet."""


class IHistoryRecords(Interface):
    """Where the history is kept for reports, behind the engine's journal."""

    def add(journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take in records, whole and exactly once.

        Args:
            journal: The journal's name.
            after: The last record that was taken in before these.
            last: The last of these.
            entries: What they hold.

        Returns:
            Fires with the last record that has been taken in: ``last``, or another one where ``after`` was not it,
            and then these were not; or fails with a `StoreError`.
        """

    def fold(
        since: datetime,
        until: datetime,
        next_session: int,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """Make something of the records of a time, in another thread.

        Args:
            since: Its first moment.
            until: The first moment after it.
            next_session: Calls from this session on are left out.
            work: Is given the changes of agents' states, in order, and the legs that began then; both can be gone
                through once, one after the other.

        Returns:
            Fires with what ``work`` returned, or fails with a `StoreError`.
        """

    def purge(before: datetime) -> Deferred[int]:
        """Remove some of what began before that moment.

        Returns:
            Fires with how much it was, 0 when there is no more; or fails with a `StoreError`.
        """


class IAgentHistory(Interface):
    """What single agents have done, for their own desktops."""

    def calls(
        login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentCall, ...]]:
        """The calls that an agent had something to do with.

        Args:
            login_id: The agent.
            since: The first moment; a call belongs to when it came to the agent.
            until: The first moment after it.
            limit: How many at most.

        Returns:
            Fires with them, the latest first; or fails with a `StoreError`.
        """

    def states(
        login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentStateChange, ...]]:
        """The changes of an agent's state; as `calls` has it."""


class IAuthenticator(Interface):
    """Checks passwords, for REST, XMPP and the engine together."""

    def authenticate(username: str, password: str) -> Deferred[Person]:
        """Check a password.

        Args:
            username: A login id or a login name.
            password: As it was typed.

        Returns:
            Fires with the person, or fails with `BadCredentialsError` (unknown name and wrong password alike),
            `LockedOutError` (whatever the password) or `TooBusyError` (try again later).
        """


class ITokens(Interface):
    """Checks access tokens, which single sign-on gives in the place of a password."""

    def person(token: str) -> Person:
        """Whose token that is.

        Raises:
            SignInError: `BadCredentialsError`: it is none, or expired, or was taken back; `LockedOutError`.
        """

    def ticket(person: Person) -> str:
        """What an engine takes as somebody's password, once and soon; empty where the engine asks somebody else."""


class ITokenIssuer(Interface):
    """Gives tokens to people who have signed in, and takes them back."""

    def issue(person: Person) -> Issued | None:
        """Give somebody who has just signed in tokens; None to one who has no single sign-on."""

    def refresh(refresh: str, access: str = "") -> Issued:
        """Give another access token.

        Args:
            refresh: The refresh token.
            access: The access token so far, which may have expired; empty for none.

        Raises:
            SignInError: They are not good, or do not belong together.
        """

    def revoke(token: str) -> Deferred[None]:
        """Take back a token, and all that came of the same sign-in.

        Returns:
            Fires when that is on disk, or cannot be. It holds at once, whatever becomes of the disk.

        Raises:
            BadCredentialsError: It is none of ours.
        """


class IDesktopSessions(Interface):
    """Knows who is signed in at a desktop, by a secret that stands for the password there."""

    def begin(person: Person) -> tuple[str, int]:
        """Begin a session of somebody whose password has been checked.

        Returns:
            The secret, and in how many seconds it ends.
        """

    def person(username: str, secret: str) -> Person:
        """Whose secret that is.

        Raises:
            BadCredentialsError: It is not that user's, or has ended.
        """

    def auth_mode(person: Person) -> str:
        """How gadgets at that person's desktop show who asks: ``SSO`` or ``NON_SSO``."""

    def end(person: Person, secret: str) -> Deferred[None]:
        """End a session; one that has ended is nothing to complain of.

        Returns:
            Fires when that is on disk, or cannot be. It holds at once, whatever becomes of the disk.
        """

    def follow(ended: Callable[[str, str], object]) -> None:
        """Tell somebody of each session that is ended before its time, once it holds no more.

        Args:
            ended: Called with the login id and with what `finesse_tx.directory.core.tokens.sign_in_of` finds in the secret;
                it must not raise.
        """


class IConsole(Interface):
    """Knows who is signed in at the administration console."""

    def person(cookie: str, token: str) -> Person | None:
        """Whose session both secrets of a request show; None for a request that is not from there.

        Args:
            cookie: The value of the cookie `finesse_tx.admin.core.sessions.COOKIE`.
            token: The value of the header ``X-CSRF-Token``; empty where there is none.
        """


class IScramAuthenticator(Interface):
    """Lets people in who prove that they know their password, without showing it: SCRAM-SHA-256."""

    def is_ready() -> bool:
        """Whether everyone who has a password of ours could come in like this."""

    def verifier(username: str) -> ScramVerifier:
        """What to check somebody's proof with; for a name that nobody has, or has no verifier, a made-up one.

        Args:
            username: A login id or a login name.

        Raises:
            SignInError: `LockedOutError`, or `BadCredentialsError` for a name that is too long.
        """

    def settle(username: str, verifier: ScramVerifier, proved: bool) -> Person:
        """Let somebody in, or count a failed attempt; called once for each proof.

        Args:
            username: As given before.
            verifier: What the proof was checked with.
            proved: Whether it was right.

        Raises:
            SignInError: `BadCredentialsError` or `LockedOutError`.
        """


# GED-188 --------------------------------------------------------------------------------------------------------


class IPeripheral(Interface):
    """An ACD behind a GED-188 server: a *peripheral*, in the protocol's words. The embedded engine is one."""

    def online() -> bool:
        """Whether it can serve: PeripheralOnline in OPEN_CONF."""

    def subscribe(listener: Callable[[Message], None]) -> Callable[[], None]:
        """Send every event, unfiltered and in causal order, to ``listener`` from now on.

        The listener must not call back into the peripheral before it returns.

        Returns:
            Call it to end the subscription.
        """

    def request(request: Message, reply: Callable[[Message], None]) -> None:
        """Carry out what an open session asks for.

        Args:
            request: A `Request` but OPEN_REQ, HEARTBEAT_REQ and CLOSE_REQ, which the server answers itself; or
                CONFIG_REQUEST_KEY_EVENT or CONFIG_REQUEST_EVENT, which have no InvokeID and no confirmation.
            reply: Call it, now or later, with each answer for that session alone, in order. To a `Request`
                exactly one of them is the confirmation or the failure, with the request's InvokeID; a
                configuration upload has several others. After the session's end it does nothing.
        """


class IAgentClients(Interface):
    """A peripheral that follows agents' own CTI clients, those in agent mode; a peripheral may provide this too."""

    def client_came(agent_id: str, device: str) -> None:
        """A session in agent mode is open.

        Args:
            agent_id: The agent's login id; empty when it is not known.
            device: The phone; empty when it is not known.
        """

    def client_gone(agent_id: str, device: str, closed: bool) -> None:
        """The last session of that agent, or phone, is over, and it was not we who ended it.

        Args:
            agent_id: As above.
            device: As above.
            closed: Whether the client has closed it, by CLOSE_REQ.
        """


class ITeams(Interface):
    """What a peripheral knows of teams; a peripheral may provide this too."""

    def teams() -> Sequence[Message]:
        """All teams and the states of their agents now, as UCCE's supervisors are told of them."""

    def supervises(supervisor_id: str, device: str) -> bool:
        """Whether somebody supervises the team of the agent who is signed in at a phone.

        Args:
            supervisor_id: The supervisor's login id.
            device: The phone.
        """


class ICTILinkListener(Interface):
    """What the GED-188 client tells."""

    def link_opened(side: str, online: bool) -> None:
        """A session is open. Nothing of an earlier session is still true."""

    def link_message(message: Message) -> None:
        """An event, or an answer that nobody waits for."""

    def link_closed(reason: str) -> None:
        """The session is gone; every outstanding request has failed already."""


class ICTILink(Interface):
    """The GED-188 client's session with whichever side is active."""

    side: str = Attribute("``host:port`` of the open session; empty while there is none.")
    version: int = Attribute("The protocol version of the open session; 0 while there is none.")
    last_heartbeat: datetime | None = Attribute("When the peer last answered a heartbeat, in UTC.")
    heartbeat_missed: bool = Attribute("Whether the latest heartbeat is overdue.")

    def request(request: Request) -> Deferred[Message]:
        """Send a request; its InvokeID is filled in.

        Returns:
            Fires with the confirmation, or fails with `ControlFailureError` (the peripheral refused),
            `RequestFailedError` (the server refused), `RequestTimeoutError` or `LinkDownError`.
        """

    def send(message: Message) -> None:
        """Send what has no confirmation, such as CONFIG_REQUEST_KEY_EVENT.

        Raises:
            LinkDownError: There is no session.
        """


# Telephony ------------------------------------------------------------------------------------------------------


class IProviderListener(Interface):
    """Who a telephone system reports to: the engine."""

    def provider_changed(batch: Batch) -> None:
        """Something happened, be it asked for or not. All that is ever learned of calls is learned here.

        Called in a reactor turn of its own, never from within an operation. The batches of one call come in the
        order of what happened, each before the next one happens. Must not raise, and must not block; it may call
        the provider's operations. What raises is logged, and after three times it is not called again.
        """


class ITelephonySystem(Interface):
    """Where calls live: the simulator, Asterisk, someone's PBX. A plugin point.

    Found with ``twisted.plugin.getPlugins(ITelephonySystem, finesse_tx.plugins)``, so a plugin provides
    ``twisted.plugin.IPlugin`` too. ``docs/telephony.rst`` is for whoever writes one.
    """

    name: str = Attribute("The value of ``telephony.system`` that selects it.")

    def make_provider(
        options: Mapping[str, object], listener: IProviderListener, clock: IReactorTime
    ) -> IProvider:
        """Build, and do not start, the JTAPI Provider that reports to ``listener``.

        Called once, while the server is put together. Must not call the listener, connect or block.

        Args:
            options: ``telephony.options``, as the operator wrote it.
            listener: Told of everything from ``startService`` on.
            clock: The only clock there is.

        Raises:
            ConfigError: ``options`` has an unknown key or a value out of range; it names the key.
        """


class IProvider(IService):
    """JTAPI's Provider: a running telephone system, and what can be asked of it.

    The life cycle is a service's. Once the system is reached after ``startService``, one SNAPSHOT batch re-creates
    what it is doing: PROV_IN_SERVICE, ADDR_IN_SERVICE for each number of the inventory that can be reached, and the
    calls there are. When it is lost: PROV_OUT_OF_SERVICE; what was known of its calls is void then.

    Every operation is called in the reactor thread, at any time, also when the call in question is gone by now; it
    must not raise, block, or call the listener before it returns. Its Deferred fires when the switch confirms, or
    fails with `ProviderError`: cause CALL_CANCELLED when what it names is gone, `InvalidStateError` when it is in no
    state for that (any more), any other cause when the switch cannot do it. A failed operation has changed nothing.
    That it succeeded says only that the switch has taken it on; **the change is learned from the events**, which may
    come before or after. A connection is named by its call and its number, a terminal connection by its device
    besides.
    """

    def inventory() -> Inventory:
        """The system's numbers and devices, in and out of service.

        Called after PROV_IN_SERVICE, and whenever else. JTAPI's ``getAddresses()`` and ``getTerminals()``.
        """

    def connect(terminal: str, address: str, digits: str) -> Deferred[int]:
        """Make a call from one of our phones: ``createCall()`` and ``Call.connect()``.

        Args:
            terminal: The device; it must have no active call.
            address: Its line.
            digits: What is dialled. That nobody answers to it shows later, in the call.

        Returns:
            Fires with the new call's id: 2**24 or more, less than 2**32 - 1, never used before in this run.
        """

    def accept(call_id: int, address: str) -> Deferred[None]:
        """Take on a call that is OFFERED to a CTI port: it rings there now."""

    def reject(call_id: int, address: str, cause: Cause) -> Deferred[None]:
        """Refuse a call that is OFFERED to, or ALERTING at, a number of ours, or end its ringing outside.

        When the call was redirected there and the redirecting number still holds it, it stays there; else its
        caller hears why. Fails once it has been answered, so that it can be used to end ringing without the risk
        of ending a conversation.

        Args:
            call_id: The call.
            address: Where it is offered.
            cause: BUSY or CALL_NOT_ANSWERED: what the other side is told.
        """

    def redirect(call_id: int, address: str, destination: str) -> Deferred[None]:
        """Send a call on, to a number of ours or outside, without losing it when nobody takes it.

        A number that holds the caller in a conversation (a CTI port that is ESTABLISHED) stays in the call while
        the destination is offered it and rings. On answer it leaves, with cause REDIRECTED. When the destination
        does not answer, refuses or vanishes, only the destination leaves, and the caller is where he was. A number
        that has not answered (a route point) leaves as soon as the destination has been offered the call.

        Returns:
            Fires when the destination is offered the call; fails, and nothing has changed, when it is busy or
            out of service.
        """

    def answer(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Answer a call that is ringing at a device of ours; it must have no other active call."""

    def hold(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Put a device's part on hold. When it is on hold already, nothing more happens."""

    def unhold(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Take it off hold; the device must have no other active call. When it is not on hold, nothing happens."""

    def disconnect(call_id: int, address: str) -> Deferred[None]:
        """Take a number out of a call; fewer than two parties in conversation end the call."""

    def drop(call_id: int) -> Deferred[None]:
        """End a call for everyone in it."""

    def consult(call_id: int, address: str, terminal: str, digits: str) -> Deferred[int]:
        """Make a second call from a device: its call is put on hold, if it is not, and the new one dialled.

        The new call's CALL_ACTIVE names the first one as its ``other_call_id``.

        Args:
            call_id: The call, in which the device is in conversation or on hold.
            address: The line, in both calls.
            terminal: The device; it must have no other active call.
            digits: What is dialled, as for `connect`.

        Returns:
            Fires with the new call's id.
        """

    def alternate(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Put a device's call on hold, and go on with its other one, which is on hold or rings: both or neither.

        Told with cause ALTERNATE; a ringing one's answer as any answer.
        """

    def transfer(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Bring two calls of a device together, and take the device out: JTAPI's ``Call.transfer(Call)``.

        One batch tells it: TRANSFER_STARTED; the device leaves the other call; CALL_CHANGED for each connection that goes
        on in the first call, in its state, be it answered or not; the other call's CALL_INVALID; the device leaves the
        first call; TRANSFER_ENDED. When nobody had answered in the other call, and refuses, the device rings again.

        Args:
            call_id: The call that survives.
            other_call_id: The one that ends.
            terminal: The device, in conversation or on hold in both.
        """

    def transfer_to(call_id: int, address: str, digits: str) -> Deferred[None]:
        """Send those in a call with a number of ours to another number, and take ours out: ``Call.transfer(String)``.

        Told as `transfer`, without another call; when nobody answers there, ours rings again. Fails when the
        destination is busy or cannot be reached: the call goes on then.
        """

    def conference(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Bring two calls of a device together, the device among them: JTAPI's ``Call.conference(Call)``.

        Told as `transfer` is, by CONFERENCE_STARTED to CONFERENCE_ENDED; the device is in conversation in the first call
        then. 16 parties at most; one call's beyond that fails with RESOURCES_NOT_AVAILABLE.
        """

    def add_party(call_id: int, number: str) -> Deferred[None]:
        """Offer a call to one more number: JTAPI's ``Call.addParty``. Those in conversation go on, answered or not."""

    def start_monitoring(
        terminal: str, address: str, call_id: int, number: str, whisper: bool
    ) -> Deferred[int]:
        """Let a device of ours listen in on another number of ours, which is in conversation in a call.

        A call of its own with the listening number alone, which is in conversation at once; MONITORING_STARTED follows. The
        monitored call is not altered. When the monitored number leaves it, the monitoring call ends.

        Args:
            terminal: The listening device; it must have no active call.
            address: Its line.
            call_id: The call to listen to.
            number: Who is monitored; one at a time may.
            whisper: Whether the listener is heard there, by nobody else.

        Returns:
            Fires with the monitoring call's id.
        """

    def update_monitoring(call_id: int, whisper: bool) -> Deferred[None]:
        """Whisper in a monitoring call from now on, or be silent again; told by MONITORING_UPDATED."""

    def start_recording(call_id: int, address: str) -> Deferred[None]:
        """Record what a number of ours says and hears in a call, until it leaves; told by RECORDING_STARTED."""

    def stop_recording(call_id: int, address: str) -> Deferred[None]:
        """Record it no more; told by RECORDING_ENDED. When it is not recorded, nothing happens."""

    def play(call_id: int, address: str, prompt: str, repeat: bool) -> Deferred[None]:
        """Let the caller who is connected to a CTI port hear something; it ends whatever happened there before.

        Told by MEDIA_PROMPT or MEDIA_MUSIC; a prompt's end by MEDIA_IDLE: with cause NORMAL when he has heard all of it,
        CALL_CANCELLED when something else was wanted first. That the port leaves the call ends it without a word. While
        the call is being redirected the port stays, and so does what it plays.

        Args:
            call_id: The call.
            address: The port, which must be ESTABLISHED in it.
            prompt: What to play: a name that the system knows, such as ``welcome`` or a file's.
            repeat: Whether it is music: again and again, until something else is wanted.
        """

    def collect(call_id: int, address: str, rules: DigitRules) -> Deferred[None]:
        """Collect digits from the caller who is connected to a CTI port; it ends whatever happened there before.

        Told by MEDIA_COLLECTING; its end by MEDIA_IDLE, whose text is what was keyed: with cause NORMAL when there are
        enough digits or a terminator came, UNKNOWN when no further one came in time, CALL_CANCELLED when something else
        was wanted first.
        """

    def stop_media(call_id: int, address: str) -> Deferred[None]:
        """Play and collect nothing at a CTI port any more; told by MEDIA_IDLE with cause CALL_CANCELLED."""

    def send_dtmf(call_id: int, address: str, digits: str) -> Deferred[None]:
        """Key digits on behalf of a number in conversation; told by MEDIA_DTMF, whose text they are.

        Args:
            call_id: The call.
            address: Whose phone keys them.
            digits: 1 to 32 of ``0`` to ``9``, ``*``, ``#`` and ``A`` to ``D``.
        """


class IOutsideLines(Interface):
    """The public network's side of a telephone system that can play it: what simulated customers need.

    A provider may provide this too; the simulator does. Its methods are called in the reactor thread.
    """

    def observe(listener: Callable[[Batch], None]) -> Callable[[], None]:
        """Tell ``listener`` every batch, after the engine was told; the rules of `IProviderListener` hold.

        Returns:
            Call it to end this.
        """

    def kind(number: str) -> AddressKind:
        """What a number stands for; EXTERNAL for whatever is not the system's own."""

    def place_call(to: str, from_: str) -> int:
        """Let an outside caller dial a number of ours.

        Args:
            to: A route point or a phone.
            from_: The caller's number.

        Returns:
            The call's id; the call itself begins in a later reactor turn.

        Raises:
            UnknownNumberError: ``to`` is no number of ours that takes calls, or ``from_`` no outside number.
            ProviderError: The system is not in service.
        """

    def answer_outside(call_id: int, number: str) -> Deferred[None]:
        """Let an outside party answer a call that is ringing there; fails as the provider's operations do."""

    def hang_up_outside(call_id: int, number: str) -> Deferred[None]:
        """Let an outside party leave a call; fails as the provider's operations do."""

    def refuse_outside(call_id: int, number: str, cause: Cause) -> Deferred[None]:
        """Let an outside party that is called be busy, or not answer; fails as the provider's operations do."""

    def key_outside(call_id: int, number: str, digits: str) -> Deferred[None]:
        """Let an outside party key digits; fails as the provider's operations do."""


class ICallPlacer(Interface):
    """Makes customers call, now: a simulator's own way in."""

    def place_call(
        to: str,
        from_: str | None = None,
        patience_s: float | None = None,
        talk_s: float | None = None,
    ) -> tuple[int, str]:
        """Let a customer call.

        Args:
            to: A route point or an agent's extension.
            from_: The customer's number; None: any.
            patience_s: After how long without an answer the customer hangs up; None: as customers do on average.
            talk_s: How long the customer talks before hanging up; None: as customers do on average.

        Returns:
            The call's id and the customer's number.

        Raises:
            FinesseError: That number cannot be called, or this telephone system has no customers to command.
        """


# Campaigns ------------------------------------------------------------------------------------------------------


class ICampaignRecords(Interface):
    """What campaigns keep where it survives."""

    def recover(utc: float) -> Deferred[int]:
        """Give the result UNKNOWN to calls whose end an earlier run did not see; before the first `load`.

        Returns:
            Fires with how many there were, or fails with a `StoreError`.
        """

    def load(newest: Mapping[int, int]) -> Deferred[CampaignData]:
        """Read all campaigns, and whom nobody calls.

        Args:
            newest: By campaign id: only records with a higher id than this are wanted; without an entry, all.

        Returns:
            Fires with it, or fails with a `StoreError`.
        """

    def keep(changes: Sequence[RecordChange]) -> Deferred[None]:
        """Keep what has become of records, all of it or nothing; a second time it changes nothing.

        Returns:
            Fires when it survives whatever happens to this process, or fails with a `StoreError`.
        """

    def set_state(campaign_id: int, state: CampaignState) -> None:
        """Keep whether a campaign runs. It may take a while."""


class ICampaigns(Interface):
    """The operator's commands to campaigns."""

    def campaigns() -> list[dict[str, object]]:
        """All campaigns, each with its name, mode, state and statistics."""

    def set_campaign_state(name: str, state: CampaignState) -> None:
        """Let a campaign run, pause or stop.

        Raises:
            FinesseError: There is none of that name, or it may not run here.
        """

    def reload() -> Deferred[None]:
        """Go by what is kept now: another process has made, changed or removed campaigns, or imported customers.

        Returns:
            Fires when that is so; also where it could not be read, of which the log tells.
        """


# Notifications --------------------------------------------------------------------------------------------------


class INodePolicy(Interface):
    """Which publish-subscribe nodes there are for whom. A node's name is the REST path it tells about."""

    def node_access(login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node, or whether there is no such node."""

    def automatic_nodes(login_id: str) -> tuple[str, ...]:
        """The nodes that this person's sessions receive without asking."""

    def may_create_nodes(login_id: str) -> bool:
        """Whether this person may create publish-subscribe nodes of their own."""


class IPublisher(Interface):
    """Sends notifications to whoever is subscribed."""

    def publish(node: str, payload: str) -> None:
        """Send one notification.

        Args:
            node: Such as ``/finesse/api/User/agent1``.
            payload: The ``<Update>`` document as text, not escaped.
        """

    def set_available(available: bool) -> None:
        """Tell everyone the presence of the ``finesse`` account: whether the web services can serve."""


class ISessionListener(Interface):
    """What the notification service tells of people who come and go (``notifications.md`` §8)."""

    def user_available(login_id: str) -> None:
        """The first of this person's sessions has become available."""

    def user_unavailable(login_id: str, why: Departure) -> None:
        """None of this person's sessions is available any more, and why the last one is not."""


class IConnections(Interface):
    """Says who is connected to the notification service."""

    def connections() -> dict[str, tuple[str, ...]]:
        """The XMPP resources of everybody who has an available session, by login id."""


class IUserSessions(Interface):
    """Whoever lets people in for longer than one request."""

    def end_sessions(login_ids: Collection[str], why: str) -> None:
        """End all that these people have open now; they may sign in again, if they can.

        Args:
            login_ids: Who.
            why: For the log, and for clients that can show it.
        """

    def end_sign_in(login_id: str, sign_in: str) -> None:
        """End all that has been opened with the secret of one sign-in at a desktop.

        Args:
            login_id: Whose.
            sign_in: As `IDesktopSessions.follow` tells it.
        """


class IStanzaTrace(Interface):
    """Writes what a person sends and gets over XMPP into the log, without secrets."""

    def trace(login_id: str, *, on: bool) -> list[str]:
        """Begin or end; an empty name changes nothing.

        Returns:
            The login ids of those who are traced now.

        Raises:
            FinesseError: There are too many.
        """


class ISignOuts(Interface):
    """Remembers why people were signed out whose desktop was gone (``engine.md`` §2.5)."""

    def sign_outs(login_id: str) -> list[dict[str, str]]:
        """The latest ones of a person, or of everybody for an empty name; the last one first.

        Returns:
            For each: ``login_id``, ``session_id``, ``cause``, ``lost_at`` and ``decided_at`` (ISO 8601, UTC),
            ``outcome`` and ``detail``.
        """

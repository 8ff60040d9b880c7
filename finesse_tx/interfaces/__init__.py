"""Every zope Interface: the plugin points, and the seams between the parts.

A part never imports another part's services; it is handed something that provides one of these. Unless a method
says otherwise, it is called in the reactor thread and must not block.

Plugin points are `IDirectoryProvider`, `IGadgetFeature` and `ITelephonySystem`; whoever provides one imports it from
here, and never from the module of its part.
"""

from finesse_tx.interfaces.administration import (
    IAdministrationRecords,
    ICertificates,
    IConfigurationRecords,
    IConfigurationText,
    ITeamMessageRecords,
)
from finesse_tx.interfaces.cti import IAgentClients, ICTILink, ICTILinkListener, IPeripheral, ITeams
from finesse_tx.interfaces.engine import (
    IAgentHistory,
    ICampaignRecords,
    ICampaigns,
    IHistoryRecords,
)
from finesse_tx.interfaces.gadgets import IGadgetFeature
from finesse_tx.interfaces.notification import (
    IConnections,
    INodePolicy,
    IPublisher,
    ISessionListener,
    ISignOuts,
    IStanzaTrace,
    IUserSessions,
)
from finesse_tx.interfaces.people import (
    IAXLRecords,
    IDirectory,
    IDirectoryEditing,
    IDirectoryEditRecords,
    IDirectoryProvider,
    IDirectoryRecords,
    IDirectorySource,
    IReasonCodes,
    ISynchroniser,
)
from finesse_tx.interfaces.signing_in import (
    IAuthenticator,
    IConsole,
    IDesktopSessions,
    IScramAuthenticator,
    ITokenIssuer,
    ITokens,
)
from finesse_tx.interfaces.storage import IOutbox, IWorkers
from finesse_tx.interfaces.tasks import ITaskListener, ITaskRecords, ITaskRouting
from finesse_tx.interfaces.telephony import (
    ICallPlacer,
    IOutsideLines,
    IProvider,
    IProviderListener,
    ITelephonySystem,
)

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
    "IConnections",
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
    "IOutsideLines",
    "IPeripheral",
    "IProvider",
    "IProviderListener",
    "IPublisher",
    "IReasonCodes",
    "IScramAuthenticator",
    "ISessionListener",
    "ISignOuts",
    "IStanzaTrace",
    "ISynchroniser",
    "ITaskListener",
    "ITaskRecords",
    "ITaskRouting",
    "ITeamMessageRecords",
    "ITeams",
    "ITelephonySystem",
    "ITokenIssuer",
    "ITokens",
    "IUserSessions",
    "IWorkers",
]

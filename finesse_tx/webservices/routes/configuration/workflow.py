"""``/Workflow`` and ``/WorkflowAction``: what the browser does by itself.

Spec: ``rest.md`` §12.8.
"""

from typing import Final

import msgspec

from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.core.administration.objects import (
    ActionReference,
    ActionType,
    Workflow,
    WorkflowAction,
    WorkflowActions,
    Workflows,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing
from finesse_tx.webservices.routes.configuration.crud import Kind, crud

__all__ = ["WORKFLOW", "WORKFLOW_ACTION"]

PARAMS: Final = {
    ActionType.BROWSER_POP: ("windowName", "path"),
    ActionType.HTTP_REQUEST: ("method", "location", "contentType", "path", "body"),
}
"""What each type of action may be told."""

CHOICES: Final = {"method": {"PUT", "POST"}, "location": {"FINESSE", "OTHER"}}


def _checked_action(_administration: Administration, action: WorkflowAction) -> WorkflowAction:
    params = {param.name: param.value for param in action.params}
    for name, value in params.items():
        if name not in PARAMS[action.type] or value not in CHOICES.get(name, {value}):
            raise invalid(name)
    if not params.get("path"):
        raise missing("path")
    if action.type is ActionType.HTTP_REQUEST and not params.get("method"):
        raise missing("method")
    return action


def _checked_workflow(administration: Administration, workflow: Workflow) -> Workflow:
    """The actions are named by their URIs; what they are called is theirs."""
    known = {action.uri: action for action in administration.settings.all(WorkflowAction)}
    references = []
    for one in workflow.workflow_actions:
        action = known.get(one.uri.rstrip("/"))
        if action is None:
            raise ApiError(400, "Invalid Input", "There is no such WorkflowAction", one.uri)
        references.append(ActionReference(name=action.name, uri=action.uri, type=action.type.value))
    return msgspec.structs.replace(workflow, workflow_actions=tuple(references))


WORKFLOW: Final = crud(Kind(Workflow, Workflows, checked=_checked_workflow))
"""The table."""

WORKFLOW_ACTION: Final = crud(Kind(WorkflowAction, WorkflowActions, checked=_checked_action))
"""The table."""

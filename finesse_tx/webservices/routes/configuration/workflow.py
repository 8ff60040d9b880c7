"""``/Workflow`` and ``/WorkflowAction``: what the browser does by itself.

Spec: ``rest.md`` §12.8.
"""

from typing import Final

import msgspec

from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.core.administration.checks import check_action
from finesse_tx.webservices.core.administration.objects import (
    ActionReference,
    Workflow,
    WorkflowAction,
    WorkflowActions,
    Workflows,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.routes.configuration.crud import Kind, crud

__all__ = ["WORKFLOW", "WORKFLOW_ACTION"]


def _checked_action(_administration: Administration, action: WorkflowAction) -> WorkflowAction:
    check_action(action)
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

"""Call data: the variables of a call.

Spec: ``cti.md`` §9.6, §9.3 (REGISTER_VARIABLES), complete.
"""

from typing import Annotated

from finesse_tx.cti.core import tags
from finesse_tx.cti.core.enums import NONE, MessageType
from finesse_tx.cti.core.message import Confirmation, Request, message
from finesse_tx.cti.core.wire import (
    AUTO,
    CALL_TYPE,
    CONNECTION_ID_TYPE,
    DISPOSITION,
    STATIC,
    UINT,
    USHORT,
    Count,
)

__all__ = [
    "RegisterVariablesConf",
    "RegisterVariablesReq",
    "ReleaseCallConf",
    "ReleaseCallReq",
    "SetCallDataConf",
    "SetCallDataReq",
]


@message(MessageType.SET_CALL_DATA_CONF)
class SetCallDataConf(Confirmation):
    """27: the call's data is changed."""


@message(MessageType.SET_CALL_DATA_REQ)
class SetCallDataReq(Request):
    """26: change a call's data; what is not named stays."""

    CONFIRMATION = SetCallDataConf

    peripheral_id: UINT = 1
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    call_type: CALL_TYPE = NONE
    called_party_disposition: DISPOSITION = 0
    campaign_id: UINT = 0
    query_rule_id: UINT = 1
    connection_device_id: tags.CONNECTION_DEVID | None = None
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    caller_entered_digits: tags.CED | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    customer_phone_number: tags.CUSTOMER_PHONE_NUMBER | None = None
    customer_account_number: tags.CUSTOMER_ACCOUNT_NUMBER | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None
    call_originated_from: tags.CALL_ORIGINATED_FROM | None = None


@message(MessageType.RELEASE_CALL_CONF)
class ReleaseCallConf(Confirmation):
    """29: the call's data is released."""


@message(MessageType.RELEASE_CALL_REQ)
class ReleaseCallReq(Request):
    """28: the client has finished with a call's data."""

    CONFIRMATION = ReleaseCallConf

    peripheral_id: UINT = 1
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.REGISTER_VARIABLES_CONF)
class RegisterVariablesConf(Confirmation):
    """111: the variables are noted."""


@message(MessageType.REGISTER_VARIABLES_REQ)
class RegisterVariablesReq(Request):
    """110: say which call and ECC variables this client uses."""

    CONFIRMATION = RegisterVariablesConf

    call_variable_mask: USHORT = 0
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()

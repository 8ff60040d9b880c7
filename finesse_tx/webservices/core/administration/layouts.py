"""Call-variable layouts: the one that always is, and which variables there may be in one.

Spec: ``rest.md`` §2.9, §12.6.
"""

from __future__ import annotations

import re
from typing import Final

from finesse_tx.webservices.core.administration.objects import (
    Column,
    Entry,
    Header,
    LayoutType,
    MediaPropertiesLayout,
)
from finesse_tx.webservices.core.reading import invalid

__all__ = ["DEFAULT_LAYOUT", "MAX_POP_OVER", "checked_layout"]

MAX_POP_OVER: Final = 5
"""How many variables the popover of a call shows."""

_PROPERTY: Final = re.compile(
    r"callVariable([1-9]|10)|user\.\S+|BA\w+|queueNumber|queueName|callKeyCallId|callKeyPrefix|callKeySequenceNum"
    r"|wrapUpReason"
)


def _variables(first: int, last: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(display_name=f"Call Variable {number}", media_property=f"callVariable{number}")
        for number in range(first, last + 1)
    )


DEFAULT_LAYOUT: Final = MediaPropertiesLayout(
    name="Default Layout",
    description="Layout used when no other layout matches the user layout Custom/ECC Variable",
    type=LayoutType.DEFAULT,
    header=Header(_variables(1, 1)),
    columns=(
        Column(
            (
                Entry(display_name="BA AccountNumber", media_property="BAAccountNumber"),
                Entry(display_name="BA Campaign", media_property="BACampaign"),
                *_variables(2, 4),
            )
        ),
        Column(_variables(5, 10)),
    ),
)
"""What every system begins with."""


def checked_layout(layout: MediaPropertiesLayout) -> MediaPropertiesLayout:
    """A layout as it may be kept.

    Raises:
        ApiError: 400: a variable that there is not, or too many in the popover.
    """
    entries = [
        *layout.header.entries,
        *(entry for column in layout.columns for entry in column.entries),
    ]
    for entry in entries:
        if not _PROPERTY.fullmatch(entry.media_property):
            raise invalid("mediaProperty")
    if sum(bool(entry.show_in_pop_over) for entry in entries) > MAX_POP_OVER:
        raise invalid("showInPopOver")
    return layout

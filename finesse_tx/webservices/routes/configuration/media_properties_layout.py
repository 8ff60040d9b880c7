"""``/MediaPropertiesLayout``: which of a call's variables agents see.

Spec: ``rest.md`` §12.6, §2.9.
"""

from typing import Final

from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.core.administration.layouts import checked_layout
from finesse_tx.webservices.core.administration.objects import (
    LayoutType,
    MediaPropertiesLayout,
    MediaPropertiesLayouts,
)
from finesse_tx.webservices.routes.configuration.crud import Kind, crud, not_found

__all__ = ["MEDIA_PROPERTIES_LAYOUT"]


def _checked(
    _administration: Administration, layout: MediaPropertiesLayout
) -> MediaPropertiesLayout:
    return checked_layout(layout)


def _default(administration: Administration) -> int:
    for layout in administration.settings.all(MediaPropertiesLayout):
        if layout.type is LayoutType.DEFAULT:
            return int(layout.uri.rpartition("/")[2])
    raise not_found("MediaPropertiesLayout", "default")


MEDIA_PROPERTIES_LAYOUT: Final = crud(
    Kind(
        MediaPropertiesLayout,
        MediaPropertiesLayouts,
        checked=_checked,
        unchanged=("type",),
        default=_default,
    )
)
"""The table."""

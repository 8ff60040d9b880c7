"""A gadget's messages, gathered for a reader from all its bundles."""

from __future__ import annotations

from finesse_tx.gadgets.core.errors import SourceError, SpecError
from finesse_tx.gadgets.core.messages import Bundle, bundle_of, locales_for
from finesse_tx.gadgets.core.spec import GadgetSpec
from finesse_tx.gadgets.sources import SpecSource

__all__ = ["bundle_for"]


async def bundle_for(
    source: SpecSource,
    spec: GadgetSpec,
    view: str,
    lang: str,
    country: str,
    host: str,
    *,
    is_fresh: bool,
) -> Bundle:
    """What a reader's locale says.

    Args:
        source: Where bundles come from.
        spec: The gadget.
        view: The name of the view that is shown.
        lang: Such as ``en``, or ``all``.
        country: Such as ``US``, or ``ALL``.
        host: How we were addressed.
        is_fresh: Whether nothing that is kept will do.

    Raises:
        SourceError: A bundle is not to be had, or breaks the rules; it says which.
    """
    locales = locales_for(spec, lang, country, view)
    fetched: dict[str, dict[str, str]] = {}
    for url in {locale.messages_url for locale in locales if locale.messages_url}:
        try:
            fetched[url] = await source.bundle(url, host, is_fresh=is_fresh)
        except SourceError as error:
            reason = f"The message bundle {url} is not to be had: {error.reason}"
            raise SourceError(error.status, reason) from None
        except SpecError as error:
            raise SourceError(400, f"The message bundle {url}, {error}.") from None
    return bundle_of(locales, fetched)

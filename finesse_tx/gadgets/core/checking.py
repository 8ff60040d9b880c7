"""What a gadget is, uses and lacks, in lines for its developer.

Spec: ``gadgets.md`` §2 and §8; what a server would refuse to render is an error, what it would leave out a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.features import FEATURES, KnownFeature, Standing, closure
from finesse_tx.gadgets.core.messages import parse_bundle
from finesse_tx.gadgets.core.parser import parse_spec
from finesse_tx.gadgets.core.spec import (
    ContentType,
    DataType,
    Feature,
    GadgetSpec,
    Locale,
    UserPref,
    View,
)

__all__ = ["Finding", "Kind", "check"]

MAX_FINDINGS: Final = 1_000
"""The most that is said of one gadget."""

MAX_SHOWN: Final = 80
"""How much is shown of a text that stands in the gadget."""

_MARKER: Final = re.compile(r"__(UP|MSG)_((?:(?!__).){1,200})__", re.DOTALL)


class Kind(Enum):
    """Whether it is for information, would be left out, or keeps the gadget from being rendered."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is said of a gadget; ``line`` is 0 if it is said of the whole."""

    kind: Kind
    line: int
    text: str


def check(
    document: bytes,
    url: str,
    read_bundle: Callable[[str], bytes | None],
    features: Mapping[str, KnownFeature] = FEATURES,
) -> tuple[Finding, ...]:
    """Say what a gadget is, uses and lacks; without an error, nothing in it would keep it from being rendered.

    Args:
        document: The gadget's XML.
        url: Where it was read from.
        read_bundle: Called with the URL of each message bundle: what is there, or None if it cannot be looked at from
            here. It raises `SpecError` if nothing is there.
        features: What is known.
    """
    try:
        spec = parse_spec(document, url)
    except SpecError as error:
        return (Finding(Kind.ERROR, error.line, _said(error)),)
    found: list[Finding] = []
    for finding in _findings(spec, read_bundle, features):
        if len(found) == MAX_FINDINGS:
            found.append(Finding(Kind.ERROR, 0, f"more than {MAX_FINDINGS} things to say"))
            break
        found.append(finding)
    return tuple(found)


def _said(error: SpecError) -> str:
    return error.reason + (f"; {error.allowed}" if error.allowed else "")


def _shown(text: str) -> str:
    """A text in quotes, on one line and not too long."""
    short = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    return f'"{" ".join(short.split())}"'


def _findings(
    spec: GadgetSpec,
    read_bundle: Callable[[str], bytes | None],
    features: Mapping[str, KnownFeature],
) -> Iterator[Finding]:
    title = f"title {_shown(spec.prefs.title)}" if spec.prefs.title else "no title"
    height = f", height {number}" if (number := spec.prefs.number("height")) else ""
    yield Finding(Kind.NOTE, 0, f"{title}{height}")
    for view in spec.views.values():
        yield _of_view(view)
    for feature in spec.prefs.features:
        yield _of_feature(feature, features)
    yield _loaded(spec, features)
    for pref in spec.user_prefs.values():
        yield from _of_pref(pref)
    names: set[str] = set()
    is_all_read = True
    for locale in spec.prefs.locales:
        names |= locale.messages.keys()
        for finding, in_bundle in _of_locale(locale, read_bundle):
            names |= in_bundle or set()
            is_all_read = is_all_read and in_bundle is not None
            yield finding
    yield from _of_markers(spec, names if is_all_read else None)


def _of_view(view: View) -> Finding:
    if view.type is ContentType.URL:
        what = f"the page {_shown(view.href)}"
    else:
        what = f"html of {len(view.content)} characters"
        if view.href:
            what += f", and what is at {_shown(view.href)}"
    return Finding(Kind.NOTE, view.line, f"view {view.name[:MAX_SHOWN]}: {what}")


def _of_feature(feature: Feature, features: Mapping[str, KnownFeature]) -> Finding:
    asked = "required" if feature.is_required else "optional"
    name = f"feature {feature.name[:MAX_SHOWN]}: {asked}"
    if feature.views:
        name += f" in {', '.join(feature.views)[:MAX_SHOWN]}"
    known = features.get(feature.name)
    if known is not None and known.standing is not Standing.LEFT_OUT:
        why = f" ({known.why})" if known.why else ""
        return Finding(Kind.NOTE, feature.line, f"{name}; {known.standing.value}{why}")
    missing = f"{known.standing.value}: {known.why}" if known is not None else "unknown"
    kind = Kind.ERROR if feature.is_required else Kind.WARNING
    return Finding(kind, feature.line, f"{name}; {missing}")


def _loaded(spec: GadgetSpec, features: Mapping[str, KnownFeature]) -> Finding:
    """What is loaded beside what is asked for."""
    asked = {"core": None} | {feature.name: None for feature in spec.prefs.features}
    needed = [name for name in closure(asked, features) if name not in asked or name == "core"]
    return Finding(Kind.NOTE, 0, f"these need: {', '.join(needed)}")


def _of_pref(pref: UserPref) -> Iterator[Finding]:
    kind = f"{pref.data_type.value}, required" if pref.is_required else pref.data_type.value
    default = f", default {_shown(pref.default_value)}" if pref.default_value else ""
    yield Finding(Kind.NOTE, pref.line, f"pref {pref.name[:MAX_SHOWN]}: {kind}{default}")
    choices = [choice.value for choice in pref.enum_values]
    if pref.data_type is not DataType.ENUM:
        return
    if not choices:
        yield Finding(
            Kind.WARNING, pref.line, f"pref {pref.name[:MAX_SHOWN]}: an enum without EnumValue"
        )
    elif pref.default_value and pref.default_value not in choices:
        allowed = ", ".join(_shown(choice) for choice in choices[:20])
        yield Finding(
            Kind.WARNING,
            pref.line,
            f"pref {pref.name[:MAX_SHOWN]}: the default is none of its values; allowed: {allowed}",
        )


def _of_locale(
    locale: Locale, read_bundle: Callable[[str], bytes | None]
) -> Iterator[tuple[Finding, set[str] | None]]:
    """What is said of a locale, with the names of messages in its bundle; None: they are not known."""
    name = f"locale {locale.lang[:20]}_{locale.country[:20]}"
    said = f"{name}: {locale.direction}, messages: {len(locale.messages)} here"
    url = locale.messages_url
    if not url:
        yield Finding(Kind.NOTE, locale.line, said), set()
        return
    try:
        document = read_bundle(url)
        if document is None:
            text = f"{said}; those at {url} are not looked at"
            yield Finding(Kind.WARNING, locale.line, text), None
            return
        messages = parse_bundle(document)
    except SpecError as error:
        yield (
            Finding(Kind.ERROR, locale.line, f"{name}: {url}, line {error.line}: {_said(error)}"),
            None,
        )
    else:
        text = f"{said}, {len(messages)} in {url}"
        yield Finding(Kind.NOTE, locale.line, text), set(messages)


def _of_markers(spec: GadgetSpec, messages: set[str] | None) -> Iterator[Finding]:
    """Markers that stand for nothing; None: it is not known what messages there are."""
    told: set[str] = set()
    texts = [(view.line, f"{view.href} {view.content}") for view in spec.views.values()]
    for line, text in [*texts, (0, spec.prefs.title)]:
        for match in _MARKER.finditer(text):
            kind, name = match[1], match[2]
            known = spec.user_prefs.keys() if kind == "UP" else messages
            if known is None or name in known or match[0] in told:
                continue
            told.add(match[0])
            what = "no UserPref" if kind == "UP" else "no message in any Locale"
            yield Finding(
                Kind.WARNING,
                line,
                f"{_shown(match[0])} stays as it is: there is {what} of that name",
            )

"""What a gadget is, uses and lacks, in lines for its developer.

Spec: ``gadgets.md`` §2 and §8; what a server would refuse to render is an error, what it would leave out a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.features import FEATURES, KnownFeature, Standing, closure
from finesse_tx.gadgets.core.hints import hints
from finesse_tx.gadgets.core.messages import parse_bundle
from finesse_tx.gadgets.core.parser import MAX_SPEC_BYTES, parse_spec
from finesse_tx.gadgets.core.references import MAX_REFERENCES, Reference, references
from finesse_tx.gadgets.core.spec import (
    ContentType,
    DataType,
    Feature,
    GadgetSpec,
    Locale,
    UserPref,
    View,
)

__all__ = ["NOT_SEEN", "Finding", "Kind", "Seen", "Topic", "check", "needed"]

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


class Topic(Enum):
    """What a finding is about."""

    HOST = "host"
    GADGET = "gadget"
    VIEW = "view"
    FEATURE = "feature"
    PREF = "pref"
    LOCALE = "locale"
    MARKER = "marker"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is said of a gadget; ``line`` is 0 if it is said of the whole."""

    kind: Kind
    line: int
    text: str
    topic: Topic = Topic.GADGET


class Seen(NamedTuple):
    """What is where a gadget refers to.

    Attributes:
        is_there: Whether there is anything; None: it cannot be looked at from here.
        reason: Why not; empty: nothing to say.
        body: What is there, of what the server itself reads.
    """

    is_there: bool | None
    reason: str = ""
    body: bytes = b""


NOT_SEEN: Final = Seen(None)
"""Of what was not looked at."""


def needed(document: bytes, url: str) -> tuple[Reference, ...]:
    """What has to be looked at before `check` can say anything of it; nothing of what is no gadget."""
    try:
        spec = parse_spec(document, url)
    except SpecError:
        return ()
    return tuple(one for one in references(spec) if one.url)


def check(
    document: bytes,
    url: str,
    seen: Mapping[str, Seen],
    features: Mapping[str, KnownFeature] = FEATURES,
) -> tuple[Finding, ...]:
    """Say what a gadget is, uses and lacks; without an error, nothing in it would keep it from being rendered.

    Args:
        document: The gadget's XML.
        url: Where it was read from.
        seen: What is where it refers to, by URL: of those in `needed` that could be looked at.
        features: What is known.
    """
    try:
        spec = parse_spec(document, url)
    except SpecError as error:
        return (Finding(Kind.ERROR, error.line, _said(error)),)
    found: list[Finding] = []
    for finding in _findings(spec, len(document), seen, features):
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
    size: int,
    seen: Mapping[str, Seen],
    features: Mapping[str, KnownFeature],
) -> Iterator[Finding]:
    title = f"title {_shown(spec.prefs.title)}" if spec.prefs.title else "no title"
    height = f", height {number}" if (number := spec.prefs.number("height")) else ""
    yield Finding(Kind.NOTE, 0, f"{title}{height}")
    yield Finding(Kind.NOTE, 0, f"{size:,} bytes of {MAX_SPEC_BYTES:,}")
    for view in spec.views.values():
        yield _of_view(view)
        for hint in hints(view.content):
            yield Finding(Kind.WARNING, view.line, hint, Topic.VIEW)
    for feature in spec.prefs.features:
        yield _of_feature(feature, features)
    yield _loaded(spec, features)
    for pref in spec.user_prefs.values():
        yield from _of_pref(pref)
    names: set[str] = set()
    is_all_read = True
    for locale in spec.prefs.locales:
        names |= locale.messages.keys()
        finding, in_bundle = _of_locale(locale, seen)
        names |= in_bundle or set()
        is_all_read = is_all_read and in_bundle is not None
        yield finding
    yield from _of_markers(spec, names if is_all_read else None)
    yield from _of_references(references(spec), seen)


def _of_view(view: View) -> Finding:
    if view.type is ContentType.URL:
        what = f"the page {_shown(view.href)}"
    else:
        what = f"html of {len(view.content)} characters"
        if view.href:
            what += f", and what is at {_shown(view.href)}"
    text = f"view {view.name[:MAX_SHOWN]}: {what}"
    return Finding(Kind.NOTE, view.line, text, Topic.VIEW)


def _of_feature(feature: Feature, features: Mapping[str, KnownFeature]) -> Finding:
    asked = "required" if feature.is_required else "optional"
    name = f"feature {feature.name[:MAX_SHOWN]}: {asked}"
    if feature.views:
        name += f" in {', '.join(feature.views)[:MAX_SHOWN]}"
    known = features.get(feature.name)
    if known is not None and known.standing is not Standing.LEFT_OUT:
        why = f" ({known.why})" if known.why else ""
        text = f"{name}; {known.standing.value}{why}"
        return Finding(Kind.NOTE, feature.line, text, Topic.FEATURE)
    missing = f"{known.standing.value}: {known.why}" if known is not None else "unknown"
    kind = Kind.ERROR if feature.is_required else Kind.WARNING
    return Finding(kind, feature.line, f"{name}; {missing}", Topic.FEATURE)


def _loaded(spec: GadgetSpec, features: Mapping[str, KnownFeature]) -> Finding:
    """What is loaded beside what is asked for."""
    asked = {"core": None} | {feature.name: None for feature in spec.prefs.features}
    beside = [name for name in closure(asked, features) if name not in asked or name == "core"]
    return Finding(Kind.NOTE, 0, f"these need: {', '.join(beside)}", Topic.FEATURE)


def _of_pref(pref: UserPref) -> Iterator[Finding]:
    def finding(kind: Kind, text: str) -> Finding:
        return Finding(kind, pref.line, f"pref {pref.name[:MAX_SHOWN]}: {text}", Topic.PREF)

    what = f"{pref.data_type.value}, required" if pref.is_required else pref.data_type.value
    default = f", default {_shown(pref.default_value)}" if pref.default_value else ""
    yield finding(Kind.NOTE, f"{what}{default}")
    choices = [choice.value for choice in pref.enum_values]
    if pref.data_type is not DataType.ENUM:
        return
    if not choices:
        yield finding(Kind.WARNING, "an enum without EnumValue")
    elif pref.default_value and pref.default_value not in choices:
        allowed = ", ".join(_shown(choice) for choice in choices[:20])
        text = f"the default is none of its values; allowed: {allowed}"
        yield finding(Kind.WARNING, text)


def _of_locale(locale: Locale, seen: Mapping[str, Seen]) -> tuple[Finding, set[str] | None]:
    """What is said of a locale, with the names of messages in its bundle; None: they are not known."""
    name = f"locale {locale.lang[:20]}_{locale.country[:20]}"
    said = f"{name}: {locale.direction}, messages: {len(locale.messages)} here"
    url = locale.messages_url

    def finding(kind: Kind, text: str) -> Finding:
        return Finding(kind, locale.line, text, Topic.LOCALE)

    if not url:
        return finding(Kind.NOTE, said), set()
    bundle = seen.get(url, NOT_SEEN)
    if bundle.is_there is None:
        why = f": {bundle.reason}" if bundle.reason else ""
        return finding(Kind.WARNING, f"{said}; those at {url} are not looked at{why}"), None
    if not bundle.is_there:
        return finding(Kind.ERROR, f"{name}: {url}: {bundle.reason or 'is not there'}"), None
    try:
        messages = parse_bundle(bundle.body)
    except SpecError as error:
        return finding(Kind.ERROR, f"{name}: {url}, line {error.line}: {_said(error)}"), None
    return finding(Kind.NOTE, f"{said}, {len(messages)} in {url}"), set(messages)


def _of_references(found: tuple[Reference, ...], seen: Mapping[str, Seen]) -> Iterator[Finding]:
    """What is said of what a gadget refers to, but for messages, of which `_of_locale` speaks."""
    others = [one for one in found if one.what != "messages"]
    there = 0
    for one in others:
        what = (
            seen.get(one.url, NOT_SEEN)
            if one.url
            else Seen(None, "its address depends on who shows it")
        )
        there += what.is_there is True
        text = f"{one.what} {_shown(one.written)}"
        for hint in hints(what.body.decode("utf-8", "replace")) if one.what == "text" else ():
            yield Finding(Kind.WARNING, one.line, f"{text}: {hint}", Topic.VIEW)
        if what.is_there is False:
            kind = Kind.ERROR if one.is_needed else Kind.WARNING
            why = f": {what.reason}" if what.reason else ""
            yield Finding(kind, one.line, f"{text} leads to nothing{why}", Topic.REFERENCE)
        elif what.is_there is None:
            why = f": {what.reason}" if what.reason else ""
            yield Finding(Kind.NOTE, one.line, f"{text} is not looked at{why}", Topic.REFERENCE)
    if there:
        text = f"references: {there} of {len(others)} are there"
        yield Finding(Kind.NOTE, 0, text, Topic.REFERENCE)
    if len(found) == MAX_REFERENCES:
        text = f"references: no more than {MAX_REFERENCES} are looked at"
        yield Finding(Kind.NOTE, 0, text, Topic.REFERENCE)


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
                Topic.MARKER,
            )

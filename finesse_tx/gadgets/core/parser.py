"""A gadget's XML -> `GadgetSpec`.

Strict where Apache Shindig is, and lenient where gadgets in the field need it: elements and attributes that nobody knows
are no error, nor are a missing title, numbers that are none, and content without CDATA.

Spec: OpenSocial Core Gadget Specification 2.x, "Gadget XML"; ``gadgets.md`` §2.1. Left out: OAuth and OAuth2, which are
skipped as what they hold is for a proxy that signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.markup import Node, read
from finesse_tx.gadgets.core.messages import inline_messages
from finesse_tx.gadgets.core.spec import (
    DEFAULT_VIEW,
    ContentType,
    DataType,
    EnumValue,
    Feature,
    GadgetSpec,
    Icon,
    Link,
    Locale,
    ModulePrefs,
    Preload,
    UserPref,
    View,
    number,
)
from finesse_tx.gadgets.core.uris import fetchable

__all__ = ["MAX_CONTENT", "MAX_SPEC_BYTES", "MAX_VIEWS", "parse_spec"]

MAX_SPEC_BYTES: Final = 1 << 20
"""The largest specification."""

MAX_VIEWS: Final = 64
"""The most views of a gadget; one ``Content`` may name many."""

MAX_CONTENT: Final = 4 << 20
"""How many characters all views have together: each has a text of its own, put together of those that name it."""

_KNOWN_OF_CONTENT: Final = frozenset(
    ("type", "view", "href", "quirks", "preferred_height", "preferred_width", "authz")
)


def parse_spec(document: bytes, url: str) -> GadgetSpec:
    """Read a gadget's specification.

    Args:
        document: The XML.
        url: Where it was read from, an absolute URL.

    Raises:
        SpecError: It is not well-formed, or against the rules; it names the line.
    """
    root = read(document, max_bytes=MAX_SPEC_BYTES)
    if root.name != "Module":
        raise SpecError(root.line, f"the root element is {root.name}", "allowed: Module")
    prefs: ModulePrefs | None = None
    user_prefs: dict[str, UserPref] = {}
    contents: dict[str, list[Node]] = {}
    for node in root.elements():
        if node.name == "ModulePrefs":
            if prefs is not None:
                raise SpecError(node.line, "a second ModulePrefs", "allowed: exactly one")
            prefs = _module_prefs(node, url)
        elif node.name == "UserPref":
            pref = _user_pref(node)
            if pref.name in user_prefs:
                first = user_prefs[pref.name].line
                raise SpecError(
                    node.line,
                    f'a second UserPref "{_short(pref.name)}"',
                    f"allowed: one of each name; the first is in line {first}",
                )
            user_prefs[pref.name] = pref
        elif node.name == "Content":
            for view in node.attributes.get("view", DEFAULT_VIEW).split(","):
                contents.setdefault(view.strip(), []).append(node)
            if len(contents) > MAX_VIEWS:
                raise SpecError(node.line, "too many views", f"allowed: {MAX_VIEWS}")
    if prefs is None:
        raise SpecError(root.line, "Module has no ModulePrefs", "allowed: exactly one")
    if not contents:
        raise SpecError(root.line, "Module has no Content", "allowed: one or more")
    texts = {id(node): node.text() for nodes in contents.values() for node in nodes}
    if sum(len(texts[id(node)]) for nodes in contents.values() for node in nodes) > MAX_CONTENT:
        raise SpecError(
            root.line, "the views' texts are too long", f"allowed: {MAX_CONTENT} characters in all"
        )
    views = {
        name: _view(name, nodes, "".join(texts[id(node)] for node in nodes), url)
        for name, nodes in contents.items()
    }
    return GadgetSpec(
        url,
        root.attributes.get("specificationVersion", "1.0"),
        prefs,
        MappingProxyType(user_prefs),
        MappingProxyType(views),
    )


def _short(text: str) -> str:
    """Enough of a text to know it by, in a line of a message."""
    return " ".join(text[:60].split())


def _needed(node: Node, name: str) -> str:
    try:
        return node.attributes[name]
    except KeyError:
        raise SpecError(node.line, f"{node.name} has no {name}", f"it needs {name}=…") from None


def _one_of(node: Node, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = node.attributes.get(name, default)
    if value not in allowed:
        raise SpecError(
            node.line,
            f'{name} of {node.name} is "{_short(value)}"',
            "allowed: " + " or ".join(f'"{one}"' for one in allowed),
        )
    return value


def _bad_uri(node: Node, name: str, value: str, error: ValueError) -> SpecError:
    return SpecError(node.line, f'{name} of {node.name} is "{_short(value)}"', str(error))


def _views(node: Node) -> tuple[str, ...]:
    names = (name.strip() for name in node.attributes.get("views", "").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _module_prefs(node: Node, url: str) -> ModulePrefs:
    features: list[Feature] = []
    preloads: list[Preload] = []
    icons: list[Icon] = []
    links: dict[str, Link] = {}
    locales: list[Locale] = []
    for child in node.elements():
        match child.name:
            case "Require" | "Optional":
                features.append(_feature(child))
            case "Preload":
                preloads.append(_preload(child))
            case "Icon":
                mode = _one_of(child, "mode", ("", "base64"), "")
                icons.append(Icon(child.text().strip(), mode, child.attributes.get("type", "")))
            case "Link":
                link = _link(child)
                links[link.rel] = link
            case "Locale":
                locales.append(_locale(child, url))
    return ModulePrefs(
        MappingProxyType(dict(node.attributes)),
        tuple(features),
        tuple(preloads),
        tuple(icons),
        MappingProxyType(links),
        tuple(locales),
    )


def _preload(node: Node) -> Preload:
    href = _needed(node, "href").strip()
    authz = node.attributes.get("authz", "none").lower()
    tells_owner, tells_viewer = (
        node.attributes.get(name, "true").lower() in {"true", "1"}
        for name in ("sign_owner", "sign_viewer")
    )
    return Preload(href, authz, _views(node), node.line, tells_owner, tells_viewer)


def _feature(node: Node) -> Feature:
    params: dict[str, list[str]] = {}
    for param in node.elements():
        if param.name == "Param":
            params.setdefault(_needed(param, "name"), []).append(param.text())
    return Feature(
        _needed(node, "feature").strip(),
        node.name == "Require",
        MappingProxyType({name: tuple(values) for name, values in params.items()}),
        _views(node),
        node.attributes.get("version", ""),
        node.line,
    )


def _link(node: Node) -> Link:
    method = node.attributes.get("method", "GET")
    return Link(
        _needed(node, "rel"),
        _needed(node, "href").strip(),
        method if method == "POST" else "GET",
    )


def _locale(node: Node, url: str) -> Locale:
    written = node.attributes.get("messages", "").strip()
    try:
        messages_url = fetchable(written, url) if written else ""
    except ValueError as error:
        raise _bad_uri(node, "messages", written, error) from None
    return Locale(
        node.attributes.get("lang", "all").lower(),
        node.attributes.get("country", "ALL").upper(),
        messages_url,
        _one_of(node, "language_direction", ("ltr", "rtl"), "ltr"),
        _views(node),
        MappingProxyType(inline_messages(node)),
        node.line,
    )


def _user_pref(node: Node) -> UserPref:
    name = _needed(node, "name")
    data_type = node.attributes.get("datatype", "string").lower()
    known = {kind.value: kind for kind in DataType}
    choices: list[EnumValue] = []
    for child in node.elements():
        if child.name == "EnumValue":
            value = _needed(child, "value")
            choices.append(EnumValue(value, child.attributes.get("display_value", value)))
    return UserPref(
        name,
        node.attributes.get("display_name", name),
        node.attributes.get("default_value", ""),
        node.attributes.get("required", "").lower() == "true",
        known.get(data_type, DataType.STRING),
        tuple(choices),
        node.line,
    )


def _type(node: Node) -> ContentType | None:
    written = node.attributes.get("type")
    if written is None:
        return None
    return ContentType.URL if written.strip().lower() == "url" else ContentType.HTML


def _view(name: str, nodes: list[Node], content: str, url: str) -> View:
    """Put together what is said of one view: of each attribute what is said last."""
    attributes: dict[str, str] = {}
    kind: ContentType | None = None
    for node in nodes:
        written = _type(node)
        if written is not None:
            if kind not in {None, written}:
                raise SpecError(
                    node.line,
                    f'the view "{_short(name)}" is of type html and of type url',
                    f"allowed: one type; the view begins in line {nodes[0].line}",
                )
            kind = written
        attributes |= node.attributes
    kind = kind or ContentType.HTML
    href = attributes.get("href", "").strip()
    if kind is ContentType.URL:
        if not href:
            raise SpecError(nodes[-1].line, "Content of type url has no href", "it needs href=…")
        if "__" not in href:
            try:
                fetchable(href, url)
            except ValueError as error:
                raise _bad_uri(nodes[-1], "href", href, error) from None
    others: Mapping[str, str] = {
        key: value for key, value in attributes.items() if key not in _KNOWN_OF_CONTENT
    }
    return View(
        name,
        kind,
        content,
        href,
        attributes.get("quirks", "true").lower() == "true",
        number(attributes.get("preferred_height", "")),
        number(attributes.get("preferred_width", "")),
        attributes.get("authz", "none").lower(),
        MappingProxyType(others),
        nodes[0].line,
    )

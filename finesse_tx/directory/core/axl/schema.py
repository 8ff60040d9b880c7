"""The WSDL and the schema, made of the tables of operations and objects: a description of what we do, by us.

They say of AXL what the public guide says, for the operations and fields that there are here; a client made from them
talks to a real server too. Nothing of the vendor's own files is in them.

Spec: ``axl.md`` §2, §7; WSDL 1.1, XML Schema 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from finesse_tx.directory.core.axl.fields import Field, In, Thing
from finesse_tx.directory.core.axl.objects import THINGS
from finesse_tx.directory.core.axl.operations import OPERATIONS, Operation
from finesse_tx.directory.core.axl.versions import SERVICE, VERSIONS, namespace, soap_action

__all__ = ["SCHEMA_FILE", "WSDL_FILE", "schema", "wsdl"]

WSDL_FILE: Final = "AXLAPI.wsdl"
SCHEMA_FILE: Final = "AXLSoap.xsd"
"""What the WSDL imports, from beside itself."""

_XSD: Final = "http://www.w3.org/2001/XMLSchema"

_TYPES: Final = """\
  <xsd:simpleType name="boolean">
    <xsd:restriction base="xsd:string">
      <xsd:pattern value="(t|f|true|false|0|1)?"/>
    </xsd:restriction>
  </xsd:simpleType>
  <xsd:simpleType name="XInteger">
    <xsd:restriction base="xsd:string">
      <xsd:pattern value="(-?[0-9]+)?"/>
    </xsd:restriction>
  </xsd:simpleType>
  <xsd:simpleType name="XUUID">
    <xsd:restriction base="xsd:string">
      <xsd:pattern value="\\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\}?"/>
    </xsd:restriction>
  </xsd:simpleType>
  <xsd:complexType name="XFkType">
    <xsd:simpleContent>
      <xsd:extension base="xsd:string">
        <xsd:attribute name="uuid" type="xsd:string"/>
      </xsd:extension>
    </xsd:simpleContent>
  </xsd:complexType>
  <xsd:element name="axlError" type="axlapi:AXLError"/>
  <xsd:complexType name="AXLError">
    <xsd:sequence>
      <xsd:element name="axlcode" type="xsd:int"/>
      <xsd:element name="axlmessage" type="xsd:string"/>
      <xsd:element name="request" type="xsd:string"/>
    </xsd:sequence>
  </xsd:complexType>
"""

_PREFIXES: Final = ((In.ADD, "X"), (In.GET, "R"), (In.LIST, "L"))
"""What AXL puts before the name of a type: of what is given, returned, and listed."""


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


def _attributes(names: Iterable[str], indent: str) -> str:
    return "".join(f'{indent}<xsd:attribute name="{name}" type="xsd:string"/>\n' for name in names)


def _element(
    field: Field, indent: str, type_name: str = "", *, required: bool | None = None
) -> str:
    """One field.

    Args:
        field: The field.
        indent: What comes before it in each line.
        type_name: The type that holds its fields; empty: they are written out here.
        required: Whether it must be there; None: as the field says.
    """
    must = field.required if required is None else required
    start = f'{indent}<xsd:element name="{field.name}"'
    if not must:
        start += ' minOccurs="0"'
    if field.many:
        start += ' maxOccurs="unbounded"'
    if type_name:
        return f'{start} type="axlapi:{type_name}"/>\n'
    deeper = indent + "    "
    if field.fields:
        inner = _sequence(field.fields, deeper) + _attributes(field.attributes, deeper)
        kind = f"{indent}  <xsd:complexType>\n{inner}{indent}  </xsd:complexType>\n"
    elif field.attributes:
        inner = _attributes(field.attributes, deeper + "    ")
        kind = (
            f"{indent}  <xsd:complexType>\n{deeper}<xsd:simpleContent>\n"
            f'{deeper}  <xsd:extension base="{field.type.value}">\n{inner}{deeper}  </xsd:extension>\n'
            f"{deeper}</xsd:simpleContent>\n{indent}  </xsd:complexType>\n"
        )
    else:
        return f'{start} type="{field.type.value}"/>\n'
    return f"{start}>\n{kind}{indent}</xsd:element>\n"


def _sequence(fields: Iterable[Field], indent: str) -> str:
    inner = "".join(_element(field, indent + "  ") for field in fields)
    return f"{indent}<xsd:sequence>\n{inner}{indent}</xsd:sequence>\n"


def _named(name: str, body: str, attributes: Iterable[str] = ("sequence",)) -> str:
    start = f'  <xsd:complexType name="{name}">\n'
    return f"{start}{body}{_attributes(attributes, '    ')}  </xsd:complexType>\n"


def _thing_types(thing: Thing) -> Iterator[str]:
    verbs = {operation.name for operation in OPERATIONS.values() if operation.thing is thing}
    for where, prefix in _PREFIXES:
        verb = {In.ADD: "add", In.GET: "get", In.LIST: "list"}[where]
        if verb + thing.kind.title not in verbs:
            continue
        fields = thing.fields_in(where)
        if where is not In.ADD:  # returnedTags are of the same type, and name what is wanted
            fields = tuple(_optional(field) for field in fields)
        attributes = () if where is In.ADD else thing.attributes
        yield _named(prefix + thing.kind.title, _sequence(fields, "    "), attributes)


def _optional(field: Field) -> Field:
    children = tuple(map(_optional, field.fields))
    return Field(field.name, field.type, field.where, False, field.many, children, field.attributes)


def _shared(operation: Operation, field: Field) -> str:
    """The name of the type that a field's children are in; empty for none of them."""
    if operation.thing is None or field.name not in {operation.thing.kind.value, "returnedTags"}:
        return ""
    prefix = {"add": "X", "get": "R", "list": "L"}.get(operation.verb.value, "")
    return prefix + operation.thing.kind.title if prefix else ""


def _request(operation: Operation) -> str:
    fields = {field.name: field for field in operation.request}
    chosen = {name for group in operation.choice for name in group}
    lines = ["    <xsd:sequence>\n"]
    is_chosen = False
    for name, field in fields.items():
        if name not in chosen:
            lines.append(_element(field, "      ", _shared(operation, field)))
        elif not is_chosen:
            is_chosen = True
            lines.append("      <xsd:choice>\n")
            for first, *others in operation.choice:
                inner = [_element(fields[first], "          ", required=True)]
                inner += [_element(fields[other], "          ", required=False) for other in others]
                body = "".join(inner)
                lines.append(f"        <xsd:sequence>\n{body}        </xsd:sequence>\n")
            lines.append("      </xsd:choice>\n")
    lines.append("    </xsd:sequence>\n")
    return _named(_title(operation.name) + "Req", "".join(lines))


def _response(operation: Operation) -> str:
    name = _title(operation.name) + "Res"
    if not operation.in_return:
        return _named(name, _sequence(operation.result, "    "))
    if not operation.result:
        return _named(name, _sequence((Field("return", required=True),), "    "))
    inner = "".join(
        _element(field, "            ", _shared(operation, field)) for field in operation.result
    )
    body = (
        '    <xsd:sequence>\n      <xsd:element name="return">\n        <xsd:complexType>\n'
        f"          <xsd:sequence>\n{inner}          </xsd:sequence>\n"
        "        </xsd:complexType>\n      </xsd:element>\n    </xsd:sequence>\n"
    )
    return _named(name, body)


@cache
def schema(version: str = VERSIONS[-1]) -> str:
    """The schema of a version.

    Args:
        version: One of `VERSIONS`.
    """
    operations = OPERATIONS.values()
    elements = "".join(
        f'  <xsd:element name="{operation.name}{end}" type="axlapi:{_title(operation.name)}{kind}"/>\n'
        for operation in operations
        for end, kind in (("", "Req"), ("Response", "Res"))
    )
    things = "".join(text for thing in THINGS.values() for text in _thing_types(thing))
    messages = "".join(_request(operation) + _response(operation) for operation in operations)
    space = namespace(version)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xsd:schema xmlns:xsd="{_XSD}" xmlns:axlapi="{space}" targetNamespace="{space}"\n'
        f'    elementFormDefault="unqualified" attributeFormDefault="unqualified" version="{version}">\n'
        f"{_TYPES}{things}{messages}{elements}</xsd:schema>\n"
    )


@cache
def wsdl(version: str = VERSIONS[-1], location: str = "https://localhost:8443/axl/") -> str:
    """The WSDL of a version.

    Args:
        version: One of `VERSIONS`.
        location: Where the service is; fit for an attribute.
    """
    names = tuple(OPERATIONS)
    messages = "".join(
        f'  <message name="{name}{way}">\n    <part name="axlParams" element="xsd1:{name}{end}"/>\n  </message>\n'
        for name in names
        for way, end in (("In", ""), ("Out", "Response"))
    )
    port = "".join(
        f'    <operation name="{name}">\n      <input message="s0:{name}In"/>\n'
        f'      <output message="s0:{name}Out"/>\n      <fault name="fault" message="s0:AXLError"/>\n'
        "    </operation>\n"
        for name in names
    )
    body = '<soap:body use="literal"/>'
    binding = "".join(
        f'    <operation name="{name}">\n'
        f'      <soap:operation soapAction="{soap_action(version, name)}" style="document"/>\n'
        f"      <input>{body}</input>\n      <output>{body}</output>\n"
        '      <fault name="fault"><soap:fault name="fault" use="literal"/></fault>\n    </operation>\n'
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="{_XSD}"\n'
        '    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"\n'
        f'    xmlns:s0="{SERVICE}" xmlns:xsd1="{namespace(version)}"\n'
        f'    name="AXLAPIService" targetNamespace="{SERVICE}">\n'
        "  <types>\n    <xsd:schema>\n"
        f'      <xsd:import namespace="{namespace(version)}" schemaLocation="{SCHEMA_FILE}"/>\n'
        "    </xsd:schema>\n  </types>\n"
        '  <message name="AXLError">\n    <part name="fault" element="xsd1:axlError"/>\n  </message>\n'
        f'{messages}  <portType name="AXLPort">\n{port}  </portType>\n'
        '  <binding name="AXLAPIBinding" type="s0:AXLPort">\n'
        '    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n'
        f"{binding}  </binding>\n"
        '  <service name="AXLAPIService">\n    <port name="AXLPort" binding="s0:AXLAPIBinding">\n'
        f'      <soap:address location="{location}"/>\n    </port>\n  </service>\n'
        "</definitions>\n"
    )

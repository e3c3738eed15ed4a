"""The XML that the provider answers with where an address lacks `.json`: the same facts, other names. Pure."""

from typing import Any
from xml.etree import ElementTree as ET

_SINGULAR = {"media_list": "Media"}
_ADDRESSES = "subresource_uris"
_META = {"uri", "first_page_uri", "next_page_uri", "previous_page_uri", "page", "page_size", "start", "end"}


def xml_form(path: str, body: dict[str, Any], *, error: bool) -> bytes:
    """An answer's body, for an address that says what it is of."""
    root = ET.Element("TwilioResponse")
    name = next((key for key, value in body.items() if isinstance(value, list)), None)
    if error:
        _fill(ET.SubElement(root, "RestException"), body)
    elif name is not None and body.keys() & _META == _META:
        kind = _SINGULAR.get(name) or _camel(name).removesuffix("s")
        shelf = ET.SubElement(root, _camel(name), {key.replace("_", ""): _attribute(body[key]) for key in _META})
        for one in body[name]:
            _fill(ET.SubElement(shelf, kind), one)
    else:
        _fill(ET.SubElement(root, _resource_name(path)), body)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _resource_name(path: str) -> str:
    """What the last collection of an address holds: a Call at `…/Calls/CA…`, a Message at `…/Messages`."""
    words = [part for part in path.split("/") if part.isalpha() and part[:1].isupper()]
    return words[-1].removesuffix("s") if words else "Resource"


def _fill(element: ET.Element, fields: dict[str, Any]) -> None:
    for key, value in fields.items():
        part = ET.SubElement(element, "SubresourceUris" if key == _ADDRESSES else _camel(key))
        if isinstance(value, dict):
            _fill(part, value)
        elif value is not None:
            part.text = _printable(str(value).lower() if isinstance(value, bool) else str(value))


def _attribute(value: Any) -> str:
    return "" if value is None else str(value)


def _printable(text: str) -> str:
    """XML has no way to write control characters."""
    return "".join(char for char in text if char >= " " or char in "\t\n\r")


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))

"""Reads an answer to a call's request into the verbs to perform, or says with the provider's code why it cannot.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from xml.etree import ElementTree as ET

from forbear.sandbox.wire import whole

VERBS = frozenset({"Say", "Play", "Pause", "Gather", "Record", "Dial", "Redirect", "Hangup", "Reject"})
_XML = {"", "text/xml", "application/xml", "text/html", "application/xhtml+xml"}
_PARSE_FAILED, _ROOT_WRONG, _WRONG_TYPE, _INVALID = 12100, 12102, 12300, 12200
_SAYABLE = 4_096


@dataclass(frozen=True, slots=True)
class Verb:
    """One element of a document."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["Verb", ...] = ()

    def number(self, name: str, default: float) -> float:
        """A numeric attribute; what is not a number, or endless, counts as absent."""
        try:
            given = float(self.attributes.get(name, default))
        except ValueError:
            return default
        return max(0.0, given) if isfinite(given) else default

    def whole(self, name: str, default: int) -> int:
        """An attribute that counts something; what is no whole number counts as absent."""
        given = whole(self.attributes.get(name))
        return default if given is None else given

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.attributes.get(name, str(default)).lower() == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """What to perform, and what the provider would have warned about."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


class DocumentInvalid(Exception):
    """Nothing can be performed; the fallback address is asked next."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Twilio error {code}")
        self.code = code


def read(text: str, content_type: str = "") -> Document:
    """The document in an answer.

    Raises:
        DocumentInvalid: it is none.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return Document((Verb("Say", {}, text),))
    if kind.startswith("audio/"):
        return Document((Verb("Play", {}, "answer"),))
    if kind not in _XML:
        raise DocumentInvalid(_WRONG_TYPE)
    try:
        root = ET.fromstring(text.strip())  # noqa: S314  the application under test, over loopback
    except ET.ParseError:
        raise DocumentInvalid(_PARSE_FAILED) from None
    if root.tag != "Response":
        raise DocumentInvalid(_ROOT_WRONG)
    verbs = tuple(_verb(element) for element in root)
    if any(len(verb.text) > _SAYABLE for verb in verbs if verb.name == "Say"):
        raise DocumentInvalid(_INVALID)
    unknown = tuple(verb.name for verb in verbs if verb.name not in VERBS)
    return Document(tuple(verb for verb in verbs if verb.name in VERBS), unknown)


def _verb(element: ET.Element) -> Verb:
    # Say may hold markup for the voice; everything else holds text or other verbs.
    text = "".join(element.itertext()) if element.tag == "Say" else element.text or ""
    children = () if element.tag == "Say" else tuple(_verb(child) for child in element)
    return Verb(element.tag, dict(element.attrib), " ".join(text.split()), children)

"""Reads the answer to an inbound webhook: an empty `<Response/>`, or messages to send back.

Only `<Message>` is obeyed; other verbs of messaging TwiML have no use here and are ignored, as is what is not XML.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send; `to` None means back to the writer."""

    body: str
    to: str | None = None


def replies(text: str) -> tuple[Reply, ...]:
    """The messages a TwiML answer asks for."""
    try:
        root = ET.fromstring(text)  # noqa: S314  our own application's answer, over loopback
    except ET.ParseError:
        return ()
    if root.tag != "Response":
        return ()
    found = (Reply(_body(verb), verb.get("to")) for verb in root.findall("Message"))
    return tuple(reply for reply in found if reply.body)


def _body(verb: ET.Element) -> str:
    """The text of a `<Message>`: its `<Body>` parts, or its own."""
    parts = [part.text or "" for part in verb.findall("Body")] or [verb.text or ""]
    return "".join(parts).strip()

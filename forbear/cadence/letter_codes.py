"""What keeps a letter from being printed or taken, and what is done about it, in the terms of the table for texts.

The codes are our own checks' (`docs/papers.md`), the print room's and the print provider's, from its specification
(lob-api-public.yml, Errors). What a code holds waits under a named rule until a person releases it: a letter that fails
for a reason of ours fails again tomorrow. Pure.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from forbear.cadence.sms_codes import Meaning

MEND: Final = "Mend it, print a sample, then release it."
SETUP: Final = "Set it up, start the worker, then release the route."
KEY: Final = "Correct FORBEAR_LOB_KEY, then release the route."
ACCOUNT: Final = "Set the account up in Lob's dashboard, then release the route."
LOOK: Final = "If it comes again, look it up in the worker's log and in docs/papers.md."


def _address(says: str) -> Meaning:
    return Meaning("permanent", "address_wrong", says)


def _template(says: str) -> Meaning:
    return Meaning("configuration", "stop_template", says, MEND)


def _route(says: str, do: str = SETUP) -> Meaning:
    return Meaning("configuration", "stop_route", says, do)


def _account(says: str, do: str) -> Meaning:
    return Meaning("configuration", "hold_account", says, do)


def _later(says: str) -> Meaning:
    return Meaning("retry_safe", "later", says)


LETTERS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        # One address.
        "address.country": _address("no sheet is laid out for its country"),
        "address.lines": _address("too few or too many lines"),
        "address.shape": _address("a line is no line of an address"),
        "address.undeliverable": _address("it names no place"),
        "address.limits": _address("a line or the name is longer than the print provider takes"),
        "window.address": _address("it is not where the window always shows it"),
        "glyphs.covered": _address("a sign of the name or the address is in no font"),
        "text.layer": _address("a sign of the name or the address is not what is printed"),
        "address_length_exceeds_limit": _address("its lines are longer than the print provider takes"),
        "invalid": _address("the print provider does not take one of its parts"),
        "failed_deliverability_strictness": _address("the provider says that nothing can be delivered there"),
        # Our words and sheets.
        "kind.unknown": _template("there is no such letter"),
        "kind.reader": _template("it is not written for this reader"),
        "words.owed": _template("it does not say what its permit asks for"),
        "words.missing": _template("it asks for a value that there is not"),
        "kind.validity": _template("it may not bear this date"),
        "fields.given": _account(
            "its fields lack something, or hold what does not fit", "Tell them with 'forbear letters tell'."
        ),
        "house.look": _template("the lender's colour or logo cannot be printed"),
        "draft.leaves": _template("prescribed words are missing in it"),
        "draft.marked": _template("a page does not say that it is a draft"),
        "approval.missing": _template("nobody has approved it whose approval it needs"),
        "window.only": _template("the window could show something else"),
        "pages.count": _template("too many pages"),
        "page.size": _template("another sheet"),
        "page.orientation": _template("a turned page"),
        "page.blank": _template("an empty page"),
        "size.bytes": _template("too large a file"),
        "ink.outside": _template("something too near to an edge"),
        "fonts.embedded": _template("a font that is not in the file"),
        "form.archive": _template("no tags, language, title or identifiers"),
        "barcode.readable": _template("the printed code is not that of the link"),
        "engine.silent": _template("the engine complained"),
        "engine.fetched": _template("the engine was asked for something outside the page"),
        "engine.failed": _template("the engine broke"),
        "file.readable": _template("what the engine wrote cannot be read"),
        "file.harmless": _template("the file holds or does something beside its pages"),
        "fonts.subset": _template("a font of the file is not one of its own"),
        "form.complete": _template("the file lacks something that archives need"),
        "form.outline": _template("its contents are not those of its headings"),
        "tags.pages": _template("a page has no tags"),
        "tags.figures": _template("a picture without words for it"),
        "tags.headings": _template("headings out of order"),
        "tags.tables": _template("a table without heads"),
        "tags.order": _template("it is read aloud in another order than it stands"),
        "glyphs.meant": _template("a sign that the file says otherwise than it prints it"),
        # The way out.
        "sender.address": _route(
            "the lender has no postal address", "Give it one with forbear print-room sender, then release the route."
        ),
        "sender.limits": _route(
            "the lender's name or address is longer than the print provider takes",
            "Shorten it: a name of 40 characters, two lines of 64. Then release the route.",
        ),
        "route-not-set-up": _route("this installation has no account for the route"),
        "401": _route("the provider refuses our key", KEY),
        "403": _route("our key may not do this", KEY),
        "unauthorized": _route("the provider refuses our key", KEY),
        "invalid_api_key": _route("the provider refuses our key", KEY),
        "unauthorized_token": _route("the provider refuses our key", KEY),
        "publishable_key_not_allowed": _route("our key may not do this", KEY),
        "email_required": _route("the account at the provider is not set up", ACCOUNT),
        "payment_method_unverified": _route("the account at the provider is not set up", ACCOUNT),
        "billing_address_required": _route("the account at the provider is not set up", ACCOUNT),
        "feature_limit_reached": _route("the account at the provider has reached a limit", ACCOUNT),
        "foreign_return_address": _route(
            "the print provider prints for senders in the United States alone",
            "Give the lender an address there with forbear print-room sender, or its accounts another letter_route; "
            "then release the route.",
        ),
        "shelf-unwritable": _route(
            "the print room's disk takes nothing", "Make room in the data folder, then release the route."
        ),
        # One letter.
        "sums.equal": _account(
            "nothing is owed, or the rows do not add up", "Compare the account's entries with the lender's."
        ),
        "another-letter": _account(
            "another file lies there for the same touch", "Find out which of the two is right, and stop the other."
        ),
        # Not now.
        "429": _later("too many requests at once"),
        "connection-refused": _later("no connection to the provider"),
        "engine.busy": _later("the engine is at work"),
        "engine.closed": _later("the engine is being stopped"),
        "engine.hung": Meaning("retry_safe", "call_operator", "the engine gave no answer in time", LOOK),
    }
)
UNKNOWN: Final = _template("nobody has said what it means")


def letter_meaning(code: str | None, *, refused: bool) -> Meaning | None:
    """What a code means; one that nobody put into the table holds its letter where somebody refused it under that.

    Without a refusal it is a reason in words, which asks for nothing.
    """
    known = None if code is None else LETTERS.get(code)
    return UNKNOWN if known is None and code is not None and refused else known

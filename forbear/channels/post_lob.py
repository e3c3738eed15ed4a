"""The way out for letters through Lob, which prints and posts in the United States. A `ports.post.PostCarrier`.

One request per letter. It bears the touch's id twice: as its Idempotency-Key, so that a request which something on the
way repeats is still one letter, and as metadata, by which a letter is found whose answer was lost. An unknown answer is
reconciled by looking for that metadata and never by asking again: the key holds for a day only, and the listing has no
such end.

Lob's figures are those of its own specification, github.com/lob/lob-openapi, read in versions of 2026-05; the file
stands beside each. A figure without one is a choice of ours.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from forbear.channels.lob_client import Letter, LobClient, LobError, LobRefused, LobSilent
from forbear.channels.lob_news import WITH_SIGNATURE, news_of_letter, touch_of
from forbear.errors import CannotStart
from forbear.ports.post import PostAddress, PostOrder, PostService, Tracked
from forbear.ports.sms import Accepted, Found, Refused, Sending, Unknown, Unreadable
from forbear.settings import Settings

NAME: Final = "lob"
HOME: Final = "US"
"""Whose post it uses: certified mail stays there, and registered mail is what goes abroad."""
ADDRESS_IS_BAD: Final = frozenset({"failed_deliverability_strictness"})
MAY_HAVE_BEEN_TAKEN: Final = frozenset({408, 409})
"""The request took too long; another with the same key is still under way. lob-api-public.yml, Errors."""
TOO_MANY_AT_ONCE: Final = 429
"""lob-api-public.yml, Rate Limiting."""
CLIENT_ERRORS: Final = range(400, 500)
TOO_LATE: Final = frozenset({404, 422})
"""Not there, or `not_deletable`: beyond the cancellation window. lob-api-public.yml, Errors and Manage Mail."""
A_PAGE: Final = 100
"""The most that a list gives at once. shared/parameters/limit.yml."""
PAGES_AT_MOST: Final = 20
"""Ours: a list that does not heed the mark is read no further."""
NAME_AT_MOST: Final = 40
"""shared/models/address/address_editable_base.yml."""
LINE_AT_MOST, LINE_ABROAD_AT_MOST = 64, 200
"""shared/models/address/address_fields_us.yml and address_fields_intl.yml. The list of errors names 50 for both lines
of an address together, `address_length_exceeds_limit`; that is left for Lob to say, as its two places disagree."""
CLOCK_SLACK: Final = timedelta(minutes=2)
"""Ours: by so much its clock may be behind."""
log = structlog.get_logger("forbear.post")


class LobPost:
    def __init__(self, client: LobClient) -> None:
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> "LobPost | None":
        """Build the adapter; without a key there is no such route. Sandbox and production cannot be mixed.

        Raises:
            CannotStart: the sandbox without its address, or production with one.
        """
        key = settings.lob_key.get_secret_value()
        if not key:
            return None
        if settings.sandbox != bool(settings.lob_base):
            raise CannotStart(
                "FORBEAR_LOB_BASE belongs to the sandbox alone: set both it and FORBEAR_SANDBOX, or neither."
            )
        return cls(LobClient(key, settings.lob_base))

    def send(self, order: PostOrder) -> Sending:
        if too_long(order.envelope.sender):
            return Refused("sender.limits", ours=True)
        if too_long(order.envelope.to):
            return Refused("address.limits", ours=True)
        try:
            letter = self._client.create(_fields(order), order.pdf, order.idempotency_key)
        except LobRefused as refused:
            return _classify(refused)
        except LobSilent as silent:
            return Unknown(f"no answer: {silent.why}") if silent.connected else Refused("connection-refused")
        identity = letter.get("id")
        if not isinstance(identity, str) or not identity:
            return Unknown("an answer without a letter")
        return Accepted(provider_id=identity, status="accepted")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        del provider, to, sender, marker_sha256  # the touch's id is in the letter's metadata
        try:
            ours = [letter for letter in self._listed(touch, since - CLOCK_SLACK) if touch_of(letter) == touch]
        except LobError as error:
            raise _unanswered(error) from None
        if len(ours) > 1:
            log.error("letter.printed_twice", touch=touch)
        return Found(provider_id=str(ours[-1]["id"]), status="accepted") if ours else None

    def _listed(self, touch: str, oldest: datetime) -> Iterator[Letter]:
        """The letters with this touch's mark, newest first; a list that does not heed the mark is read to its day."""
        after: list[tuple[str, str]] = []
        for _ in range(PAGES_AT_MOST):
            page = self._client.list([("metadata[touch]", touch), ("limit", str(A_PAGE)), *after])
            yield from page
            if len(page) < A_PAGE or _older(page[-1], oldest):
                return
            after = [("after", str(page[-1].get("id", "")))]

    def tracking(self, *, provider: str, touch: str, provider_id: str) -> Sequence[Tracked]:
        del provider
        return news_of_letter(self._fetched(touch, provider_id))

    def cancel(self, *, provider: str, touch: str, provider_id: str) -> bool:
        del provider, touch
        try:
            return bool(self._client.cancel(provider_id).get("deleted"))
        except LobRefused as refused:
            if refused.status in TOO_LATE:
                return False
            raise ConnectionError(f"the provider refused to cancel: {refused.status}") from None
        except LobSilent as silent:
            raise ConnectionError(f"the provider gave no answer: {silent.why}") from None

    def _fetched(self, touch: str, provider_id: str) -> Letter:
        try:
            letter = self._client.get(provider_id)
        except LobError as error:
            raise _unanswered(error) from None
        if touch_of(letter) != touch:
            raise Unreadable("the letter is another touch's")
        return letter


def too_long(address: PostAddress) -> bool:
    """Whether it has more than Lob prints: it would refuse the letter, or cut it."""
    lines = address.lines[0], ", ".join(address.lines[1:])
    longest = LINE_AT_MOST if address.country == HOME else LINE_ABROAD_AT_MOST
    return len(address.name) > NAME_AT_MOST or any(len(line) > longest for line in lines)


def _fields(order: PostOrder) -> list[tuple[str, str]]:
    """The order as the form's fields. An own page bears the address: ours stays as it was hashed."""
    fields = [
        *_address("to", order.envelope.to),
        *_address("from", order.envelope.sender),
        ("color", "false"),
        ("double_sided", "true"),
        ("use_type", "operational"),
        ("address_placement", "insert_blank_page"),
        ("metadata[touch]", order.touch),
        ("metadata[sha256]", order.sha256),
    ]
    extra = _extra_service(order.envelope.service, order.envelope.to.country)
    return fields if extra is None else [*fields, ("extra_service", extra)]


def _extra_service(service: PostService, country: str) -> str | None:
    """Mail that proves who received it: at home with a receipt, as a delivery alone does not say who signed."""
    if service == "plain":
        return None
    return WITH_SIGNATURE if country == HOME else "registered"


def _older(letter: Letter, oldest: datetime) -> bool:
    """Whether a letter was made before an instant; one that does not say so is not."""
    told = news_of_letter(letter)
    return bool(told) and told[0].at < oldest


def _address(name: str, address: PostAddress) -> list[tuple[str, str]]:
    """Two street lines are all that Lob prints; what stands on the others joins the second."""
    first, rest = address.lines[0], ", ".join(address.lines[1:])
    parts = {
        "name": address.name,
        "address_line1": first,
        "address_line2": rest,
        "address_city": address.city,
        "address_state": address.region,
        "address_zip": address.postal_code,
        "address_country": address.country,
    }
    return [(f"{name}[{key}]", value) for key, value in parts.items() if value]


def _classify(refused: LobRefused) -> Sending:
    """An answer of the 400s says that nothing was taken, but for those that leave it open."""
    if refused.status == TOO_MANY_AT_ONCE:
        return Refused("429")
    if refused.status not in CLIENT_ERRORS or refused.status in MAY_HAVE_BEEN_TAKEN:
        return Unknown(f"the provider answered {refused.status}")
    code = refused.code or str(refused.status)
    permanent = code in ADDRESS_IS_BAD
    log.info("letter_refused", code=code)
    return Refused(code, permanent=permanent, ours=not permanent)


def _unanswered(error: LobError) -> ConnectionError:
    if isinstance(error, LobRefused) and error.status in CLIENT_ERRORS and error.status != TOO_MANY_AT_ONCE:
        return Unreadable(f"the provider answered {error.status}")
    why = error.why if isinstance(error, LobSilent) else type(error).__name__
    return ConnectionError(f"the provider could not be asked: {why}")

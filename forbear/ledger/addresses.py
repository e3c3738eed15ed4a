"""One way of writing each phone number, e-mail and postal address, so that equal ones meet.

The written form is what is dialled, sent to or printed; the key form is what `Vault.address_key` digests. Both
sides of every comparison (enrolment, replies, suppressions) must come through here.
"""

import re
import unicodedata
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult
from pydantic import BaseModel, ConfigDict, Field

from forbear.contracts.words import PointKind
from forbear.ledger.forms.text import Country, Line

_EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")


class PostalAddress(BaseModel):
    """An address for letters and visits. `region` is a state or province, in its short form where it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lines: list[Line] = Field(min_length=1, max_length=4)
    city: Line
    region: Line | None = None
    postal_code: Line | None = None
    country: Country


def phone(text: str, region: str | None = None) -> str:
    """The number in E.164. Without a region only international numbers are understood.

    Numbers reserved for fiction pass: a number must be possible, not assigned.

    Raises:
        ValueError: says what is wrong without quoting the number.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        raise ValueError("not a phone number in international form, such as +12125550100") from None
    if number.extension:
        raise ValueError("a number with an extension cannot be dialled or texted; leave the extension out")
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValueError("not a possible phone number of its country")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_country(e164: str) -> str | None:
    """The country a number belongs to; None where its code is shared and the number is nobody's."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164))


def email(text: str) -> str:
    """The address as written, without the blanks around it and with its domain in small letters.

    Raises:
        ValueError: says what is wrong without quoting the address.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if len(address) > 254 or not _EMAIL.fullmatch(address):  # noqa: PLR2004  the longest path SMTP carries
        raise ValueError("not an e-mail address")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def key_form(kind: PointKind, written: str) -> str:
    """What is digested for comparison: the same for two writings of one address.

    `written` is E.164 for a phone, what `email` gave for an e-mail, the address's JSON for a postal address.
    """
    if kind == "phone":
        return written
    if kind == "email":
        return written.casefold()
    address = PostalAddress.model_validate_json(written)
    parts = [*address.lines, address.city, address.region or "", address.postal_code or "", address.country]
    return "|".join(" ".join(unicodedata.normalize("NFKC", part).casefold().split()) for part in parts)

"""The kinds of text, instant and code that forms accept, each refused with a sentence that does not quote it."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from forbear.money.currency import is_currency

MAX_LINE: Final = 200
_AMOUNT: Final = r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$"


class Form(BaseModel):
    """Something a lender sends. Unknown fields are errors: a misspelt consent must not be silently lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _line(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise ValueError("must not be blank")
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in text):
        raise ValueError("must be one line without control characters")
    return text


def _utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


@cache
def _zones() -> frozenset[str]:
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(name for name in names if "/" in name and not name.startswith("Etc/"))


def _zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not an IANA time zone of a place, such as America/Chicago")
    return name


def _currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("not the ISO 4217 code of a currency")
    return code


def matching(pattern: str, sentence: str) -> Callable[[str], str]:
    """A check that a text is written as a pattern says."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(sentence)
        return text

    return check


def _written(pattern: str, sentence: str) -> BeforeValidator:
    """Refuses numbers, which would be read as seconds since 1970."""
    compiled = re.compile(pattern)

    def check(value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and not compiled.match(value)):
            raise ValueError(sentence)
        return value

    return BeforeValidator(check)


Line = Annotated[str, StringConstraints(max_length=MAX_LINE), AfterValidator(_line)]
"""One line of text in NFC."""
Reference = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(matching(r"[!-~]+(?: [!-~]+)*", "must be 1 to 100 printable ASCII characters")),
]
"""A lender's own id of something."""
Word = Annotated[
    str, AfterValidator(matching(r"[a-z0-9][a-z0-9_-]{0,63}", "must be a lower-case word such as auto_loan"))
]
Country = Annotated[str, AfterValidator(matching(r"[A-Z]{2}", "must be an ISO 3166 country code such as US"))]
Language = Annotated[
    str,
    AfterValidator(matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "must be a BCP 47 language tag such as en or zh-CN")),
]
Jurisdiction = Annotated[
    str, AfterValidator(matching(r"[A-Z]{2}(-[A-Z0-9]{2,4})?", "must be the name of a pack such as US or US-NY"))
]
Currency = Annotated[str, AfterValidator(_currency)]
Zone = Annotated[str, AfterValidator(_zone)]
Instant = Annotated[
    AwareDatetime,
    _written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]", "must be an instant such as 2026-03-02T09:00:00Z"),
    AfterValidator(_utc),
]
"""An instant with its offset, kept as UTC."""
Day = Annotated[date, _written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$", "must be a day such as 2026-03-02")]
TimeOfDay = Annotated[
    time,
    _written(r"[0-9]{2}:[0-9]{2}", "must be a time of day such as 09:30"),
    # The schema's own format of a time asks for an offset, and a person's clock has none.
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$"}),
]
AmountText = Annotated[
    str, AfterValidator(matching(_AMOUNT.strip("^$"), "must be a decimal string such as 1234.50, not a JSON number"))
]

"""Words that a lender or its lawyers tell once for many cases, with the record's own values put in: `{sum_total}`.

Only names that the record has a value for stand between the brackets, so that two hundred complaints say the right sum
each. A name that is not known refuses the paper.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel import Locale
from babel.numbers import format_currency

from forbear.casework.found import names_of
from forbear.documents.filters import write_day

PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
MONEY: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Standing:
    """Fills standing words for one case."""

    def __init__(self, values: Mapping[str, Any], currency: str, locale: Locale) -> None:
        self._values, self._currency, self._locale = values, currency, locale
        self.unknown: set[str] = set()

    def filled(self, told: Any) -> Any:
        """A told value with the record's values in it."""
        if isinstance(told, str):
            if (whole := PLACE.fullmatch(told)) and whole[1] in self._values:
                return self._values[whole[1]]  # alone in its field it is the value itself, not its words
            return PLACE.sub(self._said, told)
        if isinstance(told, list | tuple):
            return [self.filled(each) for each in told]
        if isinstance(told, Mapping):
            return {name: self.filled(each) for name, each in told.items()}
        return told

    def _said(self, place: re.Match[str]) -> str:
        name = place[1]
        if name in {"claimants", "respondents"}:
            side = name.removesuffix("s")
            rows = [*self._values.get(f"{side}_persons", ()), *self._values.get(f"{side}_organisations", ())]
            return ("、" if self._locale.language == "zh" else ", ").join(names_of(rows))
        value: object = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date) or value == "":
            self.unknown.add(name)
            return place[0]
        if name.startswith(("sum_", "principal_", "paid_", "per_diem", "last_paid")) and MONEY.fullmatch(str(value)):
            try:
                return format_currency(Decimal(str(value)), self._currency, locale=self._locale)
            except InvalidOperation:
                return str(value)
        return write_day(value, self._locale) if isinstance(value, date) else str(value)

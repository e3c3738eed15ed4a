"""The values of facts on pages: as inputs to fill in, as texts to read, and from a form to what the record takes."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from forbear.api.staff.cases_at import CaseDesk, Input
from forbear.contracts.case_words import FactKind
from forbear.court.facts import Flaw, Value, check_fact, form

SECTION: Final = "case_choice"
GROUPING: Final = re.compile(r"[\s,，￥¥$£]|CNY|USD|GBP|元")
CHOSEN_OPENLY: Final = 5
"""Up to so many choices stand side by side; more of them in a list that opens."""


def choice(desk: CaseDesk, field: str, code: str) -> str:
    """A choice in words: of its own field where it means something else there."""
    own = f"{field}_{code}"
    return desk.named(SECTION, own if f"{SECTION}.{own}" in desk.words.sentences else code)


def asked(desk: CaseDesk, value: Value, told: str) -> Input:
    """A value of a fact, to be filled in."""
    label = value.label[desk.language]
    label = label if value.required else desk.words("case_form.optional", label=label)
    if value.type == "choice":
        return choosing(desk, value.name, label, value.choices, told, needed=value.required)
    kind = {"date": "date", "money": "text", "integer": "text", "text": "text"}[value.type]
    if value.type == "text" and value.most > 200:  # noqa: PLR2004  more than a line
        kind = "area"
    hint = {"money": "case_form.money_hint", "integer": "case_form.whole_hint"}.get(value.type)
    return Input(value.name, kind, label, desk.words(hint) if hint else "", value=told, most=value.most)


def choosing(
    desk: CaseDesk, name: str, label: str, choices: tuple[str, ...], told: str, *, needed: bool = False
) -> Input:
    """A choice: open to the eye where there are few, and never made for anybody."""
    options = tuple((each, choice(desk, name, each)) for each in choices)
    if needed and len(choices) <= CHOSEN_OPENLY:
        return Input(name, "radio", label, options=options, value=told)
    return Input(name, "select", label, options=(("", desk.words("case_form.choose")), *options), value=told)


def read(kind: FactKind, typed: Mapping[str, str]) -> dict[str, Any]:
    """What a form says, as the record takes it; what was left empty is left out."""
    found = ((each, typed.get(each.name, "")) for each in form(kind).values)
    return {each.name: _read(each, text) for each, text in found if text}


def _read(value: Value, text: str) -> Any:
    if value.type == "money":
        return amount_text(text)
    if value.type == "integer":
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text
    return text


def amount_text(text: str) -> str:
    """A sum without what people put between its digits."""
    return GROUPING.sub("", text)


def amount(text: str) -> Decimal | None:
    """A sum that somebody typed; None where it is none."""
    try:
        found = Decimal(amount_text(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def day(text: str) -> date | None:
    """A day that somebody typed; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wrong(desk: CaseDesk, kind: FactKind, told: Mapping[str, Any], *, person: bool) -> dict[str, str]:
    """A sentence for each value that cannot be taken."""
    return {flaw.field: _sentence(desk, kind, flaw) for flaw in check_fact(kind, told, person=person)}


def _sentence(desk: CaseDesk, kind: FactKind, flaw: Flaw) -> str:
    value = form(kind).value(flaw.field)
    if flaw.field == "person":
        return desk.words("case_wrong.person")
    label = value.label[desk.language] if value else flaw.field
    if flaw.problem == "is missing":
        return desk.words("case_wrong.missing", label=label)
    return desk.words(f"case_wrong.{value.type if value else 'text'}", label=label)


def shown(
    desk: CaseDesk, kind: str, details: Mapping[str, Any], told: Mapping[str, Any], currency: str
) -> Iterator[tuple[str, str]]:
    """The values of a fact to be read: label and text."""
    values = {**details, **told}
    for each in form(cast("FactKind", kind)).values:
        if (given := values.get(each.name)) not in (None, ""):
            yield each.label[desk.language], _text(desk, each, given, currency)


def _text(desk: CaseDesk, value: Value, given: Any, currency: str) -> str:
    if value.type == "choice":
        return choice(desk, value.name, str(given))
    if value.type == "date" and (on := day(str(given))) is not None:
        return desk.day(on)
    if value.type == "money" and (sum_ := amount(str(given))) is not None:
        return desk.money(sum_, currency)
    return str(given)

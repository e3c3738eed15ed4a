"""A paper of plainly fictional people for every kind: its own `sample.toml` over a reader and a lender of its country.

With it authors see what they write, and the gallery and the tests render every paper there is.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from forbear.documents.kinds import COURT_ROLE, Kind
from forbear.documents.registry import COURT, FOLDER, SAMPLE
from forbear.errors import BadData, BadInput
from forbear.money.components import NAMED
from forbear.money.statements import Booked, of_entries
from forbear.ports.papers import Figure, LetterHead, Paper
from forbear.ports.post import PostAddress

TOUCH: Final = "tch_0SampLe0SampLe0SampLe0"
LINK: Final = "https://pay.example.org/p/Ab3dEfGh1JkLmN0p"
ADDRESS: Final = TypeAdapter(PostAddress)
KEYS: Final = frozenset(
    {"language", "touch", "role", "day", "as_of", "due_since", "currency", "figures", "link", "to", "head", "entries"}
)
HOMES: Final = {"en": "US", "zh-Hans": "CN", "zh-Hant": "TW"}
"""In which country a paper for everywhere is shown, by its language."""
CURRENCIES: Final = {"US": "USD", "CN": "CNY", "GB": "GBP", "TW": "TWD"}
READERS: Final = {
    "US": PostAddress("Jordan Example", ("1200 Sample Street", "Apt 4B"), "Chicago", "US", "IL", "60601"),
    "CN": PostAddress(
        "玥镕喆", ("示例区示例街道示例路100号示例小区8栋1单元1202室",), "深圳市", "CN", "广东省", "518000"
    ),
    "GB": PostAddress("Morgan Example", ("14 Sample Terrace", "Fictional Green"), "Exampleford", "GB", "", "ZZ99 3WZ"),
    "TW": PostAddress("範例君", ("範例區範例路100號8樓",), "臺北市", "TW", "", "100"),
}
LENDERS: Final = {
    "US": ("Example Credit Union", "+12125550100", ("1 Example Plaza",), "New York", "NY", "10001"),
    "CN": ("示例消费金融有限公司", "+861055550100", ("示例大街1号",), "北京市", "北京市", "100000"),
    "GB": ("Larkspur Example Finance", "+442079460123", ("1 Specimen Court",), "Exampleford", "", "ZZ99 1AA"),
    "TW": ("範例金融股份有限公司", "+886255550100", ("範例大道1號",), "臺北市", "", "100"),
}
FIGURES: Final = (
    Figure("principal", Decimal("1200.00")),
    Figure("interest", Decimal("84.35")),
    Figure("penalty_interest", Decimal("12.10")),
    Figure("fee", Decimal("25.00")),
)
BASE_DAY, BASE_AS_OF, BASE_DUE = date(2026, 11, 23), date(2026, 11, 22), date(2026, 9, 1)


def sample(kind: Kind, language: str = "", folder: Path = FOLDER) -> Paper:
    """The sample of a kind, in one of its languages.

    Raises:
        BadData: its `sample.toml` is not understood.
        BadInput: the kind is not written in that language.
    """
    if language and language not in kind.titles:
        raise BadInput("--language", f"'{kind.id}' is not written in it", f"Give one of {', '.join(kind.languages)}")
    home = COURT if kind.court and folder == FOLDER else folder
    return _Sample(kind, language or kind.languages[0], home / kind.folder / SAMPLE).paper()


class _Sample:
    """One `sample.toml`: `[paper]`, `[fields]`, and both once more under `[language.<language>]` where they differ."""

    def __init__(self, kind: Kind, language: str, path: Path) -> None:
        self.kind, self.language, self.path = kind, language, path
        self.told, self.fields = self._read()

    def bad(self, problem: str) -> BadData:
        return BadData(self.path, None, problem)

    def paper(self) -> Paper:
        told, kind = self.told, self.kind
        place = kind.jurisdiction.partition("-")[0]
        country = HOMES.get(self.language, "US") if place == "*" else place
        to = self._address(told["to"], READERS.get(country)) if "to" in told else READERS.get(country)
        if to is None:
            raise self.bad("[paper.to] is missing: there is no sample reader of that country yet")
        currency = str(told.get("currency", CURRENCIES.get(to.country, "USD")))
        day, as_of = told.get("day", BASE_DAY), told.get("as_of", BASE_AS_OF)
        paper = Paper(
            kind=kind.id,
            language=self.language,
            touch=told.get("touch", TOUCH),
            role=told.get("role", COURT_ROLE if kind.court else min(kind.parties, default="borrower")),
            to=to,
            head=self._head(LENDERS.get(country)),
            day=day,
            currency=currency,
            figures=self._figures(),
            as_of=as_of,
            due_since=told.get("due_since", BASE_DUE),
            link=told.get("link", LINK),
            fields=self.fields,
        )
        return self._with_statement(paper) if kind.statement else paper

    def _read(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        if not self.path.is_file():
            return {}, {}
        try:
            whole: dict[str, Any] = tomllib.loads(self.path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise self.bad(f"is no TOML in UTF-8: {error}") from None
        if unknown := sorted(whole.keys() - {"paper", "fields", "language"}):
            raise self.bad(f"{unknown[0]} is no table of a sample: use [paper], [fields] and [language.<language>]")
        own: dict[str, Any] = whole.get("language", {}).get(self.language, {})
        told = {**whole.get("paper", {}), **own.get("paper", {})}
        if unknown := sorted(told.keys() - KEYS):
            raise self.bad(f"[paper] {unknown[0]} is no key of it: use {', '.join(sorted(KEYS))}")
        return told, {**whole.get("fields", {}), **own.get("fields", {})}

    def _address(self, told: Mapping[str, Any], base: PostAddress | None) -> PostAddress:
        try:
            return ADDRESS.validate_python({**(ADDRESS.dump_python(base) if base else {}), **told})
        except ValidationError as error:
            raise self.bad(
                f"[paper.to] or [paper.head.address]: {error.errors()[0]['loc']} is missing or wrong"
            ) from None

    def _head(self, base: tuple[str, str, tuple[str, ...], str, str, str] | None) -> LetterHead:
        told: Mapping[str, Any] = self.told.get("head", {})
        name, phone, lines, city, region, code = base or ("Example Lender", "+12125550100", ("1 Example",), "", "", "")
        country = next((each for each, known in LENDERS.items() if known is base), "US")
        name = str(told.get("name", name))
        address = self._address(told.get("address", {}), PostAddress(name, lines, city, country, region, code))
        return LetterHead(
            name, str(told.get("phone", phone)), address, str(told.get("colour", "")), str(told.get("logo", ""))
        )

    def _figures(self) -> tuple[Figure, ...]:
        """What is owed: `figures` as a table, or as a list of component and amount."""
        told: object = self.told.get("figures")
        if told is None:
            return () if self.kind.balance == "zero" else FIGURES
        rows = (
            cast("Mapping[str, Any]", told).items()
            if isinstance(told, Mapping)
            else [(row["component"], row["amount"]) for row in cast("list[Mapping[str, Any]]", told)]
        )
        try:
            return tuple(Figure(component, Decimal(str(amount))) for component, amount in rows)
        except InvalidOperation:
            raise self.bad('[paper.figures] an amount is no amount: write it as text, such as "1234.50"') from None

    def _with_statement(self, paper: Paper) -> Paper:
        """With the lines that lead to the figures: its own `entries`, or one opening line for each component."""
        from dataclasses import replace

        told = cast("list[Mapping[str, Any]]", self.told.get("entries", []))
        entries = [
            Booked(
                row["day"], row["kind"], str(row.get("reference", "")), NAMED[row["component"]], Decimal(row["amount"])
            )
            for row in told
        ] or [
            Booked(paper.due_since, "opening", "", NAMED[figure.component], figure.amount) for figure in paper.figures
        ]
        statement = of_entries("acc_0SampLe0SampLe0SampLe0", paper.currency, entries, paper.as_of)
        owed = tuple(Figure(name, amount) for name, amount in statement.owed.items() if amount)
        return replace(paper, statement=statement, figures=owed)

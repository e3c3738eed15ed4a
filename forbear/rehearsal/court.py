"""What the rehearsal's lenders hand over to legal staff: accounts old enough to file, with all that their papers need.

One file of `examples/court` is one account: its row as in an export, its terms, the files and notices that there are,
what the lender tells for papers and what legal staff do; `lenders.toml` has what is the same for all of a lender.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from forbear.api.client_import import to_enrolment
from forbear.rehearsal.lenders import EXAMPLES, LENDERS
from forbear.rehearsal.portfolio import Labels, Loan, parties_of

FOLDER: Final = EXAMPLES / "court"
SHARED: Final = "lenders.toml"
BLANK: Final = ("prior_contacts", "sms_consent_at", "opt_out_sms_at")
"""Columns of every export that these rows leave out: nobody agreed to texts, and nothing was tried lately."""
NEVER: Final = "never_answers"
"""The habit of people in court: outreach to them is over, and nobody of them calls."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Then:
    """What legal staff tell once a packet was handed in: which fact, how many hours of the world later."""

    after: str
    fact: str
    hours: int
    values: Json = field(default_factory=Json)
    person: str = ""


@dataclass(frozen=True)
class Matter:
    """One account for a court or a committee. `name` is its file's."""

    name: str
    loan: Loan
    told: Json
    shared: Json

    @property
    def kind(self) -> str:
        return str(self.told["kind"])

    @property
    def files(self) -> list[Json]:
        return cast("list[Json]", self.told.get("file", []))

    @property
    def notices(self) -> list[Json]:
        return cast("list[Json]", self.told.get("notice", []))

    @property
    def guarantees(self) -> list[Json]:
        return cast("list[Json]", self.told.get("guarantee", []))

    @property
    def facts(self) -> list[Json]:
        """What happened before the account was handed over."""
        return cast("list[Json]", self.told.get("fact", []))

    @property
    def ways(self) -> list[str]:
        """Which way legal staff take."""
        return [str(each["way"]) for each in self.told.get("choice", [])]

    @property
    def then(self) -> list[Then]:
        return [Then(**each) for each in self.told.get("then", [])]

    @property
    def packets(self) -> list[str]:
        """What is prepared for it, by profile."""
        return [str(each) for each in self.told["packets"]]

    @property
    def returned(self) -> tuple[str, str] | None:
        """Which packet is returned once, and why."""
        told = self.told.get("returned")
        return None if told is None else (str(told["packet"]), str(told["reason"]))

    @property
    def pays(self) -> tuple[str, int] | None:
        """After which fact the debtor pays everything after all, and how many hours later."""
        pays = self.told.get("pays")
        return None if pays is None else (str(pays["after"]), int(pays["hours"]))

    def fields(self, teller: str) -> Json:
        """What the lender, or legal staff, tell for papers: plain values, days as text."""
        told: Json = {**self.shared.get(teller, {}), **self.told["told"].get(teller, {})}
        return cast("Json", _plain(told))

    @cached_property
    def enrolment(self) -> Json:
        """The body with which the account is enrolled."""
        terms = self.told.get("terms")
        return to_enrolment(self.loan.row, self.loan.lender.country) | ({"terms": terms} if terms else {})


def read_all(labels: Labels | None = None) -> list[Matter]:
    """Every matter, in the order of their names; `labels` carries people from the portfolios."""
    shared = tomllib.loads((FOLDER / SHARED).read_text(encoding="utf-8"))
    known: Labels = {} if labels is None else labels
    paths = sorted(path for path in FOLDER.glob("*.toml") if path.name != SHARED)
    return [_read(path, shared, known) for path in paths]


def entity_of(country: str) -> dict[str, str]:
    """The legal entity of the lender of a country."""
    return tomllib.loads((FOLDER / SHARED).read_text(encoding="utf-8"))[country]["entity"]


def habits(matters: Iterable[Matter]) -> dict[str, str]:
    """A habit for each phone of these people."""
    return {phone: NEVER for matter in matters for party in matter.loan.parties for phone in party.phones}


def personal_values(matters: Sequence[Matter]) -> list[str]:
    """Numbers of contracts and of mail, by which somebody is found, beside what their rows hold."""
    told = [each.fields("lender") for each in matters]
    numbers = {str(each.get(name, "")) for each in told for name in ("contract_no", "card_no")}
    numbers |= {str(each.get("contract_no", "")) for matter in matters for each in matter.guarantees}
    numbers |= {str(each.get("number", "")) for matter in matters for each in matter.notices}
    numbers |= {each.values["case_no"] for matter in matters for each in matter.then if "case_no" in each.values}
    return sorted(numbers - {""})


def _read(path: Path, shared: Mapping[str, Json], labels: Labels) -> Matter:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    lender = next(each for each in LENDERS if each.country == told["lender"])
    row = {**dict.fromkeys(BLANK, ""), **told["row"]}
    return Matter(path.stem, Loan(row, parties_of(row, labels), lender), told, shared[lender.country])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in cast("Json", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, date) else value

"""What a text may not say, and what it must: the rules of kind `wording` and the disclosures whose words are known.

A text is a template's source, with what its manifest says of it. A rule binds a text that may reach anybody whom the
rule protects: where the manifest says nothing of roles, debts or places, every rule of them binds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, Literal

from forbear.rules.packs import POLICY, Packs
from forbear.rules.phrases import HOLE, Folded, as_read, carries, find, folded, put_in
from forbear.rules.terms import SILENT_FORCES, Scope, Terms

MONEY_FILTERS: Final = frozenset({"money", "in_words"})
"""The filters that write an amount from the ledger; nothing else may."""
SUMS: Final = frozenset({"amount", "balance", "total", "sum"})
"""A value with one of these words in its name is an amount: `plain_total`, `amount_due`."""
MONEY_VALUES: Final = SUMS | {
    *("owed", "due", "outstanding", "arrears", "principal", "interest", "penalty_interest", "compound_interest"),
    *("fee", "fees", "cost", "costs", "charge", "charges", "settlement", "instalment", "installment"),
}
_SIGNS: Final = r"[$£€¥₹₱₩]"
_CODES: Final = r"(?:usd|cny|rmb|gbp|eur|hkd|twd|ntd|inr|sgd|php|aud|cad|kes)"
_UNITS: Final = r"(?:dollars?|bucks|cents?|pounds?|pence|euros?|yuan|rupees?|pesos?)"
_NUMBER_WORDS: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|million)"
)
_SUM: Final = rf"(?:\d[\d,]{{0,15}}(?:\.\d{{1,6}})?|{HOLE})"
_HAN_SUM: Final = rf"(?:[\d,.]{{0,15}}[\d零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]|{HOLE})"
# A text is folded to simplified signs before it is searched, so that they alone stand here.
_HAN_UNITS: Final = r"(?:元(?![旦月年宵])|圆|块钱|人民币|美元|港币)"
_PIECES: Final = r"(?:[\d,.]{0,15}[\d十百千万亿拾佰仟]\s?块(?!链))"
FIGURES: Final = re.compile(
    rf"{_SIGNS}\s?{_SUM}|{_SUM}\s?{_SIGNS}"
    rf"|(?<![a-z]){_CODES}\s?{_SUM}|(?<!\d)\d[\d,.]{{0,15}}\s?(?:{_CODES}|{_UNITS})(?![a-z])"
    rf"|(?<![a-z]){_NUMBER_WORDS}\s{_UNITS}(?![a-z])"
    rf"|{_HAN_SUM}\s?{_HAN_UNITS}|{_PIECES}|(?:人民币|美元|港币)\s?{_HAN_SUM}|\d{{1,3}}(?:,\d{{3}}){{1,4}}\.\d\d"
)
"""A sum of money written out, or a currency beside a value. Every part is bounded, so that no text makes it slow."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language, and what its manifest says of it.

    Attributes:
        channel: by which way it reaches its reader; `page` and `report` beside the channels of attempts.
        party_kinds: who may be its reader; empty is anybody.
        stage: whether it is read before the reader's identity was verified.
        first: whether it is the first word about a debt.
        says: the duties that it claims to fulfil.
        jurisdictions: the places for whose people it is meant, with all places inside them; empty is everywhere.
        roles: of the lenders that send it; empty is any, as in the fields after it.
    """

    name: str
    language: str
    channel: str
    source: str
    stage: Literal["before_identity", "after_identity"] = "before_identity"
    purpose: str = "reminder"
    party_kinds: frozenset[str] = frozenset()
    first: bool = True
    says: frozenset[str] = frozenset()
    jurisdictions: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    lender_kinds: frozenset[str] = frozenset()
    debt_kinds: frozenset[str] = frozenset()
    circumstances: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one text: the rule, the phrase, the line of its source, what the rule says."""

    rule: str
    phrase: str
    line: int
    statement: str


def may_not_say(text: Text, packs: Packs, day: date) -> tuple[Fault, ...]:
    """Every phrase of a text that a rule in force on a day forbids, in the order of the packs and their rules."""
    shown = folded(text.source)
    return tuple(
        Fault(rule.rule, phrase, line, rule.statement)
        for rule in binding(text, packs, day, frozenset({"wording"}))
        if rule.stage in {"any", text.stage}
        for phrase, line in _forbidden(rule, text, shown)
    )


def must_carry(text: Text, packs: Packs, day: date) -> tuple[Fault, ...]:
    """Every disclosure that a text lacks, of those whose words the packs know; the fault names what would do."""
    faults: list[Fault] = []
    for rule in binding(text, packs, day, frozenset({"disclosure", "identity", "recording"})):
        if not rule.words or rule.when not in {"always", "first" if text.first else "later"}:
            continue
        words = in_language(rule.words, text.language)
        if not words:
            faults.append(Fault(rule.rule, f"{rule.say}: no words known in {text.language}", 1, rule.statement))
        elif not any(carries(phrase, text.source) for phrase in words):
            faults.append(Fault(rule.rule, f"{rule.say}: {' / '.join(words)}", 1, rule.statement))
    return tuple(faults)


def binding(text: Text, packs: Packs, day: date, kinds: frozenset[str]) -> Iterator[Terms]:
    """The rules of some kinds that bind a text on a day; a draft binds nobody."""
    for name, pack in packs.by_jurisdiction.items():
        if name != POLICY and text.jurisdictions and not any(_related(name, place) for place in text.jurisdictions):
            continue
        for rule in pack.terms:
            known = rule.kind in kinds and rule.force not in SILENT_FORCES
            if known and rule.in_force(day.toordinal()) and _binds(rule.scope, text):
                yield rule


def in_language(words: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    """The phrases of a language: its own, else those of its nearest ('en' for 'en-GB'), else none."""
    main = language.partition("-")[0].lower()
    near = (phrases for known, phrases in words.items() if known.partition("-")[0].lower() == main)
    return words.get(language) or next(near, ())


def _forbidden(rule: Terms, text: Text, shown: Folded) -> Iterator[tuple[str, int]]:
    """What a rule forbids and a text says. Every language's phrases are looked for: a text may mix them.

    Of phrases that read alike, as one in simplified and one in traditional signs, the one that stands there is named.
    """
    if rule.money_figures:
        yield from _figures(text.source, shown)
    found: dict[str, tuple[str, int]] = {}
    for phrase in chain.from_iterable(rule.phrases.values()):
        line = find(phrase, shown)
        if line is not None and (as_read(phrase) not in found or phrase in text.source):
            found[as_read(phrase)] = (phrase, line)
    yield from found.values()


def _figures(source: str, shown: Folded) -> Iterator[tuple[str, int]]:
    """Sums of money that no money filter wrote."""
    for found in FIGURES.finditer(shown.text):
        yield found[0].replace(HOLE, "{{ … }}"), shown.line(found.start())
    for put in put_in(source):
        value, *filters = [part.strip() for part in put.expression.split("|")]
        if _is_money(value) and not any(each.partition("(")[0].strip() in MONEY_FILTERS for each in filters):
            yield f"{{{{ {put.expression} }}}}", put.line


def _is_money(value: str) -> bool:
    """Whether a value is an amount by its name, whatever object holds it: `balance`, `account.total_due`."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", value)
    called = bare.partition("(")[0].rpartition(".")[2].strip()
    return called in MONEY_VALUES or not SUMS.isdisjoint(called.split("_"))


def _related(pack: str, place: str) -> bool:
    """Whether a pack may bind people of a place: its own, one around it or one inside it."""
    return pack == place or pack.startswith(f"{place}-") or place.startswith(f"{pack}-")


def _binds(scope: Scope, text: Text) -> bool:
    pairs: tuple[tuple[frozenset[str], Iterable[str]], ...] = (
        (scope.roles, text.roles),
        (scope.lender_kinds, text.lender_kinds),
        (scope.debt_kinds, text.debt_kinds),
        (scope.parties, text.party_kinds),
    )
    return (
        all(not wanted or not given or not wanted.isdisjoint(given) for wanted, given in pairs)
        and (not scope.channels or text.channel in scope.channels)
        and (not scope.purposes or text.purpose in scope.purposes)
        and text.purpose not in scope.except_purposes
        and not (text.party_kinds and text.party_kinds <= scope.except_parties)
        and (not scope.circumstances or not scope.circumstances.isdisjoint(text.circumstances))
        and (not scope.languages or bool(in_language(dict.fromkeys(scope.languages, ("",)), text.language)))
        and _in_place(scope, text)
    )


def _in_place(scope: Scope, text: Text) -> bool:
    """Whether a rule that names places binds a text; one that may go anywhere may go there."""
    if not text.jurisdictions:
        return True
    only = not scope.only_jurisdictions or any(
        _related(named, place) for named in scope.only_jurisdictions for place in text.jurisdictions
    )
    return only and not set(text.jurisdictions) <= scope.except_jurisdictions

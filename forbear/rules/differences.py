"""What differs between two days: rules begun, ended and changed, in law or in what the packs believed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from forbear.rules.catalogue import parameters, row_id, rule_head, version_view
from forbear.rules.packs import Pack, Packs
from forbear.rules.terms import Terms

Json = dict[str, Any]
Known = Mapping[str, tuple[Pack, Terms]]
"""By what is compared, a version and its pack."""


def in_law(packs: Packs, before: date, after: date, language: str = "en") -> list[Json]:
    """What the law is on two days, as the packs have it now: a rule is compared with itself."""
    return _compared(_on(packs, before), _on(packs, after), language)


def in_packs(before: Packs, after: Packs, language: str = "en") -> list[Json]:
    """What two states of the packs say, whatever the day: a version is compared with itself."""
    return _compared(_rows(before), _rows(after), language)


def _on(packs: Packs, day: date) -> Known:
    ordinal = day.toordinal()
    return {
        terms.rule: (pack, terms)
        for pack in packs.by_jurisdiction.values()
        for terms in pack.terms
        if terms.in_force(ordinal)
    }


def _rows(packs: Packs) -> Known:
    return {row_id(terms): (pack, terms) for pack in packs.by_jurisdiction.values() for terms in pack.terms}


def _compared(before: Known, after: Known, language: str) -> list[Json]:
    found: list[Json] = []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is not None and now is not None:
            changes = _changes(was, now)
            if not changes:
                continue
        else:
            changes = []
        pack, terms = now or was or (None, None)
        assert pack is not None  # noqa: S101  a name is of one side or the other
        assert terms is not None  # noqa: S101  likewise
        found.append(
            {
                "what": "changed" if was and now else "begun" if now else "ended",
                **rule_head(pack, terms),
                "was": None if was is None else version_view(*was, language),
                "now": None if now is None else version_view(*now, language),
                "changes": changes,
            }
        )
    return found


def _changes(was: tuple[Pack, Terms], now: tuple[Pack, Terms]) -> list[Json]:
    """Each field in which two versions differ; the day of the last reading alone is no change."""
    old, new = _told(*was), _told(*now)
    return [
        {"field": name, "was": old.get(name), "now": new.get(name)}
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _told(pack: Pack, terms: Terms) -> Json:
    view = version_view(pack, terms)
    ours = {name: view[name] for name in ("from", "to", "statement", "cite", "force", "evidence")}
    return ours | parameters(terms)

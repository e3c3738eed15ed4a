"""The form of a pack: one version of a rule read with its rule's own keys, typed, and checked whole."""

from typing import Any, get_args

from forbear.rules.kind_forms import KINDS, SCOPE, is_known, readers
from forbear.rules.lints import check_whole
from forbear.rules.terms import Cite, Force, Length, Scope, Terms, Timing
from forbear.rules.values import Flaw, Raw, Read, a_day, a_table, a_text, one_of, read_keys

EVIDENCE = ("S", "R", "G", "S~", "from memory", "C", "policy")
OF_THE_RULE = frozenset({"id", "kind", "title", "questions", "gaps", "version"})
"""Keys of a rule that are not shared with its versions."""
CITE: dict[str, Read] = {"instrument": a_text, "section": a_text, "published": a_day}
VERSION: dict[str, Read] = {
    "from": a_day,
    "to": a_day,
    "statement": a_text,
    "cite": a_table(CITE, ("instrument",), Cite),
    "force": one_of(get_args(Force)),
    "evidence": one_of(EVIDENCE),
    "verified_on": a_day,
    "added": a_day,
    "corrects": lambda raw: raw if raw == "start" else a_day(raw),
}
NEEDED = ("statement", "cite", "force", "evidence", "added")


def read_terms(rule: Raw, version: Raw, calendar: str = "") -> Terms:
    """One version of a rule, typed; what the version does not say, the rule says for all its versions.

    Args:
        rule: the rule's table.
        version: the version's table.
        calendar: the pack's public holidays, for a rule that names none.
    """
    kind = rule["kind"]
    said = _read(rule, version, kind)
    needed, optional = KINDS[kind]
    if calendar and "calendar" in needed | optional:
        said.setdefault("calendar", calendar)
    for key in sorted(needed - said.keys()):
        raise Flaw(key, f"is missing for a {kind}")
    for key in sorted(key for key in said.keys() - needed - optional if key in readers(kind)):
        raise Flaw(key, f"means nothing for a {kind}")
    said["statement"] = " ".join(said["statement"].split())
    check_whole(said, kind, asked=bool(rule.get("questions")))
    return _terms(rule, said, kind)


def _read(rule: Raw, version: Raw, kind: str) -> dict[str, Any]:
    ours = readers(kind) | SCOPE
    for table in (version, rule):
        for key in table:
            if key not in ours and key not in VERSION and is_known(key):
                raise Flaw(key, f"means nothing for a {kind}")
    own = read_keys(version, VERSION | ours, NEEDED)
    return read_keys({key: value for key, value in rule.items() if key not in OF_THE_RULE}, ours) | own


def _terms(rule: Raw, said: dict[str, Any], kind: str) -> Terms:
    scope = Scope(**{key: said.pop(key) for key in SCOPE if key in said})
    said.pop("corrects", None)
    first, last = said.pop("from", None), said.pop("to", None)
    dates = {"first": first and first.toordinal(), "last": last and last.toordinal()}
    if "count" in said:
        said["timing"] = _timing(said)
    return Terms(
        rule=rule["id"],
        kind=kind,
        title=rule.get("title", ""),
        questions=tuple(rule.get("questions", ())),
        scope=scope,
        **said,
        **{key: day for key, day in dates.items() if day is not None},
    )


def _timing(said: dict[str, Any]) -> Timing:
    """What a rule times, taken out of what it says."""
    said.pop("month_end", None)
    length = Length(said.pop("count"), said.pop("unit"))
    step, duty = said.pop("step", None), said.pop("duty", None)
    of = said.pop("records", None) or frozenset({step or duty or "sue"})
    rest = ("after", "event", "roll", "receipt", "restarts", "restarts_after_expiry", "long_stop", "effect")
    return Timing(of=of, length=length, **{key: said.pop(key) for key in rest if key in said})

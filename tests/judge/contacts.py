"""Contacts by other ways than texts: what counts against the one limit that a person has over all channels.

A contact is what reached somebody, or may have: a call that a human answered or a message was left in, a visit at which
somebody was met, a letter that did not come back.
"""

from collections.abc import Iterator
from datetime import datetime

from tests.judge.reading import Row, instant
from tests.judge.silences import Case

IN_7_DAYS = 3
DECLARED = {"cn-guaranteed-loan": 9}
"""Playbooks that declare another figure, with its source."""
NOBODY_MET = {"nobody_home", "address_wrong", "moved"}
HUMAN = "human"


def limit(case: Case, claim: Row | None) -> int:
    """How many contacts in seven local days the playbook of the claimed account leaves."""
    account = case.record.by_id("account").get(claim["account"], {}) if claim else {}
    return DECLARED.get(account.get("playbook", ""), IN_7_DAYS)


def contacts_otherwise(case: Case, ids: set[str], before: datetime) -> list[datetime]:
    """When these people of the ledger were reached by call, letter or visit before an instant."""
    claims = case.record.by_id("touch")
    return [at for ref, at in _reached(case) if at < before and claims.get(ref, {}).get("person") in ids]


def _reached(case: Case) -> Iterator[tuple[str, datetime]]:
    """Touch and instant of each."""
    tasks, visits, claims = case.record.by_id("task"), case.record.by_id("visit"), case.record.by_id("touch")
    for call in case.world.calls:
        if call.answered_at is not None and call.answered_by == HUMAN:
            yield call.ref or "", call.at
    for dialled in case.works.dialled:
        if dialled.reached:
            yield tasks.get(dialled.task, {}).get("touch") or "", dialled.at
    for knocked in case.works.knocked:
        if knocked.outcome not in NOBODY_MET:
            yield visits.get(knocked.visit, {}).get("touch") or "", knocked.at
    back = {each.touch for each in case.works.carried if each.what == "returned"}
    posted = {each.touch for each in case.works.carried if each.what == "printed"} - back
    posted |= {letter.ref or "" for letter in case.world.letters if "returned" not in letter.ended}
    for ref in posted & claims.keys():
        yield ref, instant(claims[ref]["claimed_at"])

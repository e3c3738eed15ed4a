"""Do world, client and ledger tell one story? Texts without a claim, doubled, lost; facts and money lost or doubled."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from tests.judge.finding import Finding
from tests.judge.reading import Row, Said, instant
from tests.judge.silences import SILENCING, STOP_ROWS, Case, received, stopped, suppressed
from tests.judge.told import BORROWER

MADE = {"sent", "delivered", "undelivered"}
NOT_MADE = {"failed"}


def check_books(case: Case) -> list[Finding]:
    return [
        *_texts(case),
        *_touches(case),
        *_accounts(case),
        *_said(case),
        *_promises(case),
        *_payments(case),
        *_money(case),
    ]


def _texts(case: Case) -> Iterator[Finding]:
    claims = case.record.by_id("touch")
    for ref, count in Counter(text.ref or "" for text in case.world.texts).items():
        if ref in claims and count > 1:
            yield Finding("duplicated", "text", ref, f"accepted {count} times")
    for text in case.world.texts:
        claim = claims.get(text.ref or "")
        if claim is None:
            yield Finding("unexpected", "text", text.sid, "the ledger holds no claim for it")
        elif not _right_person(case, claim, text.to):
            yield Finding("unexpected", "recipient", claim["id"], "went to a number of somebody else")
        elif instant(claim["claimed_at"]) > text.at:
            yield Finding("unexpected", "order", claim["id"], "accepted before it was claimed")


def _right_person(case: Case, claim: Row, phone: str) -> bool:
    """Whether the number is one of whom the claim names: the borrower, or another in the claim's role."""
    people = case.client.on(claim["account"], claim.get("role", BORROWER))
    return any(phone in person.phones for person in people)


def _touches(case: Case) -> Iterator[Finding]:
    """What the ledger says of a touch against what the world saw."""
    seen = {text.ref or "" for text in case.world.texts}
    for touch in case.record.rows("touch"):
        if touch["channel"] != "sms":
            continue
        if touch["state"] in MADE and touch["id"] not in seen:
            yield Finding("lost", "record", touch["id"], f"the ledger says {touch['state']}, the world never saw it")
        if touch["state"] in NOT_MADE and touch["id"] in seen:
            yield Finding("lost", "record", touch["id"], "the ledger says it was not made, the world has it")


def _accounts(case: Case) -> Iterator[Finding]:
    rows = case.record.by_id("account")
    for account in case.client.accounts:
        if account not in rows:
            yield Finding("lost", "account", account, "its enrolment was acknowledged, the ledger has no row")


def _said(case: Case) -> Iterator[Finding]:
    """What people said and we had time to hear must be in the ledger."""
    for said in case.said:
        if said.kind in SILENCING and case.known_from(said) <= case.allowed.now and not _heard(case, said):
            yield Finding("lost", "fact", said.sid or "page", f"said {said.kind} at {said.at.isoformat()}")
    for stop in case.client.stops:
        if not stopped(case, case.client.on(stop.account), {stop.stop}):
            yield Finding("lost", "fact", stop.account, f"stop {stop.stop} of {stop.at.isoformat()}")


def _promises(case: Case) -> Iterator[Finding]:
    """A promise that a page confirmed is a promise in the ledger."""
    made = Counter(said.phone for said in case.world.said if said.kind == "promise" and said.on_page)
    for phone, count in made.items():
        ids = case.ledger_persons(case.client.holders(phone))
        held = sum(row["person"] in ids for row in case.record.rows("promise"))
        if held < count:
            labels = ", ".join(person.label for person in case.client.holders(phone))
            yield Finding("lost", "fact", labels, f"{count} promises confirmed, {held} in the ledger")


def _heard(case: Case, said: Said) -> bool:
    persons = case.client.holders(said.phone)
    if said.kind == "stop":
        return suppressed(case, persons, said.at)
    return stopped(case, persons, STOP_ROWS[said.kind]) or suppressed(case, persons, said.at)


def _payments(case: Case) -> Iterator[Finding]:
    """Every acknowledged payment stands in the ledger once, with its amount."""
    rows = case.record.rows("payment")
    held = Counter((row["account"], row["external_id"], Decimal(row["amount"])) for row in rows)
    checkouts = case.record.by_id("checkout")
    due = [
        (account.id, payment.external_id, payment.amount)
        for account in case.client.accounts.values()
        for payment in account.payments
    ]
    for paid in case.world.paid:
        checkout = checkouts.get(paid.ref or "")
        if checkout is None:
            yield Finding("lost", "payment", paid.sid, "paid under a reference that the ledger does not know")
        elif paid.at + case.allowed.patience <= case.allowed.now:
            due.append((checkout["account"], paid.sid, paid.amount))
    for key in due:
        if held[key] == 0:
            yield Finding("lost", "payment", key[1], f"of {key[0]}, is not in the ledger")
    for key, count in held.items():
        if count > 1:
            yield Finding("duplicated", "payment", key[1], f"of {key[0]}, stands in the ledger {count} times")


def _money(case: Case) -> Iterator[Finding]:
    """What is left on each account equals what was owed less what was paid, to the cent."""
    left: dict[str, Decimal] = {}
    for entry in case.record.rows("entry"):
        left[entry["account"]] = left.get(entry["account"], Decimal(0)) + Decimal(entry["amount"])
    for account in case.client.accounts.values():
        if account.id not in left:
            continue
        settled = [amount for at, amount in received(case, account) if at <= case.allowed.now]
        recent = [amount for at, amount in received(case, account) if at > case.allowed.now]
        expected = account.owed - sum(settled)
        if left[account.id] in {expected, expected - sum(recent)}:
            continue
        lower = left[account.id] < expected
        detail = f"{left[account.id]} left instead of {expected}"
        yield Finding("duplicated" if lower else "lost", "money", account.id, detail)

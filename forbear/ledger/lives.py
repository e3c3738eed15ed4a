"""Loads a `Life`: one account and everything that bears on its next step, in few round trips.

The caller holds the locks of the account's persons, so that what is read here stays true until it commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy.engine import Row, RowMapping
from sqlalchemy.orm import Session

from forbear.cadence import life
from forbear.calendars import for_packs
from forbear.contracts.words import (
    START_BY_TEXT,
    Channel,
    LenderKind,
    LenderRole,
    PartyRole,
    PointKind,
    PointState,
    TaskState,
    TouchState,
)
from forbear.ledger import life_rows, said_rows
from forbear.ledger.tables.accounts import Account, Promise
from forbear.ledger.tables.people import Lender
from forbear.rules.asked import longest
from forbear.rules.facts import Calendar
from forbear.rules.packs import Packs
from forbear.rules.weighing import MARGIN

LOOK_BACK = timedelta(days=40)
"""World time: how far the past is read at least. An account's own touches are read from its beginning."""
UNABLE = frozenset(
    {
        "POINT.NONE",
        "ROUTE.NONE",
        "PLACE.UNKNOWN",
        "PLAYBOOK.MISSING",
        "TEMPLATE.HELD",
        "ROUTE.HELD",
        "SENDER.NONE",
        "VOICE.CONSENT",
        "STEP.REQUIRED",
    }
)
"""What holds an account until somebody supplies what is missing."""
STOPS = frozenset({"stop", "suppression"})
UNSETTLED = frozenset({"claimed", "dispatching", "unknown"})


def load_life(
    session: Session,
    account_id: str,
    *,
    now: datetime,
    without: str | None = None,
    alone: bool = False,
    packs: Packs | None = None,
) -> life.Life | None:
    """Read an account's life as it stands at `now`; None for an account the session does not see.

    Args:
        session: a transaction of the worker that holds the locks of the account's persons.
        account_id: the account.
        now: world instant.
        without: a touch to leave out, which must not count against itself.
        alone: read only what the account's own lender knows, as if it were the tenant's only one.
        packs: the rules that will be asked; they name the public holidays that they need.
    """
    found = life_rows.account(session, account_id)
    return None if found is None else life_of(session, found, now=now, without=without, alone=alone, packs=packs)


def life_of(
    session: Session,
    found: life_rows.Found,
    *,
    now: datetime,
    without: str | None = None,
    alone: bool = False,
    packs: Packs | None = None,
) -> life.Life:
    """The same, of an account that was just read."""
    account, lender = found.account, found.lender
    since = now - look_back(packs)
    known = _read(session, account, (now, since), without, alone=alone)
    return life.Life(
        account=account.id,
        lender=_lender(lender),
        product=account.product,
        debt_kind=account.debt_kind,
        currency=account.currency,
        balance=life_rows.owed(session, found, now),
        balance_as_of=account.balance_as_of,
        due_since=account.due_since,
        enrolled_at=account.enrolled_at,
        state=account.state,
        stage=account.stage,
        persons=tuple(_person(party, account, known) for party in known.parties),
        promises=tuple(_promise(row) for row in _promises(session, found)),
        rivals=tuple(
            rival for rival in _rivals(session, found, known.stops, now) if rival.lender == account.lender or not alone
        ),
        in_flight=any(row["account"] == account.id and _unsettled(row) for row in known.history),
        legal_case=found.case,
        calendars=_calendars(known.parties, packs, now),
        circumstances=tuple(account.circumstances),
        events=tuple(life.Happened(row["kind"], row["at"]) for row in known.said if row["what"] == "event"),
        links_asked=tuple(
            life.LinkAsked(row["person"], row["contact_point"], row["at"])
            for row in known.said
            if row["what"] == "link_asked"
        ),
        errands=tuple(_errand(row) for row in known.said if row["what"] == "task"),
        served=tuple(_served(row) for row in known.said if row["what"] == "served"),
        can_call=found.calling,
    )


def _unsettled(row: RowMapping) -> bool:
    """Whether it is still to be found out what became of it.

    What a person began and nobody ended cannot be looked up anywhere, and of what somebody looked up in vain nobody is
    asked again: either goes on to count as made, and holds the account no longer.
    """
    vain = row["task"] is not None or row["given_up"]
    return row["state"] in UNSETTLED and not (row["state"] == "unknown" and vain)


def look_back(packs: Packs | None) -> timedelta:
    """How far the past must be read for the rules that will be asked: as far as the longest of them counts."""
    return LOOK_BACK if packs is None else max(LOOK_BACK, timedelta(days=longest(packs) + MARGIN))


def _calendars(parties: Sequence[Row[Any]], packs: Packs | None, now: datetime) -> tuple[Calendar, ...]:
    places = {str(name) for party in parties for name in party.jurisdictions or ()}
    return () if packs is None else for_packs(packs, sorted(places), now.date())


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of the account's persons and of everyone who shares an address with them.

    `parties` are the first row of each, `points` the rows of their contact points.
    """

    parties: Sequence[Row[Any]]
    points: Sequence[Row[Any]]
    said: said_rows.Rows
    stops: life_rows.Rows
    history: Sequence[RowMapping]

    def keys_of(self, person: str) -> frozenset[bytes]:
        return frozenset(point.address_key for point in self.points if point.person == person)


def _read(
    session: Session, account: Account, times: tuple[datetime, datetime], without: str | None, *, alone: bool
) -> _Known:
    """What is known at the first of two instants, with contacts since the second."""
    now, since = times

    def ours(rows: Sequence[Any]) -> list[Any]:
        return [row for row in rows if row["lender"] == account.lender] if alone else list(rows)

    rows = life_rows.people(session, account.id)
    parties = {row.party: row for row in reversed(rows)}
    points = {row.point: row for row in rows if row.point and (row.told_by == account.lender or not alone)}
    persons = sorted({row.person for row in rows})
    keys = sorted({point.address_key for point in points.values()})
    said = said_rows.said(session, account, persons, keys, now)
    history = life_rows.history(session, account.id, persons, keys, since)
    return _Known(
        parties=[parties[party] for party in dict.fromkeys(row.party for row in rows)],
        points=list(points.values()),
        said=said,
        stops=ours([row for row in said if row["what"] in STOPS]),
        history=[row for row in ours(history) if row["id"] != without],
    )


def _lender(row: Lender) -> life.Lender:
    policy = row.policy
    return life.Lender(
        id=row.id,
        role=cast("LenderRole", row.role),
        kind=cast("LenderKind", row.kind),
        tightened=life.Tightened(
            open=_wall_time(policy.get("open")),
            close=_wall_time(policy.get("close")),
            sms_a_day=policy.get("sms_a_day"),
            sms_in_7_days=policy.get("sms_in_7_days"),
            contacts_in_7_days=policy.get("contacts_in_7_days"),
        ),
    )


def _person(party: Row[Any], account: Account, known: _Known) -> life.Person:
    """One party; its stops, suppressions and history include those of the addresses it shares.

    What a lender holds of its own accord is the account, with everybody on it.
    """
    person = str(party.person)
    keys = known.keys_of(person)

    def held(row: RowMapping) -> bool:
        return "kind" in row and row["kind"] == "hold" and row["account"] == account.id

    def of(rows: Sequence[RowMapping], what: str | None = None) -> list[RowMapping]:
        mine = [row for row in rows if row["person"] == person or bytes(row["address_key"] or b"") in keys or held(row)]
        return [row for row in mine if what is None or row["what"] == what]

    agreed = [row for row in known.said if row["person"] == person]
    return life.Person(
        id=person,
        role=cast("PartyRole", party.role),
        language=party.language or "en",
        jurisdictions=tuple(party.jurisdictions or ()),
        circumstances=tuple(party.circumstances or ()),
        points=tuple(_point(row) for row in known.points if row.person == person and row.told_by == account.lender),
        consents=tuple(_consent(row) for row in agreed if row["what"] == "consent"),
        agreements=tuple(_agreement(row) for row in agreed if row["what"] == "agreement"),
        stops=tuple(_stop(row) for row in of(known.stops, "stop")),
        suppressions=tuple(_suppression(row) for row in of(known.stops, "suppression")),
        history=tuple(_past(row) for row in of(known.history)),
    )


def _point(row: Row[Any]) -> life.ContactPoint:
    return life.ContactPoint(
        id=row.point,
        kind=cast("PointKind", row.kind),
        key=row.address_key.hex(),
        place=row.place,
        state=cast("PointState", row.state),
        zone=row.zone,
        zone_evidence=row.zone_evidence,
        country=row.country,
        clues=tuple(life.ZoneClue(**clue) for clue in row.clues or ()),
    )


def _consent(row: RowMapping) -> life.Consent:
    return life.Consent(
        channel=cast("Channel", row["kind"]),
        point=row["contact_point"],
        at=row["at"],
        revoked_at=row["until"],
        by_start=row["how"] == START_BY_TEXT,
    )


def _agreement(row: RowMapping) -> life.Agreement:
    terms: dict[str, Any] = row["terms"]
    return life.Agreement(
        kind=row["kind"],
        at=row["at"],
        open=_wall_time(terms.get("open")),
        close=_wall_time(terms.get("close")),
        start=_instant(terms.get("start")),
        end=_instant(terms.get("end")),
    )


def _stop(row: RowMapping) -> life.Stop:
    return life.Stop(
        kind=row["kind"],
        at=row["at"],
        account=row["account"],
        until=row["until"],
        key=_hex(row["address_key"]),
        written=row["written"],
    )


def _suppression(row: RowMapping) -> life.Suppression:
    return life.Suppression(scope=row["kind"], at=row["at"], channel=row["channel"], key=_hex(row["address_key"]))


def _past(row: RowMapping) -> life.PastTouch:
    return life.PastTouch(
        at=row["at"],
        channel=cast("Channel", row["channel"]),
        role=cast("PartyRole", row["role"]),
        state=cast("TouchState", row["state"]),
        key=_hex(row["address_key"]),
        place=row["place"],
        account=row["account"],
        accounts=tuple(row["accounts"]),
        step=row["step"],
        result=row["result"],
        purpose=row["purpose"],
        person=row["person"] or "",
        ref=row["id"],
        by="machine" if row["task"] is None else "person",
    )


def _promises(session: Session, found: life_rows.Found) -> Sequence[Promise]:
    return life_rows.promises(session, found.account.id) if found.promised else ()


def _promise(row: Promise) -> life.Promise:
    return life.Promise(amount=row.amount, due_on=row.due_on, made_at=row.made_at, state=row.state)


def _errand(row: RowMapping) -> life.Errand:
    terms: dict[str, Any] = row["terms"]
    return life.Errand(
        id=row["id"],
        step=terms["step"],
        person=row["person"] or "",
        state=cast("TaskState", terms["state"]),
        asked_at=row["at"],
        expires_at=row["until"],
        touch=terms["touch"],
        outcome=terms["outcome"],
        cause=terms["cause"],
    )


def _served(row: RowMapping) -> life.Served:
    return life.Served(person=row["person"], at=row["at"], paper=row["kind"], touch=row["contact_point"])


def _rivals(session: Session, found: life_rows.Found, stops: life_rows.Rows, now: datetime) -> tuple[life.Rival, ...]:
    if not found.rivalled:
        return ()
    account = found.account
    # A stop of one number leaves the debt its others.
    binding = [row for row in stops if row["what"] == "stop" and row["address_key"] is None]
    stopped = {row["account"] for row in binding if row["person"] == account.borrower}

    def speaks(row: dict[str, Any]) -> bool:
        """A debt that cannot speak until something happens must not keep the others silent meanwhile."""
        barred = row["verdict"] == "block" or row["next_rule"] in UNABLE
        held = None in stopped or row["id"] in stopped or row["promised"] or barred
        return not held and row["stage"] != "legal"

    return tuple(
        life.Rival(
            account=row["id"],
            lender=row["lender"],
            stage=row["stage"],
            currency=row["currency"],
            amount=cast("Decimal", row["amount"]),
            due_since=row["due_since"],
            speaks=speaks(row),
        )
        for row in life_rows.rivals(session, account.id, account.borrower, now)
    )


def _hex(key: bytes | None) -> str | None:
    return None if key is None else bytes(key).hex()


def _wall_time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

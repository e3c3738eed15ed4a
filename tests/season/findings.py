"""What must hold of the record after a season has come to rest, beside what the judge says."""

from pathlib import Path

from sqlalchemy import exists, select

from forbear.contracts.decision import Asked
from forbear.ledger import audit, dump
from forbear.ledger.deciding import ANSWER
from forbear.ledger.receipts import refolded
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision, Link, Touch
from forbear.ledger.verify import verify
from tests.judge.__main__ import judge
from tests.judge.reading import Allowances, read_client, read_record, read_world
from tests.season.driver import Season
from tests.season.papers import CLIENT, LEDGER, WORLD


def findings(season: Season) -> list[str]:
    """Everything that is wrong, in words; nothing is what is wanted."""
    return [*judged(season), *broken(season)]


def judged(season: Season) -> list[str]:
    """The independent judge's findings."""
    folder = Path(season.folder)
    dump.write(season.settings.database_url_for("migrator"), folder / LEDGER)
    world, client, record = read_world(folder / WORLD), read_client(folder / CLIENT), read_record(folder / LEDGER)
    verdict = judge(world, client, record, Allowances(season.hands.at))
    return [f"{each.kind} · {each.rule} · {each.subject}: {each.detail}" for each in sorted(verdict.findings)]


def broken(season: Season) -> list[str]:
    """The record against itself."""
    audit.seal(season.ledger, season.settings.data)
    tampered = [f"audit · {each.kind} · {each.what}" for each in verify(season.ledger, season.settings.data)]
    return [*tampered, *_folds(season), *_orphans(season), *_answers(season), *_last_looks(season)]


def _last_looks(season: Season) -> list[str]:
    """What the carrier took although it was overtaken, or beyond the claim's last instant."""
    sent = {message.touch: message.at for message in season.world.messages}
    with season.ledger.worker(season.office.tenant) as session:
        limits = session.execute(select(Touch.id, Touch.dispatch_by).where(Touch.id.in_(sent)).order_by(Touch.id)).all()
    late = [touch for touch, limit in limits if sent[touch] >= limit]
    return [
        *(f"late · {touch} was sent after its last instant" for touch in late),
        *(f"overtaken · {touch} was sent after a stop or payment" for touch in sorted(season.overtaken & sent.keys())),
    ]


def _folds(season: Season) -> list[str]:
    with season.ledger.worker(season.office.tenant) as session:
        touches = session.execute(select(Touch.id, Touch.state).order_by(Touch.id)).all()
        folded = [(touch, state, refolded(session, touch)) for touch, state in touches]
    return [f"fold · {touch}: stored {state}, receipts say {again}" for touch, state, again in folded if state != again]


def _orphans(season: Season) -> list[str]:
    """Rows without the row they come from."""
    claimed = exists().where(Touch.id == Decision.touch)
    decided = exists().where(Decision.touch == Touch.id)
    dispatched = exists().where(Touch.id == Link.touch, Touch.dispatched_at.is_not(None))
    checks = {
        "decision without its touch": select(Decision.id).where(Decision.kind == "contact", ~claimed),
        "touch without its decision": select(Touch.id).where(~decided),
        "link of a touch that was not dispatched": select(Link.id).where(~dispatched),
        "open account without instant or reason": select(Account.id).where(
            Account.state == "open", Account.next_at.is_(None) | Account.next_reason.is_(None)
        ),
    }
    with season.ledger.worker(season.office.tenant) as session:
        return [f"orphan · {what} · {row}" for what, query in checks.items() for row in session.scalars(query)]


def _answers(season: Season) -> list[str]:
    """Every question asked again gets its stored answer, however much later."""
    with season.ledger.worker(season.office.tenant) as session:
        rows = session.execute(
            select(Decision.account, Decision.run, Decision.number, Decision.answer)
            .where(Decision.kind != "close")
            .order_by(Decision.at, Decision.id)
        ).all()
    found: list[str] = []
    for account, run, number, answer in rows[:: max(1, len(rows) // 10)]:
        asked = Asked(tenant=season.office.tenant, account=account, run=run, number=number)
        if season.cadence.decide(asked) != ANSWER.validate_python(answer):
            found.append(f"answer · {account} {run} {number} was answered anew")
    return found

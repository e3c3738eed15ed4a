"""What the API writes stands up to the auditor: every fact has its row, and every row its digest."""

from sqlalchemy import select

from forbear.api.lender import examples
from forbear.api.lender.shapes import agreements, changes, consents, promises
from forbear.ledger import audit
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.verify import verify
from tests.api.house import Client, House, payment


def test_everything_the_api_wrote_can_be_verified(house: House, one: Client) -> None:
    account = one.enrol()["id"]
    path = f"/v1/accounts/{account}"
    posted = one.made(f"{path}/payments", payment("12.30", received_at="2026-03-02T14:00:00.123456+02:00"))
    one.made(f"{path}/payments/{posted['id']}/reversal", {"external_id": "R-1", "received_at": "2026-03-02T14:30:00Z"})
    row = {"account_id": account, "as_of": "2026-03-02T14:45:00Z", "components": {"principal": "400.10"}}
    one.made("/v1/balances", {"balances": [row]})
    stop = one.made(f"{path}/stops", {"kind": "hold"})
    one.made(f"{path}/stops/{stop['id']}/release", {"reason": "resolved"})
    one.made(f"{path}/opt-outs", {"scope": "everything"})
    hold = one.made(f"{path}/holds", {"reason": "review"})
    one.made(f"{path}/holds/{hold['id']}/release", {})
    promised = one.made(f"{path}/promises", promises.PROMISE)
    one.made(f"{path}/promises/{promised['id']}/withdrawal", promises.WITHDRAW)
    agreed = one.made(f"{path}/agreements", agreements.AGREE)
    one.made(f"{path}/agreements/{agreed['id']}/end", {})
    given = one.get(f"{path}/consents").json()["data"][0]
    one.made(f"{path}/consents/{given['id']}/revocation", {})
    one.made(f"{path}/consents", {**consents.CONSENT, "number": None})
    one.made(f"{path}/contact-points", changes.POINT)
    one.made(f"{path}/events", examples.EVENT)
    tag = one.get(path).headers["ETag"]
    assert one.patch(path, {"product": "Card"}, tag).status_code == 200
    with house.ledger.api(one.tenant, one.lender) as session:
        kinds = set(session.scalars(select(AuditRow.kind)))
    assert kinds >= {
        *("account_enrolled", "party_added", "past_contact_reported", "entry_posted", "payment_posted"),
        *("payment_reversed", "balance_confirmed", "stop_placed", "stop_release_reason", "stop_lifted", "suppressed"),
        *("promise_made", "promise_withdrawn", "agreement_made", "agreement_ended", "consent_given", "consent_revoked"),
        *("contact_point_added", "account_changed", "event_told"),
    }
    assert audit.seal(house.ledger, house.settings.data) > 0
    assert verify(house.ledger, house.settings.data) == []

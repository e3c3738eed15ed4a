"""A packet's snapshot changes with whatever the packet rests on, says which part of it, and with nothing else."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from forbear.casework import assembling
from forbear.casework.assembly import Snapshot, changed_groups
from forbear.documents.kinds import Kind
from forbear.ledger import books
from forbear.ledger.cases.files import withdraw
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from tests.casework.conftest import AT, NOW
from tests.casework.filing import Filing
from tests.casework.test_missing import suit
from tests.conftest import Hands


@pytest.fixture
def case(china: Filing, hands: Hands) -> str:
    return suit(china, hands)


def snapshot(filing: Filing, case: str) -> Snapshot:
    return filing.assembled(case, "cn.suit").snapshot


def pay(filing: Filing, case: str, days: int) -> None:
    with filing.house.api() as session:
        books.post_payment(
            session, **filing.row, account=session.get_one(LegalCase, case).account, external_id=new_id("pay"),
            source="lender", amount=Decimal("50.00"), currency="CNY", received_at=AT + timedelta(days=days),
            now=filing.house.now,
        )  # fmt: skip


def test_the_same_record_has_the_same_snapshot(china: Filing, hands: Hands, case: str) -> None:
    before = snapshot(china, case)
    hands.set(NOW + timedelta(days=5))
    after = snapshot(china, case)
    assert (before, changed_groups(before.text, after)) == (after, ())


def test_a_payment_before_the_cut_off_day_changes_the_sums(china: Filing, case: str) -> None:
    before = snapshot(china, case)
    pay(china, case, days=5)
    # The request names the sum, and so is another one too.
    assert changed_groups(before.text, snapshot(china, case)) == ("sums", "told")


def test_a_payment_after_the_cut_off_day_changes_nothing(china: Filing, case: str) -> None:
    before = snapshot(china, case)
    pay(china, case, days=11)
    assert snapshot(china, case) == before


def test_a_field_that_is_told_anew_changes_what_was_told(china: Filing, case: str) -> None:
    before = snapshot(china, case)
    china.told(case, {"court": "示例市另一人民法院"})
    assert changed_groups(before.text, snapshot(china, case)) == ("told",)


def test_a_file_withdrawn_changes_files_and_what_they_prove(china: Filing, case: str) -> None:
    extra = china.file(case, "other", content=b"", source="原告提供", proves="其他情况")
    before = snapshot(china, case)
    member = china.staff("legal")
    with china.house.ledger.staff(china.house.tenant) as session:
        withdraw(session, extra, staff=member, now=china.house.now)
    assert {"evidence", "files"} <= set(changed_groups(before.text, snapshot(china, case)))


def test_a_notice_that_is_served_changes_only_what_prints_it(china: Filing, case: str) -> None:
    before = snapshot(china, case)
    china.serve(case, "cn.notice.dunning")
    changed = changed_groups(before.text, snapshot(china, case))
    assert "sums" not in changed
    assert "parties" not in changed


def test_a_template_that_changes_changes_the_templates(
    china: Filing, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(china, case)
    found = assembling.find_kind

    def changed(kind: str, *rest: Any) -> Kind:
        return replace(found(kind, *rest), digest="0" * 64) if kind == "cn.court.complaint_free" else found(kind, *rest)

    monkeypatch.setattr(assembling, "find_kind", changed)
    assert changed_groups(before.text, snapshot(china, case)) == ("templates",)


def test_a_snapshot_quotes_nothing(china: Filing, case: str) -> None:
    text = snapshot(china, case).text
    assert china.country.names[0] not in text
    assert "36" not in {each.partition("=")[2] for each in text.split()[1:]}

"""One plain account's life to start from; a test changes what it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from forbear.cadence.life import Consent, ContactPoint, Lender, Life, Person, Tightened
from forbear.cadence.playbooks import Playbook, load_all
from forbear.rules.packs import Packs
from forbear.rules.packs import load as load_packs

MakeLife = Callable[..., Life]


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs()


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return load_all()["us-first-party"]


@pytest.fixture
def a_life() -> MakeLife:
    """Ten days past due on 2026-12-01, New York, a consent to texts, a balance of that morning."""

    def make(*, person: dict[str, Any] | None = None, **account: Any) -> Life:
        borrower = Person(
            id="per_1",
            role="borrower",
            language="en",
            jurisdictions=("US",),
            points=(
                ContactPoint("pt_1", "phone", "k1", "mobile", "valid", "America/New_York", "area_code_mobile"),
                ContactPoint("pt_2", "postal", "k2", "residence", "valid", "America/New_York", "address"),
            ),
            consents=(Consent("sms", "pt_1", datetime(2026, 10, 1, tzinfo=UTC)),),
        )
        life = Life(
            account="acc_1",
            lender=Lender("len_1", "original_creditor", "bank", Tightened()),
            product="card",
            debt_kind="credit_card",
            currency="USD",
            balance=Decimal("120.00"),
            balance_as_of=datetime(2026, 12, 1, 9, tzinfo=UTC),
            due_since=date(2026, 11, 21),
            enrolled_at=datetime(2026, 12, 1, 10, tzinfo=UTC),
            state="open",
            stage="",
            persons=(replace(borrower, **(person or {})),),
        )
        return replace(life, **account)

    return make

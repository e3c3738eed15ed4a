"""An account's text, page, notice and statement show the same figures to the cent on the same day.

Two hundred drawn accounts in `make prove`, fewer in `make test`, each through the code that makes what people read.
"""

import csv
import html
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.api.app import create_app
from forbear.channels.wording import FOLDER, SmsWording
from forbear.documents.presses import Presses
from forbear.documents.wording import word_letter
from forbear.ledger import papers
from forbear.ledger.handing import Handing, hand_text
from forbear.ledger.ids import new_id
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ledger.views import account_view
from forbear.money.components import COMPONENTS
from forbear.money.statement_texts import as_csv, as_text
from forbear.money.statements import as_json
from forbear.ports.papers import Paper
from tests.conftest import Hands
from tests.ledger.drawn_loans import BORN, Loan, lend, live
from tests.ledger.house import House
from tests.ledger.postal import OFFICE, lender_chooses
from tests.oracle.examples import PROVE

pytestmark = [pytest.mark.counted, pytest.mark.timeout(900)]

ACCOUNTS, DAYS, PRINTED = 200 if PROVE else 40, 7, 2
AMOUNT = re.compile(r"-?\d[\d,]*\.\d\d")
CELLS = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TEXT = "{{ lender }}: {{ amount }} {{ currency }}. {{ link }} {{ phone }}\n"


@pytest.fixture
def wording(tmp_path: Path) -> SmsWording:
    """The shipped wording, and a text of a lender's own that names the sum."""
    folder = tmp_path / "sms"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "sum.txt").write_text(TEXT)
    limits = (FOLDER / "manifest.toml").read_text().partition("[sms.")[0]
    own = 'values = ["lender", "amount", "currency", "link", "phone"]\nmax_segments = 3\nlink = true\n'
    (folder / "manifest.toml").write_text(
        f'{limits}\n[sms.sum]\nversion = "1"\nlanguages = ["en"]\n{own}debt_content = true\nbasis = "an example"\n'
    )
    return SmsWording(folder)


@pytest.fixture
def loans(house: House, hands: Hands) -> list[Loan]:
    """The loans, a week later."""
    lender_chooses(house, {"post": {"address": OFFICE}})
    draw = Random(20260302)
    with house.api() as session:
        found = [lend(house, session, number, Random(draw.random())) for number in range(ACCOUNTS)]
    for _ in range(DAYS):
        hands.advance(timedelta(hours=23, minutes=30))
        with house.api() as session:
            for loan in found:
                live(house, session, loan)
    hands.advance(timedelta(hours=30))
    return found


def touched(house: House, session: Session, loan: Loan, channel: str) -> Handing:
    """A touch of the borrower that is let go now."""
    account = session.get_one(Account, loan.id)
    kind = "phone" if channel == "sms" else "postal"
    point = session.scalars(
        select(ContactPoint).where(ContactPoint.person == account.borrower, ContactPoint.kind == kind)
    ).one()
    row: dict[str, Any] = {"tenant": house.tenant, "lender": house.lender, "account": loan.id}
    touch, decision = new_id("tch"), new_id("dec")
    session.add(
        Decision(
            id=decision, **row, run=touch, number=0, at=house.now, kind="contact", until=None, rule="", reason="",
            step=channel, touch=touch, answer={}, own=True, permit={}, asked=None,
        )
    )  # fmt: skip
    language = "en" if channel == "sms" or loan.currency in {"USD", "GBP"} else "zh-Hans"
    made = Touch(
        id=touch, **row, person=account.borrower, contact_point=point.id, address_key=point.address_key,
        decision=decision, channel=channel, role="borrower", place=point.place, purpose="reminder", accounts=[loan.id],
        step=channel, template="sum" if channel == "sms" else "reminder", language=language, provider="print_room",
        sender="+12125550199", state="dispatching", claimed_at=house.now, lease_until=house.now,
        dispatch_by=house.now, window_closes=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    to = house.ledger.vault.open(session, lender=house.lender, person=account.borrower, sealed=point.value)
    return Handing(session, house.ledger, house.settings, made, session.get_one(Lender, house.lender), to, house.now)


def figures(text: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in AMOUNT.findall(html.unescape(text))]


def in_cells(page: str) -> list[Decimal]:
    return [amount for cell in CELLS.findall(page) for amount in figures(cell)]


def stated(session: Session, house: House, loan: Loan) -> tuple[list[Decimal], Decimal]:
    """The parts that are owed and their total, the same in all three forms of the statement."""
    statement = statement_of(session, loan.id, None, house.now)
    told, text = as_json(statement), as_text(statement)
    foot = list(csv.DictReader(io.StringIO(as_csv(statement))))[-1]
    owed = {part: Decimal(told["owed"][part]) for part in COMPONENTS}
    assert owed == {part: Decimal(foot[part]) for part in COMPONENTS}
    assert foot["balance"] == told["total"]
    lines = text.partition("\nOwed\n")[2].splitlines()
    shown = {line.rsplit(maxsplit=1)[0].strip(): line.rsplit(maxsplit=1)[1] for line in lines if line.startswith("  ")}
    assert shown.pop("total") == told["total"]
    assert {name: Decimal(amount) for name, amount in shown.items()} == {
        part.replace("_", " "): amount for part, amount in owed.items() if amount
    }
    balance = account_view(session, loan.id, now=house.now)["balance"]
    assert {part: Decimal(amount) for part, amount in balance["components"].items()} == owed
    assert balance["total"]["amount"] == told["total"]
    return [amount for amount in owed.values() if amount], Decimal(told["total"])


def text_of(pdf: bytes) -> str:
    document: Any = pypdfium2.PdfDocument(pdf)
    return "\n".join(document[place].get_textpage().get_text_range() for place in range(len(document)))


def account_page(browser: TestClient, link: str) -> str:
    """The page behind a link, past the question for the birth date."""
    path = urlsplit(link).path
    born = {"birth_year": str(BORN.year), "birth_month": str(BORN.month), "birth_day": str(BORN.day)}
    assert browser.post(f"{path}/identity", data=born).status_code == 303
    answer = browser.get(f"{path}/account")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def browser(house: House) -> TestClient:
    app = create_app(house.settings)
    app.state.ledger = house.ledger
    return TestClient(app, base_url=house.settings.public_url, follow_redirects=False)


def test_text_page_notice_and_statement_show_the_same_figures(
    house: House, loans: list[Loan], wording: SmsWording, browser: TestClient, press: Presses
) -> None:
    grown, asked, letters = 0, 0, list[Paper]()
    for loan in loans:
        with house.worker() as session:
            ready = hand_text(touched(house, session, loan, "sms"))
            letter = touched(house, session, loan, "letter")
            paper = papers.make_paper(letter, to=papers.address_of(letter), head=papers.head_of(letter))
        with house.api() as session:
            parts, total = stated(session, house, loan)
            grown += account_view(session, loan.id, now=house.now)["balance"]["reckoned_to"] is not None
        assert figures(wording.sms("sum", "en", ready.values).body)[:1] == [total]
        page = account_page(browser, ready.values["link"])
        if total <= 0:
            assert not figures(page)
            continue
        asked += 1
        assert in_cells(page) == [*parts, total]
        assert in_cells(word_letter(paper).html) == [*parts, total]
        letters.append(paper)
    assert len(loans) == ACCOUNTS
    assert asked > 0.95 * ACCOUNTS
    assert grown > 0.4 * ACCOUNTS
    for paper in letters[:: len(letters) // PRINTED][:PRINTED]:
        printed = figures(text_of(press.render(paper).pdf))
        assert paper.total in printed
        assert {figure.amount for figure in paper.figures} <= set(printed)

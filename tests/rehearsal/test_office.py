"""The back office against an API that only listens: what it sends, what it logs, and what its books say."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from forbear.clock import Clock
from forbear.rehearsal.asking import Refused
from forbear.rehearsal.cast import AT_BANK
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.lenders import BANK
from forbear.rehearsal.office import Book, Office, _next_close
from forbear.rehearsal.portfolio import EXAMPLE, Loan, cut, read, read_all
from forbear.services.processes import poll_until

LOANS = read(EXAMPLE, 3)
BEGINNING = ORIGIN - timedelta(days=30)


class Api:
    """Answers as the API does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.lose_next = False
        self.refuse = False
        self.away = 0
        self.files: list[bytes] = []
        self.refuse_file = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/v1/imports"):
            return self.take_file(request)
        body = json.loads(request.content) if request.content else {}
        self.asked.append((request.url.path, request.headers.get("Idempotency-Key", ""), body))
        if self.lose_next:
            self.lose_next = False
            raise httpx.ReadTimeout("no answer", request=request)
        if self.away:
            self.away -= 1
            return httpx.Response(503, text="starting")
        if self.refuse:
            return httpx.Response(422, json={"detail": "it may not be"})
        if request.url.path == "/v1/accounts":
            return httpx.Response(201, json={"id": f"acc_{body['external_id']}"})
        if request.url.path == "/v1/balances":
            rows = [{"account": row["account_id"], "result": "confirmed"} for row in body["balances"]]
            return httpx.Response(200, json={"results": rows})
        return httpx.Response(201, json={})

    def take_file(self, request: httpx.Request) -> httpx.Response:
        """An import that needs a look before it is done, and refuses the last row."""
        if request.method == "POST":
            self.files.append(request.content)
            return httpx.Response(202, json={"id": "imp_1"})
        numbers = [line.split(b",")[0].decode() for line in self.files[0].splitlines()[1:]]
        if request.url.path.endswith("/results"):
            lines: list[dict[str, str | None]] = [
                {"external_id": number, "account": f"acc_{number}"} for number in numbers[:-1]
            ]
            lines.append({"external_id": numbers[-1], "account": None})
            return httpx.Response(200, text="".join(json.dumps(line) + "\n" for line in lines))
        self.asked.append((request.url.path, "", {}))
        if self.refuse_file:
            problem = {"problem": "It is not in UTF-8", "remedy": "Convert it"}
            return httpx.Response(200, json={"state": "refused", "position": {"row": 0}, "problem": problem})
        done = len(self.asked) > 1
        counts = {"enrolled": len(numbers) - 1, "already": 0, "refused": 1}
        told = {"state": "done" if done else "enrolling", "position": {"row": len(numbers) if done else 0}}
        return httpx.Response(200, json=told | {"problem": None, "counts": counts})

    def sent(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, _, body in self.asked if asked.endswith(path)]


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def settled() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def fast() -> Clock:
    return Clock.starting(ORIGIN, 7_200)


@pytest.fixture
def office(api: Api, settled: list[dict[str, Any]], fast: Clock, tmp_path: Path) -> Iterator[Office]:
    log = ClientLog(tmp_path / "client.jsonl", fast)
    with httpx.Client(base_url="http://127.0.0.1", transport=httpx.MockTransport(api)) as client:
        yield Office(client, fast, log, lambda: settled)
    log.close()


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "client.jsonl").read_text(encoding="utf-8").splitlines()]


def at_work(office: Office, habits: dict[str, str], until: Any) -> None:
    """Let the office work off a month that lies behind it, until something has happened."""
    working = threading.Thread(target=office.work, args=(habits, 1, BEGINNING), daemon=True)
    working.start()
    happened = poll_until(until, 30.0)
    office.stop()
    working.join()
    assert happened


def test_enrolment_is_logged_once_it_is_acknowledged(office: Office, api: Api, tmp_path: Path) -> None:
    done: list[bool] = []
    office.enrol(LOANS, lambda: done.append(True))
    assert len(done) == 3
    assert {key for _, key, _ in api.asked} == {f"enrol-{loan.number}" for loan in LOANS}
    lines = {line["account"]: line for line in logged(tmp_path)}
    assert lines.keys() == {f"acc_{loan.number}" for loan in LOANS}
    first = lines[f"acc_{LOANS[0].number}"]
    assert (first["kind"], first["phones"], first["owed"]) == ("enrolled", [LOANS[0].phone], str(LOANS[0].owed))


def test_a_lost_answer_is_asked_for_under_the_same_key(office: Office, api: Api) -> None:
    api.lose_next = True
    office.enrol(LOANS[:1], lambda: None)
    assert [key for _, key, _ in api.asked] == [f"enrol-{LOANS[0].number}"] * 2


def test_an_outage_is_waited_out_under_the_same_key(office: Office, api: Api) -> None:
    api.away = 2
    office.enrol(LOANS[:1], lambda: None)
    assert [key for _, key, _ in api.asked] == [f"enrol-{LOANS[0].number}"] * 3


def test_a_refusal_stops_the_rehearsal_and_says_why(office: Office, api: Api) -> None:
    api.refuse = True
    with pytest.raises(Refused, match="422 to POST /v1/accounts: it may not be"):
        office.enrol(LOANS[:1], lambda: None)


def test_a_file_goes_as_it_is_and_its_rows_are_entered_once_they_are_settled(
    api: Api, fast: Clock, tmp_path: Path
) -> None:
    loans = [loan for loan in read_all(12) if loan.lender is BANK]
    log = ClientLog(tmp_path / "client.jsonl", fast)
    shown: list[int] = []
    with httpx.Client(base_url="http://127.0.0.1", transport=httpx.MockTransport(api)) as client:
        office = Office(client, fast, log, list, BANK)
        counts = office.hand_over(loans, shown.append)
    log.close()
    assert api.files == [cut(loans)]
    assert (counts["enrolled"], counts["refused"], shown) == (3, 1, [0, 4])
    assert office.accounts == {loan.number: f"acc_{loan.number}" for loan in loans[:-1]}
    lines = logged(tmp_path)
    assert {line["lender"] for line in lines} == {BANK.name}
    assert {line["account"] for line in lines} == set(office.accounts.values())


def test_a_file_that_is_refused_ends_the_rehearsal_and_says_why(office: Office, api: Api) -> None:
    api.refuse_file = True
    with pytest.raises(Refused, match="not in UTF-8"):
        office.hand_over(LOANS, lambda _: None)


def test_bank_payments_come_from_those_who_pay_at_the_bank_and_from_nobody_else(
    office: Office, api: Api, tmp_path: Path
) -> None:
    office.enrol(LOANS, lambda: None)
    payer = LOANS[1]
    planned = office._plan_bank({payer.phone: AT_BANK}, 1, BEGINNING)
    at_work(office, {payer.phone: AT_BANK}, lambda: len(api.sent("/payments")) == len(planned))
    assert sum(Decimal(body["amount"]["amount"]) for body in api.sent("/payments")) == payer.owed
    assert {line["account"] for line in logged(tmp_path) if line["kind"] == "payment"} == {f"acc_{payer.number}"}


def test_balances_are_told_every_second_night_as_of_a_quiet_hour(office: Office, api: Api, tmp_path: Path) -> None:
    office.enrol(LOANS, lambda: None)
    at_work(office, {}, lambda: len(api.sent("/v1/balances")) >= 2)
    first, second = (datetime.fromisoformat(body["balances"][0]["as_of"]) for body in api.sent("/v1/balances")[:2])
    assert second - first == timedelta(days=2)
    assert first.astimezone(UTC).hour == 9
    assert sum(line["kind"] == "balance" for line in logged(tmp_path)) >= 6


def test_what_was_paid_by_link_is_off_the_books_and_a_paid_loan_is_not_told(
    office: Office, api: Api, settled: list[dict[str, Any]]
) -> None:
    office.enrol(LOANS, lambda: None)
    paid, part = LOANS[0], LOANS[1]
    for loan, amount in ((paid, paid.owed), (part, Decimal("10.00"))):
        line = {"session": f"cs_{loan.number}", "account": f"acc_{loan.number}", "amount": str(amount)}
        settled.append(line | {"at": BEGINNING.isoformat()})
    at_work(office, {}, lambda: bool(api.sent("/v1/balances")))
    told = {row["account_id"]: row["components"] for row in api.sent("/v1/balances")[0]["balances"]}
    assert told.keys() == {f"acc_{loan.number}" for loan in LOANS[1:]}
    assert sum(map(Decimal, told[f"acc_{part.number}"].values())) == part.owed - 10


def test_the_books_know_what_was_owed_at_an_instant() -> None:
    loan: Loan = LOANS[0]
    book = Book(loan, "acc_x", {"one": (ORIGIN, Decimal("5.00")), "two": (ORIGIN + timedelta(days=1), Decimal("7.00"))})
    assert sum(book.owed(ORIGIN - timedelta(hours=1)).values()) == loan.owed
    assert sum(book.owed(ORIGIN).values()) == loan.owed - 5
    assert sum(book.owed(ORIGIN + timedelta(days=2)).values()) == loan.owed - 12


def test_the_books_close_at_the_same_wall_clock_on_both_sides_of_the_change() -> None:
    before = _next_close(datetime(2026, 10, 31, 4, tzinfo=UTC))
    after = _next_close(before)
    assert (before.hour, after.hour) == (5, 5)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)

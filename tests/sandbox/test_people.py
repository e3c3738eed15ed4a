"""People answer texts by their habit: in words, on the page, at the payment provider, each in their own time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from forbear.sandbox.habits import HABITS, heard
from tests.sandbox.borrower_page import BorrowerPage
from tests.sandbox.box import OURS, SEED, Box, Receiver, eventually, twilio_client

WITH_LINK = [
    "pays_after_first", "pays_after_second", "pays_in_parts", "pays_after_declined_card", "mistypes_and_pays",
    "abandons_payment", "promises_and_keeps", "disputes", "hardship", "wrong_person_on_page", "stops_on_page",
]  # fmt: skip
IN_WORDS = ["replies_stop", "replies_stop_in_words", "wrong_number", "asks_help", "never_answers", "pays_at_bank"]
NO_BIRTH_DATE = ["disputes", "promises_and_breaks"]
_lines = count()


def prompt(habit: str) -> str:
    """A number whose owner answers within the next hours, so that a test need not wait days."""
    while True:
        area, line = divmod(next(_lines), 99)
        phone = f"+1{313 + area}5550{100 + line}"
        deeds = [deed for number in (1, 2, 3) for deed in HABITS[habit](heard(SEED, phone, number))]
        first = HABITS[habit](heard(SEED, phone, 1))
        at_once = bool(first) or habit in {"pays_after_second", "never_answers", "pays_at_bank"}
        if at_once and all(deed.after < timedelta(hours=3) for deed in deeds):
            return phone


class Village:
    """Everybody, and the page they meet."""

    def __init__(self, box: Box, page: BorrowerPage, people: list[dict[str, Any]]) -> None:
        self.box, self.page = box, page
        self.phones = {self.name(person): person["phone"] for person in people}

    @staticmethod
    def name(person: dict[str, Any]) -> str:
        return person["habit"] + ("" if "birth_date" in person else "_in_words")

    def text(self, name: str) -> str:
        """Write to somebody; their token on the page."""
        body = f"Example Lending: {self.box.receiver.url}/p/{name.replace('_', '-')} Reply STOP to opt out"
        twilio_client(self.box.url).messages.create(to=self.phones[name], from_=OURS, body=body)
        return name.replace("_", "-")

    def about(self, name: str, channel: str) -> list[dict[str, Any]]:
        return [line for line in self.box.log() if line.get("channel") == channel and line["from"] == self.phones[name]]

    def paid(self, name: str) -> list[str]:
        token = name.replace("_", "-")
        return [line["amount"] for line in self.box.log() if line.get("channel") == "payment" and line["ref"] == token]


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """A world of its own, where everybody has got a first text."""
    born = {"zone": "America/Chicago", "birth_date": "1980-05-01"}
    people = [{"phone": prompt(habit), "habit": habit, **born} for habit in WITH_LINK + IN_WORDS]
    people += [{"phone": prompt(habit), "habit": habit, "zone": "America/Chicago"} for habit in NO_BIRTH_DATE]
    receiver = Receiver()
    with Box(tmp_path_factory.mktemp("village"), receiver, speed=7_200, people=people) as box:
        receiver.site = page = BorrowerPage(box.url)
        village = Village(box, page, people)
        for name in village.phones:
            village.text(name)
        yield village
        assert box.stop() == 0
    receiver.stop()


def test_somebody_pays_in_full_after_the_first_text(village: Village) -> None:
    eventually(lambda: village.paid("pays_after_first") == ["90.00"])
    deed = eventually(lambda: village.about("pays_after_first", "page"))[0]
    assert deed["kind"] == "pay"
    session = next(line["sid"] for line in village.box.log() if line.get("ref") == "pays-after-first")
    assert deed["sid"] == session
    assert village.page.of("pays-after-first") == [
        ("pay", {"form_key": "k-pays-after-first", "choice": "full", "amount": "90.00"})
    ]


def test_somebody_waits_for_the_second_text(village: Village) -> None:
    eventually(lambda: village.paid("pays_after_first"))
    assert village.paid("pays_after_second") == []
    village.text("pays_after_second")
    eventually(lambda: village.paid("pays_after_second") == ["90.00"])


def test_somebody_pays_in_parts(village: Village) -> None:
    eventually(lambda: len(village.paid("pays_in_parts")) == 1)
    assert village.paid("pays_in_parts")[0] in {"30.00", "45.00"}
    assert village.page.of("pays-in-parts")[0][1]["choice"] == "part"
    parts = round(90 / float(village.paid("pays_in_parts")[0]))
    for paid in range(2, parts + 1):
        village.text("pays_in_parts")
        eventually(lambda paid=paid: len(village.paid("pays_in_parts")) == paid)
    assert village.page.of("pays-in-parts")[-1][1]["choice"] == "full"


@pytest.mark.parametrize("name", ["pays_after_declined_card", "mistypes_and_pays"])
def test_stumbling_payers_pay_once(village: Village, name: str) -> None:
    eventually(lambda: village.paid(name) == ["90.00"])


def test_somebody_turns_back_at_the_payment_page(village: Village) -> None:
    eventually(lambda: village.page.of("abandons-payment"))
    eventually(lambda: village.paid("pays_after_first"))
    assert village.paid("abandons_payment") == []


@pytest.mark.parametrize(
    ("name", "deed", "kind"),
    [
        ("disputes", "dispute", "dispute"),
        ("hardship", "hardship", "hardship"),
        ("wrong_person_on_page", "wrong-person", "wrong_person"),
        ("stops_on_page", "stop", "stop"),
    ],
)
def test_people_declare_themselves_on_the_page(village: Village, name: str, deed: str, kind: str) -> None:
    line = eventually(lambda: village.about(name, "page"))[0]
    assert (line["kind"], line["sid"]) == (kind, None)
    done, form = village.page.of(name.replace("_", "-"))[0]
    assert done == deed
    assert bool(form.get("reason")) == (kind in {"dispute", "hardship"})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("replies_stop", "stop"),
        ("replies_stop_in_words", "stop"),
        ("wrong_number", "wrong_person"),
        ("asks_help", "help"),
        ("disputes_in_words", "dispute"),
        ("promises_and_breaks_in_words", "promise"),
    ],
)
def test_people_answer_in_words(village: Village, name: str, kind: str) -> None:
    line = eventually(lambda: village.about(name, "sms-in"))[0]
    assert line["kind"] == kind
    phone = village.phones[name]
    assert eventually(lambda: village.box.receiver.inbound(phone))[0].form["To"] == OURS


def test_the_silent_stay_silent(village: Village) -> None:
    eventually(lambda: village.about("replies_stop", "sms-in") and village.paid("pays_after_first"))
    for name in ("never_answers", "pays_at_bank"):
        assert not village.about(name, "sms-in")
        assert not village.page.of(name.replace("_", "-"))


def test_a_promise_is_kept_on_its_day(village: Village) -> None:
    eventually(lambda: village.about("promises_and_keeps", "page"))
    deed, form = village.page.of("promises-and-keeps")[0]
    assert (deed, form["amount"]) == ("promise", "90.00")
    promised = datetime.fromisoformat(form["on"]).replace(tzinfo=UTC)
    assert timedelta(days=1) < promised - village.box.clock.now() <= timedelta(days=5)
    assert village.paid("promises_and_keeps") == []
    village.box.jump(promised + timedelta(days=1))
    eventually(lambda: village.paid("promises_and_keeps") == ["90.00"])


def test_a_page_that_is_down_is_tried_again(village: Village) -> None:
    eventually(lambda: village.about("asks_help", "sms-in"))
    village.text("asks_help")
    village.page.failures = 1
    eventually(lambda: village.paid("asks_help") == ["90.00"])
    assert village.page.failures == 0

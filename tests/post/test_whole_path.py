"""From the claim to the returned envelope: the ledger, the way out, the box's print house and its events, together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.letters import Letters
from activities.upkeep import UpkeepActivities
from forbear.api.app import create_app
from forbear.channels.lob_client import LobClient
from forbear.channels.lob_signature import SIGNATURE, TIMESTAMP, is_genuine, sign
from forbear.channels.post_lob import LobPost
from forbear.channels.post_routed import RoutedPost
from forbear.contracts.decision import UpkeepReport
from forbear.ledger.letter_rounds import LetterRoundsBook
from forbear.ports.papers import LetterHead, Paper, Rendered
from forbear.ports.post import PostAddress
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import A_DAY, NOON, PACKS, House
from tests.post.box import PDF, SECRET, PostBox
from tests.post.mailing import Mailed, claimed
from tests.sandbox.box import Seen, eventually


class Quill:
    """Writes every letter alike but for its touch."""

    def render(self, paper: Paper) -> Rendered:
        pdf = PDF + paper.touch.encode()
        return Rendered(pdf, sha256(pdf).hexdigest(), 1)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        raise AssertionError(touch, to, head)


class NoReplies:
    """Nobody writes."""

    def ears(self) -> list[object]:
        return []


@dataclass
class Office:
    """The ledger's house, its hooks, and the print house in the box."""

    ledger: House
    hooks: TestClient
    print_house: PostBox
    hands: Hands
    gone: bool = False
    """The print house is not where it was."""

    @property
    def post(self) -> RoutedPost:
        nowhere = LobPost(LobClient("test_nowhere", f"http://127.0.0.1:{free_port()}/lob/v1"))
        return RoutedPost({"lob": nowhere if self.gone else self.print_house.post()})

    def send(self, letter: Mailed) -> str:
        ways = {"letter": Letters(Quill(), self.post)}
        contact = ContactActivities(self.ledger.touching(), ways, self.ledger.ledger.clock)
        return contact.contact(letter.order).state

    def look_after(self) -> UpkeepReport:
        upkeep = UpkeepActivities(
            self.ledger.upkeeping(),
            {"letter": self.post},
            NoReplies(),  # pyright: ignore[reportArgumentType]  has no ears, so nothing else is asked of it
            None,  # pyright: ignore[reportArgumentType]  likewise
            letters=LetterRoundsBook(self.ledger.ledger, frozenset({"lob"}), PACKS),
            post=self.post,
        )
        return ActivityEnvironment().run(upkeep.look_after)

    def hear(self, touch: str) -> int:
        """Pass on the events about a touch's letter, signed for the house's own time; how many there were."""
        ids = [letter["id"] for letter in self.print_house.letters(touch)]
        seen = [one for one in self.print_house.receiver.at("/lob") if any(each in one.body for each in ids)]
        for one in seen:
            assert self._pass_on(one).status_code == 204
        return len(seen)

    def _pass_on(self, seen: Seen) -> httpx.Response:
        body, given = seen.body.encode(), seen.headers
        signature, stamp = given[SIGNATURE.lower()], given[TIMESTAMP.lower()]
        assert is_genuine([SECRET], body, signature, stamp, datetime.now(UTC)), "the box signed it by its own time"
        stamp = str(int(self.ledger.ledger.clock.machine_now().timestamp() * 1_000))
        headers = {SIGNATURE: sign(body, stamp, SECRET), TIMESTAMP: stamp, "Content-Type": "application/json"}
        return self.hooks.post("/hooks/lob", content=body, headers=headers)


@pytest.fixture
def office(module_database: Settings, hands: Hands, house: PostBox) -> Iterator[Office]:
    hands.set(NOON)
    settings = module_database.model_copy(update={"lob_webhook_secret": SecretStr(SECRET)})
    ledger = House(settings, hands)
    app = create_app(settings)
    app.state.ledger = ledger.ledger
    yield Office(ledger, TestClient(app), house, hands)
    ledger.close()


def letter_to(office: Office, fate: str, line: str, service: str = "plain") -> Mailed:
    office.print_house.script(fate, line)
    return claimed(office.ledger, line=line, service=service)


def test_a_letter_goes_out_comes_back_and_its_address_is_invalid(office: Office) -> None:
    letter = letter_to(office, "returned", "1 Whole Path")
    assert office.send(letter) == "sent"
    [kept] = office.print_house.letters(letter.touch)
    assert kept["sha256"] == letter.letter().sha256 == sha256(PDF + letter.touch.encode()).hexdigest()
    office.print_house.live(20)
    eventually(lambda: "returned_to_sender" in office.print_house.kinds(letter.touch))
    for _ in range(2):
        assert office.hear(letter.touch) == 7
    assert (letter.state(), letter.address_state()) == ("undelivered", "invalid")
    assert [kind for kind, _, _ in letter.proved()] == ["posted", "tracked", "tracked", "tracked", "returned"]
    assert "letter_tracked" in letter.told()
    assert office.print_house.logged(letter.touch) == ["accepted", "mailed", "returned"]


def test_what_no_event_told_is_asked(office: Office) -> None:
    letter = letter_to(office, "delivered", "2 Whole Path", "certified")
    office.print_house.arm("callback_lost", times=None)
    assert office.send(letter) == "sent"
    office.print_house.live(14)
    assert office.print_house.kinds(letter.touch) == []
    office.hands.set(NOON + 14 * A_DAY)
    report = office.look_after()
    assert (report.failed, report.letters_asked >= 1, report.letters_told >= 1) == (0, True, True)
    assert (letter.state(), letter.proved()[-1]) == ("delivered", ("signed", "scanned", None))
    assert letter.letter().tracking_number


@pytest.mark.parametrize("fault", ["500_after_accept", "drop_after_accept", "slow"])
def test_a_lost_answer_is_found_and_never_sent_again(office: Office, fault: str) -> None:
    letter = letter_to(office, "delivered", f"3 Whole Path {fault}")
    office.print_house.arm(fault, machine_seconds=3)
    assert office.send(letter) == "unknown"
    assert office.send(letter) == "unknown"
    report = office.look_after()
    assert (report.failed, report.unknown_settled >= 1) == (0, True)
    assert letter.state() == "sent"
    assert office.print_house.logged(letter.touch) == ["accepted"]
    assert letter.row().provider_id == office.print_house.letters(letter.touch)[0]["id"]


@pytest.mark.parametrize("fault", ["500_before_accept", "drop_before_accept"])
def test_an_answer_that_never_was_is_absent_after_patience(office: Office, fault: str) -> None:
    letter = letter_to(office, "delivered", f"4 Whole Path {fault}")
    office.print_house.arm(fault)
    assert office.send(letter) == "unknown"
    office.look_after()
    assert letter.state() == "unknown", "a list may lag"
    office.hands.set(NOON + timedelta(minutes=20))
    office.look_after()
    assert letter.state() == "failed"
    assert office.print_house.logged(letter.touch) == []


def test_an_event_that_comes_before_the_answer_is_lost_settles_it(office: Office) -> None:
    letter = letter_to(office, "delivered", "5 Whole Path")
    office.print_house.arm("drop_after_accept")
    assert office.send(letter) == "unknown"
    eventually(lambda: office.print_house.kinds(letter.touch))
    office.hear(letter.touch)
    assert letter.state() == "sent"
    assert "touch_reconciled" in letter.told()


def test_who_pays_in_time_gets_no_letter(office: Office) -> None:
    letter = letter_to(office, "delivered", "6 Whole Path")
    with office.print_house.box.at_walking_pace():
        assert office.send(letter) == "sent"
        office.ledger.pay(letter.account)
        report = office.look_after()
    assert (report.failed, report.letters_taken_back) == (0, 1)
    assert letter.state() == "failed"
    office.print_house.live(8)
    assert office.print_house.logged(letter.touch) == ["accepted", "cancelled"]


def test_who_pays_too_late_gets_it_all_the_same(office: Office) -> None:
    letter = letter_to(office, "delivered", "7 Whole Path")
    assert office.send(letter) == "sent"
    office.print_house.wait_world(minutes=6)
    office.ledger.pay(letter.account)
    assert office.look_after().letters_taken_back == 0
    assert letter.state() == "sent"
    assert letter.letter().recalled_at is not None


def test_a_print_house_that_is_gone_costs_nothing_but_the_letter(office: Office) -> None:
    letter = letter_to(office, "delivered", "8 Whole Path")
    assert office.send(letter) == "sent"
    office.hands.set(NOON + A_DAY)
    office.gone = True
    report = office.look_after()
    assert (report.failed, report.letters_told) == (0, 0)
    assert letter.state() == "sent"

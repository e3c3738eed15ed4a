"""`forbear print-room` from the shelf to the record: printed, posted with its number, signed for, scanned in again."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from forbear.channels.print_room import PrintRoom
from forbear.contracts.decision import Contact, ContactOrder
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import letters
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.engine import Ledger
from forbear.ledger.print_room import KEEPS
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ports.book import Dispatch
from forbear.print_room_cli import print_room
from forbear.services import settings_file
from forbear.settings import SETTINGS_VARIABLE
from tests.conftest import Hands
from tests.ledger.house import A_DAY, NOON, House
from tests.ledger.postal import OFFICE, home, lender_chooses, lives_at
from tests.ledger.wanting import insisting
from tests.print_room.shelves import Stamps, order

HOME = home("12 Sample Street", "Apt 4")
BY_LETTER = insisting("letter", "reminder", "print_room")
Letter = tuple[ContactOrder, str]
"""The order of a letter that lies on the first shelf, and its person's postal contact point."""


@pytest.fixture
def house_settings(house: House, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation in whose environment the commands run."""
    settings = house.settings
    values = {name: getattr(settings, name) for name in settings_file.fresh_secrets()}
    revealed = {name: v.get_secret_value() if hasattr(v, "get_secret_value") else v for name, v in values.items()}
    revealed["codec_keys"] = {key_id: v.get_secret_value() for key_id, v in settings.codec_keys.items()}
    file = tmp_path / "settings.toml"
    settings_file.provide(file, {**revealed, "database_url": settings.database_url, "data": settings.data})
    monkeypatch.setenv(SETTINGS_VARIABLE, str(file))

    # The commands live at the house's time.
    def opened(_settings: object) -> nullcontext[Ledger]:
        hands.advance(timedelta(seconds=1))
        return nullcontext(house.ledger)

    monkeypatch.setattr(Ledger, "open", opened)
    return house


@pytest.fixture
def lay(house_settings: House) -> Callable[[str], Letter]:
    """Claim a letter, let it go and lay it on the first shelf."""
    house = house_settings

    def one(service: str = "plain") -> Letter:
        person, account = house.borrower()
        point = lives_at(house, person, HOME, zone=None)
        lender_chooses(house, {"post": {"address": OFFICE, "service": service}})
        decision = house.ask(account, BY_LETTER)
        assert isinstance(decision, Contact), decision
        wanted = house.order(account, decision.touch)
        ready = house.touching().prepare(wanted)
        assert isinstance(ready, Dispatch), ready
        assert ready.envelope is not None
        room = PrintRoom.from_settings(house.settings, Stamps(), house.ledger.clock)
        given = order(wanted.touch, service=ready.envelope.service)
        house.touching().record(wanted, room.send(given), body_sha256=given.sha256, segments=given.pages)
        return wanted, point

    return one


def run(*arguments: str, typed: str = "") -> str:
    answer = CliRunner().invoke(print_room, list(arguments), input=typed)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    assert "Sample" not in answer.output
    assert "Example" not in answer.output
    return answer.stdout


def proofs(house: House, letter: ContactOrder) -> list[tuple[str, str, str | None]]:
    with house.worker() as session:
        return [(each.kind, each.level, each.tracking_number) for each in letters.proofs(session, letter.account)]


def point_state(house: House, point: str) -> str:
    with house.worker() as session:
        return session.scalars(select(ContactPoint.state).where(ContactPoint.id == point)).one()


def test_a_registered_letter_goes_its_way_and_is_signed_for(house: House, lay: Callable[[str], Letter]) -> None:
    letter, _ = lay("registered")
    assert run("list").split("\t")[:3] == [letter.touch, "2", "registered"]
    folder = Path(run("take", letter.touch).strip())
    assert {"letter.pdf", "address.pdf"} <= {file.name for file in folder.iterdir()}
    assert not run("list")
    run("posted", letter.touch, "--tracking", "RR000000000US")
    assert proofs(house, letter) == [("posted", "reported", "RR000000000US")]
    assert house.touch(letter.touch).state == "sent"
    run("signed", letter.touch)
    assert [kind for kind, _, _ in proofs(house, letter)] == ["posted", "signed"]
    assert house.touch(letter.touch).state == "delivered"
    assert {"accepted", "printed", "handed_over", "signed"} <= set(house.receipts(letter.touch))


@pytest.mark.parametrize(("reason", "state"), [("moved", "invalid"), ("unclaimed", "valid")])
def test_returned_letters_are_scanned_in(house: House, lay: Callable[[str], Letter], reason: str, state: str) -> None:
    (one, point), (other, _) = lay("plain"), lay("plain")
    run("take")
    for letter in (one, other):
        run("posted", letter.touch)
    reference = f"TCH-{other.touch.removeprefix('tch_')[:10]}"
    run("returned", "-", "--reason", reason, typed=f"{one.touch}\r\n\n{reference}\n")
    assert house.touch(one.touch).state == house.touch(other.touch).state == "undelivered"
    assert point_state(house, point) == state
    assert [kind for kind, _, _ in proofs(house, one)] == ["posted", "returned"]


def test_each_command_again_changes_nothing(house: House, lay: Callable[[str], Letter]) -> None:
    letter, _ = lay("plain")
    for _ in range(2):
        run("take", letter.touch)
    for _ in range(2):
        run("posted", letter.touch)
    for _ in range(2):
        run("returned", letter.touch, "--reason", "vacant")
    assert [kind for kind, _, _ in proofs(house, letter)] == ["posted", "returned"]
    assert house.receipts(letter.touch).count("returned") == 1


def test_what_the_record_missed_is_told_when_the_command_is_repeated(
    house: House, lay: Callable[[str], Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> bool:
        raise ConnectionError("the database is gone")

    letter, _ = lay("plain")
    with monkeypatch.context() as offline:
        offline.setattr("forbear.ledger.print_room.tell", lost)
        with pytest.raises(ConnectionError):
            run("take", letter.touch)
    assert "printed" not in house.receipts(letter.touch)
    room = PrintRoom.from_settings(house.settings, Stamps(), house.ledger.clock)
    told = room.tracking(provider="print_room", touch=letter.touch, provider_id=letter.touch)
    assert [each.status for each in told] == ["printed"]
    run("take", letter.touch)
    assert "printed" in house.receipts(letter.touch)


def test_steps_out_of_order_are_refused(house: House, lay: Callable[[str], Letter]) -> None:
    letter, _ = lay("certified")
    with pytest.raises(Conflict, match="take it to the printer"):
        run("posted", letter.touch, "--tracking", "1")
    with pytest.raises(Conflict, match="never posted"):
        run("signed", letter.touch)
    run("take", letter.touch)
    with pytest.raises(Conflict, match="never posted"):
        run("returned", letter.touch, "--reason", "moved")
    with pytest.raises(BadInput, match="--tracking"):
        run("posted", letter.touch)
    with pytest.raises(BadInput, match="--reason"):
        run("returned", letter.touch, "--reason", "eaten by a dog")
    with pytest.raises(BadInput, match="--shelf"):
        run("list", "--shelf", "floor")
    assert house.touch(letter.touch).state == "sent"


@pytest.mark.parametrize("what", ["payment", "stop", "opt_out", "closed"])
def test_what_was_paid_or_stopped_is_not_taken_to_the_printer(
    house: House, lay: Callable[[str], Letter], what: str
) -> None:
    (letter, _), (other, _) = lay("plain"), lay("plain")
    person = house.touch(letter.touch).person
    if what == "payment":
        house.pay(letter.account, "10.00")
    elif what == "stop":
        house.stop(person, at=NOON - A_DAY, account=letter.account)
    elif what == "opt_out":
        house.opt_out("+12125550197", person, scope="everything")
    else:
        with house.api() as session:
            session.execute(update(Account).where(Account.id == letter.account).values(state="closed"))
    with pytest.raises(Conflict, match="must not be printed"):
        run("take", letter.touch)
    assert letter.touch in run("list", "--shelf", "cancelled")
    assert house.touch(letter.touch).state == "failed"
    assert "printed" not in house.receipts(letter.touch)
    if what in {"payment", "closed"}:
        assert other.touch in run("take"), "the others are printed all the same"


def test_a_letter_that_waited_too_long_is_not_printed(house: House, hands: Hands, lay: Callable[[str], Letter]) -> None:
    old, _ = lay("plain")
    hands.set(NOON + KEEPS)
    with pytest.raises(Conflict, match="waited more than 7 days"):
        run("take", old.touch)
    assert house.touch(old.touch).state == "failed"


def test_many_letters_get_their_own_numbers(house: House, lay: Callable[[str], Letter]) -> None:
    (one, _), (other, _) = lay("registered"), lay("registered")
    run("take")
    with pytest.raises(BadInput, match="--tracking"):
        run("posted", "-", "--tracking", "RR000000000US", typed=f"{one.touch}\n{other.touch}\n")
    run("posted", "-", typed=f"{one.touch}\tRR000000001US\r\n{other.touch}\tRR000000002US\n")
    assert proofs(house, one) == [("posted", "reported", "RR000000001US")]
    assert proofs(house, other) == [("posted", "reported", "RR000000002US")]


def test_a_number_is_one_letters(house: House, lay: Callable[[str], Letter]) -> None:
    (one, _), (other, _) = lay("registered"), lay("registered")
    run("take")
    run("posted", one.touch, "--tracking", "RR000000003US")
    with pytest.raises(Conflict, match="another letter"):
        run("posted", other.touch, "--tracking", "RR000000003US")
    assert proofs(house, other) == []


def test_what_was_entered_wrong_is_corrected_and_not_overwritten(house: House, lay: Callable[[str], Letter]) -> None:
    letter, _ = lay("registered")
    run("take")
    run("posted", letter.touch, "--tracking", "RR000000004US")
    with pytest.raises(Conflict, match="correct"):
        run("posted", letter.touch, "--tracking", "RR000000005US")
    assert proofs(house, letter) == [("posted", "reported", "RR000000004US")]
    for _ in range(2):
        run("correct", letter.touch, "--tracking", "RR000000005US")
    run("posted", letter.touch, "--tracking", "RR000000005US")
    assert proofs(house, letter) == [("posted", "reported", "RR000000004US"), ("posted", "reported", "RR000000005US")]
    with house.worker() as session:
        kept = letters.of_touch(session, letter.touch)
        assert kept is not None
        assert kept.tracking_number == "RR000000005US"
    run("returned", letter.touch, "--reason", "moved")
    with pytest.raises(Conflict, match="correct"):
        run("returned", letter.touch, "--reason", "refused")
    run("correct", letter.touch, "--reason", "refused")
    assert [kind for kind, _, _ in proofs(house, letter)] == ["posted", "posted", "returned", "refused"]
    with pytest.raises(Conflict, match="nothing to correct"):
        run("correct", letter.touch, "--on", "2026-03-03")
    with pytest.raises(BadInput, match="one thing"):
        run("correct", letter.touch)


def test_the_day_on_a_receipt_is_one_where_the_reader_lives(
    house: House, hands: Hands, lay: Callable[[str], Letter]
) -> None:
    letter, point = lay("registered")
    with house.api() as session:
        session.execute(update(ContactPoint).where(ContactPoint.id == point).values(zone="America/Chicago"))
    run("take")
    run("posted", letter.touch, "--tracking", "RR000000006US")
    hands.set(NOON + 3 * A_DAY)
    for impossible in ("2026-03-01", "2026-03-06"):
        with pytest.raises(BadInput, match="--on"):
            run("signed", letter.touch, "--on", impossible)
    for _ in range(2):
        run("signed", letter.touch, "--on", "2026-03-03")
    with pytest.raises(Conflict, match="correct"):
        run("signed", letter.touch, "--on", "2026-03-04")
    run("correct", letter.touch, "--on", "2026-03-04")
    with house.worker() as session:
        days = [each.at for each in letters.proofs(session, letter.account) if each.kind == "signed"]
    assert days == [datetime(2026, 3, 3, 18, tzinfo=UTC), datetime(2026, 3, 4, 18, tzinfo=UTC)]


def test_a_lender_says_where_its_letters_come_back_to(house_settings: House) -> None:
    given = ("--line", "2 Example Plaza", "--city", "Chicago", "--region", "IL", "--country", "US")
    CliRunner().invoke(print_room, ["sender", house_settings.lender, *given, "--service", "registered"])
    with house_settings.worker() as session:
        policy = session.scalars(select(Lender.policy).where(Lender.id == house_settings.lender)).one()
    assert policy["post"]["service"] == "registered"
    assert PostalAddress.model_validate(policy["post"]["address"]).lines == ["2 Example Plaza"]
    with pytest.raises(NotFound):
        run("sender", "len_nobody", *given)
    with pytest.raises(BadInput, match="country"):
        run("sender", house_settings.lender, *given[:-1], "Nowhere")
    with pytest.raises(BadInput, match="service"):
        run("sender", house_settings.lender, *given, "--service", "pigeon")


def test_a_letter_of_nobody_here_is_not_found(house_settings: House) -> None:
    del house_settings
    with pytest.raises(NotFound):
        run("posted", "tch_Nobody000000000000000")

"""From the door on: two together, the rules of the moment, one report, and what follows from it at once."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, Erased, Forbidden
from forbear.ledger import evidence
from forbear.ledger.begun import Begun, Held
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.visits import Custody, HandedOver, VisitCheckIn, VisitEvidence, VisitReport, VisitSignature
from forbear.ledger.visits import approve
from forbear.ledger.visits_evidence import Captured, changed, exported, opened, take
from forbear.ledger.visits_feed import make, read, revoke
from forbear.ledger.visits_made import abort, sign
from forbear.ledger.visits_planned import assign
from tests.conftest import Hands
from tests.ledger.at_work import read as read_task
from tests.ledger.house import AN_HOUR, House
from tests.ledger.visiting import ACROSS_TOWN, DOOR, RULES, Crew, crew_of, photo

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


def held(answer: Begun | Held) -> str:
    assert isinstance(answer, Held), answer
    return answer.rule


def test_two_at_the_door_begin_with_a_permit_and_one_touch(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    assert crew.check_in(visit, crew.one) == "near"
    assert held(crew.start(visit)) == "VISIT.TWO"
    assert crew.check_in(visit, crew.two) == "near"
    begun = crew.start(visit)
    assert isinstance(begun, Begun)
    assert crew.house.touch(begun.touch).channel == "visit"
    again = crew.start(visit, crew.two)
    assert isinstance(again, Begun)
    assert again.touch == begun.touch
    assert crew.visit(visit).state == "under_way"


def test_one_officer_twice_is_one_officer(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    crew.check_in(visit, crew.one)
    crew.check_in(visit, crew.one)
    assert held(crew.start(visit)) == "VISIT.TWO"
    with pytest.raises(Forbidden):
        crew.check_in(visit, crew.three)
    with pytest.raises(Forbidden):
        crew.start(visit, crew.three)


def test_far_away_vague_or_made_up_does_not_count(crew: Crew, hands: Hands) -> None:
    visit, _, _ = crew.assigned()
    crew.check_in(visit, crew.one)
    assert crew.check_in(visit, crew.two, ACROSS_TOWN) == "far"
    assert held(crew.start(visit)) == "VISIT.FAR"
    hands.advance(A_MINUTE)
    assert crew.check_in(visit, crew.two, accuracy=900.0) == "unsure"
    assert held(crew.start(visit)) == "VISIT.UNSURE"
    hands.advance(A_MINUTE)
    crew.check_in(visit, crew.two, mocked=True)
    assert held(crew.start(visit)) == "VISIT.MOCKED"
    hands.advance(A_MINUTE)
    assert crew.check_in(visit, crew.two, None) == "no_place"
    assert held(crew.start(visit)) == "VISIT.PLACE"
    hands.advance(A_MINUTE)
    crew.check_in(visit, crew.two)
    assert isinstance(crew.start(visit), Begun)


def test_an_address_without_coordinates_is_put_down_as_such_and_the_two_must_still_be_together(
    crew: Crew, hands: Hands
) -> None:
    visit, _, _ = crew.assigned(door=None)
    assert crew.check_in(visit, crew.one) == "no_coordinates"
    crew.check_in(visit, crew.two, ACROSS_TOWN)
    assert held(crew.start(visit)) == "VISIT.APART"
    hands.advance(A_MINUTE)
    crew.check_in(visit, crew.two)
    assert isinstance(crew.start(visit), Begun)


def test_check_ins_long_apart_or_long_ago_do_not_count(crew: Crew, hands: Hands) -> None:
    visit, _, _ = crew.assigned()
    crew.check_in(visit, crew.one)
    hands.advance(11 * A_MINUTE)
    crew.check_in(visit, crew.two)
    assert held(crew.start(visit)) == "VISIT.TOGETHER"
    crew.check_in(visit, crew.one)
    hands.advance(31 * A_MINUTE)
    assert held(crew.start(visit)) == "VISIT.TOGETHER"


def test_a_check_in_sent_twice_is_one_row_and_its_place_is_sealed(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    for _ in range(2):
        crew.check_in(visit, crew.one, key="phone-1")
    with crew.desk(crew.one) as desk:
        (row,) = desk.session.scalars(select(VisitCheckIn).where(VisitCheckIn.visit == visit)).all()
    assert (row.metres, row.accuracy, row.system, row.typed) == (0, 12, "wgs84", False)
    assert b"41.88" not in (row.place or b"")


def test_at_night_nobody_knocks_whatever_the_plan_says(crew: Crew, hands: Hands) -> None:
    visit, _, _ = crew.assigned()
    with crew.desk(crew.supervisor) as desk:
        assign(desk, visit, crew.team(), crew.house.now + 8 * AN_HOUR)  # 20:00 in Chicago
    hands.advance(8 * AN_HOUR + 70 * A_MINUTE)
    for officer in (crew.one, crew.two):
        crew.check_in(visit, officer)
    answer = crew.start(visit)
    assert isinstance(answer, Held)
    assert answer.until is not None
    assert crew.visit(visit).state == "assigned"
    assert read_task(crew.house, crew.visit(visit).task).touch is None


def test_far_from_its_slot_it_does_not_begin(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    with crew.desk(crew.supervisor) as desk:
        assign(desk, visit, crew.team(), crew.house.now + 4 * AN_HOUR)
    for officer in (crew.one, crew.two):
        crew.check_in(visit, officer)
    assert held(crew.start(visit)) == "VISIT.SLOT"


def test_a_stop_said_meanwhile_holds_it_and_a_payment_withdraws_it(crew: Crew) -> None:
    stopped, person, account = crew.assigned()
    for officer in (crew.one, crew.two):
        crew.check_in(stopped, officer)
    crew.house.stop(person, "dispute", account=account)
    assert isinstance(crew.start(stopped), Held)
    assert crew.visit(stopped).state == "assigned"
    paid, _, account = crew_elsewhere(crew)
    crew.house.pay(account)
    assert held(crew.start(paid)) in {"ACCOUNT.PAID", "ACCOUNT.CLOSED"}
    assert crew.visit(paid).state == "withdrawn"
    with pytest.raises(Conflict):
        crew.start(paid)


def crew_elsewhere(crew: Crew) -> tuple[str, str, str]:
    """Another visit of the same two, later the same hour, at which both are."""
    made = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        approve(desk, made[0], "no_other_way")
        assign(desk, made[0], crew.team(), crew.house.now + 40 * A_MINUTE)
    for officer in (crew.one, crew.two):
        crew.check_in(made[0], officer)
    return made


def test_a_report_is_taken_once_and_signed_by_both(crew: Crew) -> None:
    visit, _, account = crew.under_way()
    first = crew.report(
        visit,
        "met_borrower",
        "borrower",
        key="phone-7",
        cause="market",
        handed=(("notice", "borrower"),),
        note="Open from nine.",
    )
    assert crew.report(visit, "met_borrower", "borrower", key="phone-7") == first
    with pytest.raises(Conflict):
        crew.report(visit, "nobody_home", key="phone-8")
    with crew.desk(crew.two) as desk:
        sign(desk, visit)
        sign(desk, visit)
    with crew.house.api() as session:  # the lender reads it
        signed = session.scalars(select(VisitSignature.officer).where(VisitSignature.visit == visit)).all()
        assert set(signed) == {crew.one, crew.two}
        paper = session.scalars(select(HandedOver).where(HandedOver.account == account)).one()
        assert (paper.paper, paper.taken_by) == ("notice", "borrower")
        assert session.scalars(select(VisitReport.outcome).where(VisitReport.visit == visit)).all() == ["met_borrower"]
    row = crew.visit(visit)
    assert (row.state, row.outcome) == ("reported", "met_borrower")
    task = read_task(crew.house, row.task)
    assert (task.state, task.outcome, task.cause) == ("done", "met_borrower", "market")
    assert crew.house.touch(str(row.touch)).result == "visited"


def test_who_asked_not_to_return_is_suppressed_in_the_same_transaction(crew: Crew) -> None:
    visit, person, _ = crew.under_way()
    crew.report(visit, "asked_not_to_return", "borrower")
    with crew.house.worker() as session:
        said = session.scalars(select(Suppression).where(Suppression.person == person)).all()
    assert ("channel", "visit") in {(each.scope, each.channel) for each in said}


@pytest.mark.parametrize(
    ("outcome", "met", "handed"),
    [
        ("met_borrower", "neighbour", ()),
        ("nobody_home", "borrower", ()),
        ("shouted", "borrower", ()),
        ("met_third_party", "household", (("notice", "borrower"),)),
        ("met_borrower", "borrower", (("poster", "borrower"),)),
    ],
)
def test_what_must_not_be_done_cannot_be_reported(
    crew: Crew, outcome: str, met: str, handed: tuple[tuple[str, str], ...]
) -> None:
    visit, _, _ = crew.under_way()
    with pytest.raises(BadInput):
        crew.report(visit, outcome, met, handed=handed)
    assert crew.visit(visit).state == "under_way"


def test_turning_back_for_safety_before_the_door_counts_for_nothing(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    with crew.desk(crew.two) as desk:
        abort(desk, visit)
        abort(desk, visit)
    row = crew.visit(visit)
    assert (row.state, row.outcome, row.touch) == ("aborted", "unsafe_aborted", None)
    assert read_task(crew.house, row.task).outcome == "unsafe_aborted"
    with pytest.raises(Conflict):
        crew.report(visit)


def test_what_was_not_begun_is_not_reported_and_takes_no_photos(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    with pytest.raises(Conflict):
        crew.report(visit)
    with crew.desk(crew.one) as desk, pytest.raises(Conflict):
        take(desk, visit, Captured("p1", "photo", photo()))


def test_a_photo_is_kept_sealed_once_and_leaves_without_its_exif(crew: Crew) -> None:
    visit, _, _ = crew.under_way()
    content = photo()
    with crew.desk(crew.one) as desk:
        row = take(desk, visit, Captured("p1", "photo", content))
        assert take(desk, visit, Captured("p1", "photo", content)).id == row.id
    files = [path for path in (Path(crew.house.settings.data) / "evidence").rglob("*") if path.is_file()]
    assert all(content not in path.read_bytes() for path in files)
    with crew.desk(crew.supervisor) as desk:
        assert opened(desk, row.id)[1] == content
        copy = exported(desk, row.id)[1]
        hands = [each.act for each in desk.session.scalars(select(Custody).where(Custody.evidence == row.id))]
    assert sorted(hands) == ["exported", "opened", "received"]
    assert b"Exif" in content
    assert b"Exif" not in copy
    with Image.open(BytesIO(copy)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((64, 48), {})


def test_a_phones_picture_of_several_is_kept_and_leaves_as_one(crew: Crew) -> None:
    visit, _, _ = crew.under_way()
    out = BytesIO()
    shot, depth = Image.new("RGB", (64, 48), "navy"), Image.new("RGB", (32, 24))
    shot.save(out, "MPO", save_all=True, append_images=[depth])
    with crew.desk(crew.one) as desk:
        row = take(desk, visit, Captured("p1", "photo", out.getvalue()))
        assert row.media_type == "image/jpeg"
        copy = exported(desk, row.id)[1]
    with Image.open(BytesIO(copy)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (64, 48))


def test_a_picture_of_a_kind_nobody_knows_is_refused_and_no_fault_of_ours(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, _, _ = crew.under_way()
    monkeypatch.setattr(evidence, "KINDS", {})
    with crew.desk(crew.one) as desk, pytest.raises(BadInput):
        take(desk, visit, Captured("p1", "photo", photo()))


@pytest.mark.parametrize(
    ("kind", "content", "sha256"),
    [
        ("photo", b"no picture", None),
        ("photo", photo()[:40], None),
        ("photo", photo(), "0" * 64),
        ("film", photo(), None),
        ("photo", b"", None),
    ],
)
def test_what_is_no_photo_or_not_the_one_that_was_hashed_is_refused(
    crew: Crew, kind: str, content: bytes, sha256: str | None
) -> None:
    visit, _, _ = crew.under_way()
    with crew.desk(crew.one) as desk, pytest.raises(BadInput):
        take(desk, visit, Captured("p1", kind, content, sha256))


@pytest.mark.parametrize("how", ["changed", "gone", "swapped"])
def test_a_file_that_was_tampered_with_is_found(crew: Crew, how: str) -> None:
    visit, _, _ = crew.under_way()
    with crew.desk(crew.one) as desk:
        one, other = (take(desk, visit, Captured(key, "photo", photo(key))) for key in ("navy", "red"))
        assert changed(desk, visit) == []
    store = Path(crew.house.settings.data) / "evidence"
    path, source = (store / each.stored_sha256[:2] / each.stored_sha256[2:] for each in (one, other))
    match how:
        case "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"x")
        case "gone":
            path.unlink()
        case _:
            path.write_bytes(source.read_bytes())
    with crew.desk(crew.supervisor) as desk:
        assert changed(desk, visit) == [one.id]
        acts = desk.session.scalars(select(Custody.act).where(Custody.evidence == one.id)).all()
    assert "found_changed" in acts


def test_erasing_the_person_erases_the_photo(crew: Crew) -> None:
    visit, person, _ = crew.under_way()
    with crew.desk(crew.one) as desk:
        row = take(desk, visit, Captured("p1", "photo", photo()))
    with Session(make_engine(crew.house.migrator)) as session, session.begin():
        crew.house.ledger.vault.erase(session, lender=crew.house.lender, person=person, at=crew.house.now)
    with crew.desk(crew.supervisor) as desk, pytest.raises(Erased):
        opened(desk, row.id)


def test_evidence_of_another_tenant_is_not_there(crew: Crew) -> None:
    visit, _, _ = crew.under_way()
    with crew.desk(crew.one) as desk:
        take(desk, visit, Captured("p1", "photo", photo()))
    with crew.house.ledger.staff("ten_other") as session:
        assert session.scalars(select(VisitEvidence.id)).all() == []
    with crew.house.ledger.staff() as session:
        assert session.scalars(select(VisitEvidence.id)).all() == []


def test_the_feed_follows_the_plan_and_ends_with_its_address(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    with crew.desk(crew.one) as desk:
        token = make(desk)
    feed = read(crew.house.ledger, token, RULES, "example.org")
    assert feed is not None
    text = feed.decode()
    assert f"Customer visit #{crew.visit(visit).number}" in text
    assert f"GEO:{DOOR[0]};{DOOR[1]}" in text
    assert "Example" not in text.replace("example.org", "")
    with crew.desk(crew.supervisor) as desk:
        assign(desk, visit, crew.team(first=crew.three), crew.house.now + AN_HOUR)
    moved = read(crew.house.ledger, token, RULES, "example.org") or b""
    assert b"STATUS:CANCELLED" in moved
    assert b"SEQUENCE:3" in moved
    assert b"GEO" not in moved
    with crew.desk(crew.one) as desk:
        revoke(desk)
    assert read(crew.house.ledger, token, RULES, "example.org") is None
    assert read(crew.house.ledger, "nobodys", RULES, "example.org") is None

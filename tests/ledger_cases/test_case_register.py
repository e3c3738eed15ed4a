"""The register of service, guarantees, fields, costs and files of a case."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from PIL import Image, ImageFile
from sqlalchemy import text

from forbear.errors import BadInput, Conflict, Erased, NotFound
from forbear.ledger.cases import content, costs, fields, files, guarantees, loading, opening, rows, services, tracking
from forbear.ledger.cases.guarantees import GuaranteeTold
from forbear.ledger.cases.services import ServiceTold
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseFields, CaseFile, CaseService, Guarantee
from tests.ledger.house import PACKS
from tests.ledger_cases.court_house import DAY, CourtHouse


def picture(colour: str = "white") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def document(*, password: str = "") -> bytes:
    out = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else None)
    return out.getvalue()


def borrower(house: CourtHouse, case: str) -> str:
    return house.standing(house.row(LegalCase, case).account).borrower


def upload(house: CourtHouse, case: str, body: bytes, slot: str = "contract", **more: object) -> CaseFile:
    with house.api() as session:
        return files.keep_file(
            house.ledger, session, case, slot, body, title="The contract", details=dict(more), now=house.now
        )


def test_a_file_is_kept_sealed_and_opens_as_it_came(house: CourtHouse) -> None:
    case, body = house.case(), document()
    row = upload(house, case, body, form="original")
    assert (row.media_type, row.pages, row.number) == ("application/pdf", 2, 1)
    assert upload(house, case, body).id == row.id
    assert upload(house, case, picture()).number == 2
    with house.staff() as session:
        assert files.look_at(house.ledger, session, row.id, staff=house.legal, now=house.now)[1] == body
        assert files.called(house.ledger, session, row)[0] == "The contract"
    stored = house.settings.data / "cases" / row.stored_sha256[:2] / row.stored_sha256[2:]
    assert b"%PDF" not in stored.read_bytes()
    with house.staff() as session:
        files.withdraw(session, row.id, staff=house.legal, now=house.now)
    with house.worker() as session:
        assert [each.slot for each in rows.files(session, case)] == ["contract"]
        assert files.open_file(house.ledger, session, row) == body
    stored.write_bytes(b"x")
    with house.worker() as session, pytest.raises(Erased):
        files.open_file(house.ledger, session, row)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"hello", "neither"),
        (b"%PDF-1.7 and nothing else", "cannot be read"),
        (document(password="secret"), "encrypted"),
        (picture()[:60], "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused(house: CourtHouse, body: bytes, says: str) -> None:
    case = house.case()
    with pytest.raises(BadInput, match=says):
        upload(house, case, body)
    with pytest.raises(BadInput, match="slot"):
        upload(house, case, picture(), slot="nonsense")


def test_a_picture_that_was_cut_off_is_refused_where_pages_are_laid_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the engine of the papers does
    with pytest.raises(BadInput, match="cannot be read"):
        content.look(picture()[:60])
    assert content.look(picture()).pages == 1


def test_service_counts_with_its_proof_and_not_once_it_is_taken_back(house: CourtHouse) -> None:
    case = house.case()
    person, proof = borrower(house, case), upload(house, case, picture(), "service_proof")
    told = ServiceTold(
        "cn.notice.dunning", person, "ems", "signed", DAY - timedelta(days=3), DAY - timedelta(days=1),
        tracking={"number": "EX123"}, files=(proof.id,), event="e1",
    )  # fmt: skip
    with house.staff() as session:
        row = services.tell_service(house.ledger, session, case, told, staff=house.legal, now=house.now)
        assert services.tell_service(house.ledger, session, case, told, staff=house.legal, now=house.now).id == row.id
    with house.worker() as session:
        life = loading.load_case(session, case, house.now, PACKS)
        assert life is not None
        (served,) = life.services
        assert (served.paper, served.reached, served.proven) == ("cn.notice.dunning", DAY - timedelta(days=1), True)
        case_row = session.get_one(LegalCase, case)
        assert services.read_tracking(house.ledger, session, case_row, row) == {"number": "EX123"}
    with house.staff() as session:
        services.take_back_service(session, row.id, staff=house.legal, now=house.now)
    with house.worker() as session:
        assert rows.services(session, session.get_one(LegalCase, case)) == ()


def test_what_only_counts_as_served_counts_from_the_day_its_rule_gives(house: CourtHouse) -> None:
    case = house.case(jurisdictions=["GB-EAW"])
    friday = date(2026, 2, 20)
    told = ServiceTold(
        "gb.letter.claim", borrower(house, case), "ordinary_post", "deemed", friday, rule="GB.CPR.6.26.POST"
    )
    with house.staff() as session:
        row = services.tell_service(house.ledger, session, case, told, staff=house.legal, now=house.now)
    assert row.reached_on == date(2026, 2, 24)
    for changed, field in (({"reached_on": friday}, "reached_on"), ({"method": "ems"}, "rule")):
        wrong = replace(told, **changed)  # pyright: ignore[reportArgumentType]  wrong on purpose
        with house.staff() as session, pytest.raises(BadInput) as refused:
            services.tell_service(house.ledger, session, case, wrong, staff=house.legal, now=house.now)
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"method": "pigeon"}, "method"),
        ({"result": "deemed", "reached_on": DAY}, "rule"),
        ({"result": "signed"}, "reached_on"),
        ({"reached_on": DAY + timedelta(days=5)}, "reached_on"),
        ({"sent_on": None}, "sent_on"),
        ({"tracking": {"mother": "x"}}, "tracking.mother"),
    ],
)
def test_service_that_cannot_be_is_refused(house: CourtHouse, changed: dict[str, object], field: str) -> None:
    case = house.case()
    values: dict[str, object] = {"method": "ems", "result": "sent", "sent_on": DAY - timedelta(days=2), **changed}
    told = ServiceTold("cn.notice.dunning", borrower(house, case), **values)  # pyright: ignore[reportArgumentType]  wrong on purpose
    with house.staff() as session, pytest.raises(BadInput) as refused:
        services.tell_service(house.ledger, session, case, told, staff=house.legal, now=house.now)
    assert refused.value.field == field


def test_a_text_that_was_delivered_comes_into_the_register_by_itself_and_is_corrected(
    house: CourtHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, account = house.borrower("+13125550155")
    order, _ = house.prepared(account)
    house.record(order)
    case = next(iter(opened(house, account)))
    house.decide_case(case)
    assert house.rows(CaseService, account=account) == [], "a reminder is no demand"
    monkeypatch.setattr(tracking, "demands", lambda: {"reminder-friendly"})
    house.decide_case(case)
    house.decide_case(case)
    (sent,) = house.rows(CaseService, account=account)
    assert (sent.source, sent.method, sent.result, sent.person, sent.legal_case) == (
        "touch",
        "sms",
        "sent",
        person,
        None,
    )
    with house.api() as session:
        add_receipt(session, touch_id=order.touch, source="callback", status="delivered", at=house.now)
    house.decide_case(case)
    house.decide_case(case)
    with house.worker() as session:
        (stands,) = rows.services(session, session.get_one(LegalCase, case))
    assert (stands.result, stands.reached_on is not None) == ("delivered", True)
    assert len(house.rows(CaseService, account=account)) == 3, "the first, its being taken back, and the second"


def opened(house: CourtHouse, account: str) -> list[str]:
    with house.worker() as session:
        found = house.standing(account)
        row = LegalCase(
            id=new_id("cas"), tenant=found.tenant, lender=found.lender, account=account, kind="suit", reason="test",
            state="open", stage="", version=0, opened_at=house.now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        opening.begin(session, row, found, house.now)
        return [row.id]


def test_a_guarantee_of_a_year_that_cannot_be_counted_from_is_refused(house: CourtHouse) -> None:
    case = house.case()
    account, guarantor = house.row(LegalCase, case).account, house.party(case)
    told = GuaranteeTold(guarantor, "joint", date(2025, 1, 1), date(9999, 12, 1))
    with house.api() as session, pytest.raises(BadInput, match="main_due_on"):
        guarantees.tell_guarantee(house.ledger, session, account, told, now=house.now)


def test_a_guarantee_told_again_is_its_correction(house: CourtHouse) -> None:
    case = house.case()
    account, guarantor = house.row(LegalCase, case).account, house.party(case)
    version = house.row(LegalCase, case).version
    first = GuaranteeTold(guarantor, "joint", date(2025, 1, 1), date(2026, 1, 1), "G-1")
    second = GuaranteeTold(guarantor, "general", date(2025, 1, 1), date(2026, 1, 1), "G-1", agreed_months=12)
    with house.api() as session:
        guarantees.tell_guarantee(house.ledger, session, account, first, now=house.now)
    with house.staff() as session:
        guarantees.tell_guarantee(house.ledger, session, account, second, staff=house.legal, now=house.now)
    with house.worker() as session:
        life = loading.load_case(session, case, house.now, PACKS)
    assert life is not None
    assert [(each.kind, each.agreed_months) for each in life.guarantees] == [("general", 12)]
    assert [row.number for row in house.rows(Guarantee, account=account)] in ([1, 2], [2, 1])
    assert "case_fact_told" in house.told_case(case)
    assert house.row(LegalCase, case).version == version + 2
    told = GuaranteeTold(borrower(house, case), "joint", date(2025, 1, 1), date(2026, 1, 1))
    with house.api() as session, pytest.raises(NotFound):
        guarantees.tell_guarantee(house.ledger, session, account, told, now=house.now)
    told = GuaranteeTold(
        guarantor, "joint", date(2025, 1, 1), date(2026, 1, 1), agreed_end=date(2027, 1, 1), agreed_months=6
    )
    with house.api() as session, pytest.raises(BadInput, match="agreed_end"):
        guarantees.tell_guarantee(house.ledger, session, account, told, now=house.now)


def test_of_each_field_the_latest_holds_and_empty_takes_it_away(house: CourtHouse) -> None:
    case = house.case()
    with house.api() as session:
        fields.tell_fields(house.ledger, session, case, "", {"court": "Example Court", "cause": "loan"}, now=house.now)
    with house.staff() as session:
        told = {"court": "Another Court", "cause": ""}
        fields.tell_fields(
            house.ledger, session, case, "", told, staff=house.legal, now=house.now + timedelta(minutes=1)
        )
    with house.worker() as session:
        assert fields.read_fields(house.ledger, session, session.get_one(LegalCase, case)) == {
            "": {"court": "Another Court"}
        }
        assert rows.fields_told(session, case) == {"court"}
        told_by = {each.name: (each.staff, each.given) for each in fields.who_told(session, case)}
    assert told_by == {"court": (house.legal, True), "cause": (house.legal, False)}
    assert all(b"Court" not in row.told for row in house.rows(CaseFields, legal_case=case))


def test_costs_are_taken_back_and_never_changed(house: CourtHouse) -> None:
    case = house.case()
    with house.staff() as session:
        row = costs.tell_cost(
            house.ledger, session, case, "court_fee", Decimal("12.50"), on=DAY, claimed=True,
            told={"what": "filing"}, staff=house.legal, now=house.now,
        )  # fmt: skip
    with house.worker() as session:
        assert [each.amount for each in rows.costs(session, case)] == [Decimal("12.5")]
    with house.staff() as session:
        costs.take_back_cost(session, row.id, staff=house.legal, now=house.now)
    with house.worker() as session:
        assert rows.costs(session, case) == ()
    with house.staff() as session, pytest.raises(Conflict):
        costs.take_back_cost(session, row.id, staff=house.legal, now=house.now)
    with house.staff() as session, pytest.raises(BadInput, match="amount"):
        costs.tell_cost(house.ledger, session, case, "court_fee", Decimal("0.001"), on=DAY, claimed=True, now=house.now)


@pytest.mark.parametrize("table", ["case_fields", "guarantee", "case_service", "case_cost", "case_decision"])
def test_what_was_told_is_never_changed_by_anybody(house: CourtHouse, table: str) -> None:
    with house.worker() as session, pytest.raises(Exception, match=r"permission denied|append-only"):
        session.execute(text(f"update {table} set tenant = tenant"))  # noqa: S608  our own tables
    with make_engine(house.migrator).connect() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text(f"delete from {table}"))  # noqa: S608  as above

"""`forbear letter` and `forbear letters` over an installation: papers of a real account, what they lack, who approves them."""

import io
import json
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from forbear import letters_asked
from forbear.cli import app
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind, kinds
from forbear.documents.samples import sample
from forbear.errors import BadInput, Conflict, Forbidden, NotFound
from forbear.ledger import staffing
from forbear.ledger.approving import approvals_for
from forbear.ledger.asked_papers import Asked, paper_for
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Party
from forbear.letters_cli import write_whole
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.commanded import commanded
from tests.ledger.house import House
from tests.ledger.postal import OFFICE, home, is_called, lender_chooses, lives_at

PASSWORD = "four quiet river stones"


@pytest.fixture
def house(database: Settings, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An installation whose commands are run in its environment."""
    yield from commanded(database, hands, tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def _warm(request: pytest.FixtureRequest, press: Presses, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands print with the press of all tests, but for one test that has them start and end their own."""

    def lent(*_: object, **__: object) -> AbstractContextManager[Presses]:
        return nullcontext(press)

    if request.function is not test_a_paper_of_an_account_has_the_ledgers_figures_and_the_fields_that_were_given:
        monkeypatch.setattr(letters_asked, "Presses", lent)


@pytest.fixture
def account(house: House) -> str:
    person, account = house.borrower()
    is_called(house, person, "Jordan Example")
    lives_at(house, person, home("12 Sample Street", "Apt 4"))
    lender_chooses(house, {"post": {"address": OFFICE}})
    return account


def ask(*arguments: str, typed: str = "") -> Result:
    answer = CliRunner().invoke(app, list(arguments), input=typed)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    assert "Jordan" not in answer.output
    assert "Sample Street" not in answer.output
    return answer


def _given(kind: str, tmp_path: Path, **changes: Any) -> str:
    """A file with the fields of a kind's sample."""
    fields = json.loads(json.dumps(dict(sample(find_kind(kind), "en").fields), default=str)) | changes
    file = tmp_path / "fields.json"
    file.write_text(json.dumps(fields), "utf-8")
    return str(file)


def _words(file: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read_bytes())).pages)


def _somebody(house: House, role: str, tenant: str = "") -> str:
    engine = create_engine(house.migrator)
    from sqlalchemy.orm import Session

    with Session(engine) as session, session.begin():
        vault, clock = house.ledger.vault, house.ledger.clock
        member = staffing.add(
            session, vault, tenant=tenant or house.tenant, email=f"{role}@example.org", name="Robin Example", roles=[role],
            language="en", now=clock.now(),
        )  # fmt: skip
        staffing.set_password(session, vault, member, PASSWORD, clock)
    engine.dispose()
    return member


PLAN = "us.letter.final_demand"


def test_a_paper_of_an_account_has_the_ledgers_figures_and_the_fields_that_were_given(
    account: str, tmp_path: Path
) -> None:
    out, fields = tmp_path / "paper.pdf", _given(PLAN, tmp_path)
    told = ask("letter", PLAN, "--account", account, "--out", str(out), "--fields", fields).output.strip().split("\t")
    kind = find_kind(PLAN)
    assert told[2:] == [f"{PLAN}@{kind.version}", f"needs-{kind.approval}"]
    words = _words(out)
    assert "Jordan Example" in words
    assert "100.00" in words
    assert out.stat().st_mode & 0o077 == 0
    again = tmp_path / "again.pdf"
    ask("letter", PLAN, "--account", account, "--out", str(again), "--fields", fields)
    assert again.read_bytes() == out.read_bytes()
    assert not list(tmp_path.glob(".*.part"))


def test_every_missing_field_is_named_with_its_label_and_remedy(account: str, tmp_path: Path) -> None:
    out = tmp_path / "paper.pdf"
    answer = ask("letter", PLAN, "--account", account, "--out", str(out))
    assert answer.exit_code == 2
    assert not out.exists()
    for field in find_kind(PLAN).fields.values():
        known = field.name in {"account_number", "account_no", "current_creditor"}
        assert (f"forbear: {field.name}: '{field.called()}' is missing" in answer.output) == (
            field.required and not known
        )
    assert "Give a date such as 2026-03-31" in answer.output


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b"{", "is no JSON at line 1"),
        (b"[1]", "holds no object"),
        (b"\xff", "is no UTF-8"),
        (b'{"a": 1, "a": 2}', "tells a field twice"),
        (b'{"a": NaN}', "holds NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number of too many digits"),
    ],
)
def test_a_file_of_fields_that_is_none_is_answered(account: str, tmp_path: Path, written: bytes, problem: str) -> None:
    file = tmp_path / "fields.json"
    file.write_bytes(written)
    with pytest.raises(BadInput, match=problem):
        ask("letter", PLAN, "--account", account, "--out", str(tmp_path / "x.pdf"), "--fields", str(file))


def test_what_does_not_fit_is_refused_without_quoting_it(account: str, tmp_path: Path) -> None:
    file = _given(PLAN, tmp_path, nonsense="secret value")
    answer = ask("letter", PLAN, "--account", account, "--out", str(tmp_path / "x.pdf"), "--fields", file)
    assert answer.exit_code == 2
    assert "nonsense: is no field of this paper" in answer.output
    assert "secret" not in answer.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("no.such.paper",), "no such paper"),
        (("reminder",), "bears a link of its own touch"),
        ((PLAN, "--language", "zh-Hans"), "is not written in it"),
        ((PLAN, "--party", "per_nobody"), "nobody on this account"),
        ((PLAN, "--sample"), "not both"),
        ((PLAN, "--day", "yesterday"), "--day"),
        ((PLAN, "--day", "9999-12-31"), "--day: is no day of our time"),
        ((PLAN, "--field", "no-equals-sign"), "is no name with its value"),
    ],
)
def test_a_wrong_option_is_named(account: str, tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        ask("letter", *arguments, "--account", account, "--out", str(tmp_path / "x.pdf"))


def test_what_is_not_there_is_told(house: House, account: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "x.pdf"))
    with pytest.raises(NotFound):
        ask("letter", PLAN, "--account", "acc_01KAAAAAAAAAAAAAAAAAAA", *out)
    _, homeless = house.borrower()
    with pytest.raises(Conflict, match="no postal address"):
        ask("letter", PLAN, "--account", homeless, *out)
    fields = _given(PLAN, tmp_path)
    with pytest.raises(BadInput, match="--out"):
        ask("letter", PLAN, "--account", account, "--fields", fields, "--out", str(tmp_path / "no" / "x.pdf"))


def test_what_is_told_of_an_account_is_kept_for_its_papers(house: House, account: str, tmp_path: Path) -> None:
    ask("letters", "tell", account, "--field", "account_number=from everywhere")
    ask("letters", "tell", account, "--kind", PLAN, "--fields", _given(PLAN, tmp_path))
    with house.worker() as session:
        kind = find_kind(PLAN)
        paper = paper_for(house.ledger, session, Asked(account, PLAN, kind.parties))
        other = paper_for(house.ledger, session, Asked(account, "reminder", kind.parties))
    assert paper.known.keys() >= {field.name for field in kind.fields.values() if field.required}
    assert other.known["account_number"] == "from everywhere"
    assert other.known["current_creditor"] == "Example Bank"
    out = tmp_path / "paper.pdf"
    assert ask("letter", PLAN, "--account", account, "--out", str(out)).exit_code == 0
    lender = ("letters", "tell", house.lender, "--field")
    assert ask(*lender, "payee_name=Example Bank").output == "payee_name\n"
    assert ask(*lender, "hours=9 to 5").output == "hours, payee_name\n"
    assert ask(*lender, "hours=").output == "payee_name\n"
    with house.worker() as session:
        known = paper_for(house.ledger, session, Asked(account, "reminder", kind.parties)).known
    assert (known["payee_name"], "hours" in known) == ("Example Bank", False)
    with pytest.raises(NotFound, match="No lender"):
        ask("letters", "tell", "len_nobody", "--field", "hours=1")
    with pytest.raises(BadInput, match="has no field nonsense"):
        ask("letters", "tell", account, "--kind", PLAN, "--field", "nonsense=1")
    with pytest.raises(BadInput, match="--kind: is of an account alone"):
        ask("letters", "tell", house.lender, "--kind", PLAN, "--field", "hours=9 to 5")


def test_what_could_stand_on_no_paper_is_not_kept_for_one(house: House, account: str, tmp_path: Path) -> None:
    answer = ask("letters", "tell", account, "--kind", PLAN, "--field", "answer_by=2026-02-30", "--field", "per_day=")
    assert answer.exit_code == 2
    assert "forbear: answer_by: " in answer.output
    assert "per_day" not in answer.output
    file = tmp_path / "fields.json"
    for sign in (r"\ud800", r"\u0000"):
        file.write_text(f'{{"agreement": "{sign}"}}', "utf-8")
        for whose in (account, house.lender):
            with pytest.raises(BadInput, match="a sign that nobody sees"):
                ask("letters", "tell", whose, "--fields", str(file))
    with house.worker() as session:
        assert session.execute(text("select count(*) from paper_fields")).scalar_one() == 0


def test_nobody_approves_a_paper_of_another_tenants_account(house: House, account: str, tmp_path: Path) -> None:
    asked = ("--account", account, "--fields", _given(PLAN, tmp_path))
    sha256 = ask("letter", PLAN, *asked, "--out", str(tmp_path / "paper.pdf")).output.split("\t")[1]
    elsewhere = ask("tenant", "add", "Another Example").output.strip()
    stranger = _somebody(house, find_kind(PLAN).approval, elsewhere)
    with pytest.raises(NotFound, match="No account"):
        ask("letters", "approve", PLAN, *asked, "--sha256", sha256, "--by", stranger, "--password-stdin",
            typed=f"{PASSWORD}\n")  # fmt: skip


def test_a_paper_is_approved_by_somebody_of_the_right_role_who_proves_it(
    house: House, account: str, tmp_path: Path
) -> None:
    kind, out = find_kind(PLAN), tmp_path / "paper.pdf"
    asked = ("--account", account, "--fields", _given(PLAN, tmp_path))
    sha256 = ask("letter", PLAN, *asked, "--out", str(out)).output.split("\t")[1]
    right, wrong = _somebody(house, kind.approval), _somebody(house, "caller")
    approve = ("letters", "approve", PLAN, *asked, "--password-stdin")
    with pytest.raises(Forbidden, match=f"approved by a {kind.approval}"):
        ask(*approve, "--sha256", sha256, "--by", wrong, typed=f"{PASSWORD}\n")
    with pytest.raises(Forbidden, match="not the password"):
        ask(*approve, "--sha256", sha256, "--by", right, typed="another one altogether\n")
    with pytest.raises(Conflict, match="not the file that was looked at"):
        ask(*approve, "--sha256", "0" * 64, "--by", right, typed=f"{PASSWORD}\n")
    first = ask(*approve, "--sha256", sha256, "--by", right, typed=f"{PASSWORD}\n").output
    assert ask(*approve, "--sha256", sha256, "--by", right, typed=f"{PASSWORD}\n").output == first
    assert ask("letter", PLAN, *asked, "--out", str(out)).output.strip().endswith("approved")
    with house.worker() as session:
        assert approvals_for(session, house.tenant, PLAN, account) == (f"{kind.approval}:{sha256}",)
        assert approvals_for(session, house.tenant, PLAN, "acc_other") == ()
        kept = session.execute(text("select kind, staff from paper_approval")).all()
    assert kept == [(PLAN, right)]


def test_a_draft_is_never_approved_and_words_are_approved_by_their_sample(house: House, tmp_path: Path) -> None:
    drafts = [k for k in kinds().values() if k.approval in {"operator", "supervisor"} and k.empty_slots(k.languages[0])]
    whole = [k for k in kinds().values() if k.approval == "supervisor" and not k.empty_slots(k.languages[0])]
    assert drafts
    assert whole
    out, by = tmp_path / "paper.pdf", {role: _somebody(house, role) for role in ("operator", "supervisor")}
    for kind in (drafts[0], whole[0]):
        sha256 = ask("letter", kind.id, "--sample", "--out", str(out)).output.split("\t")[1]
        approve = ("letters", "approve", kind.id, "--sample", "--sha256", sha256, "--by", by[kind.approval])
        if kind is drafts[0]:
            with pytest.raises(Conflict, match="is a draft"):
                ask(*approve, "--password-stdin", typed=f"{PASSWORD}\n")
        else:
            ask(*approve, "--password-stdin", typed=f"{PASSWORD}\n")
            with house.worker() as session:
                mark = f"supervisor:{kind.digest}:{kind.languages[0]}"
                assert approvals_for(session, house.tenant, kind.id, "acc_any") == (mark,)


def test_a_lawyers_letter_needs_a_lawyer_and_one_account(house: House, tmp_path: Path) -> None:
    kind, out = find_kind("cn.letter.lawyer"), tmp_path / "paper.pdf"
    assert kind.approval == "lawyer"
    sha256 = ask("letter", kind.id, "--sample", "--out", str(out)).output.split("\t")[1]
    approve = ("letters", "approve", kind.id, "--sample", "--sha256", sha256, "--password-stdin")
    with pytest.raises(Forbidden, match="approved by a lawyer"):
        ask(*approve, "--by", _somebody(house, "supervisor"), typed=f"{PASSWORD}\n")
    with pytest.raises(BadInput, match="a single paper and no sample"):
        ask(*approve, "--by", _somebody(house, "lawyer"), typed=f"{PASSWORD}\n")


def test_the_registry_is_listed_and_each_paper_shown() -> None:
    listed = {line.split("\t")[0]: line.split("\t") for line in ask("letters", "kinds").output.splitlines()}
    assert listed.keys() == kinds().keys()
    assert listed["reminder"] == ["reminder", "1", "*", "en,zh-Hans", "none", "none", "-", "whole"]
    shown = ask("letters", "show", PLAN).output
    for field in find_kind(PLAN).fields.values():
        assert f"field {field.name}\t{field.type}" in shown


def test_with_twelve_guarantors_somebody_has_to_be_named(house: House, account: str, tmp_path: Path) -> None:
    people = [house.person() for _ in range(12)]
    with house.api() as session:
        for person in people:
            session.add(
                Party(
                    id=new_id("pty"), tenant=house.tenant, lender=house.lender, account=account, person=person,
                    role="guarantor",
                )
            )  # fmt: skip
        session.flush()
    asked = ("letter", "cn.notice.guarantor", "--account", account, "--out", str(tmp_path / "x.pdf"))
    with pytest.raises(BadInput, match="several on this account may read it") as refused:
        ask(*asked)
    assert all(person in str(refused.value) for person in people)
    with pytest.raises(Conflict, match="told nothing of this reader"):
        ask(*asked, "--party", people[3])


@pytest.mark.parametrize(
    ("kind", "field"),
    [("gb.notice.default", "posted_on"), ("gb.letter.claim", "reply_by"), ("gb.form.reply", "letter_date")],
)
def test_a_day_at_the_end_of_time_is_told_as_one(tmp_path: Path, kind: str, field: str) -> None:
    out = tmp_path / "paper.pdf"
    answer = ask("letter", kind, "--sample", "--out", str(out), "--field", f"{field}=9999-12-31")
    assert answer.exit_code == 2
    assert f"forbear: {field}: '" in answer.output
    assert "is no date of our time" in answer.output
    assert not out.exists()


def test_no_paper_takes_the_place_of_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BadInput, match="--out: is no file"):
        write_whole(pipe, b"%PDF")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]

"""Playbooks against routes: what cannot be carried is refused at start, with the place, the reason and the remedy."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.sms_routes import load_routes
from forbear.channels.route_check import check_routes
from forbear.channels.wording import FOLDER, SmsWording
from forbear.errors import CannotStart

BOOKS = load_all()
US, CN = BOOKS["us-first-party"], BOOKS["cn-consumer"]


def refusal(book: Playbook, wording: SmsWording | None = None) -> str:
    with pytest.raises(CannotStart) as caught:
        check_routes({book.name: book}, wording or SmsWording(), load_routes())
    return str(caught.value)


def with_template(book: Playbook, template: str) -> Playbook:
    return replace(book, steps=(replace(book.steps[0], template=template),))


def changed(tmp_path: Path, *changes: tuple[str, str]) -> SmsWording:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "sms"))
    manifest = folder / "manifest.toml"
    text = manifest.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    manifest.write_text(text, "utf-8")
    return SmsWording(folder)


def test_every_playbook_that_ships_can_be_sent() -> None:
    check_routes(BOOKS, SmsWording(), load_routes())


@pytest.mark.parametrize(
    ("book", "reason"),
    [
        (
            with_template(CN, "reminder-friendly"),
            "step promise-missed, route aliyun: .* holds a link, and it takes none",
        ),
        (with_template(CN, "nothing"), "template nothing is not in the manifest. Add it to templates/sms"),
        (replace(CN, sms_route="pigeon"), "there is no route pigeon. Name one of aliyun, twilio"),
        (
            replace(CN, sms_route="twilio"),
            r"twilio: it carries nothing to CN \(there it takes no replies and no links and no wording about loans\). Name a",
        ),
        (
            replace(CN, sms_route="twilio"),
            "step promise-missed, route twilio: nobody can answer template cn-promise-missed in CN",
        ),
        (
            with_template(replace(CN, sms_route="twilio"), "reminder-friendly"),
            "holds a link, and it takes none in CN. Name a template without one",
        ),
        (
            replace(US, currencies=("TWD",)),
            "it carries nothing to TW .there it takes no links and no wording about loans",
        ),
        (replace(US, currencies=("TWD",)), "reminder-friendly holds a link, and it takes none in TW"),
        (replace(US, sms_route="aliyun"), "route aliyun: it carries nothing to US"),
        (replace(CN, languages=("zh-Hans", "ug")), "no ug text. Write it, or take ug out of the playbook"),
        (
            replace(US, lender_roles=("original_creditor", "third_party_collector")),
            "carriers of US refuse texts of third_party_collector. Take these lender roles out",
        ),
    ],
)
def test_what_cannot_be_carried_is_refused_with_place_and_remedy(book: Playbook, reason: str) -> None:
    told = refusal(book)
    assert re.search(reason, told), told
    assert all(line.startswith(f"Playbook {book.name}") for line in told.splitlines())


def test_a_text_without_a_code_cannot_go_where_wording_is_approved(tmp_path: Path) -> None:
    wording = changed(tmp_path, (', en = "SMS_474000202"', ""))
    told = refusal(CN, wording)
    assert "template cn-notice-talk has no approved wording in en" in told
    assert "[sms.cn-notice-talk.provider.aliyun]" in told


def test_words_of_debt_go_on_no_route_that_does_not_carry_them(tmp_path: Path) -> None:
    told = refusal(CN, changed(tmp_path, ("debt_content = false", "debt_content = true")))
    assert "template cn-notice-help speaks of a debt, which it does not carry. Name a neutral one." in told
    assert len(told.splitlines()) == len(CN.steps)


def test_a_playbook_without_texts_needs_no_route() -> None:
    letters: Mapping[str, Any] = {"steps": tuple(replace(step, channel="letter") for step in CN.steps)}
    check_routes({"x": replace(CN, sms_route="pigeon", **letters)}, SmsWording(), load_routes())


def test_the_line_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cn-consumer.toml").write_text(
        '[playbook]\nname = "cn-consumer"\nsms_route = "twilio"\n\n[[step]]\nid   =   "promise-missed"  # first\n'
    )
    with pytest.raises(CannotStart) as caught:
        check_routes({CN.name: replace(CN, sms_route="twilio")}, SmsWording(), load_routes(), folder=tmp_path)
    told = str(caught.value).splitlines()
    assert told[0].startswith("Playbook cn-consumer, line 3, route twilio: ")
    assert told[1].startswith("Playbook cn-consumer, line 6, step promise-missed, route twilio: ")
    assert told[-1].startswith("Playbook cn-consumer, line 1, step "), "a step that is not there stands for its head"


def test_a_line_of_blanks_is_read_as_fast_as_any(tmp_path: Path) -> None:
    (tmp_path / "cn-consumer.toml").write_text(f"[playbook]\nid {' ' * 20_000}=\n{' ' * 20_000}\n")
    with pytest.raises(CannotStart):
        check_routes({CN.name: replace(CN, sms_route="twilio")}, SmsWording(), load_routes(), folder=tmp_path)

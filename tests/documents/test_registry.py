"""The registry: every folder is understood or refused with file, key and remedy; words are locked; digests tell."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from forbear.documents.registry import FOLDER, folder_of, kinds, read_kind
from forbear.documents.samples import sample
from forbear.documents.slots import digest
from forbear.errors import BadData, BadInput
from forbear.rules.packs import load
from tests.documents import paper_folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    return partial(paper_folder.write, tmp_path)


def _refusal(home: Path) -> str:
    with pytest.raises(BadData) as refused:
        read_kind(home.name, home.parent)
    return str(refused.value)


def test_every_shipped_paper_is_understood_in_the_folder_of_its_name() -> None:
    found = kinds()
    assert {"reminder", "notice", "guarantor-notice", "address-page", "cn.notice.dunning"} <= found.keys()
    assert all(kind.folder == folder_of(name) for name, kind in found.items())
    packs = load().by_jurisdiction
    assert all(kind.jurisdiction == "*" or kind.jurisdiction in packs for kind in found.values())
    assert len({kind.digest for kind in found.values()}) == len(found)


def test_a_paper_is_read_with_all_that_is_said_of_it(write: Callable[..., Path]) -> None:
    home = write()
    kind = read_kind(home.name, home.parent)
    assert (kind.id, kind.version, kind.approval, kind.most_pages) == ("test.note", 3, "operator", 4)
    assert list(kind.fields) == ["contract_no", "secured", "security", "pledge_no", "payments"]
    assert str(kind.fields["pledge_no"].when) == "security=pledge"
    assert list(kind.fields["payments"].columns) == ["day", "amount"]
    assert kind.empty_slots("en") == ("rights",)
    assert kind.window


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('signer = "creditor"', 'signer = "police"', "signer must be one of creditor, lawyer"),
        ('signer = "creditor"', "", "signer is missing"),
        ('signer = "creditor"', 'signer = "creditor"\nseal = 1', "seal is no key of a paper: use approval, "),
        (
            'sheet = ""',
            'sheet = ""\ntells = "notice_sent"',
            "tells has 'notice_sent': use assignment_notice_received, ",
        ),
        ('id = "test.note"', 'id = "test.other"', "belongs into a folder test-other"),
        ('id = "test.note"', 'id = "../note"', "id must be words in small letters"),
        ("version = 3", "version = true", "version must be a number from 1"),
        ('sheet = ""', 'sheet = "a5"', "sheet must be one of letter-US, a4-CN"),
        ('jurisdiction = "*"', 'jurisdiction = "China"', "jurisdiction must be a pack's"),
        ('channels = ["letter"]', 'channels = ["fax"]', "channels has 'fax': use call, "),
        ('parties = ["borrower"]', 'parties = "borrower"', "parties must be a list of texts"),
        ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "valid_from must be a date without quotes"),
        ("valid_to = 2027-01-01", "valid_to = 2026-01-01", "valid_to must be after valid_from"),
        ('en = "A note"', 'en = ""', "[title] must hold a title for each language"),
        ('en = "A note"', 'en = "A note"\nfr = "Une note"', "there is no fr.html beside it"),
        ('type = "yes_no"', 'type = "boolean"', "[field.secured] type must be one of text, date"),
        ('label = { en = "Security" }', 'label = "Security"', "[field.security] needs label, a table"),
        ('label = { en = "Security" }', 'label = { zh-Hans = "担保" }', "[field.security] label needs en"),
        ("most = 12", "most = 0", "[field.contract_no] most must be a number from 1"),
        ("most = 12", "most = 12\nleast = 3", "[field.contract_no] least is no key of it"),
        ('choices = ["mortgage", "pledge"]', "", "[field.security] choices belong to a field of type choice"),
        ('when = "secured"', 'when = "insured"', "[field.security] when names 'insured', which is no other field"),
        ('when = "secured"', 'when = "secured=maybe"', "[field.security] when asks for 'maybe'"),
        ('when = "secured"', 'when = "secured"\nrequired = true', "[field.security] has both required and when"),
        ('when = "security=pledge"', 'when = "contract_no=1"', "a choice or of yes_no only"),
        ("[field.payments.row.day]", "[field.payments.row.Day]", "[field.payments.row.Day] is no name of a field"),
        ("[title]", "[title", "is no TOML in UTF-8"),
    ],
)
def test_what_is_not_understood_is_named_with_what_to_write(
    write: Callable[..., Path], old: str, new: str, told: str
) -> None:
    assert old in paper_folder.PAPER
    refusal = _refusal(write(paper=paper_folder.PAPER.replace(old, new, 1)))
    assert told in refusal
    assert "paper.toml" in refusal


def test_rows_need_columns_and_a_template_a_frame(write: Callable[..., Path], tmp_path: Path) -> None:
    bare = re.sub(r"\[field\.payments\.row\..*", "", paper_folder.PAPER, flags=re.DOTALL)
    assert "row belongs to a field of type rows" in _refusal(write(paper=bare))
    other = paper_folder.write(tmp_path / "other", template="<p>Hello</p>")
    assert "must begin with {% extends" in _refusal(other)


def test_a_file_that_nobody_named_is_refused(write: Callable[..., Path]) -> None:
    home = write()
    (home / "fr.html").write_text("Bonjour", "utf-8")
    assert "fr.html: is no file of a paper" in _refusal(home)


def test_a_paper_without_a_window_lies_on_a_sheet_without_one(write: Callable[..., Path]) -> None:
    plain = paper_folder.TEMPLATE.replace("frame.html", "sheet.html")
    windowed = paper_folder.PAPER.replace('sheet = ""', 'sheet = "letter-US"')
    assert "templates have no window: use a plain one" in _refusal(write(paper=windowed, template=plain))


def test_prescribed_words_stand_as_they_were_read(write: Callable[..., Path]) -> None:
    home = write(wording=paper_folder.WORDING.format(sha256=digest(paper_folder.WORDS)))
    slot = read_kind(home.name, home.parent).slots["rights"]
    assert slot.text["en"] == paper_folder.WORDS
    assert slot.worded("en").paragraphs == ["You may ask for a copy.", "It costs nothing."]
    empty = slot.worded("zh-Hans")
    assert empty.empty
    assert "Example Act, s. 1" in empty.__html__()


LOCKED = paper_folder.WORDING.format(sha256=digest(paper_folder.WORDS))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a copy", "a coqy", "is not the text that was locked; its digest is "),
        ("read = true", "read = false", "a text that nobody read at its source"),
        ("read = true", "", "needs read"),
        ('source = "Example Act, s. 1"', "", "needs source"),
        ("sha256.en", "sha256.fr", "fr is no language of this paper"),
        ('label.en = "your rights"', 'note = "x"', "note is no key of it"),
        ("[slot.rights]", "[words.rights]", "must hold tables [slot.<name>]"),
        ("[slot.rights]", "[slot.Rights]", "is no slot"),
        ("sha256.en", "# sha256.en", "needs sha256 for each text"),
    ],
)
def test_one_changed_letter_of_prescribed_words_is_refused(
    write: Callable[..., Path], old: str, new: str, told: str
) -> None:
    assert old in LOCKED
    refusal = _refusal(write(wording=LOCKED.replace(old, new, 1)))
    assert told in refusal
    assert "wording.toml" in refusal


def test_the_digest_tells_every_change_but_that_of_the_sample(tmp_path: Path) -> None:
    digests: list[str] = []
    for number, change in enumerate((None, "en.html", "paper.toml", "wording.toml", "sample.toml", "../letter.css")):
        home = paper_folder.write(tmp_path / str(number))
        (home / "sample.toml").write_text("", "utf-8")
        (home.parent / "letter.css").write_text("p { margin: 0 }", "utf-8")
        if change:
            with (home / change).open("a", encoding="utf-8") as file:
                file.write("\n")
        digests.append(read_kind(home.name, home.parent).digest)
    assert len(set(digests)) == len(digests) - 1
    assert digests[4] == digests[0]


def test_a_sample_is_refused_by_its_key_and_by_a_language_that_is_not_there(tmp_path: Path) -> None:
    home = paper_folder.write(tmp_path)
    kind = read_kind(home.name, home.parent)
    with pytest.raises(BadInput, match="--language"):
        sample(kind, "fr", tmp_path)
    (home / "sample.toml").write_text("[paper]\ncolour = 1\n", "utf-8")
    with pytest.raises(BadData, match=r"\[paper\] colour is no key of it"):
        sample(kind, "en", tmp_path)


def test_every_sample_is_plainly_fictional() -> None:
    for kind in kinds().values():
        if not (FOLDER / kind.folder / "sample.toml").is_file():
            continue
        for language in kind.languages:
            paper = sample(kind, language)
            assert "555" in paper.head.phone or paper.head.phone.startswith("+442079460"), kind.id

"""Every shipped text passes; one that fails is named with file, line, phrase and rule, and nothing starts on it."""

import random
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.errors import BadData, CannotStart
from forbear.rules.packs import load
from forbear.rules.phrases import as_read
from forbear.rules.terms import Terms
from forbear.rules.wording import Text, may_not_say
from forbear.wording.checking import FOLDER, check_templates, days_ahead, refuse_bad_words
from forbear.wording.manifest import Entry, Manifest
from tests.rules.disguises import DISGUISES, INNOCENT

PACKS = load()
DAY = date(2026, 12, 1)
FRIENDLY = "sms/en/reminder-friendly.txt"
POLICY = {rule.rule: rule for rule in PACKS.by_jurisdiction["POLICY"].terms if rule.phrases}
TEXTS = [entry for entry in Manifest.read(FOLDER).entries if entry.format == "text"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "templates"))


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Put something else into a file; on which line."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def faults(folder: Path) -> list[tuple[str, int, str, str]]:
    return [
        (found.path.relative_to(folder).as_posix(), found.fault.line, found.fault.rule, found.fault.phrase)
        for found in check_templates(folder, PACKS, DAY)
    ]


def test_every_shipped_text_passes_today_and_on_each_day_on_which_a_known_rule_begins() -> None:
    days = days_ahead(PACKS, DAY)
    assert date(2027, 1, 1) in days
    for day in days:
        assert check_templates(FOLDER, PACKS, day) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "phrase"),
    [
        (FRIENDLY, "a message", "a message on your DЕBТ", "POLICY.WORDS.DEBT", "debt"),
        (FRIENDLY, "Reply STOP to opt out.", "", "POLICY.WORDS.OPTOUT", "opt_out_instructions: Reply STOP / Reply R"),
        (FRIENDLY, "{{ lender }}", "We", "POLICY.WORDS.SENDER", "sender_identity: {{ lender }}"),
        (FRIENDLY, "your account", "$50", "POLICY.WORDS.MONEY", "$50"),
        (FRIENDLY, "a message", "{% if x %}a{% endif %} message", "TEMPLATE.PLAIN", "{% if x %}"),
        (FRIENDLY, "{{ phone }}", "{{ phone.upper() }}", "TEMPLATE.PLAIN", "{{ phone.upper() }}"),
        ("sms/zh-Hans/cn-notice-talk.txt", "服务事宜", "逾　期事宜", "POLICY.WORDS.DEBT", "逾期"),
        ("sms/zh-Hans/cn-notice-talk.txt", "服务事宜", "法院传票", "CN.PROHIB.CBA8", "法院传票"),
        ("pages/cover.html", "<button>", "<p>You <b>o</b>we us</p>\n<button>", "POLICY.WORDS.DEBT", "owe"),
        ("pages/cover.html", "<button>", "<p>Your d&#101;bt</p>\n<button>", "POLICY.WORDS.DEBT", "debt"),
        ("pages/cover.html", "<button>", '<button title="Your debt">', "POLICY.WORDS.DEBT", "debt"),
        ("pages/account.html", "<h2>", "<p>The sheriff</p>\n<h2>", "POLICY.WORDS.OFFICIAL", "sheriff"),
        ("pages/account.html", "{{ as_of }}", "{{ balance }}", "POLICY.WORDS.MONEY", "{{ balance }}"),
        ("pages/en/words.toml", 'button = "Continue"', 'button = "See your loan"', "POLICY.WORDS.DEBT", "loan"),
        ("pages/en/words.toml", 'owed = "You owe"', 'owed = "You owe, deadbeat"', "POLICY.WORDS.INSULT", "deadbeat"),
        ("sms/en/replies.toml", "Reply STOP to stop texts", "Call to stop texts", "POLICY.WORDS.OPTOUT", "opt_out_instructions: Reply STOP / Reply R"),
        ("sms/zh-Hans/replies.toml", "这里是", "催收，这里是", "POLICY.WORDS.DEBT", "催收"),
        ("report/words/zh-Hans.toml", 'both = "合计"', 'both = "老赖合计"', "POLICY.WORDS.INSULT", "老赖"),
    ],
)  # fmt: skip
def test_a_spoilt_text_is_named(folder: Path, file: str, old: str, new: str, rule: str, phrase: str) -> None:  # noqa: PLR0917  a table of cases
    line = spoil(folder, file, old, new)
    if ": " in phrase:  # what a text lacks stands on no line of its own
        line = 1
    found = faults(folder)
    assert (file, line, rule, phrase) in found
    assert {each[0] for each in found} == {file}


@settings(max_examples=150, deadline=None)
@given(
    entry=st.sampled_from(TEXTS),
    rule=st.sampled_from(sorted(set(POLICY) - {"POLICY.WORDS.THIRD"})),
    way=st.sampled_from(sorted(set(DISGUISES) - {"quoted"})),
    seed=st.integers(0, 10_000),
)
def test_any_forbidden_phrase_in_any_disguise_in_any_text_is_caught(
    entry: Entry, rule: str, way: str, seed: int
) -> None:
    chance = random.Random(seed)
    phrase = chance.choice(_phrases(POLICY[rule]))
    source = (FOLDER / entry.path(chance.choice(entry.languages))).read_text("utf-8")
    at = chance.choice([0, len(source), *(tag.start() for tag in re.finditer(r"\{\{", source))])
    spoilt = f"{source[:at]} {DISGUISES[way](phrase, chance)} {source[at:]}"
    text = Text(name=entry.name, language="en", channel="sms", source=spoilt)
    assert (rule, as_read(phrase)) in {(fault.rule, as_read(fault.phrase)) for fault in may_not_say(text, PACKS, DAY)}


def _phrases(rule: Terms) -> list[str]:
    return [phrase for phrases in rule.phrases.values() for phrase in phrases]


@pytest.mark.parametrize("sentence", [each for each in INNOCENT if "{" not in each])
def test_an_ordinary_sentence_in_a_text_passes(folder: Path, sentence: str) -> None:
    spoil(folder, FRIENDLY, "we have", f"{sentence} We have")
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("manifest.toml", 'file = "sms/{language}/reminder-talk.txt"', 'file = "sms/{language}/gone.txt"', "names sms/en/gone.txt, which is not there"),
        ("manifest.toml", '[text."sms/reminder-talk"]\nfile', '[text."sms/reminder-talk"]\nfiles = []\nfile', "files is no key of a text"),
        ("manifest.toml", 'stage = "before_identity"\n', "", "needs stage"),
        ("manifest.toml", 'stage = "before_identity"', 'stage = "now"', "stage must be one of"),
        ("manifest.toml", 'channel = "sms"', 'channel = "fax"', "channel must be one of"),
        ("manifest.toml", 'parties = ["borrower", "co_borrower"]', 'parties = ["debtor"]', "parties must be of"),
        ("manifest.toml", 'parties = ["borrower", "co_borrower"]', "parties = []", "parties are who may read it"),
        ("manifest.toml", 'languages = ["en"]', 'languages = "en"', "languages must be a list"),
        ("manifest.toml", 'languages = ["en"]', "languages = []", "may not be empty"),
        ("manifest.toml", "[wordless]", "[silent]", r"\[silent\] is no table"),
        ("manifest.toml", "[wordless]", "[wordless", "not TOML"),
        ("manifest.toml", 'sections = ["reply"]', 'sections = ["reply", "answer"]', r"has no section \[answer\]"),
        ("sms/en/replies.toml", "[reply]", '[new]\nword = "x"\n\n[reply]', r"section \[new\] is not in manifest.toml"),
        ("sms/en/replies.toml", "[reply]", "[reply", "not TOML"),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_refused(folder: Path, file: str, old: str, new: str, reason: str) -> None:
    spoil(folder, file, old, new)
    with pytest.raises(BadData, match=reason):
        check_templates(folder, PACKS, DAY)


def test_a_text_that_no_entry_names_is_refused(folder: Path) -> None:
    (folder / "sms" / "en" / "new.txt").write_text("{{ lender }}: hello. Reply STOP to opt out.", "utf-8")
    with pytest.raises(BadData, match=r"new.txt: is not in manifest.toml"):
        check_templates(folder, PACKS, DAY)


def test_a_folder_without_a_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.toml").unlink()
    with pytest.raises(BadData, match=r"manifest.toml: is missing"):
        check_templates(folder, PACKS, DAY)


def test_a_text_cannot_claim_what_no_rule_can_show(folder: Path) -> None:
    spoil(folder, "manifest.toml", 'says = ["opt_out_instructions"', 'says = ["good_manners", "opt_out_instructions"')
    assert {(rule, phrase) for _, _, rule, phrase in faults(folder)} == {("TEMPLATE.CLAIM", "good_manners")}


def test_a_language_that_no_pack_reads_is_refused(folder: Path) -> None:
    spoil(
        folder,
        "manifest.toml",
        'file = "pages/cover.html"\nlanguages = ["en"]',
        'file = "pages/cover.html"\nlanguages = ["fr"]',
    )
    assert {(rule, phrase) for _, _, rule, phrase in faults(folder)} == {("TEMPLATE.LANGUAGE", "fr")}


def test_nothing_starts_on_a_text_that_may_not_be_sent(folder: Path) -> None:
    refuse_bad_words(folder, PACKS, DAY)
    spoil(folder, FRIENDLY, "a message", "an arrest warrant")
    with pytest.raises(
        CannotStart, match=r"reminder-friendly.txt:1: .*“arrest” \(POLICY.WORDS.THREAT\). No text threatens"
    ):
        refuse_bad_words(folder, PACKS, DAY)


def test_nothing_starts_on_a_folder_that_cannot_be_checked(folder: Path) -> None:
    (folder / "sms" / "en" / "new.txt").write_text("x", "utf-8")
    with pytest.raises(CannotStart, match=r"is not in manifest.toml.*Mend it"):
        refuse_bad_words(folder, PACKS, DAY)


LAWYERS = "letters/cn-letter-lawyer"
CAPITALS = "letters/parts-zh.html"


def test_only_what_a_lawyer_signs_and_approves_is_called_a_lawyers_letter_and_only_in_its_title(folder: Path) -> None:
    page = f"{LAWYERS}/zh-Hans.html"
    assert "{{ title }}" in (folder / page).read_text("utf-8")
    assert faults(folder) == []
    line = spoil(folder, page, "指派", "发出本律师函，指派")
    assert {(file, at, phrase) for file, at, _, phrase in faults(folder)} == {(page, line, "律师函")}


@pytest.mark.parametrize(
    ("old", "new", "phrase"),
    [
        ('signer = "lawyer"', 'signer = "creditor"', "律师函"),
        ('approval = "lawyer"', 'approval = "operator"', "律师函"),
        ('zh-Hans = "律师函"', 'zh-Hans = "律师函、法院传票"', "法院传票"),
    ],
)
def test_a_letter_of_anybody_else_or_with_another_name_is_found(folder: Path, old: str, new: str, phrase: str) -> None:
    spoil(folder, f"{LAWYERS}/paper.toml", old, new)
    found = faults(folder)
    assert {file for file, *_ in found} == {f"{LAWYERS}/zh-Hans.html"}
    assert phrase in {said for *_, said in found}


def test_an_amount_in_words_is_one_that_a_money_filter_wrote(folder: Path) -> None:
    line = spoil(folder, CAPITALS, "{{ amount | in_words }}", "{{ amount | upper }}")
    assert {(file, at, said) for file, at, _, said in faults(folder)} == {(CAPITALS, line, "{{ amount | upper }}")}


def test_a_collectors_text_may_not_go_out_before_identity_is_verified(folder: Path) -> None:
    """Its first text must say that it collects a debt, and no text may: there is none."""
    spoil(folder, "manifest.toml", 'roles = ["original_creditor"]', 'roles = ["third_party_collector"]')
    assert {"US.REGF.MM1", "US.REGF.MM2"} <= {rule for _, _, rule, _ in faults(folder)}

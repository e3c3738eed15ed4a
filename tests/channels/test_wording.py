"""The words of texts: every template is whole, cheap, neutral and says how to stop; bad ones are refused on load."""

import hashlib
import shutil
from pathlib import Path

import pytest

from forbear.channels.wording import FOLDER, SmsWording
from forbear.errors import BadData, BadInput

VALUES = {"lender": "Harbor Example", "phone": "+12125550100", "link": "https://pay.example.com/p/abcdefghij123456"}
DEBT_WORDS = ("debt", "owe", "overdue", "past due", "collect", "balance", "$", "loan", "late")
DEBT_WORDS_ZH = ("欠", "逾期", "贷款", "借款", "催", "债", "还款", "还钱", "账单", "征信", "起诉")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "sms"))


def test_every_template_renders_says_who_and_how_to_stop_and_nothing_of_a_debt() -> None:
    wording = SmsWording()
    for name in (name for name in wording.names if wording.template(name).link):
        worded = wording.sms(name, "en", VALUES)
        assert worded.body.startswith("Harbor Example: ")
        assert worded.body.endswith("Reply STOP to opt out.")
        assert VALUES["link"] in worded.body
        assert VALUES["phone"] in worded.body
        assert not [word for word in DEBT_WORDS if word in worded.body.lower()], name
        assert worded.segments <= 2
        assert worded.sha256 == hashlib.sha256(worded.body.encode()).hexdigest()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_text_for_china_is_neutral_has_no_link_and_says_how_to_refuse_more(language: str) -> None:
    wording = SmsWording()
    values = {**VALUES, "lender": "示例储蓄"}
    ours = [name for name in wording.names if "aliyun" in wording.template(name).providers]
    assert len(ours) == 5
    for name in ours:
        body = wording.sms(name, language, values).body
        assert "示例储蓄" in body
        assert VALUES["phone"] in body
        assert "http" not in body
        assert "/p/" not in body
        assert body.endswith({"zh-Hans": "拒收请回复R", "en": "Reply R to opt out."}[language])
        assert not [word for word in (*DEBT_WORDS_ZH, *DEBT_WORDS) if word in body.lower()], name


def test_the_signature_that_a_provider_puts_in_front_is_part_of_the_price() -> None:
    wording = SmsWording()
    body = wording.sms("cn-notice-friendly", "zh-Hans", {"lender": "示" * 12, "phone": "12345"}).body
    assert len(body) <= 70 < len(body) + 14
    assert wording.sms("cn-notice-friendly", "zh-Hans", {"lender": "示" * 12, "phone": "12345"}).segments == 2


def test_each_approved_wording_has_a_code_of_its_own_and_is_what_we_render() -> None:
    wording = SmsWording()
    registered = wording.registered("aliyun")
    assert len(registered) == 10
    approved = wording.approved("cn-notice-talk", "zh-Hans", "aliyun")
    text = registered[approved.code]
    for key in approved.params:
        text = text.replace(f"${{{key}}}", VALUES[key])
    assert text == wording.sms("cn-notice-talk", "zh-Hans", VALUES).body


def test_a_text_without_approved_wording_is_named_with_the_remedy() -> None:
    with pytest.raises(BadInput, match=r"reminder-talk.*no approved wording at aliyun.*Register it there"):
        SmsWording().approved("reminder-talk", "en", "aliyun")


def test_a_near_language_is_spoken_before_the_first() -> None:
    approved = SmsWording().approved("cn-notice-talk", "en-GB", "aliyun")
    assert approved == SmsWording().approved("cn-notice-talk", "en", "aliyun")
    assert SmsWording().approved("cn-notice-talk", "zh-CN", "aliyun").code.startswith("SMS_4740001")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("SMS_474000102", "SMS_474000101"), "knows SMS_474000101 as cn-notice-friendly"),
        (('params = ["lender", "phone"]', 'params = ["lender"]'), "params are not the template's values"),
        (("link = false", "link = true"), "link = true, its values say otherwise"),
        (("aliyun = 12", "other = 12"), "needs 'aliyun'"),
        (("debt_content = false\n", ""), "needs 'debt_content'"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(folder: Path, change: tuple[str, str], reason: str) -> None:
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(*change), "utf-8")
    with pytest.raises(BadData, match=reason):
        SmsWording(folder)


def test_a_language_that_is_not_shipped_falls_back_to_the_templates_first() -> None:
    assert SmsWording().sms("reminder-talk", "fr", VALUES).body.startswith("Harbor Example")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BadInput, match="'link' is missing"):
        SmsWording().sms("reminder-talk", "en", {"lender": "x", "phone": "y"})


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(BadInput, match="'nothing'"):
        SmsWording().sms("nothing", "en", VALUES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ lender }}: {{ link }} STOP", "the manifest says"),
        ("{{ lender }} {{ link }} {{ phone }} {{ name }} STOP", "the manifest says"),
        ("{{ lender }} {{ link }} {{ phone }} 还款 " + "x" * 100 + " Reply STOP", "segments"),
        ("{{ lender }}: repay your loan {{ link }} {{ phone }} Reply STOP", r"speaks of a debt \(loan, repay\)"),
        ("{{ lender", "cannot be read"),
    ],
)
def test_a_bad_template_is_refused_on_load_with_its_file(folder: Path, text: str, reason: str) -> None:
    (folder / "en" / "reminder-talk.txt").write_text(text, "utf-8")
    with pytest.raises(BadData, match=reason) as caught:
        SmsWording(folder)
    assert caught.value.path.name == "reminder-talk.txt"

"""What people write back and how it is read: what may be a request to stop is one, in English and in Chinese."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.channels.inbound_days import HORIZON
from forbear.channels.inbound_days_zh import chinese_number
from forbear.channels.inbound_words import read
from forbear.ports.replies import Reading

MONDAY = date(2026, 3, 2)

PLAIN_STOPS = """
STOP | stop | Stop. | "STOP" | STOP!!! | STOPALL | UNSUBSCRIBE | END | QUIT | CANCEL | REVOKE | OPTOUT | Opt out | opt  out
ＳＴＯＰ | 退订 | TD | td | T | 停止 | 取消 | 拒收 | 退订。 | 【退订】
R | r | Ｒ | 回R | 回复R | 回复TD | 回T退订 | TD退订 | 退订T | 拒收R | 拒收请回复R | R。 | 退 | 拒绝
退定 | TD退定 | 停发 | 停發 | 取消订阅 | 取消訂閱 | 退訂
"""
STOPS_IN_WORDS = """
please stop texting me | Stop contacting me. | Do not text this number again | leave me alone, no more messages
do not contact me again | take me off | take me off your list | leave me alone | don't text me | Dont ever call me again
I don’t want any more of these messages | never contact me | STOP sending me this | stop it | stop stop stop | pls stop
please cancel | kindly stop | stop now please | sotp | I want to unsubscribe | unsubscribe me from this | remove my number
no more texts | quit texting me | I revoke my consent | opt me out of this | lose my number | Go away!! | cease and desist
how do I stop these messages? | you people need to stop | STOP I already told you | stop harassing me | Can you stop calling
I do not wish to be contacted, do not text | stop\\ntexting\\nme | s t o p? no, I mean: stop texting
别再发 | 不要再联系 | 请不要再联系我了 | 别再发短信了 | 我要退订 | 不要再打电话给我 | 请停止发送 | 別再發了 | 别烦我 | 请 勿 打 扰
别再给我发信息 | 不要再给我发短信了 | 不用再发了 | 请勿发送 | 别骚扰 | 你们这是骚扰 | 别催了 | 不要给我打电话 | 不想再收到你们的短信
请停发短信 | 請停發簡訊 | 取消发送 | 取消發送 | 取消通知 | 请取消通知 | 请帮我取消订阅 | 取消所有的短信提醒 | 取消还款提醒
删除我的号码 | 刪除我的號碼 | 请把我的号码从你们系统删除 | 删掉我的手机号 | 移除我的電話號碼 | 别来烦 | 別來煩我 | 你们别来烦我了
我要退定 | 不要给我老婆发 | 不要給我老婆發短信 | 别给我家人打电话 | 別再給我媽媽打電話 | 不要联系我同事 | 不要再骚扰我的家人
请不要往我公司打电话 | 不许再给她发信息 | 別再給我發簡訊 | 不要再聯繫我 | 請勿聯絡我 | 不需要提醒 | 不用通知我了 | 关闭提醒
取消你们的通知 | 别总给我发 | 不要老是打电话 | 別打擾我 | 終止發送 | 不要一直来电 | 别他妈打了 | 你们停发吧
"""
NOT_STOPS = """
I'll stop by tomorrow to pay | I did not get your message | don't worry I will pay Friday | ok thanks | when will this end
I do not have a phone, call me at work | this is not a good time | I can pay next week | thank you | what? | 好的 | 👍 | ...
I don't understand your message | Is this non stop service? | I never got a text from you | 明天还款 | | T mobile is my carrier
别担心我会还 | 别着急我发工资就还 | 我不要发票 | 收到 | 请 | 回复 | 为什么给我发这个 | 我不打算借了 | 没收到你们的短信
取消自动还款 | 我想取消自动还款 | 请取消明天的扣款 | 取消分期可以吗 | 不要发愁我会还 | 删除了之前的记录 | 我取消了订单所以没钱 | 公司停发工资了 | 公司停發薪水，沒錢
"""


def lines(table: str) -> list[str]:
    return [cell.strip() for line in table.strip().splitlines() for cell in line.split("|")]


@pytest.mark.parametrize("text", lines(PLAIN_STOPS))
def test_a_word_of_the_agreed_kind_alone_stops_without_a_human(text: str) -> None:
    reading = read(text, "en")
    assert (reading.kind, reading.stops, reading.plain, reading.needs_human) == ("stop", True, True, False)


@pytest.mark.parametrize("text", lines(STOPS_IN_WORDS))
def test_a_request_in_words_stops_and_a_human_reads_it(text: str) -> None:
    reading = read(text.replace("\\n", "\n"), "en")
    assert reading.stops
    assert reading.needs_human


@pytest.mark.parametrize("text", lines(NOT_STOPS))
def test_what_is_no_request_stops_nothing(text: str) -> None:
    assert not read(text, "en", MONDAY).stops


@pytest.mark.parametrize(("text", "carrier"), [("STOP", True), (" stop ", True), ("Stop.", False), ("退订", False)])
def test_it_is_known_which_words_the_carrier_obeys_itself(text: str, carrier: bool) -> None:
    assert read(text, "en").carrier == carrier


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("start", "START | start | Yes | YES. | UNSTOP | 恢复"),
        (
            "help",
            "HELP | info | help? | Who is this? | who's this | is this a scam | How do I pay | 你是谁 | 是不是诈骗",
        ),
        (
            "wrong_person",
            (
                "Wrong number | wrong person | You have the wrong person | I don't know who this is, wrong number"
                " | no one by that name here | Not me | this isn't me | 打错了 | 我不是本人 你发错了 | wrong person stop"
            ),
        ),
        (
            "dispute",
            (
                "I do not owe this, I dispute it | This was already paid. I dispute this debt. | not my debt | This isn't mine"
                " | the amount is wrong | prove it | I never took a loan | 我对金额有异议 | 我没借过 | 金额不对"
            ),
        ),
        (
            "hardship",
            (
                "I lost my job and cannot pay | I am in hospital and cannot pay right now | I can't afford this | no money"
                " | can I get a payment plan | I'm broke | 我失业了 | 没钱还 | 能不能分期"
            ),
        ),
        ("insolvency", "I filed for bankruptcy | chapter 7 | 我已经破产"),
        ("attorney", "talk to my lawyer | I am represented by counsel | 请联系我的律师"),
        ("deceased", "my husband passed away | she is deceased | 他去世了"),
        ("paid", "I already paid | I paid it yesterday | payment sent | 已经还了 | 昨天已付"),
        ("promise", "I will pay | I'll pay tomorrow | can pay friday | I promise | 我明天还 | 下周会还"),
        ("other", "ok | hello | thanks a lot | 好的 | call me"),
    ],
)
def test_meanings(kind: str, table: str) -> None:
    for text in lines(table):
        assert read(text, "en", MONDAY).kind == kind, text


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        ("I will pay $50 on Friday", date(2026, 3, 6), "50"),
        ("I'll pay 120.50 next friday", date(2026, 3, 13), "120.50"),
        ("will pay today", MONDAY, None),
        ("I can pay tomorrow", date(2026, 3, 3), None),
        ("paying monday", date(2026, 3, 9), None),
        ("I will pay day after tomorrow", date(2026, 3, 4), None),
        ("pay on the 15th", date(2026, 3, 15), None),
        ("will pay by the 1st", date(2026, 4, 1), None),
        ("I'll pay on the 20", date(2026, 3, 20), None),
        ("will pay 3/15", date(2026, 3, 15), None),
        ("will pay 3/15/26", date(2026, 3, 15), None),
        ("will pay 15/3", date(2026, 3, 15), None),
        ("I will pay 1/5", None, None),
        ("I will pay 2026-03-31", date(2026, 3, 31), None),
        ("I will pay March 20th", date(2026, 3, 20), None),
        ("I will pay the 20th of march", date(2026, 3, 20), None),
        ("I will pay in two weeks", date(2026, 3, 16), None),
        ("I will pay in 10 days", date(2026, 3, 12), None),
        ("I will pay at the end of the month", date(2026, 3, 31), None),
        ("I get paid on friday will pay then", date(2026, 3, 6), None),
        ("I can't pay until friday", date(2026, 3, 6), None),
        ("I can pay 1,234.50 dollars next week", date(2026, 3, 9), "1234.50"),
        ("I will pay 50 by 3/9", date(2026, 3, 9), "50"),
        ("I will pay february 30", None, None),
        ("I will pay in december", None, None),
        ("I will pay 2024-01-01", None, None),
        ("我下周五还款500元", date(2026, 3, 13), "500"),
        ("3月15日还", date(2026, 3, 15), None),
        ("15号还", date(2026, 3, 15), None),
        ("后天还 300块", date(2026, 3, 4), "300"),
        ("月底还款", date(2026, 3, 31), None),
        ("星期三还你", date(2026, 3, 4), None),
        ("十五号还五百块", date(2026, 3, 15), "500"),
        ("二十五日还两千", date(2026, 3, 25), "2000"),
        ("15号还2000", date(2026, 3, 15), "2000"),
        ("3月10日还1.5万", date(2026, 3, 10), "15000"),
        ("一万五千块我月底一定还", date(2026, 3, 31), "15000"),
        ("5天后还", date(2026, 3, 7), None),
        ("三天后还钱", date(2026, 3, 5), None),
        ("两个星期之内还", date(2026, 3, 16), None),
        ("一个月后还", date(2026, 4, 2), None),
        ("下周还", date(2026, 3, 9), None),
        ("下月底还", date(2026, 4, 30), None),
        ("下个月5号还", date(2026, 4, 5), None),
        ("下月五号还", date(2026, 4, 5), None),
        ("星期五之前还清", date(2026, 3, 6), None),
        ("我明天就还了", date(2026, 3, 3), None),
        ("发工资就还", None, None),
        ("我会还清的", None, None),
    ],
)
def test_promises(text: str, day: date | None, amount: str | None) -> None:
    reading = read(text, "en-US", MONDAY)
    assert (reading.kind, reading.due_on, reading.amount) == ("promise", day, Decimal(amount) if amount else None)
    assert reading.needs_human == (day is None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打错了", "wrong_person"),
        ("不是我", "wrong_person"),
        ("不是我，你们打错了", "wrong_person"),
        ("我不是他，机主换了", "wrong_person"),
        ("不是我借的", "dispute"),
        ("我对这笔账有异议", "dispute"),
        ("金额不对，我不欠这么多", "dispute"),
        ("困难", "hardship"),
        ("最近困难，能不能分期", "hardship"),
        ("我明天还不了", "hardship"),
        ("15号也还不上", "hardship"),
        ("还了", "paid"),
        ("昨天还了", "paid"),
        ("3号已经还了", "paid"),
        ("还款日是哪天", "help"),
        ("你们是谁，怎么还款", "help"),
        ("就不还", "other"),
        ("我要投诉", "other"),
    ],
)
def test_what_else_people_say_in_chinese(text: str, kind: str) -> None:
    reading = read(text, "zh-Hans", MONDAY)
    assert (reading.kind, reading.stops, reading.due_on) == (kind, False, None)
    assert reading.needs_human


@pytest.mark.parametrize(
    ("text", "number"),
    [("二十五", 25), ("十", 10), ("两千", 2000), ("三百零五", 305), ("一万五千", 15_000), ("x", None)],
)
def test_chinese_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


def test_day_and_month_follow_the_persons_language() -> None:
    assert read("will pay 4/3", "en-GB", MONDAY).due_on == date(2026, 3, 4)
    assert read("will pay 4/3", "en-US", MONDAY).due_on == date(2026, 4, 3)


def test_a_stop_comes_before_what_else_is_said() -> None:
    assert read("wrong person stop", "en") == Reading("wrong_person", stops=True)
    assert read("Stop texting me, I will pay on Friday", "en", MONDAY).stops
    assert read("I dispute this. Do not contact me again", "en") == Reading("dispute", stops=True)


@pytest.mark.parametrize(
    "text",
    [
        " " * 20_000,
        "stop" + " " * 20_000,
        " " * 20_000 + "stop texting me",
        "1" * 20_000,
        "pay " * 5_000,
        "don't " * 3_500,
        "3/" * 10_000,
        "$1,111" * 3_500,
        "下周" * 10_000,
        "." * 20_000,
        "\u3000" * 20_000,
        "１月" * 10_000,
        "十" * 20_000,
        "还一" * 10_000,
        "不要再" * 7_000,
        "别给我" * 7_000,
        "回复" * 10_000,
        "下个" * 10_000,
        "两个" * 10_000,
        "万" * 20_000,
        "不是我" * 7_000,
        "还1" * 10_000,
        "拒收请回复" * 4_000,
        "取消你们的所有的" * 2_500,
        "取消" * 10_000,
        "不要再来给我老婆" * 2_500,
        "不要给我的手机号码上一直" * 1_700,
        "删除我的手机" * 3_500,
        "把我" * 10_000,
        "把我的号码从" * 3_400,
        "別" * 20_000,
    ],
)
@pytest.mark.timeout(5)
def test_no_text_makes_it_slow(text: str) -> None:
    assert read(text, "en", MONDAY) == read(text, "en", MONDAY)


def test_a_stop_at_either_end_of_a_very_long_text_is_heard() -> None:
    assert read("stop texting me " + "x " * 20_000, "en").stops
    assert read("x " * 20_000 + "stop texting me", "en").stops


@given(st.text(max_size=300))
def test_any_text_is_read_without_error_and_days_lie_ahead(text: str) -> None:
    reading = read(text, "zh-CN", MONDAY)
    assert reading.due_on is None or MONDAY <= reading.due_on <= MONDAY + HORIZON
    assert reading == read(text, "zh-CN", MONDAY)


@given(st.sampled_from(lines(PLAIN_STOPS)), st.text(alphabet=" .!\t\n\u3000", max_size=20))
def test_spaces_and_punctuation_never_hide_a_stop(word: str, around: str) -> None:
    assert read(around + word + around, "en").stops

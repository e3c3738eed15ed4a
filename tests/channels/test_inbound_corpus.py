"""A corpus of what people write to be left alone, and of what only sounds like it, in English and in Chinese.

Every sentence is made up. What asks for peace is an opt-out, whatever words it uses; a human reads all but the agreed
words, and everything that is not understood.
"""

from datetime import date

import pytest

from forbear.channels.inbound_words import read

MONDAY = date(2026, 3, 2)
PER_SE = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""The words that revoke a consent by themselves (47 CFR 64.1200(a)(10))."""

STOPS_EN = """
could you please stop | can u stop txting me | stop w the texts | STOP. I said stop. | plz take me off this list | remove this number from your system
I no longer wish to receive these messages | I don't want to receive texts | do not want texts | dont want ur msgs | no longer interested, stop
unsub | unsubscribe pls | please unsubscribe this number | cancel my texts | end these texts | end all communication | i opt out | opting out of texts
I want out | I want to opt-out | opt-out | STOP-ALL | stop all | quit | quit it | quit bothering me | cease all contact | cease communication | I demand you cease
do not call or text this number | don't ever text this phone again | never text me again | never contact this number again | no thank you stop
this number does not consent | I do not consent to being contacted | i revoke consent | revoking my consent | I withdraw consent | consent withdrawn | I hereby revoke permission
stop blowing up my phone | stop spamming | quit spamming me | stop harassing | this is harassment | you are harassing me | enough already | enough with the texts
leave me be | leave my family alone | get off my phone | get me off this | take my name off | take this number off | delete me | delete this number | erase my number
block me | blocked | do not disturb me | don't bother me | please don't bother me again | lay off | knock it off | cut it out | stahp | STOPP | s.t.o.p | S T O P | ѕtор
stop now | stop it now | stop this | stop that | just stop | please just stop | I said STOP | STOP!!! | stop please | no more text messages please | no further contact | no further messages
I am on the do not call list | put me on your do not call list | do not call list | DNC | add me to do not contact | not interested | I'm not interested, remove me
"""
STOPS_ZH = """
不要发了 | 别发了 | 不要再发给我 | 不要再发信息 | 请停止骚扰 | 停止骚扰我 | 再发我就投诉 | 再骚扰就报警 | 再发短信我就举报 | 别再给我打电话发短信 | 我不想收到 | 我不想再收到任何信息 | 不想看到你们的短信 | 请取消订阅
退订短信 | 我要退订 | 帮我退订 | 怎么退订 | 如何退订 | T退订 | TD退订 | 回T | 回td | 拒收短信 | 拒绝接收 | 不接收 | 不接受短信 | 屏蔽 | 已屏蔽 | 请勿再发 | 勿发 | 勿再打扰 | 请勿来电 | 谢绝来电 | 谢绝打扰
停 | 停止 | 停了吧 | 请停 | 不要再来烦我 | 烦不烦 | 烦死了别发了 | 天天发烦死了 | 不要打了 | 别打了 | 别打电话 | 不要再打过来 | 删掉我的号码 | 把我删了 | 把我从名单删除 | 移出名单 | 把我的号码拉黑 | 取消 | 取消发送 | 终止服务
撤回同意 | 我撤回授权 | 不同意接收短信 | 我不同意你们联系我 | 不授权 | 收回同意 | 不需要了 | 不用了谢谢，别再发 | 退出 | 我要退出 | 不再接收 | 以后不要联系 | 以后别联系我 | 永远不要联系我 | 禁止联系 | 別再傳訊息 | 不要再傳簡訊 | 請停止傳送 | 不要傳了 | 别再发消息给我
"""
NOT_STOPS_EN = """
I can't stop by today | non-stop work here | stop by the office | payment was stopped by my bank | my card was cancelled | can I cancel the payment? | please cancel my autopay | end of the month ok? | I'll pay at the end of the week
the bus stop | when does the interest stop | I don't have the money | I never received a bill | my contract ends in May | I can never reach you by phone | call me tomorrow | please call me | text me the link again | send me the link
yes contact me | you can text me | please do contact me | don't worry I will pay | I opted for a plan | i cannot quit my job | I was fired | how do I pay | ok I will | what do I owe | I do not understand
I lost my job, can we set up a plan | can you remove the late fee | delete the late fee please | please remove interest | take the fee off | cancel the late charge | block my card please | my account is blocked | not interested in a loan, but I will pay | I'll end up paying Friday
"""
NOT_STOPS_ZH = """
我明天还 | 还款日是哪天 | 怎么还款 | 请给我打电话 | 请联系我 | 可以发链接吗 | 再发一次链接 | 请再发一遍 | 短信没收到 | 没看到短信 | 工资停发了 | 银行卡停用了 | 卡被冻结了 | 能不能取消罚息 | 取消分期 | 我要投诉 | 我要举报你们乱收费
能不能少还点 | 停工没钱 | 公司停产 | 不想逾期 | 不想上征信 | 我不需要贷款 | 我没有拒绝还款 | 打扰了，请问怎么还 | 不好意思打扰一下 | 不用担心会还 | 收到 | 好 | 知道了 | 联系不上你们 | 打不通你们电话 | 你们电话打不进 | 系统退出了 | app退出登录了
"""
UNCLEAR = """
hmm | no | No! | why me | ??? | what is this about | I am at work | in a meeting | busy | later | not now | wrong | nope | I can't deal with this
不 | 不行 | 算了 | 没空 | 在忙 | 忙 | 以后再说 | 再说吧 | 为什么 | 嗯 | 你们有完没完 | 无语 | 呵呵
"""


def lines(table: str) -> list[str]:
    return [cell.strip() for line in table.strip().splitlines() for cell in line.split("|")]


@pytest.mark.parametrize("word", PER_SE)
def test_a_word_that_revokes_by_itself_stops_however_it_is_typed(word: str) -> None:
    for typed in (word, word.upper(), word.title(), f"{word}.", f"  {word} ", f'"{word}"'):
        reading = read(typed, "en")
        assert (reading.kind, reading.stops, reading.plain) == ("stop", True, True), typed


@pytest.mark.parametrize("text", [*lines(STOPS_EN), *lines(STOPS_ZH)])
def test_a_request_for_peace_is_one_in_any_words(text: str) -> None:
    for language in ("en", "zh-Hans"):
        assert read(text, language, MONDAY).stops


@pytest.mark.parametrize("text", [*lines(NOT_STOPS_EN), *lines(NOT_STOPS_ZH)])
def test_what_only_sounds_like_one_stops_nothing(text: str) -> None:
    assert not read(text, "en", MONDAY).stops


@pytest.mark.parametrize("text", lines(UNCLEAR))
def test_what_may_mean_anything_goes_to_a_human(text: str) -> None:
    reading = read(text, "en", MONDAY)
    assert reading.needs_human
    assert not reading.plain


@pytest.mark.parametrize("text", ["天天发烦死了", "烦死了，别发了", "最近忙死了"])
def test_nobody_died_of_annoyance(text: str) -> None:
    assert read(text, "zh-Hans", MONDAY).kind != "deceased"


@pytest.mark.parametrize(
    ("text", "carrier"), [("stop", True), ("ＳＴＯＰ", False), ("ѕtор", False), ("s t o p", False)]
)
def test_a_carrier_obeys_only_what_was_typed_in_its_own_letters(text: str, *, carrier: bool) -> None:
    reading = read(text, "en")
    assert reading.stops
    assert reading.carrier is carrier

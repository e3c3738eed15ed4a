"""The words people use when they write back, by meaning. Data for `forbear.channels.inbound_words`.

English phrases are matched as whole words after folding (lower case, no punctuation, apostrophes dropped: "don't" is
`dont`); Chinese ones as parts of the text without spaces. Where a phrase may be read two ways, the reading that leaves
the person in peace wins: a human reads it afterwards.
"""

import re
from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    """The phrases of a text, which commas part."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


CARRIER_STOP: Final = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"})
CARRIER_START: Final = frozenset({"start", "unstop", "yes"})
CARRIER_HELP: Final = frozenset({"help", "info"})
"""Alone in a message, a carrier obeys and answers these by itself."""

PLAIN_STOP: Final = CARRIER_STOP | {"opt out", "stop all", "td", "t", "r", "退订", "停止", "取消", "拒收", "退訂"}
PLAIN_STOP_ZH: Final = re.compile(
    r"(?:拒收)?[请請]?(?:回[复覆復]?)?(?:td|[tr]|退订|退訂|拒收)(?:td|[tr]|退订|退訂)?|退|拒绝|拒絕|滚|滾"
)
"""The same as the texts of domestic carriers name them: 'R', '回复R', 'TD退订', '拒收请回复R'."""
PLAIN_START: Final = CARRIER_START | {"subscribe", "resubscribe", "恢复", "开始", "恢复订阅"}
PLAIN_HELP: Final = CARRIER_HELP | {"帮助", "幫助"}

STOP_WORDS: Final = frozenset(
    {"stop", "stopp", "sotp", "stpo", "stoop", "stopall", "unsubscribe", "unsubcribe", "optout"}
)
"""First or last in a longer message, these ask to stop."""
ANYWHERE: Final = frozenset({"stopall", "unsubscribe", "unsubcribe", "unsubscribed", "optout"})
POLITE: Final = frozenset({"please", "pls", "plz", "now", "thanks", "thank", "you", "ok", "sir", "immediately"})
"""With these left out, a plain word is as good as alone."""
NOT_A_STOP: Final = ("stop by", "stop in", "stop payment", "non stop", "cant stop", "cannot stop")

QUITTING: Final = frozenset(
    {"stop", "stopp", "sotp", "stpo", "quit", "cease", "end", "cancel", "revoke", "halt", "unsubscribe", "enough"}
)
REFUSING: Final = frozenset({"dont", "never"})
"""Also 'do not', which is two words."""
CONTACTING: Final = frozenset(
    _listed("""
    text, texts, texting, txt, txts, txting, message, messages, messaging, msg, msgs, contact, contacting,
    contacts, call, calls, calling, sms, write, writing, email, emails, emailing, bother, bothering, harass,
    harassing, harassment, spam, spamming, pester, pestering, reminders, notifications, consent
""")
)
"""A word of quitting or refusing shortly before one of these, in one clause, asks to stop: 'stop all these texts'."""
REACH: Final = 6
"""How many words may stand between the two."""
UNRELATED: Final = frozenset({"get", "got", "have", "receive", "received", "understand", "see", "worry", "know"})
"""Between the two they make another sense: 'I did not get your message'."""

STOP_PHRASES: Final = _listed("""
    leave me alone, leave us alone, take me off, take my number off, remove me, remove my number,
    delete my number, lose my number, forget my number, opt me out, opt out, opting out, unsubscribe me,
    go away, get lost, fuck off, piss off, back off, do not disturb, no more, no texts, no calls, no messages,
    no contact, no texting, no calling, i revoke, i withdraw my consent, withdraw consent, cease and desist,
    off your list, off this list
""")
STOP_PHRASES_ZH: Final = _listed("""
    退订, 退訂, 别再发, 不要再发, 别发了, 別再發, 不要再發, 停止发送, 停止发短信, 停止联系, 不要再联系,
    别再联系, 別再聯繫, 不要再聯絡, 不要联系我, 别联系我, 请勿联系, 不要给我发, 别给我发, 取消短信, 拒收,
    别打扰, 不要打扰, 不要再打扰, 请勿打扰, 勿扰, 别烦我, 不要烦我, 骚扰, 騷擾, 不要再打, 别再打, 滚开, 滚蛋, 拉黑你
""")
STOP_ZH: Final = re.compile(
    r"(?:不要|不用|不必|不许|不想|不准|别|別|勿|停止|禁止|拒绝|拒絕)(?:再|总|老|一直)?(?:给|給|跟|向|对|對|和)?(?:我|本人)?"
    r"(?:再|总|老|一直)?(?:发(?!票|烧|工资|薪)|發(?!票|燒|工資|薪)|打(?!折|工|算)|联系|聯繫|聯絡|联络|催|烦|煩|来电|致电|推送|接收|收到|收短信)"
)
"""A refusal right before a word of contacting: '别再给我发信息'. Nothing else may stand between."""

WRONG_PERSON: Final = _listed("""
    wrong number, wrong person, wrong guy, wrong man, wrong woman, wrong lady, wrong phone, wrong one,
    got the wrong, have the wrong, not the right person, not the person, not that person, im not him,
    im not her, i am not him, i am not her, no one by that name, no one here by that name, nobody by that name,
    no one with that name, dont know who that is, dont know that person, dont know this person, no such person,
    not my name, someone elses number, new owner of this number, this is a new number, just got this number,
    different person, mistaken identity, not me, isnt me
""")
WRONG_PERSON_ZH: Final = _listed("""
    打错, 发错, 發錯, 號碼錯, 号码错, 错号, 不是本人, 认错人, 找错人, 不认识, 换号, 换了号, 你搞错人, 弄错人, 搞错人,
    我不是他, 我不是她, 不是这个人, 查无此人, 没有这个人, 没这个人, 机主换, 换机主, 不是机主, 你找谁
""")
NOT_ME_ZH: Final = re.compile(r"不是我(?=$|[了啊呀哦，。！？,.!?、；;你您])")
"""'It is not me', and not 'it was not me who borrowed', which disputes."""

DISPUTE: Final = _listed("""
    dispute, disputed, disputing, i dont owe, do not owe, dont owe you, not my debt, not my loan,
    not my account, isnt mine, is not mine, not mine, never borrowed, never took, never had a loan,
    never opened, wrong amount, amount is wrong, amount is incorrect, balance is wrong, incorrect amount,
    this is wrong, thats wrong, not correct, incorrect, not right, identity theft, stolen identity, fraudulent,
    this is fraud, prove it, validate this debt, validate the debt, verify this debt, verify the debt,
    validation of debt, proof of debt
""")
DISPUTE_ZH: Final = _listed("""
    异议, 争议, 有爭議, 不欠, 没欠, 沒欠, 没借, 没有借, 沒有借, 不是我借, 不是我的, 金额不对, 金额有误, 账单错,
    算错, 被冒用
""")

PAID: Final = _listed("""
    already paid, i paid, i have paid, ive paid, just paid, paid it, paid this, paid that, paid in full,
    paid off, paid yesterday, paid today, paid already, made the payment, made a payment, sent the payment,
    sent payment, payment sent, payment was made, sent the money, its paid, was paid
""")
PAID_ZH: Final = _listed("""
    已还, 已經還, 已经还, 还过了, 已付, 已经付, 付过了, 已转账, 已支付, 刚还, 昨天还, 前天还
""")
PAID_UNDATED_ZH: Final = _listed("""
    还清, 還清, 还了, 還了, 还完, 付了, 转了
""")
"""The past, unless the same message looks ahead: '周五之前还清' is a promise."""
AHEAD_ZH: Final = _listed("""
    会, 會, 一定, 等, 之前, 前还, 再还, 就还, 想, 可以, 要
""")

HARDSHIP: Final = _listed("""
    lost my job, lost job, lost my work, laid off, unemployed, out of work, no job, no income, hardship,
    struggling, in hospital, in the hospital, hospitalized, cancer, disabled, disability, evicted, homeless,
    on benefits, cant feed, medical bills, suicide, suicidal, kill myself, end my life, depressed,
    payment plan, a plan, divorce
""")
SHORT_OF_MONEY: Final = _listed("""
    cant pay, cannot pay, can not pay, unable to pay, cant afford, cannot afford, can not afford, no money,
    dont have money, dont have the money, dont have any money, broke, not able to pay
""")
"""Hardship, unless the same message names a day: 'I cannot pay until Friday' is a promise."""
HARDSHIP_ZH: Final = _listed("""
    失业, 失業, 没钱, 沒錢, 没有钱, 还不起, 還不起, 付不起, 困难, 困難, 住院, 生病, 重病, 没工作, 没有收入,
    下岗, 破产边缘, 分期, 延期, 宽限, 缓一缓, 减免
""")
CANNOT_ZH: Final = _listed("""
    还不了, 還不了, 还不上, 還不上, 没法还, 沒法還, 无法还, 無法還, 不能还, 没能力
""")
"""Cannot pay, whatever day the message names: 'tomorrow I cannot' is no promise."""
PAY_ZH: Final = ("还", "還", "付")
WILL_NOT_ZH: Final = _listed("""
    不还, 不還, 不会还, 不會還, 不想还, 不付
""")

INSOLVENCY: Final = _listed("""
    bankruptcy, bankrupt, chapter 7, chapter 13, chapter 11, insolvent, 破产, 破產
""")
ATTORNEY: Final = _listed("""
    my lawyer, my attorney, my solicitor, a lawyer, an attorney, represented by, legal counsel, 律师, 律師
""")
DECEASED: Final = _listed("""
    passed away, is dead, has died, is deceased, deceased, died, she died, he died, 去世, 过世, 已故, 死了
""")

PROMISING: Final = _listed("""
    i will pay, will pay, ill pay, i pay, can pay, gonna pay, going to pay, pay you, pay it, pay on, pay by,
    pay next, pay this, pay tomorrow, pay after, pay when, to pay, promise, paying, payment on, payment by,
    will send, ill send, send it, send you, make a payment, make the payment, will do it, get paid, payday,
    pay until, pay before, pay the
""")
PROMISING_ZH: Final = _listed("""
    会还, 會還, 我还, 再还, 还款, 還款, 就还, 来还, 付款, 会付, 转账, 还钱, 還錢, 还你, 后还, 前还, 周还, 月还, 天还,
    号还, 日还, 一定还, 尽快还, 马上还, 肯定还, 还清
""")

HELP: Final = _listed("""
    who is this, whos this, who are you, who is it, what is this, whats this, what company, is this real,
    is this legit, is this a scam, scam, legit, how do i pay, how can i pay, need help, more info,
    what do i owe, how much do i owe, what number can i call, can i call, phone number
""")
HELP_ZH: Final = _listed("""
    你是谁, 你是誰, 你们是谁, 哪位, 什么公司, 哪家公司, 是不是诈骗, 诈骗, 骗子, 怎么还, 怎么付, 如何还, 还款日, 哪天还,
    欠多少, 还多少, 什么事, 啥事
""")

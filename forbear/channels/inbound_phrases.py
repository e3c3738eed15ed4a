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

PLAIN_STOP: Final = CARRIER_STOP | {
    "opt out",
    "stop all",
    "td",
    "t",
    "r",
    "退订",
    "停止",
    "取消",
    "拒收",
    "退訂",
    "退定",
}
PLAIN_STOP_ZH: Final = re.compile(
    r"(?:拒收)?[请請]?(?:回[复覆復]?)?(?:td|[tr]|退订|退訂|退定|拒收)(?:td|[tr]|退订|退訂|退定)?|退|[请請]?停(?:[发發]|掉|了|吧|了吧)?|取消订阅|取消訂閱|拒绝|拒絕|滚|滾"
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
NOT_A_STOP: Final = _listed("""
    stop by, stop in, stop payment, non stop, cant stop, cannot stop, bus stop, interest stop, interest to stop,
    fees stop, charges stop
""")
STOP_ALONE: Final = frozenset(
    _listed("""
    unsub, stahp, dnc, do not call, blocked, you are blocked, not interested, want out, i want out, lay off,
    knock it off, cut it out, quit it, enough, enough already, thats enough
""")
)
"""Alone but for politeness, these ask to stop; within a sentence they may be about something else."""
STOP_ALONE_ZH: Final = frozenset(
    _listed("""
    退出, 我要退出, 我想退出, 不需要, 不需要了, 不用, 不用了, 不必了, 不接收, 不接受,
    屏蔽, 已屏蔽, 已拉黑, 拉黑, 烦不烦, 煩不煩, 烦人, 煩人
""")
)

QUITTING: Final = frozenset(
    {"stop", "stopp", "sotp", "stpo", "quit", "cease", "end", "cancel", "revoke", "halt", "unsubscribe", "enough"}
)
REFUSING: Final = frozenset({"dont", "never"})
"""Also 'do not', which is two words."""
CONTACTING: Final = frozenset(
    _listed("""
    text, texts, texting, txt, txts, txting, message, messages, messaging, msg, msgs, contact, contacting,
    contacts, call, calls, calling, sms, write, writing, email, emails, emailing, bother, bothering, harass,
    harassing, harassment, spam, spamming, pester, pestering, reminders, notifications, consent, communication,
    communications, communicate, communicating, correspondence, permission
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
    off your list, off this list, take this number off, take my name off, take us off, remove this number,
    delete this number, erase my number, erase this number, delete me, get me off, get off my phone, block me,
    no longer wish, no longer want, want to receive no, dont want to receive, do not want to receive,
    dont wish to receive, do not wish to receive, dont want to hear from, do not want to hear from,
    does not consent, do not consent, dont consent, did not consent, never consented, revoking, revoke permission,
    consent withdrawn, consent is withdrawn, withdraw permission, withdraw my permission, you cease, this is harassment,
    harassing me, harassing us, leave me be, leave my family, leave my wife, leave my husband, no further contact,
    no further messages, no further texts, no further calls, no further communication, no further communications
""")
STOP_PHRASES_ZH: Final = _listed("""
    退订, 退訂, 退定, 停止发送, 停止發送, 停止发短信, 停止發短信, 停止发简讯, 停止發簡訊, 停止联系,
    停止聯繫, 停止聯絡, 取消短信, 取消簡訊, 别再发, 別再發, 不要再发, 不要再發, 别发了, 別發了, 不要再联系, 不要再聯繫,
    不要再聯絡, 别再联系, 別再聯繫, 別再聯絡, 不要联系我, 不要聯繫我, 不要聯絡我, 别联系我, 別聯繫我, 別聯絡我,
    请勿联系, 請勿聯繫, 請勿聯絡, 不要给我发, 不要給我發, 别给我发, 別給我發, 拒收, 打扰我,
    打擾我, 别打扰, 別打擾, 不要打扰, 不要打擾,
    停止傳送, 停止传送, 谢绝, 謝絕, 屏蔽你, 屏蔽了,
    不再接收, 不授权, 不授權, 终止服务, 終止服務, 移出名单, 移出名單,
    移出你们, 移出你們,
    不想看到, 不想再看到, 把我删了, 把我刪了,
    不要再打扰, 不要再打擾, 请勿打扰, 請勿打擾, 勿扰, 勿擾, 别来烦, 別來煩, 别烦我, 別煩我, 不要烦我, 不要煩我, 骚扰,
    騷擾, 不要再打, 别再打, 別再打, 滚开, 滾開, 滚蛋, 滾蛋, 拉黑你
""")
_SENT_ZH: Final = (
    "订阅|訂閱|发送|發送|发短信|發短信|發簡訊|短信|短訊|简讯|簡訊|信息|讯息|訊息|消息|通知|推送|提醒"
    "|联系|聯繫|聯絡|联络"
)
"""What we do to people, as they call it: not a payment, whose cancelling is another matter."""
_KIN_ZH: Final = (
    "老婆|老公|妻子|丈夫|太太|先生|爱人|愛人|家人|家里人|家裡人|父母|爸妈|爸媽|爸爸|妈妈|媽媽|爸|妈|媽|父亲|父親|母亲|母親|"
    "爷爷|爺爺|奶奶|儿子|兒子|女儿|女兒|孩子|哥哥|姐姐|弟弟|妹妹|哥|姐|弟|妹|亲戚|親戚|朋友|同事|公司|单位|單位|领导|領導|老板|老闆|"
    "邻居|鄰居|别人|別人|任何人|他妈的|他媽的|他妈|他媽|他们|她们|他們|她們|他|她"
)
_STILL_ZH: Final = "再|总是|總是|老是|总|總|老|一直|继续|繼續|天天|每天|随便|隨便"
STOP_ZH: Final = re.compile(
    r"(?:不要|不用|不必|不许|不許|不得|不准|不想|不愿|不願|不需要|无需|無需|别|別|勿|停止|禁止|拒绝|拒絕|甭|少)"
    rf"(?:{_STILL_ZH})?(?:来|來)?(?:给|給|跟|向|对|對|和|往)?(?:我们|我們|我的|我|咱|本人)?(?:{_KIN_ZH})?"
    rf"(?:的?(?:手机|手機|号码|號碼|电话|電話|这个号|這個號|这里|這裡))?(?:上)?(?:{_STILL_ZH})?(?:来|來)?"
    r"(?:发(?!票|烧|工资|薪|愁|现|生|觉)|發(?!票|燒|工資|薪|愁|現|生|覺)|打(?!折|工|算)|传(?!票|真)|傳(?!票|真)|联系|聯繫|聯絡|联络|催|烦|煩|来电|來電|致电|致電|"
    r"推送|通知|提醒|接收|收到|收短信|收簡訊|短信|簡訊)"
    r"|(?<![资資金薪水贴貼])停[发發](?!工[资資]|薪|[奖獎]|放)"
    rf"|(?:取消|停掉|关闭|關閉|关掉|關掉|终止|終止)(?:了|掉)?(?:你们|你們|贵司|貴司)?的?(?:所有|全部|这些|這些|这个|這個|此|该|該)?的?"
    rf"(?:还款|還款|催收|催款)?(?:{_SENT_ZH})"
    r"|(?:删除|刪除|删掉|刪掉|删了|刪了|移除|去掉|清除|忘掉|忘记|忘記)(?:了|掉)?(?:我们|我們|我|本人|这个|這個|此|该|該)?的?"
    r"(?:手机|手機|电话|電話|联系|聯繫|聯絡|联络)?(?:号码|號碼|号|號|电话|電話|手机|手機|信息|資料|资料|方式)"
    r"|把我(?:的?(?:号码|號碼|电话|電話|手机号?|手機號?))?从?從?[^，。！？,.!?]{0,12}?(?:删|刪|移除|去掉|拉黑)"
)
"""A refusal right before a word of contacting: '别再给我发信息'; only 'to whom' and 'again' may stand between. Also the
cancelling of what we send ('取消通知', and not '取消自动还款', which is about a payment) and the removal of a number.
"""
STOP_MORE_ZH: Final = re.compile(
    r"(?:撤回|收回|撤销|撤銷)(?:了|我|我的|对你们的|對你們的)?(?:同意|授权|授權)"
    r"|不同意(?:你们|你們|贵司|貴司|再|接收|收到|给我|給我){0,3}(?:联系|聯繫|聯絡|发|發|短信|簡訊|打|接收|来电|來電)"
    r"|不(?:再)?接[受收](?:任何|你们|你們|此类|此類|这些|這些|的){0,3}"
    r"(?:短信|簡訊|信息|訊息|消息|来电|來電|电话|電話|联系|聯繫)"
    r"|再(?:给我|給我|敢|来|來)?(?:发|發|打|骚扰|騷擾|联系|聯繫)[^，。！？,.!?]{0,8}?(?:投诉|投訴|举报|舉報|报警|報警|告你)"
    r"|(?:天天|每天|一直|总是|總是|老是|不停)(?:地|在)?(?:给我|給我)?(?:发(?!烧|愁|现|呆)|發(?!燒|愁|現|呆)|打(?!工|算|折|针|針))"
)
"""What withdraws a consent, threatens a complaint about the next message, or bemoans that they do not end."""
SICK_OF_IT_ZH: Final = re.compile(r"[烦煩累气氣吓嚇急忙穷窮饿餓笑][都也]?死了?")
"""Tired to death, and nobody has died."""

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

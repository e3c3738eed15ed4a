"""Letters that pass for other letters, as data: what a reader takes for Latin, and the signs that stand for letters.

Used to find a phrase that somebody hid. The table is wide on purpose: a letter too many costs nothing, because a whole
phrase has to be found.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _pairs(others: str, latin: str) -> dict[str, str]:
    return dict(zip(others.split(), latin.split(), strict=True))


LATIN: Final[Mapping[str, str]] = MappingProxyType(
    # Greek capitals first: some look like another letter than their small ones.
    _pairs("Α Β Ε Ζ Η Ι Κ Μ Ν Ο Ρ Τ Υ Χ", "a b e z h i k m n o p t y x")
    | _pairs("α β γ δ ε ζ η ι κ μ ν ο ρ σ ς τ υ χ ω ϲ ϳ", "a b y d e z n i k m v o p o c t u x w c j")
    | _pairs(
        "а в г е з и к м н о п р с т у х ь ё є і ї ј ѕ һ ԁ ԍ ԛ ԝ ӏ ѵ ғ ү ө ҽ ӕ ӓ",
        "a b r e 3 u k m h o n p c t y x b e e i i j s h d g q w l v f y o e ae a",
    )
    | _pairs("ա ց ժ հ ի ո ս օ զ յ ք ր", "w g d h h n u o q j f r")
    | _pairs(
        "ᴀ ʙ ᴄ ᴅ ᴇ ꜰ ɢ ʜ ɪ ᴊ ᴋ ʟ ᴍ ɴ ᴏ ᴘ ʀ ꜱ ᴛ ᴜ ᴠ ᴡ ʏ ᴢ",
        "a b c d e f g h i j k l m n o p r s t u v w y z",
    )
    | _pairs("ı ɑ ɡ ǀ ø đ ð ł ŧ ħ ƒ ɩ ɛ ʋ ɯ ʌ ꞵ ƅ ơ ư", "i a g l o d d l t h f i e u w v b b o u")
    | {chr(0x1F1E6 + at): chr(ord("a") + at) for at in range(26)}
)
"""A letter of another script, or of a rarer part of ours, to the small Latin letter it is taken for."""

STANDS_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a": "[a4@]",
        "b": "[b86]",
        "c": "[c(]",
        "e": "[e3€]",
        "g": "[g9]",
        "i": "[il1!|]",
        "l": "[li1!|]",
        "m": "(?:m|rn)",
        "o": "[o0]",
        "q": "[q9]",
        "s": "[s5$]",
        "t": "[t7+]",
        "u": "[uyv]",
        "v": "[vu]",
        "w": "(?:w|vv)",
        "y": "[yu]",
        "z": "[z2]",
    }
)
"""A small Latin letter to the pattern of what may stand for it: digits, signs, two letters that look
like one, and the Greek upsilon, which is taken for either of two."""

ALIKE: Final[Mapping[str, str]] = MappingProxyType(
    {"a": "4@", "b": "86", "e": "3€", "g": "9q", "i": "l1", "o": "0", "s": "5$", "t": "7", "u": "vy", "z": "2"}
)
"""A letter to all that may stand for it, or for one of these in turn, but for signs that also part words."""

INVISIBLE: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters without a shape. Characters that only format, and marks over letters, are known by their category."""

_TRADITIONAL: Final = (
    "遞達領獎戶該會將辦關來員強執費續師獄監銬責詐騙後負嚴別們對氣擇訊錄發親聯繫單門鬧貼報張開敗讓難響連賣"
    "沒斷點賴無臉丟這廢類恥債還訪傳長檢僱須償屬電專機調組務團隊證處稅徵紅頭偵經訴訟納凍結網貸養筆計記復刪"
    "區銀馬內異議權棄勸壞帳賬帐幫應據條為爲滯盡積約繳罰討轉違錢墊舊覆複塊圓幣兩貳參陸億萬臺眾樣過進時實與"
    "說請並誰價帶壓節聽見買輸護輛變懲罵殺綁爛狀園裡裏圍劃現優惡蓋際標給審號籤簽險戲歲産產貨資質賠購贖贏輕"
    "農適選遺鄰鄉醫鎖鏈閉間陰隨離雖顧題願風飛餘館驗驚體髮鬥黨齊"
)
_SIMPLIFIED: Final = (
    "递达领奖户该会将办关来员强执费续师狱监铐责诈骗后负严别们对气择讯录发亲联系单门闹贴报张开败让难响连卖"
    "没断点赖无脸丢这废类耻债还访传长检雇须偿属电专机调组务团队证处税征红头侦经诉讼纳冻结网贷养笔计记复删"
    "区银马内异议权弃劝坏账账账帮应据条为为滞尽积约缴罚讨转违钱垫旧复复块圆币两贰叁陆亿万台众样过进时实与"
    "说请并谁价带压节听见买输护辆变惩骂杀绑烂状园里里围划现优恶盖际标给审号签签险戏岁产产货资质赔购赎赢轻"
    "农适选遗邻乡医锁链闭间阴随离虽顾题愿风飞余馆验惊体发斗党齐"
)
SIMPLE: Final[Mapping[str, str]] = MappingProxyType(dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)))
"""A traditional Chinese sign, or a rarer form, to the simplified one: every sign of the packs' phrases and of sums, so
that a text in both ways of writing, or in a mixture, is read as one."""

"""What people say in Chinese where the habits have them say it in English: the same deeds, in their words.

Nobody reads a page there: who would pay through a link pays in the lender's app, which is somebody else's to bring.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from forbear.sandbox.habits import Deed

_PLAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"STOP": ("R", "TD", "T", "退订", "拒收"), "START": ("恢复订阅",), "HELP": ("你是谁？哪家公司的？", "帮助")}
)
"""Words that stand alone."""
_SAID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "stop": ("请不要再给我发短信了", "别再发了，谢谢", "不要再联系我", "麻烦停止发送"),
        "wrong_person": ("打错了", "你们发错人了，我不是本人", "不是我，你找错人了"),
        "dispute": ("我对这笔账有异议", "金额不对，我不欠这么多", "我没有借过钱"),
        "hardship": ("我失业了，现在确实有困难", "住院了，暂时没钱"),
        "promise": ("{month}月{day}日还", "我{month}月{day}号一定还"),
    }
)


def in_language(deed: Deed, language: str, chance: Random) -> Deed:
    """The deed with its words in a person's language."""
    if not deed.text or not language.startswith("zh"):
        return deed
    words = _PLAIN.get(deed.text) or _SAID.get(deed.meaning)
    return deed if words is None else replace(deed, text=chance.choice(words))

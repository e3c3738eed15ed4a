"""Messages that wait for somebody who reads: opened at the work list, read, and given the meaning their words deserve.

The words alone decide, as they stand on the page; what the machine took them for is not looked at.
"""

import html
import re
from collections.abc import Sequence
from typing import Final

from forbear.rehearsal.browser import Browser

WORDS: Final = re.compile(r'<blockquote class="quote">(.*?)</blockquote>', re.DOTALL)
OFFERED: Final = re.compile(r'<input type="radio" [^>]*name="meaning" value="([a-z_]+)"')
NOTHING: Final = "nothing"
MEANS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("stop", ("stop contacting", "leave me alone", "不要再联系")),
    ("wrong_person", ("wrong number", "wrong person", "打错了", "发错人", "找错人")),
    ("dispute", ("dispute", "do not owe", "有异议", "金额不对", "没有借过")),
    ("hardship", ("lost my job", "cannot pay", "失业", "没钱")),
    ("paid", ("already paid", "i have paid", "已经还", "已还清")),
)
"""What protects most comes first, as the page asks. Who wants no more texts was left in peace by the machine at once;
who promises and names no day says nothing that could be put down."""


def read_message(browser: Browser, task: str) -> bool:
    """Open a message, read it and say what it means; whether it was done."""
    if not browser.done(f"{task}/open"):
        return False
    page = browser.page(task)
    found, offered = WORDS.search(page), OFFERED.findall(page)
    meant = meaning(html.unescape(found[1])) if found else NOTHING
    return browser.done(f"{task}/meaning", {"meaning": meant if meant in offered else NOTHING})


def meaning(words: str) -> str:
    """What somebody who reads takes these words for."""
    said = words.casefold()
    return next((meant for meant, signs in MEANS if any(sign in said for sign in signs)), NOTHING)

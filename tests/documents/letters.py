"""Letters of plainly fictional people, for tests of the papers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from forbear.ports.papers import Figure, LetterHead, Paper
from forbear.ports.post import PostAddress

TOUCH = "tch_4QmXb7Zk2LpR9sTvW1yC3d"
CHICAGO = PostAddress("Jordan Example", ("1200 Sample Street", "Apt 4B"), "Chicago", "US", "IL", "60601")
SHENZHEN = PostAddress(
    "玥镕喆", ("示例区示例街道示例路100号示例小区8栋1单元1202室",), "深圳市", "CN", "广东省", "518000"
)
EXAMPLETON = PostAddress(
    "Morgan Example", ("Flat 2", "14 Sample Terrace", "Fictional Green"), "Exampleford", "GB", "", "ZZ99 3WZ"
)
TAIPEI = PostAddress("範例君", ("範例區範例路一段100號8樓之1",), "臺北市", "TW", "", "100001")
US_HEAD = LetterHead(
    "Example Credit Union",
    "+12125550100",
    PostAddress("Example Credit Union", ("1 Example Plaza",), "New York", "US", "NY", "10001"),
)
CN_HEAD = LetterHead(
    "示例消费金融有限公司",
    "+861055550100",
    PostAddress("示例消费金融有限公司", ("示例大街1号",), "北京市", "CN", "北京市", "100000"),
)
FIGURES = (
    Figure("principal", Decimal("1200.00")),
    Figure("interest", Decimal("84.35")),
    Figure("penalty_interest", Decimal("12.10")),
    Figure("fee", Decimal("25.00")),
)


def american(**changes: Any) -> Paper:
    """A reminder in English."""
    paper = Paper(
        kind="reminder",
        language="en",
        touch=TOUCH,
        role="borrower",
        to=CHICAGO,
        head=US_HEAD,
        day=date(2026, 11, 22),
        currency="USD",
        figures=FIGURES,
        as_of=date(2026, 11, 21),
        due_since=date(2026, 9, 1),
        link="https://pay.example.org/p/Ab3dEfGh1JkLmN0p",
    )
    return replace(paper, **changes)


def chinese(**changes: Any) -> Paper:
    """A reminder in Chinese."""
    told: dict[str, Any] = {"language": "zh-Hans", "to": SHENZHEN, "head": CN_HEAD, "currency": "CNY"}
    return american(**(told | changes))


def british(**changes: Any) -> Paper:
    """A reminder in English to somebody in Britain."""
    told: dict[str, Any] = {"to": EXAMPLETON, "currency": "GBP"}
    return american(**(told | changes))


def taiwanese(**changes: Any) -> Paper:
    """A reminder in Chinese to somebody in Taiwan."""
    return chinese(**({"to": TAIPEI, "currency": "TWD"} | changes))


def guaranteed(paper: Paper, role: str = "guarantor") -> Paper:
    """The letter to whoever answers for somebody else's debt."""
    return replace(paper, kind="guarantor-notice", role=role, link="")


def to(paper: Paper, **changes: Any) -> Paper:
    """The same letter to somebody else."""
    return replace(paper, to=replace(paper.to, **changes))

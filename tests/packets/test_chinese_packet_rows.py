"""Chinese papers of packets with as much as they may hold: tables go on under their heads, and everybody has a place to sign."""

from typing import Any, Final

import pytest

from forbear.documents.checking import folded
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from tests.packets.chinese_papers import PETITIONS, paper, rows, texts

LONG: Final = (
    ("cn.court.evidence_list", "evidence", 110, "序号证据名称来源原件或者复印件页码证明内容备注"),
    (
        "cn.court.interest_schedule",
        "segments",
        300,
        "序号起(含)止(不含)天数计息基数合同利率或者LPR倍数或者上浮适用利率金额依据",
    ),
    ("cn.court.interest_schedule", "movements", 500, "日期摘要借方贷方余额"),
    ("cn.court.checklist", "materials", 180, "编号材料名称份数每份页数原件复印件备注"),
    ("cn.packet.index", "entries", 280, "序号材料名称页次页数备注"),
    ("cn.court.preservation", "property", 60, "序号种类所在地或者机构账号、权证号或者车牌号权利人证明材料措施"),
    ("cn.mediation.file", "parts", 60, "序号卷宗材料要求收入情况页数尚缺的由谁提供备注"),
)


@pytest.mark.parametrize(("kind", "field", "many", "head"), LONG)
def test_long_rows_go_on_over_pages_under_their_heads(
    kind: str, field: str, many: int, head: str, press: Presses
) -> None:
    one = rows(kind, field)[0]
    # What a cap leaves and what the rows come to would have to be told anew: neither is what is looked at here.
    loose: dict[str, Any] = {"capped": False} if field == "segments" else {}
    told = [f"续{number}" for number in range(many)]
    text = next(
        name for name in ("title", "what", "basis", "evidence") if name in find_kind(kind).fields[field].columns
    )
    made = press.render(paper(kind, **{field: [one | {text: mark} for mark in told]}, **loose))
    with_rows = [page for page in texts(made.pdf) if "续" in page]
    assert len(with_rows) > 1
    assert all(folded(head) in page for page in with_rows)
    assert all(sum(f"续{number}" in page for page in with_rows) >= 1 for number in (0, many // 2, many - 1))


@pytest.mark.parametrize("kind", PETITIONS)
def test_twenty_parties_on_a_side_and_the_longest_words_fit(kind: str, press: Presses) -> None:
    bank, person = rows(kind, "claimant_organisations")[0], rows(kind, "respondent_persons")[0]
    banks = [bank | {"name": f"示例银行第{number}支行", "domicile": "样" * 160} for number in range(20)]
    people = [person | {"name": f"范例{number}" * 9, "domicile": "例" * 160} for number in range(20)]
    words = [{"text": "写" * 1200}] * 3
    rows_of_words = {each: words for each in ("facts", "terms") if each in find_kind(kind).fields}
    many: dict[str, Any] = {"claimant_organisations": banks, "respondent_persons": people}
    made = press.render(paper(kind, **many, **rows_of_words))
    assert made.pages > 6

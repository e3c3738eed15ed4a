"""Days that no paper may name: those over when it is written, those the law forbids, and those that we do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from forbear.documents.fields import Field
from forbear.documents.legal_days import LAW, LEAST, OURS, OVER, legal_flaws
from forbear.documents.registry import find_kind, kinds
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Unprintable

DAY = date(2026, 11, 23)
A_DAY = timedelta(days=1)
ASKING = [
    (kind.id, name) for kind in kinds().values() for name, each in kind.fields.items()
    if each.type == "date" and name.endswith(("_by", "_until"))
]  # fmt: skip


def told(kind: str, field: str, given: date) -> list[str]:
    return [str(flaw) for flaw in legal_flaws(kind, DAY, {field: given})]


def test_the_tables_name_fields_that_are_days() -> None:
    named = [(kind, field) for table in (OURS, OVER) for kind, field in table.items()]
    named += [(kind, field) for table in (LEAST, LAW) for kind, days in table.items() for field in days(DAY, {})]
    fields: dict[tuple[str, str], Field] = {each: kinds()[each[0]].fields[each[1]] for each in named}
    assert {each.type for each in fields.values()} == {"date"}


@pytest.mark.parametrize(("kind", "field"), ASKING)
def test_no_paper_asks_for_anything_until_a_day_that_is_over(kind: str, field: str) -> None:
    [flaw] = told(kind, field, DAY - A_DAY)
    assert flaw == f"{field}: is before the day of the paper. Give {DAY} or a later day"
    assert not any("before the day of the paper" in each for each in told(kind, field, DAY))


def test_a_guarantor_is_not_called_after_the_period_of_the_guarantee() -> None:
    paper = sample(find_kind("cn.notice.guarantor"))
    for end, passes in ((paper.day, True), (paper.day - A_DAY, False)):
        given = replace(paper, fields={**paper.fields, "period_end": end})
        if passes:
            assert word_letter(given)
            continue
        with pytest.raises(Unprintable, match="period_end: is before the day of the paper") as refused:
            word_letter(given)
        assert refused.value.code == "fields.given"


def test_a_refusal_says_whether_it_is_the_law_or_we() -> None:
    assert "the law" in told("gb.letter.claim", "reply_by", DAY + 29 * A_DAY)[0]
    [ours] = told("us.notice.intent", "cure_by", DAY + 9 * A_DAY)
    assert "our own rule and no law's" in ours
    assert told("us.notice.intent", "cure_by", DAY + 10 * A_DAY) == []

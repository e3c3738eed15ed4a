"""Which field of a packet's papers is told for one paper and which for all."""

import pytest

from forbear.api.staff.cases_fields_known import asked_by
from forbear.casework.profile_file import names


@pytest.mark.parametrize("profile", names())
def test_what_several_papers_ask_for_by_one_name_is_told_for_all_of_them(profile: str) -> None:
    for asked in asked_by(profile).values():
        assert not (asked.kind and len(set(asked.papers)) > 1), asked.name


def test_the_reason_of_a_withdrawal_is_told_whatever_is_withdrawn() -> None:
    asked = asked_by("cn.withdrawal")
    assert (asked["reason"].kind, len(asked["reason"].papers)) == ("", 3)
    assert asked["seized"].kind == "cn.court.enforcement_withdrawal"

"""Routes: what each reaches, for whom, and that a file which says less is refused."""

from pathlib import Path

import pytest

from forbear.cadence.playbooks import load_all
from forbear.cadence.sms_routes import FILE, Terms, load_routes
from forbear.errors import BadData


def test_the_domestic_route_reaches_china_and_nothing_else() -> None:
    aliyun = load_routes()["aliyun"]
    assert aliyun.reaches("CN", "original_creditor")
    for country in ("US", "SG", "HK", "TW", None):
        assert not aliyun.reaches(country, "original_creditor"), country
    assert aliyun.two_way
    assert not aliyun.urls_allowed
    assert not aliyun.debt_content_allowed


def test_the_default_route_reaches_all_but_china_and_nobody_of_whom_nothing_is_known() -> None:
    twilio = load_routes()["twilio"]
    assert all(twilio.reaches(country, "original_creditor") for country in ("US", "SG", "GB"))
    assert not twilio.reaches("CN", "original_creditor")
    assert not twilio.reaches(None, "original_creditor")


def test_where_its_terms_differ_they_are_named() -> None:
    twilio = load_routes()["twilio"]
    assert twilio.terms("US") == twilio.terms() == Terms(two_way=True, urls_allowed=True, debt_content_allowed=True)
    assert twilio.terms("CN") == Terms(two_way=False, urls_allowed=False, debt_content_allowed=False)
    assert twilio.terms("TW") == Terms(two_way=True, urls_allowed=False, debt_content_allowed=False)
    assert not twilio.reaches("TW", "original_creditor")


def test_to_the_united_states_it_carries_first_party_texts_alone() -> None:
    twilio = load_routes()["twilio"]
    assert not twilio.reaches("US", "third_party_collector")
    assert not twilio.reaches("CA", "licensed_agency")
    assert twilio.reaches("GB", "third_party_collector")


def test_each_playbook_names_a_route_and_the_default_is_unsaid() -> None:
    books = load_all()
    assert (books["us-first-party"].sms_route, books["cn-consumer"].sms_route) == ("twilio", "aliyun")
    assert books["cn-consumer"].route is load_routes()["aliyun"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("two_way = true\n", "", "two_way is missing"),
        ("two_way = true", 'two_way = "yes"', "two_way must be true or false"),
        ("two_way = true", "two_ways = true", "two_way"),
        ('not_to = ["CN", "TW"]', 'not_to = ["China"]', "two capital letters"),
        ('not_to = ["CN", "TW"]', 'not_to = "CN"', "two capital letters"),
        ('name = "aliyun"', 'name = "twilio"', "a name of its own"),
        ('name = "aliyun"', "name =", "not TOML"),
        ("[route.in.TW]\ntwo_way = true\n", "[route.in.TW]\n", "in TW: two_way is missing"),
        ("[route.in.TW]\ntwo_way = true\n", "[route.in.TW]\ntwo_way = 1\n", "in TW: two_way must be true"),
        ("[route.in.TW]\ntwo_way", "[route.in.TW]\nx = 1\ntwo_way", "in TW: x is not known"),
        ('source = "twilio', 'source = " " #', "source must be a text"),
    ],
)
def test_a_file_that_says_less_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "routes.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadData, match=reason):
        load_routes(path)

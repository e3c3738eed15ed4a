"""What cannot be read is answered with the field at fault, whatever a stranger sends; the rest is answered."""

import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.rules import cases
from tests.rules.asking import CALL, Json, calls, case, consent, stop

GONE = object()


def changed(path: str, value: Any) -> Json:
    """A good case with one value replaced, or removed."""
    given: Any = json.loads(
        json.dumps(
            case(
                history=calls(1),
                stops=[stop("opt_out", channel="sms")],
                agreements=[
                    consent(),
                    {"kind": "hours", "open": "08:00", "close": "22:00"},
                    {"kind": "call_consent", "from": "2026-12-01T10:00:00Z", "to": "2026-12-02T10:00:00Z"},
                ],
                events=[{"kind": "validation_notice_sent", "at": "2026-11-01T10:00:00Z"}],
                suppressions=[{"scope": "channel", "channel": "email", "at": "2026-11-01T10:00:00Z"}],
            )
        )
    )
    node: Any = given
    *parents, last = path.split(".")
    for step in parents:
        node = node[int(step) if isinstance(node, list) else step]
    key: Any = int(last) if isinstance(node, list) else last
    if value is GONE:
        del node[key]
    else:
        node[key] = value
    return given


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("now", GONE),
        ("now", None),
        ("now", "2026-12-01T10:00:00"),
        ("now", "2026-12-01"),
        ("now", "yesterday"),
        ("now", 1764600000),
        ("now", "2026-13-01T10:00:00Z"),
        ("now", "2026-12-01T25:00:00Z"),
        ("now", "2026-12-01T10:00:00+99:99"),
        ("now", "0001-01-01T00:00:00+14:00"),
        ("now", "9999-12-31T23:59:59-14:00"),
        ("now", "1969-12-31T23:59:59Z"),
        ("now", "2200-01-01T00:00:00Z"),
        ("now", "２０２６-12-01T10:00:00Z"),
        ("policy", "none"),
        ("policy.guard_seconds", -1),
        ("policy.guard_seconds", 43_201),
        ("policy.guard_seconds", 1.5),
        ("policy.guard_seconds", True),
        ("policy.guard_seconds", "60"),
        ("policy.sms_per_day", 1),
        ("policy.open", "9"),
        ("policy.open", "25:00"),
        ("policy.sms_a_day", 10**30),
        ("policy.product", "no"),
        ("lender", GONE),
        ("lender.role", GONE),
        ("lender.role", "landlord"),
        ("lender.role", ["original_creditor"]),
        ("lender.kind", "pawnshop"),
        ("person", []),
        ("person.jurisdictions", "US"),
        ("person.jurisdictions.0", "XX"),
        ("person.jurisdictions.0", "POLICY"),
        ("person.jurisdictions.0", {"US": 1}),
        ("person.places", {"kind": "address"}),
        ("person.places.0", "America/New_York"),
        ("person.places.0.kind", "planet"),
        ("person.places.0.zone", "Mars/Olympus"),
        ("person.places.0.zone", "../../etc/passwd"),
        ("person.places.0.zone", ""),
        ("person.places.0.zone", "A" * 5000),
        ("person.places.0.zone", 5),
        ("person.stopps", []),
        ("person.stops.0", None),
        ("person.stops.0.kind", "bored"),
        ("person.stops.0.at", "2026-11-01T10:00:00"),
        ("person.stops.0.channel", "fax"),
        ("person.stops.0.to", 7),
        ("person.stops.0.until", "soon"),
        ("person.stops.0.debts", "A"),
        ("person.stops.0.written", "yes"),
        ("person.stops.0.writen", True),
        ("person.agreements.0.kind", "handshake"),
        ("person.agreements.0.channel", GONE),
        ("person.agreements.0.at", GONE),
        ("person.agreements.1.open", "8:00"),
        ("person.agreements.1.open", "24:30"),
        ("person.agreements.1.close", GONE),
        ("person.agreements.2.from", GONE),
        ("person.agreements.2.to", "2026-12-02"),
        ("person.events.0.at", GONE),
        ("person.events.0.kind", ""),
        ("person.suppressions.0.scope", "galaxy"),
        ("debts", "A"),
        ("debts.0.id", GONE),
        ("debts.0.id", "B"),
        ("debts.0.kind", "gambling"),
        ("debts.0.days_past_due", -1),
        ("debts.0.days_past_due", 10**400),
        ("debts.0.balance_as_of", "today"),
        ("attempt", GONE),
        ("attempt.channel", GONE),
        ("attempt.channel", "pigeon"),
        ("attempt.party", "neighbour"),
        ("attempt.party", None),
        ("attempt.to", GONE),
        ("attempt.to", " "),
        ("attempt.place", "moon"),
        ("attempt.purpose", "threat"),
        ("attempt.staff", "two"),
        ("attempt.prerecorded", 1),
        ("attempt.debts", {"A": 1}),
        ("attempt.debts.0", ""),
        ("attempt.colour", "red"),
        ("history.0.result", "shrugged"),
        ("history.0.result", GONE),
        ("history.0.channel", None),
        ("history.0.at", GONE),
        ("history.0.at", "2026-12-01T09:00:00"),
        ("history.0.mood", "bad"),
        ("histroy", []),
    ],
)
def test_the_field_at_fault_is_named(path: str, value: Any) -> None:
    answer, readable = cases.answer_line(json.dumps(changed(path, value)))
    assert not readable
    assert list(answer) == ["error"]
    named = answer["error"].split(":")[0]
    # A second debt of the same id is named where it stands again.
    assert named == ("debts.1.id" if (path, value) == ("debts.0.id", "B") else path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "given"),
        ("nonsense", "given"),
        ("[]", "given"),
        ("null", "given"),
        ("3", "given"),
        ('"now"', "given"),
        ("{}", "now"),
        ('{"given": []}', "given"),
        ('{"given": null}', "given"),
        ('{"now": 1, "now": 2}', "given"),
        ("[" * 100_000, "given"),
        ('{"now": ' + "9" * 5_000 + "}", "given"),
        ('{"now": NaN}', "now"),
        ('{"now": "\\ud800"}', "now"),
    ],
)
def test_text_that_is_no_case(text: str, named: str) -> None:
    answer, readable = cases.answer_line(text)
    assert not readable
    assert answer["error"].startswith(f"{named}: ")


def test_a_number_to_suppress_must_be_named() -> None:
    answer, readable = cases.answer_line(json.dumps(case(stops=[stop("wrong_number")])))
    assert not readable
    assert answer["error"].startswith("person.stops.0.to: is missing")


def test_errors_quote_no_values() -> None:
    text = json.dumps(changed("attempt.to", {"number": "+1 212 555 0142"}))
    answer, _ = cases.answer_line(text)
    assert "555" not in answer["error"]


def test_missing_keys_mean_none() -> None:
    bare: Json = {
        "now": "2026-12-01T15:00:00Z",
        "policy": {"guard_seconds": 0},
        "lender": {"role": "debt_buyer"},
        "person": {"jurisdictions": ["US"], "places": [{"kind": "address", "zone": "America/New_York"}]},
        "attempt": {"channel": "call", "party": "debtor", "to": "m1"},
    }
    answer, readable = cases.answer_line(json.dumps(bare))
    assert (readable, answer["verdict"]) == (True, "allow")
    nulls = bare | {"history": None, "debts": None, "person": bare["person"] | {"stops": None, "events": None}}
    assert cases.answer_line(json.dumps(nulls)) == (answer, True)


@pytest.mark.parametrize("text", ["2026-12-01T07:59:59-05:00", "2026-12-01T12:59:59Z", "2026-12-01 12:59:59.000+00:00"])
def test_instants_in_any_offset(text: str) -> None:
    answer, _ = cases.answer_line(json.dumps(case(text)))
    assert answer["until"] == "2026-12-01T13:00:00Z"


def run(text: str, ruleset: date | None = None) -> tuple[int, list[Json]]:
    out = io.StringIO()
    status = cases.check_one(text, out.write, ruleset=ruleset)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_case_may_run_over_lines_and_stand_in_its_whole_line() -> None:
    for text in (json.dumps(case()), json.dumps(case(), indent=2), json.dumps({"id": "X", "given": case()}, indent=1)):
        status, answers = run(text)
        assert (status, len(answers), answers[0]["verdict"]) == (0, 1, "allow")


def test_a_stream_on_standard_input_is_answered_line_by_line() -> None:
    late = json.dumps(case("2026-12-01T22:00:00-05:00"))
    status, answers = run("\ufeff" + json.dumps({"given": case()}) + "\r\n\n" + late + "\nnot a case\n")
    assert status == 2
    assert [answer.get("verdict") for answer in answers] == ["allow", "hold", None]
    assert answers[2]["error"].startswith("given: is no JSON")


@pytest.mark.parametrize("text", ["", "\n", "{\n  broken\n}", "]"])
def test_what_is_no_case_gets_one_answer(text: str) -> None:
    status, answers = run(text)
    assert (status, len(answers)) == (2, 1)


def test_a_whole_answer_has_the_published_form() -> None:
    permit = json.dumps(case("2026-12-01T22:00:00-05:00", CALL, stops=[stop("cease_all")]))
    _, answers = run(permit)
    assert answers == [
        {
            "verdict": "block",
            "until": None,
            "event": "debtor_withdraws",
            "rules": ["US.REGF.HOURS", "US.REGF.CEASE"],
            "disclosures": [],
            "human_review": False,
        }
    ]


def test_an_answer_under_a_ruleset() -> None:
    assert run(json.dumps(case()), date(2026, 11, 21))[1][0]["verdict"] == "allow"
    status, answers = run(json.dumps(case()), date(2026, 11, 20))
    assert status == 2
    assert answers[0]["error"].startswith("ruleset: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PATHS = (
    "now",
    "policy",
    "lender.role",
    "person.places.0.zone",
    "person.stops.0",
    "person.agreements.2.from",
    "person.events.0.at",
    "debts.0",
    "attempt.to",
    "attempt.debts",
    "history",
    "history.0.at",
    "history.0.result",
)


@settings(
    max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.sampled_from(PATHS), JSON)
def test_no_value_brings_the_reader_down(path: str, value: Any) -> None:
    answer, readable = cases.answer_line(json.dumps(changed(path, value)))
    assert readable == ("verdict" in answer)
    assert readable != ("error" in answer)

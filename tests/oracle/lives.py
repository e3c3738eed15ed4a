"""Random lives of one or two persons with one to three debts in the United States, as the `given` of a case.

Weeks in which a clock or a rule changes are drawn more often than they come, and so are the seconds at which a
window opens or closes. Consents, agreed hours and timed stops fall on quarter hours, where the oracle looks.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Json = dict[str, Any]

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
TURNING_DAYS = (
    datetime(2026, 11, 1, tzinfo=UTC),  # clocks go back
    datetime(2027, 3, 14, tzinfo=UTC),  # clocks go forward
    datetime(2027, 1, 31, tzinfo=UTC),  # one revocation reaches everything
    datetime(2026, 12, 26, tzinfo=UTC),  # holidays inside a validation period
    datetime(2027, 11, 7, tzinfo=UTC),
    datetime(2026, 7, 4, tzinfo=UTC),  # a holiday on a Saturday
    datetime(2027, 6, 10, tzinfo=UTC),  # nothing at all
)
EDGES = ("00:00:00", "01:30:00", "07:59:59", "08:00:00", "08:14:59", "08:15:00", "20:45:00", "20:59:59", "21:00:00")
RESULTS = (
    "no_answer",
    "no_answer",
    "connected",
    "voicemail_left",
    "machine_no_message",
    "busy",
    "not_in_service",
    "wrong_party",
)
OF_MESSAGES = ("delivered", "delivered", "not_in_service")
NUMBERS = {"debtor": ("m1", "m2"), "spouse": ("m9",), "contact": ("c1", "c2"), "attorney": ("l1",)}
STOPS = ("opt_out", "opt_out", "opt_out", "wrong_number", "attorney", "dispute", "cease_all", "bankruptcy", "deceased")
LIFTS = ("verification_sent", "attorney_silent_or_agrees", "debtor_withdraws", "court_order", "representative_named")


def _before(draw: DrawFn, now: datetime, days: int) -> str:
    return (now - timedelta(seconds=draw(st.integers(0, days * 86_400)))).isoformat()


def _quarter(draw: DrawFn, now: datetime, earliest: int, latest: int) -> datetime:
    whole = now.replace(minute=0, second=0, microsecond=0)
    return whole + timedelta(minutes=15 * draw(st.integers(earliest * 96, latest * 96)))


@st.composite
def nows(draw: DrawFn, zones: tuple[str, ...]) -> datetime:
    """An instant near a turning day, often at an edge of a window in one of the zones."""
    day = draw(st.sampled_from(TURNING_DAYS)) + timedelta(days=draw(st.integers(-8, 3)))
    edge = draw(st.sampled_from((*EDGES, None, None, None)))
    if edge is None:
        return day + timedelta(seconds=draw(st.integers(0, 86_399)))
    hour, minute, second = (int(part) for part in edge.split(":"))
    local = day.replace(tzinfo=ZoneInfo(draw(st.sampled_from(zones))), hour=hour, minute=minute, second=second)
    return local.astimezone(UTC)


@st.composite
def pasts(draw: DrawFn, now: datetime, debts: tuple[str, ...], days: int = 9) -> Json:
    """One past attempt."""
    channel = draw(st.sampled_from(("call", "call", "call", "sms", "voicemail", "email", "letter", "visit")))
    party = draw(st.sampled_from(("debtor", "debtor", "debtor", "debtor", "spouse", "contact", "attorney")))
    result = "voicemail_left" if channel == "voicemail" else "visited" if channel == "visit" else None
    usual = RESULTS if channel == "call" else OF_MESSAGES
    confirms = channel in {"sms", "email"} and draw(st.integers(0, 5)) == 0
    return {
        "at": _before(draw, now, days),
        "channel": channel,
        "party": party,
        "to": draw(st.sampled_from(NUMBERS[party])),
        "debts": draw(st.lists(st.sampled_from(debts), min_size=1, max_size=2, unique=True)),
        "result": result or draw(st.sampled_from(usual)),
        "purpose": "opt_out_confirmation" if confirms else "reminder",
    }


@st.composite
def _attempts(draw: DrawFn, debts: tuple[str, ...]) -> Json:
    party = draw(st.sampled_from(("debtor", "debtor", "debtor", "spouse", "contact", "attorney")))
    channel = draw(st.sampled_from(("call", "call", "call", "sms", "sms", "voicemail", "email", "letter", "visit")))
    purposes = ("reminder", "reminder", "reminder", "opt_out_confirmation")
    return {
        "channel": channel,
        "party": party,
        "to": draw(st.sampled_from(NUMBERS[party])),
        "debts": draw(st.lists(st.sampled_from(debts), min_size=1, max_size=2, unique=True)),
        "purpose": draw(st.sampled_from(purposes if channel in {"sms", "email"} else ("reminder",))),
        "prerecorded": channel in {"call", "voicemail"} and draw(st.booleans()),
    }


@st.composite
def _agreements(draw: DrawFn, now: datetime) -> Json:
    kind = draw(st.sampled_from(("hours", "call_consent", "call_consent", "message_consent", "message_consent")))
    if kind == "hours":
        opening = draw(st.integers(0, 94))
        closing = draw(st.integers(opening + 1, 95))
        return {"kind": kind, "open": _clock(opening), "close": _clock(closing)}
    if kind == "call_consent":
        start = _quarter(draw, now, -9, 4)
        end = start + timedelta(minutes=15 * draw(st.integers(1, 12 * 96)))
        return {"kind": kind, "from": start.isoformat(), "to": end.isoformat()}
    found: Json = {"kind": kind, "channel": draw(st.sampled_from(("sms", "sms", "email", "call")))}
    if draw(st.booleans()):
        found["to"] = draw(st.sampled_from(("m1", "m2", "m9")))
    return found | {"at": _before(draw, now, 20)}


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


@st.composite
def _stops(draw: DrawFn, now: datetime, debts: tuple[str, ...], kinds: tuple[str, ...]) -> Json:
    kind = draw(st.sampled_from(kinds))
    stop: Json = {"kind": kind, "at": _before(draw, now, 15)}
    if kind == "opt_out":
        stop["channel"] = draw(st.sampled_from(("sms", "sms", "call", "email", "letter")))
        if draw(st.booleans()):
            stop["to"] = draw(st.sampled_from(("m1", "m2", "m9")))
    if kind == "wrong_number":
        stop["to"] = draw(st.sampled_from(("m1", "m2", "m9", "c1")))
    if kind in {"attorney", "dispute", "hardship"} and draw(st.booleans()):
        stop["debts"] = [draw(st.sampled_from(debts))]
    if kind == "dispute":
        stop["written"] = draw(st.booleans())
    if kind in {"breathing_space", "hardship"} and draw(st.booleans()):
        stop["until"] = _quarter(draw, now, -1, 9).isoformat()
    return stop


@st.composite
def _events(draw: DrawFn, now: datetime) -> Json:
    kind = draw(st.sampled_from(("validation_notice_sent", "validation_notice_sent", *LIFTS)))
    return {"kind": kind, "at": _before(draw, now, 60 if kind == "validation_notice_sent" else 15)}


def _few(draw: DrawFn, one: SearchStrategy[Json], chance: int, most: int = 2) -> list[Json]:
    """An empty list in most lives."""
    return draw(st.lists(one, min_size=1, max_size=most)) if draw(st.integers(0, chance)) == 0 else []


@st.composite
def lives(draw: DrawFn) -> Json:
    """A life under the law alone."""
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)))
    kinds = st.sampled_from(("address", "area_code_mobile", "area_code_landline", "last_known", "stated"))
    debts = tuple(draw(st.sampled_from((("A",), ("A", "B"), ("A", "B", "C")))))
    now = draw(nows(zones))
    hunted = draw(st.booleans())  # half of the debtors have no stops and were called about as often as the law lets
    roles = ("third_party_collector", "third_party_collector", "debt_buyer", "licensed_agency", "original_creditor")
    return {
        "now": now.isoformat(),
        "policy": {"guard_seconds": draw(st.sampled_from((0, 0, 900)))},
        "lender": {"role": draw(st.sampled_from(roles)), "kind": "bank"},
        "person": {
            "jurisdictions": ["US"],
            "places": [{"kind": draw(kinds), "zone": zone} for zone in zones],
            "stops": [] if hunted else _few(draw, _stops(now, debts, STOPS), 2),
            "agreements": draw(st.lists(_agreements(now), max_size=3)),
            "events": _few(draw, _events(now), 1),
        },
        "debts": [{"id": debt, "kind": "credit_card", "days_past_due": 40} for debt in debts],
        "attempt": _call(debts) if hunted else draw(_attempts(debts)),
        "history": draw(st.lists(_calls(now, debts) if hunted else pasts(now, debts), max_size=14)),
    }


def _call(debts: tuple[str, ...]) -> Json:
    return {"channel": "call", "party": "debtor", "to": "m1", "debts": list(debts[:2])}


@st.composite
def _calls(draw: DrawFn, now: datetime, debts: tuple[str, ...]) -> Json:
    """One past call to the debtor, seldom a conversation."""
    results = ("no_answer", "voicemail_left", "machine_no_message", "wrong_party", "busy", "connected")
    about = [debt for debt in debts if debt == debts[0] or draw(st.booleans())]
    return _call(debts) | {"debts": about, "at": _before(draw, now, 10), "result": draw(st.sampled_from(results))}


@st.composite
def quiet_lives(draw: DrawFn) -> Json:
    """A life under the product's own limits in which nothing but hours can deny."""
    life = draw(lives())
    life["policy"] |= draw(st.sampled_from(({"product": True}, {"open": "09:00", "close": "18:00"})))
    life["person"] |= {"stops": [], "agreements": [each for each in life["person"]["agreements"] if "open" in each]}
    for each in life["debts"]:
        each["balance_as_of"] = life["now"]
    return life | {"history": [], "attempt": {"channel": "call", "party": "debtor", "to": "m1", "debts": ["A"]}}


@st.composite
def product_lives(draw: DrawFn) -> Json:
    """A life under the law and the product's own limits."""
    life = draw(lives())
    now = datetime.fromisoformat(life["now"])
    debts = tuple(each["id"] for each in life["debts"])
    life["policy"] |= draw(
        st.sampled_from(({"product": True}, {"open": "09:00", "close": "18:00"}, {"contacts_in_7_days": 5}))
    )
    if draw(st.integers(0, 3)):
        life["person"]["agreements"].append(
            {"kind": "message_consent", "channel": "sms", "at": (now - timedelta(days=30)).isoformat()}
        )
    for each in life["debts"]:
        if draw(st.integers(0, 9)):
            each["balance_as_of"] = _before(draw, now, 3 if draw(st.integers(0, 9)) else 5)
    kinds = ("hardship", "breathing_space", "breathing_space", "dispute")
    life["person"]["stops"] += _few(draw, _stops(now, debts, kinds), 4, most=1)
    life["person"]["suppressions"] = _few(draw, _suppressions(now), 5, most=1)
    return life


@st.composite
def _suppressions(draw: DrawFn, now: datetime) -> Json:
    scope = draw(st.sampled_from(("number", "channel", "all_automated", "everything")))
    said: Json = {"scope": scope, "at": _before(draw, now, 15)}
    if scope == "number":
        said["to"] = draw(st.sampled_from(("m1", "m2", "m9")))
    if scope == "channel":
        said["channel"] = draw(st.sampled_from(("sms", "call", "email")))
    return said

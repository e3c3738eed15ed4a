"""Which of a person's debts speaks: the same one from every account's view, over lenders, currencies and zones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.cadence.decide import decide
from forbear.cadence.decision import Rest
from forbear.cadence.life import ContactPoint, Life, Promise, Rival, Stop
from forbear.cadence.playbooks import Playbook
from forbear.cadence.standing import debt_stands_still, first_to_speak, promised_day
from forbear.cadence.translate import LEGAL_TIME, days_past_due, home_zone
from forbear.rules.packs import Packs, load

MakeLife = Callable[..., Life]
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)


def seen(life: Life) -> Rival:
    """The account as the person's other accounts see it."""
    return Rival(life.account, life.lender.id, life.stage, life.currency, life.balance, life.due_since, speaks=True)


def facing(lives: list[Life]) -> list[Life]:
    """Each account with all the others as its rivals."""
    return [replace(one, rivals=tuple(seen(other) for other in lives if other is not one)) for one in lives]


def at_home(life: Life, zone: str, jurisdiction: str) -> Life:
    points = (ContactPoint("pt_1", "phone", "k1", "mobile", "valid", zone, "address"),)
    return replace(life, persons=(replace(life.borrower, points=points, jurisdictions=(jurisdiction,)),))


def test_over_two_currencies_the_older_debt_speaks_whatever_the_figures(a_life: MakeLife) -> None:
    yuan = a_life(account="acc_1", currency="CNY", balance=Decimal(9000), due_since=date(2026, 11, 20))
    dollars = a_life(account="acc_2", currency="USD", balance=Decimal(2000), due_since=date(2026, 11, 18))
    assert [first_to_speak(life, NOON) for life in facing([yuan, dollars])] == [False, True]
    same = replace(dollars, due_since=yuan.due_since)
    assert [first_to_speak(life, NOON) for life in facing([yuan, same])] == [True, False]


def test_in_one_currency_the_larger_speaks_and_a_later_stage_before_both(a_life: MakeLife) -> None:
    small = a_life(account="acc_1", balance=Decimal(10), due_since=date(2026, 11, 10))
    large = a_life(account="acc_2", balance=Decimal(20), due_since=date(2026, 11, 20))
    assert [first_to_speak(life, NOON) for life in facing([small, large])] == [False, True]
    late = a_life(account="acc_3", currency="CNY", balance=Decimal(1), due_since=date(2026, 10, 1))
    assert [first_to_speak(life, NOON) for life in facing([small, large, late])] == [False, False, True]


def test_two_lenders_with_two_clocks_see_one_order_on_the_day_a_stage_turns(a_life: MakeLife) -> None:
    """At 17:00 UTC it is already tomorrow in Beijing: by local dates each lender would have put its own debt first."""
    yuan = at_home(a_life(account="acc_1", currency="CNY", due_since=date(2026, 11, 1)), "Asia/Shanghai", "CN")
    dollars = at_home(a_life(account="acc_2", due_since=date(2026, 10, 31)), "America/New_York", "US")
    for hour in range(48):
        now = datetime(2026, 11, 30, tzinfo=UTC) + timedelta(hours=hour)
        assert sum(first_to_speak(life, now) for life in facing([yuan, dollars])) == 1, now


DEBTS = st.lists(
    st.tuples(st.sampled_from(("CNY", "USD")), st.integers(1, 3), st.integers(25, 65), st.booleans()),
    min_size=1,
    max_size=5,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(debts=DEBTS, minutes=st.integers(0, 2880))
def test_exactly_one_of_any_debts_speaks(
    a_life: MakeLife, debts: list[tuple[str, int, int, bool]], minutes: int
) -> None:
    now = NOON + timedelta(minutes=minutes)
    lives = [
        at_home(
            a_life(
                account=f"acc_{place}",
                currency=currency,
                balance=Decimal(amount),
                due_since=date(2026, 12, 1) - timedelta(days=days),
            ),
            *(("Asia/Shanghai", "CN") if chinese else ("America/New_York", "US")),
        )
        for place, (currency, amount, days, chinese) in enumerate(debts)
    ]
    assert sum(first_to_speak(life, now) for life in facing(lives)) == 1


def test_the_silent_debt_says_whose_turn_it_is(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    older = a_life(account="acc_2", currency="CNY", due_since=date(2026, 10, 1))
    rest = decide(a_life(rivals=(seen(older),)), playbook, packs, NOON)
    assert isinstance(rest, Rest)
    assert rest.rule == "PERSON.TURN"


def test_china_counts_its_days_by_beijing_without_any_zone(a_life: MakeLife) -> None:
    """16:00 UTC is midnight there; a person under two laws is counted where the first known zone is."""
    nowhere = (ContactPoint("pt_1", "phone", "k1", "mobile", "valid", None, None),)
    chinese = a_life(person={"points": nowhere, "jurisdictions": ("CN",)}, due_since=date(2026, 12, 1))
    before, midnight = datetime(2026, 12, 1, 15, 59, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert (days_past_due(chinese, before), days_past_due(chinese, midnight)) == (0, 1)
    in_xinjiang = at_home(chinese, "Asia/Urumqi", "CN")
    assert days_past_due(in_xinjiang, midnight) == 1
    both = replace(in_xinjiang.borrower, jurisdictions=("CN", "US"))
    assert str(home_zone(both)) == "Asia/Urumqi"
    assert home_zone(replace(both, points=nowhere)) is UTC


def test_a_promise_in_china_ends_at_midnight_in_beijing(a_life: MakeLife) -> None:
    promise = Promise(Decimal(120), date(2026, 12, 4), NOON, "open")
    nowhere = (ContactPoint("pt_1", "phone", "k1", "mobile", "valid", None, None),)
    chinese = a_life(person={"points": nowhere, "jurisdictions": ("CN",)}, promises=(promise,), currency="CNY")
    assert promised_day(chinese, NOON) == (date(2026, 12, 4), datetime(2026, 12, 5, 16, tzinfo=UTC))


def test_the_legal_times_are_those_of_the_packs() -> None:
    packs = load().by_jurisdiction
    assert {name: pack.legal_zone for name, pack in packs.items() if pack.legal_zone} == LEGAL_TIME


def test_only_a_stop_in_force_of_the_borrower_stops_the_debt(a_life: MakeLife) -> None:
    def still(**fields: object) -> bool:
        stop = replace(Stop(kind="dispute", at=NOON), **fields)  # pyright: ignore[reportArgumentType]  fields of a stop
        return debt_stands_still(a_life(person={"stops": (stop,)}), NOON)

    assert still()
    assert still(account="acc_1")
    assert still(until=NOON + timedelta(seconds=1))
    assert not still(account="acc_9")
    assert not still(until=NOON)
    assert not still(lifted_at=NOON)
    assert not still(kind="attorney")
    assert not still(kind="cease")

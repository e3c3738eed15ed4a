"""All who work in a rehearsal, each in a thread of their own, from their first sign-in until they are told to stop."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from forbear.rehearsal.browser import Browser
from forbear.rehearsal.callers import Caller, Operator
from forbear.rehearsal.lenders import BANK, LENDERS
from forbear.rehearsal.portfolio import Loan
from forbear.rehearsal.posting import Printers
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.staff import Employee, of_role
from forbear.rehearsal.stafflog import StaffLog
from forbear.rehearsal.visiting import Rounds, Supervisor, Team
from forbear.services.house import House


@contextmanager
def hired(
    house: House, log: Path, staff: Sequence[Employee], *, loans: Sequence[Loan], habits: Mapping[str, str], seed: int
) -> Generator[list[Robot]]:
    """A robot for each place of work, with open browsers."""
    with ExitStack() as stack:
        diary = StaffLog(log, house.clock)
        stack.callback(diary.close)

        def browser(who: Employee) -> Browser:
            opened = Browser(house.addresses.api_url, who, house.clock)
            stack.callback(opened.close)
            return opened

        robots: list[Robot] = [
            Caller(browser(who), house.clock, lender, diary, habits=habits, seed=seed)
            for who, lender in zip(of_role(staff, "caller"), LENDERS, strict=True)
        ]
        robots += [Operator(browser(who), house.clock, BANK.zone) for who in of_role(staff, "operator")]
        officers = of_role(staff, "officer")
        pairs = list(zip(officers[::2], officers[1::2], strict=True))
        rounds = Rounds([(first.id, second.id) for first, second in pairs])
        robots += [
            Supervisor(browser(who), house.clock, BANK, rounds, seed=seed) for who in of_role(staff, "supervisor")
        ]
        known = _by_name(loans, habits)
        for number, (first, second) in enumerate(pairs):
            two = browser(first), browser(second)
            robots.append(Team(number, two, house.clock, BANK, diary, rounds=rounds, habits=known, seed=seed))
        yield [*robots, Printers(house, BANK, diary, seed=seed)]


def _by_name(loans: Sequence[Loan], habits: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Label and habit of everybody by name, as whoever stands at their door knows them."""
    return {
        party.cell("name"): (party.label, habits.get(party.phone, "never_answers"))
        for loan in loans
        for party in loan.parties
    }

"""Everybody in a rehearsal who has to do with courts: each lender's legal desk, two clerks and the lawyer."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from forbear.rehearsal.browser import Browser
from forbear.rehearsal.court import Matter
from forbear.rehearsal.handing import Docket, LegalDesk
from forbear.rehearsal.legal import Clerk, Reviewer
from forbear.rehearsal.lenders import BANK, ENGLISH, UNION
from forbear.rehearsal.office import Office
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.shelf import Shelf
from forbear.rehearsal.staff import Employee, of_role
from forbear.services.house import House

WORKS_FOR = ((BANK, frozenset({"CN"})), (UNION, frozenset({"US", "GB"})))
"""Whose clock each clerk works by, and for lenders of which countries."""


@contextmanager
def in_session(
    house: House, folder: Path, offices: Sequence[Office], staff: Sequence[Employee], matters: Sequence[Matter]
) -> Generator[list[Robot]]:
    """Their robots, with open browsers; `folder` takes what they fetch."""
    docket, shelf = Docket(), Shelf(folder, house.clock)
    with ExitStack() as stack:

        def browser(who: Employee) -> Browser:
            opened = Browser(house.addresses.api_url, who, house.clock)
            stack.callback(opened.close)
            return opened

        desks: list[Robot] = [
            LegalDesk(office.api, house.clock, office.log, lender=office.lender, matters=own, docket=docket)
            for office in offices
            if (own := [matter for matter in matters if matter.loan.lender is office.lender])
        ]
        clerks = [
            Clerk(browser(who), house.clock, lender.zone, docket, shelf, countries)
            for who, (lender, countries) in zip(of_role(staff, "legal"), WORKS_FOR, strict=True)
        ]
        lawyers = [Reviewer(browser(who), house.clock, ENGLISH.zone, docket, shelf) for who in of_role(staff, "lawyer")]
        yield [*desks, *clerks, *lawyers]

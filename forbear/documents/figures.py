"""Whether the figures of a paper may be printed: they add up, are exact, and are of the sort its kind is about."""

from collections.abc import Iterator
from decimal import Decimal

from forbear.documents.kinds import Kind
from forbear.money.currency import write_amount
from forbear.ports.papers import Paper, Unprintable


def check_figures(kind: Kind, paper: Paper) -> None:
    """Pass a paper whose figures are true and fit its kind.

    Raises:
        Unprintable: `sums.equal`, with what is wrong and no amount.
    """
    if kind.balance == "none":
        return
    for problem in _problems(kind, paper):
        raise Unprintable("sums.equal", problem)


def _problems(kind: Kind, paper: Paper) -> Iterator[str]:
    if paper.total < 0 or any(figure.amount < 0 for figure in paper.figures):
        yield "more was paid than was owed; correct the record or pay it back, and send no letter about it"
    if kind.balance == "owed" and (not paper.figures or paper.total == 0):
        yield "nothing is owed; send no letter about it"
    if kind.balance == "zero" and paper.total != 0:
        yield "something is still owed; this paper says that nothing is"
    if len({figure.component for figure in paper.figures}) != len(paper.figures):
        yield "a component is named twice"
    try:
        written = [Decimal(write_amount(figure.amount, paper.currency)) for figure in paper.figures]
        total = Decimal(write_amount(paper.total, paper.currency))
    except ValueError:
        yield f"an amount has more digits than {paper.currency} has"
        return
    if sum(written, Decimal(0)) != total:
        yield "the rows do not add up to the total"
    if kind.statement:
        yield from _statement_problems(paper)


def _statement_problems(paper: Paper) -> Iterator[str]:
    """The schedule must lead to the very figures that the paper names."""
    statement = paper.statement
    if statement is None:
        yield "this paper prints a statement of account, and none was given"
        return
    owed = {component: amount for component, amount in statement.owed.items() if amount}
    if statement.currency != paper.currency or owed != {each.component: each.amount for each in paper.figures}:
        yield "the statement of account does not lead to the figures of the paper"

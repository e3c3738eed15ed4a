"""The report of a rehearsal: one page for a lender's manager, readable offline, on paper and by a screen reader.

Every plot comes with its figures as a table, so that nothing is told by a picture alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forbear.rehearsal import plots
from forbear.rehearsal.figures import OFFICE, Month, words_for
from forbear.rehearsal.story import Story

TEMPLATES = Path(__file__).parents[2] / "templates" / "report"


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture and its table."""

    title: str
    says: str
    svg: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def write(path: Path, month: Month, summary: dict[str, Any], story: Story, silence: Story) -> None:
    """Render the page."""
    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = room.get_template("report.html").render(
        start=month.start.astimezone(OFFICE),
        end=month.end.astimezone(OFFICE),
        summary=summary,
        owed=f"{sum(month.left.values(), Decimal(0)):,.2f}",
        collected={currency: f"{Decimal(amount):,.2f}" for currency, amount in month.collected.items()},
        plots=_plots(month),
        story=story,
        silence=silence,
    )
    path.write_text(page, encoding="utf-8")


def _plots(month: Month) -> list[Plot]:
    held = [(words_for(rule), rule, count) for rule, count in month.held.items()]
    texts = [
        (f"{day:%d %b}", sum(text["day"] == day for text in month.texts))
        for day in plots.every_day(month)
        if any(text["day"] == day for text in month.texts)
    ]
    money = [(f"{day:%d %b}", way, f"{amount:,.2f}") for day, way, amount in month.receipts]
    return [
        Plot(
            "Texts per day",
            "Sends are spread over the day by each person's own clock; nothing leaves outside 8 am to 9 pm.",
            Markup(plots.touches_per_day(month)),  # noqa: S704  our own plot of numbers and fixed words
            ("day", "texts"),
            texts,
        ),
        Plot(
            "Collected",
            "What had come in by the end of each day. A payment ends the outreach of its account at once.",
            Markup(plots.collected_over_time(month)),  # noqa: S704  likewise
            ("day", "way", "USD"),
            money,
        ),
        Plot(
            "Why accounts had to wait",
            "Each time a rule made an account wait, counted once however long it lasted.",
            Markup(plots.held_by_rule(month)),  # noqa: S704  likewise
            ("reason", "rule", "times"),
            held,
        ),
        Plot(
            "Where the accounts stand",
            "Every open account has a next date and a reason.",
            Markup(plots.states_of_accounts(month)),  # noqa: S704  likewise
            ("state", "accounts"),
            list(month.states.items()),
        ),
    ]

"""The report of a rehearsal: one page for a lender's manager, readable offline, on paper and by a screen reader.

It is written once in each language. Every plot comes with its figures as a table, so that nothing is told by a picture
alone, and amounts of two currencies are never added.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forbear.rehearsal import in_court, plots, ways
from forbear.rehearsal.figures import STATES, Month
from forbear.rehearsal.in_court import Court
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.ruling import ruling, title
from forbear.rehearsal.story import Read
from forbear.rehearsal.words import ENGLISH, LANGUAGES, Words, words

TEMPLATES = Path(__file__).parents[2] / "templates" / "report"
NOTHING, BETWEEN = "–", " · "
FIGURES: tuple[tuple[str, Callable[[Month], object]], ...] = (
    ("accounts", lambda month: len(month.rows("account"))),
    ("people", lambda month: month.persons),
    ("texts", lambda month: len(month.texts)),
    ("delivered", lambda month: sum(text["last"] == "delivered" for text in month.texts)),
    ("calls", lambda month: ways.made(month).get("call", 0)),
    ("letters", lambda month: ways.made(month).get("letter", 0)),
    ("visits", lambda month: ways.made(month).get("visit", 0)),
    ("collected", lambda month: _money(month.collected)),
    ("owed", lambda month: _money(month.owed)),
    ("paid_accounts", lambda month: month.paid_accounts),
    ("open_accounts", lambda month: month.open_accounts),
    ("suppressed", lambda month: month.suppressed),
)
"""What is told of each lender and of both; money of both only by currency."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, what its colours mean, and its table."""

    title: str
    says: str
    svg: Markup
    legend: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Page:
    """A month in a language."""

    month: Month
    parts: Sequence[tuple[Creditor, Month]]
    say: Words

    @property
    def names(self) -> list[str]:
        return [lender.named(self.say.language) for lender, _ in self.parts]

    @property
    def legend(self) -> list[tuple[str, str]]:
        return list(zip(plots.OF_LENDERS, self.names, strict=False))

    @property
    def months(self) -> list[Month]:
        return [part for _, part in self.parts]


def name_of(language: str) -> str:
    """The file's name."""
    return "report.html" if language == ENGLISH else f"report.{language}.html"


def write(
    folder: Path, month: Month, summary: dict[str, Any], read: Sequence[Read], court: Court | None = None
) -> list[Path]:
    """Render the page in every language."""
    written: list[Path] = []
    for language in LANGUAGES:
        path = folder / name_of(language)
        path.write_text(render(month, summary, read, language, court), encoding="utf-8")
        written.append(path)
    return written


def render(
    month: Month, summary: dict[str, Any], read: Sequence[Read], language: str, court: Court | None = None
) -> str:
    say = words(language)
    page = Page(month, month.parts(), say)
    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template("report.html").render(
        say=say,
        page=partial(say, "page"),
        fonts=Markup(plots.FONTS),  # noqa: S704  our own list of names
        start=say.day(month.start.astimezone(month.zone), "long"),
        end=say.day(month.end.astimezone(month.zone), "long"),
        summary=summary,
        names=page.names,
        figures=_figures(page),
        shared=sum(part.persons for part in page.months) - month.persons,
        ruling=ruling(month, page.months, say),
        ways=[_way(page, channel) for channel in ways.CHANNELS],
        plots=_plots(page),
        court=_court(court, say) if court is not None and court.cases else None,
        stories=[(_heading(each, say), each.told(language)) for each in read],
        others=[
            (name_of(each), words(each)("page", "language"), say("page", "other"))
            for each in LANGUAGES
            if each != language
        ],
    )


def _heading(read: Read, say: Words) -> str:
    return say("page", "silence" if read.quiet else "story", lender=read.lender.named(say.language))


def _court(court: Court, say: Words) -> dict[str, Any]:
    """What the section on courts shows, in a language."""
    language = say.language
    ended = [(say.of("case_outcome", outcome), count) for outcome, count in court.outcomes]
    return {
        "packets": [(each, in_court.named(each.lender, language)) for each in court.packets],
        "stages": [
            (say.of("case_path", path), in_court.stage_title(path, stage, language), count)
            for path, stage, count in court.stages
        ],
        "ended": ended,
        "clocks": [(say.of("case_clock", kind), states, alarms) for kind, states, alarms in court.clocks],
        "missing": [(item, say.of("supplier", supplier), count) for item, supplier, count in court.missing],
    }


def _figures(page: Page) -> list[tuple[str, list[list[str]]]]:
    """Each figure of each lender and of both, in as many lines as it has currencies."""
    months = [*page.months, page.month] if len(page.parts) > 1 else page.months
    return [(page.say("figure", key), [str(count(month)).split(BETWEEN) for month in months]) for key, count in FIGURES]


def _money(sums: dict[str, str]) -> str:
    return BETWEEN.join(f"{Decimal(amount):,.2f} {currency}" for currency, amount in sums.items()) or NOTHING


def _plots(page: Page) -> list[Plot]:
    return [_texts(page), *(_collected(page, *each) for each in page.parts), _held(page), _states(page)]


def _way(page: Page, channel: str) -> Plot:
    """One channel: how its touches ended."""
    say = page.say
    of_lenders = [ways.ends(part, channel) for part in page.months]
    counted = {
        say(f"end_{channel}", end): [ends.get(end, 0) for ends in of_lenders]
        for end in ways.ENDS[channel]
        if any(end in ends for ends in of_lenders)
    }
    people = ways.by_people(page.month)
    machine = ways.made(page.month).get("call", 0) - people
    return Plot(
        say("way_title", channel),
        say("way_says", channel, people=people, machine=machine),
        Markup(plots.counts(counted, say("way_unit", channel))),  # noqa: S704  our own plot of numbers and fixed words
        page.legend,
        (say("column", "end"), *page.names),
        [(end, *counts) for end, counts in counted.items()],
    )


def _texts(page: Page) -> Plot:
    say, days = page.say, plots.every_day(page.month)
    counted = [(day, [sum(text["day"] == day for text in part.texts) for part in page.months]) for day in days]
    return Plot(
        say("plot", "texts"),
        say("plot", "texts_say"),
        Markup(plots.texts_per_day(days, page.months, say)),  # noqa: S704  our own plot of numbers and fixed words
        page.legend,
        (say("column", "day"), *page.names),
        [(say.day(day), *counts) for day, counts in counted if any(counts)],
    )


def _collected(page: Page, lender: Creditor, part: Month) -> Plot:
    say = page.say
    return Plot(
        say("plot", "collected", lender=lender.named(say.language), currency=lender.currency),
        say("plot", "collected_say"),
        Markup(plots.collected_over_time(part, lender.currency, say)),  # noqa: S704  likewise
        [(colour, say.of("way", way)) for colour, way in zip(plots.OF_WAYS, plots.WAYS, strict=True)],
        (say("column", "day"), say("column", "way"), say("column", "money", currency=lender.currency)),
        [(say.day(day), say.of("way", way), f"{amount:,.2f}") for day, way, amount in part.receipts],
    )


def _held(page: Page) -> Plot:
    say = page.say
    counted = {rule: [part.held.get(rule, 0) for part in page.months] for rule in page.month.held}
    return Plot(
        say("plot", "held"),
        say("plot", "held_say"),
        Markup(plots.counts(_named(counted, partial(_reason, say=say)), say("column", "times"))),  # noqa: S704  likewise
        page.legend,
        (say("column", "reason"), say("column", "rule"), *page.names),
        [(_reason(rule, say), rule, *counts) for rule, counts in counted.items()],
    )


def _states(page: Page) -> Plot:
    say = page.say
    all_states = [part.states for part in page.months]
    counted = {
        state: [states.get(state, 0) for states in all_states]
        for state in STATES
        if any(state in states for states in all_states)
    }
    return Plot(
        say("plot", "states"),
        say("plot", "states_say"),
        Markup(plots.counts(_named(counted, partial(say.of, "state")), say("column", "accounts"))),  # noqa: S704  likewise
        page.legend,
        (say("column", "state"), *page.names),
        [(say.of("state", state), *counts) for state, counts in counted.items()],
    )


def _reason(rule: str, say: Words) -> str:
    """The report's own words for a rule or for a reason of the cadence, else the rule's title."""
    return say.of("rule", rule) if say.knows("rule", rule) else title(rule, say)


def _named(counted: dict[str, list[int]], name: Callable[[str], str]) -> dict[str, list[int]]:
    """By words; two codes of one wording are one bar."""
    named: dict[str, list[int]] = {}
    for code, counts in counted.items():
        before = named.get(name(code), [0] * len(counts))
        named[name(code)] = [one + more for one, more in zip(before, counts, strict=True)]
    return named

"""The four plots of the report, as SVG. The same figures give the same bytes.

Days are written as text on an ordinal axis, because a temporal one would depend on the machine's zone.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert

from forbear.rehearsal.figures import Month, day_of, words_for

INK, MUTED, GRID = "#1d2733", "#52606d", "#e4e7eb"
BLUE, GREEN, GREY, AMBER = "#1f5fa8", "#2f7d4f", "#9aa5b1", "#b4690e"
WIDTH, HEIGHT, ROW_HEIGHT = 640, 200, 26
LABELLED_EVERY = 4
ROOM_FOR_NAMES = 230
"""Pixels beside the bars, fixed: a reader's font may be wider than the one the plot was measured with."""


def every_day(month: Month) -> list[date]:
    first = day_of(month.start.isoformat())
    return [first + timedelta(days=offset) for offset in range(month.days + 1)]


def touches_per_day(month: Month) -> str:
    """Texts of each day by what became of them."""
    order = ["delivered", "not delivered", "no report"]
    values = [
        {"day": _label(day), "fate": fate, "texts": sum(t["day"] == day and t["last"] == fate for t in month.texts)}
        for day in every_day(month)
        for fate in order
    ]
    bars = (
        alt.Chart(_data(values))
        .mark_bar()
        .encode(
            x=_days(every_day(month)),
            y=alt.Y("texts:Q", title="texts", axis=alt.Axis(tickMinStep=1)),
            color=_colours("fate", order, [BLUE, AMBER, GREY]),
            order=alt.Order("fate:N"),
        )
    )
    return _svg(bars, height=HEIGHT)


def collected_over_time(month: Month) -> str:
    """What had come in by the end of each day, by the way it came."""
    ways = ["link in a text", "bank"]
    values: list[dict[str, Any]] = []
    sums = dict.fromkeys(ways, Decimal(0))
    for day in every_day(month):
        for paid_on, way, amount in month.receipts:
            if paid_on == day:
                sums[way] += amount
        values += [{"day": _label(day), "way": way, "amount": float(sums[way])} for way in ways]
    areas = (
        alt.Chart(_data(values))
        .mark_area(interpolate="step-after")
        .encode(
            x=_days(every_day(month)),
            y=alt.Y("amount:Q", title="collected (USD)", stack="zero", axis=alt.Axis(format="~s")),
            color=_colours("way", ways, [GREEN, GREY]),
        )
    )
    return _svg(areas, height=HEIGHT)


def held_by_rule(month: Month) -> str:
    """How often each rule made an account wait."""
    return _rows([(words_for(rule), count) for rule, count in month.held.items()], "times", AMBER)


def states_of_accounts(month: Month) -> str:
    """How the accounts stand at the end."""
    return _rows(list(month.states.items()), "accounts", BLUE)


def _rows(pairs: Sequence[tuple[str, int]], unit: str, colour: str) -> str:
    values = [{"what": what, "count": count} for what, count in pairs]
    base = alt.Chart(_data(values)).encode(
        y=alt.Y(
            "what:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=0, minExtent=ROOM_FOR_NAMES, domain=False, ticks=False),
        ),
        x=alt.X("count:Q", title=unit, axis=alt.Axis(tickMinStep=1)),
    )
    named = base.mark_text(align="left", dx=4, color=INK).encode(text="count:Q")
    return _svg(
        base.mark_bar(color=colour) + named, height=max(1, len(values)) * ROW_HEIGHT, width=WIDTH - ROOM_FOR_NAMES
    )


def _data(values: list[dict[str, Any]]) -> Any:
    return alt.Data(values=values)


def _days(days: Sequence[date]) -> alt.X:
    names = [_label(day) for day in days]
    return alt.X("day:O", sort=names, title=None, axis=alt.Axis(values=names[::LABELLED_EVERY], labelAngle=0))


def _label(day: date) -> str:
    return f"{day:%b} {day.day}"


def _colours(field: str, order: list[str], colours: list[str]) -> alt.Color:
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square")
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=order, range=colours), legend=legend, sort=order)


def _svg(chart: Any, *, height: int, width: int = WIDTH) -> str:
    styled = (
        chart.properties(width=width, height=height)
        .configure(font="sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED,
            titleColor=MUTED,
            gridColor=GRID,
            domainColor=GRID,
            tickColor=GRID,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(labelColor=INK, labelFontSize=12, columnPadding=20)
        .configure_text(fontSize=12)
    )
    return vl_convert.vegalite_to_svg(styled.to_dict())

"""The plots of the report, as SVG, in a language. The same figures give the same bytes.

Days are written as text on an ordinal axis, because a temporal one would depend on the machine's zone. Legends are the
page's: text is measured here without the reader's fonts.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert

from forbear.rehearsal.figures import LENDER, LINK, Month
from forbear.rehearsal.words import Words

FONTS = (
    'system-ui, -apple-system, "Segoe UI", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", '
    '"Microsoft YaHei", sans-serif'
)
"""Of the page and its plots: whatever the reader's system has, with Chinese."""
INK, MUTED, GRID = "#1d2733", "#52606d", "#e4e7eb"
OF_LENDERS = ("#1f5fa8", "#b4690e", "#6a4c93")
WAYS, OF_WAYS = (LINK, LENDER), ("#2f7d4f", "#9aa5b1")
WIDTH, HEIGHT, ROW_HEIGHT = 640, 200, 26
LABELLED_EVERY = 4
ROOM_FOR_NAMES = 230
"""Pixels beside the bars, fixed: a reader's font may be wider than the one the plot was measured with."""

Counts = Mapping[str, Sequence[int]]
"""One number for each lender, by what is counted."""


def every_day(month: Month) -> list[date]:
    first = month.day_of(month.start.isoformat())
    return [first + timedelta(days=offset) for offset in range(month.days + 1)]


def texts_per_day(days: Sequence[date], parts: Sequence[Month], words: Words) -> str:
    """Texts of each day, one lender's upon the other's."""
    values = [
        {"day": words.day(day), "lender": str(number), "texts": sum(text["day"] == day for text in part.texts)}
        for day in days
        for number, part in enumerate(parts)
    ]
    bars = (
        alt.Chart(_data(values))
        .mark_bar()
        .encode(
            x=_days(days, words),
            y=alt.Y("texts:Q", title=words("column", "texts"), axis=alt.Axis(tickMinStep=1)),
            color=_colours("lender", [str(number) for number, _ in enumerate(parts)], OF_LENDERS),
            order=alt.Order("lender:O"),
        )
    )
    return _svg(bars, height=HEIGHT)


def collected_over_time(month: Month, currency: str, words: Words) -> str:
    """What one lender had by the end of each day, by the way it came."""
    values: list[dict[str, Any]] = []
    sums = dict.fromkeys(WAYS, Decimal(0))
    for day in every_day(month):
        for paid_on, way, amount in month.receipts:
            if paid_on == day:
                sums[way] += amount
        values += [{"day": words.day(day), "way": way, "amount": float(sums[way])} for way in WAYS]
    title = words("column", "money", currency=currency)
    areas = (
        alt.Chart(_data(values))
        .mark_area(interpolate="step-after")
        .encode(
            x=_days(every_day(month), words),
            y=alt.Y("amount:Q", title=title, stack="zero", axis=alt.Axis(format="~s")),
            color=_colours("way", list(WAYS), OF_WAYS),
        )
    )
    return _svg(areas, height=HEIGHT)


def counts(counted: Counts, unit: str) -> str:
    """A bar for each thing counted, one lender's part beside the other's, and the sum behind them."""
    values = [
        {"what": what, "lender": str(number), "count": count}
        for what, of_lenders in counted.items()
        for number, count in enumerate(of_lenders)
    ]
    sums = [{"what": what, "sum": sum(of_lenders)} for what, of_lenders in counted.items()]
    names = alt.Y(
        "what:N",
        sort=list(counted),
        title=None,
        axis=alt.Axis(labelLimit=0, minExtent=ROOM_FOR_NAMES, domain=False, ticks=False),
    )
    lenders = [str(number) for number in range(max((len(each) for each in counted.values()), default=0))]
    bars = (
        alt.Chart(_data(values))
        .mark_bar()
        .encode(
            y=names,
            x=alt.X("count:Q", title=unit, axis=alt.Axis(tickMinStep=1)),
            color=_colours("lender", lenders, OF_LENDERS),
            order=alt.Order("lender:O"),
        )
    )
    text = alt.Chart(_data(sums)).mark_text(align="left", dx=4, color=INK)
    labels = text.encode(y=names, x="sum:Q", text="sum:Q")
    return _svg(bars + labels, height=max(1, len(counted)) * ROW_HEIGHT, width=WIDTH - ROOM_FOR_NAMES)


def _data(values: list[dict[str, Any]]) -> Any:
    return alt.Data(values=values)


def _days(days: Sequence[date], words: Words) -> alt.X:
    names = [words.day(day) for day in days]
    return alt.X("day:O", sort=names, title=None, axis=alt.Axis(values=names[::LABELLED_EVERY], labelAngle=0))


def _colours(field: str, order: Sequence[str], colours: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(order), range=list(colours[: len(order)]))
    return alt.Color(f"{field}:N", scale=scale, legend=None, sort=list(order))


def _svg(chart: Any, *, height: int, width: int = WIDTH) -> str:
    styled = (
        chart.properties(width=width, height=height)
        .configure(font=FONTS.replace('"', "'"), background="transparent")
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
            titlePadding=12,
        )
        .configure_text(fontSize=12)
    )
    return vl_convert.vegalite_to_svg(styled.to_dict())

"""Charts of a report as XlsxWriter draws them, from charts as data."""

import math
from typing import Any, TypeAlias

from forecaster.report.layout import Layout
from forecaster.report.sheet import Cell, Chart, Series, Span, displayed
from forecaster.report.styles import ACCENT, BANDS, HATCHED, LINES, PAPER, RULE, TEXT
from forecaster.workbook.text import clean

Drawing: TypeAlias = Any
"""A chart of XlsxWriter, which carries no types."""

FONT = {"name": "Arial", "size": 10, "color": TEXT}
WIDTH, HEIGHT = 940, 390  # pixels; CHART_ROWS of the layout hold the height
BESIDE = {1: WIDTH, 2: 650, 3: 575}  # of each where so many stand side by side
GAP = 10  # between charts side by side

STEPS = "[<1000]General;#,##0"
"""Format of the numbers along an axis: fractions of a million stay. In this order alone minus does."""


def drawn(file: Any, chart: Chart, layout: Layout, width: int = WIDTH) -> Drawing:  # noqa: ANN401 - untyped
    """Return a chart: bands stacked from an invisible base or bars, lines over them, or through points."""
    lines = file.add_chart(
        {"type": "scatter", "subtype": "straight"} if chart.scattered else {"type": "line"}
    )
    for series in chart.lines:
        lines.add_series(_line(series, chart, layout))
    drawing = lines
    if chart.bands or chart.bars:
        area = chart.bands and not chart.single
        kind = {"type": "area" if area else "bar" if chart.lying else "column"}
        stacked = {"subtype": "stacked"} if chart.bands or chart.stacked else {}
        drawing = file.add_chart(kind | stacked)
        for series in chart.bands or chart.bars:
            drawing.add_series(_filled(series, chart.years, layout))
        if chart.lines:
            drawing.combine(lines)
    _dress(drawing, chart, layout)
    drawing.set_size({"width": width, "height": HEIGHT})
    return drawing


def _dress(drawing: Drawing, chart: Chart, layout: Layout) -> None:
    """Give a chart its title, its axes with their units, its legend."""
    title: dict[str, object] = {"name": clean(chart.title)}
    if chart.heading is not None:
        held = layout.held(Span(chart.heading, chart.heading))
        title = {
            "name": "=" + layout.address(chart.heading.fix(), ""),
            "data": [_point(cell) for cell in held],
        }
    drawing.set_title({**title, "name_font": {**FONT, "size": 12, "color": ACCENT}, "overlay": False})
    low = {"label_position": "low"} if chart.stacked else {}  # a bar below zero must not hide its name
    grid = {"visible": True, "line": {"color": RULE, "width": 0.5}}
    axis = {"name_font": FONT, "num_font": FONT}
    steps = STEPS if chart.scattered else "0"
    first_on_top = {"reverse": True, "interval_unit": 1} if chart.lying else {}
    category = {**axis, "name": chart.across, "num_format": steps, **low, **first_on_top}
    form = "0 %" if chart.unit.startswith("share") else STEPS
    whole = {"min": 0, "max": 1} if chart.scattered and chart.unit.startswith("share") else {}
    value = {**axis, "name": chart.unit, "num_format": form, "major_gridlines": grid, **whole}
    drawing.set_x_axis(value if chart.lying else category)
    drawing.set_y_axis(category if chart.lying else value)
    hidden = [i for i, series in enumerate(chart.bands or chart.bars) if not series.title]
    lone = chart.scattered and len(chart.lines) == 1
    drawing.set_legend(
        {"none": True} if lone else {"position": "bottom", "font": FONT, "delete_series": hidden}
    )


def _data(series: Series, years: Span, layout: Layout) -> dict[str, Any]:
    """Return where a series finds its numbers, its name and its years, and what it finds there."""
    return {
        "name": clean(series.title),
        "categories": list(layout.corners(years)),
        "categories_data": [_point(cell) for cell in layout.held(years)],
        "values": list(layout.corners(series.values)),
        "values_data": [_point(cell) for cell in layout.held(series.values)],
    }


def _point(cell: Cell) -> float | str:
    """What a chart keeps of a cell: previews draw it and recalculate nothing."""
    if isinstance(cell, int | float):
        return f"{cell:.16g}" if math.isfinite(cell) else ""
    value = displayed(cell)
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else value


def _filled(series: Series, years: Span, layout: Layout) -> dict[str, Any]:
    invisible = {"fill": {"none": True}, "border": {"none": True}}
    colour = BANDS.get(series.look, "")
    filled = {"fill": {"color": colour}, "border": {"none": True}}
    if series.look in HATCHED:
        hatch = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": PAPER}
        filled = {"pattern": hatch, "border": {"color": colour}}
    return _data(series, years, layout) | {"gap": 60} | (invisible if series.look == "base" else filled)


def _line(series: Series, chart: Chart, layout: Layout) -> dict[str, Any]:
    colour, dash = LINES[series.look]
    point = {"type": "circle", "size": 7, "fill": {"color": colour}, "border": {"color": colour}}
    return _data(series, chart.years, layout) | {
        "line": {"color": colour, "width": 2.25, "dash_type": dash},
        "marker": point if chart.scattered or chart.single else {"type": "none"},
    }

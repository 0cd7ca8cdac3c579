"""Charts of a report as XlsxWriter draws them, from charts as data."""

from typing import Any, TypeAlias

from forecaster.layout import Layout
from forecaster.sheet import Chart, Series, Span
from forecaster.styles import ACCENT, BANDS, LINES, RULE

Drawing: TypeAlias = Any
"""A chart of XlsxWriter, which carries no types."""

FONT = {"name": "Arial", "size": 10}
WIDTH, HEIGHT = 940, 390  # pixels; CHART_ROWS of the layout hold the height


def drawn(file: Any, chart: Chart, layout: Layout) -> Drawing:  # noqa: ANN401 - XlsxWriter has no types
    """Return a chart: bands stacked from an invisible base or bars, lines over them."""
    lines = file.add_chart({"type": "line"})
    for series in chart.lines:
        lines.add_series(_line(series, chart.years, layout))
    drawing = lines
    if chart.bands or chart.bars:
        kind = {"type": "area" if chart.bands else "column"}
        stacked = {"subtype": "stacked"} if chart.bands or chart.stacked else {}
        drawing = file.add_chart(kind | stacked)
        for series in chart.bands or chart.bars:
            drawing.add_series(_filled(series, chart.years, layout))
        if chart.lines:
            drawing.combine(lines)
    _dress(drawing, chart)
    return drawing


def _dress(drawing: Drawing, chart: Chart) -> None:
    drawing.set_title(
        {"name": chart.title, "name_font": {**FONT, "size": 12, "color": ACCENT}, "overlay": False}
    )
    low = {"label_position": "low"} if chart.stacked else {}  # a bar below zero must not hide its name
    drawing.set_x_axis({"name": chart.across, "name_font": FONT, "num_font": FONT, "num_format": "0"} | low)
    grid = {"visible": True, "line": {"color": RULE, "width": 0.5}}
    form = "0 %" if chart.unit.startswith("share") else "#,##0"
    drawing.set_y_axis(
        {"name": chart.unit, "name_font": FONT, "num_font": FONT, "num_format": form, "major_gridlines": grid}
    )
    hidden = [i for i, series in enumerate(chart.bands or chart.bars) if not series.title]
    drawing.set_legend({"position": "right", "font": FONT, "delete_series": hidden})
    drawing.set_size({"width": WIDTH, "height": HEIGHT})


def _data(series: Series, years: Span, layout: Layout) -> dict[str, Any]:
    """Return where a series finds its numbers, its name and its years."""
    return {
        "name": series.title,
        "categories": list(layout.corners(years)),
        "values": list(layout.corners(series.values)),
    }


def _filled(series: Series, years: Span, layout: Layout) -> dict[str, Any]:
    invisible = {"fill": {"none": True}, "border": {"none": True}}
    filled = {"fill": {"color": BANDS.get(series.look, "")}, "border": {"none": True}}
    return _data(series, years, layout) | (invisible if series.look == "base" else filled)


def _line(series: Series, years: Span, layout: Layout) -> dict[str, Any]:
    colour, dash = LINES[series.look]
    return _data(series, years, layout) | {
        "line": {"color": colour, "width": 2.25, "dash_type": dash},
        "marker": {"type": "none"},
    }

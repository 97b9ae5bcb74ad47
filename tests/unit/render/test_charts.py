"""Hand-written charts: true lengths, all numbers readable, text inert."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from dispatch.render.charts import Series, choose_step, render_bars, render_share, render_stacked_bars

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("highest", "step"), [(1, 1), (3, 1), (4, 1), (5, 2), (47, 20), (400, 100), (3666, 1000)]
)
def test_grid_lines_stand_at_round_numbers(highest, step):
    assert choose_step(highest) == step  # the least of 1, 2, 5 × 10^n that is ≥ highest / 4


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg[: svg.index("</svg>") + 6])


def test_columns_are_as_high_as_their_numbers():
    chart = parse(
        render_stacked_bars(
            "t",
            ["d1", "d2"],
            [Series(name="a", colour="#111", values=(4, 2)), Series(name="b", colour="#222", values=(0, 2))],
            "c",
        )
    )
    bars = [bar for bar in chart.iter(f"{SVG}rect") if "url(" in bar.get("fill", "")]
    heights = [float(bar.get("height")) for bar in bars]
    # step 1, top 4: the 194 px between head and base hold 4 units, 48.5 px each; no bar for the zero
    assert heights == [194.0, 97.0, 97.0]
    texts = [node.text for node in chart.iter(f"{SVG}text")]
    assert texts.count("4") == 3, "grid line at 4 and the total 4 above each of two columns"


def test_an_empty_chart_and_hostile_names_are_well_formed():
    assert parse(render_stacked_bars("t", [], [], "c")).tag == f"{SVG}svg"
    chart = render_bars("<x>", [("</svg><script>", 5, "5")], "#111", "b")
    assert "<script>" not in chart
    assert parse(chart).tag == f"{SVG}svg"


def test_shares_fill_the_bar_and_zero_shares_take_no_room():
    chart = render_share("s", [("a", 3, "#111"), ("b", 0, "#222"), ("c", 1, "#333")], "s")
    widths = [float(bar.get("width")) for bar in parse(chart).iter(f"{SVG}rect")]
    assert widths == [660.0, 220.0]  # 880 × 3/4 and 880 × 1/4
    assert "b 0" in chart, "the legend still names it"

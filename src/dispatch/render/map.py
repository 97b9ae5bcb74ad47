"""Map of a plan: one HTML file that opens without internet. folium lives here and nowhere else.

folium makes the page and the map; its scripts are replaced by the bundled Leaflet. Names and numbers enter the page
only after folium's templates have run, as one escaped data block, because branca evaluates template tags in any text it
renders. The page is refused if anything in it would load from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dispatch.messages import Lang, word
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.render import vendored
from dispatch.render.manifest_links import choose_papers
from dispatch.render.map_basemap import read_basemap
from dispatch.render.map_payload import make_payload
from dispatch.render.safe_text import escape_json

_SCRIPT_SLOT = "bundled:leaflet.js"
_STYLE_SLOT = "bundled:leaflet.css"
_MAP_NAME = "dispatch"
_WHOLE_WORLD = ((-50.0, -120.0), (65.0, 150.0))
Bounds = tuple[tuple[float, float], tuple[float, float]]


def render_map(
    scenario: Scenario,
    plan: Plan,
    *,
    basemap_geojson: str | None = None,
    lang: Lang = "both",
    run_info: Mapping[str, str] | None = None,
    with_manifests: bool = True,
    with_pdf: bool = True,
) -> str:
    """One self-contained HTML page: trips by class, stops, times, head counts, filters. Never names or ids of people.

    Parameters
    ----------
    basemap_geojson
        GeoJSON text of outlines to draw under the trips; by default none (no national outline).
    run_info
        What the foot of the page states, e.g. ``plan_hash``, ``version``, ``printed_at``.
    with_manifests
        Link to the papers of each trip (False where they were not printed).
    with_pdf
        Link to the PDF papers of each trip (False where no font could print them), besides the workbook.

    Raises
    ------
    UsageError
        The base map is not readable GeoJSON.
    PageNotSelfContained
        The page would load something from elsewhere.
    """
    payload = make_payload(scenario, plan, lang, run_info or {}, choose_papers(with_manifests, with_pdf))
    if basemap_geojson is not None:
        payload["basemap"] = read_basemap(basemap_geojson)
    page = vendored.refuse_tiles(_render_empty_page(find_bounds(plan)))
    page = _fill_page(page, word("map_title", "en"))
    data = f'<script type="application/json" id="trip-data">{escape_json(payload)}</script>\n'
    script = f"<script>{vendored.read_script('trip_map.js')}</script>\n"
    end = page.rindex("</html>")
    return vendored.refuse_remote(page[:end] + data + script + page[end:])


def find_bounds(plan: Plan) -> Bounds:
    """South-west and north-east corner (lat, lon) of all stops; a wide view of the world when there are none."""
    used = {stop.place_id for trip in plan.trips for stop in trip.stops}
    points = [plan.points[place_id] for place_id in sorted(used)]
    if not points:
        return _WHOLE_WORLD
    south, north = min(point.lat for point in points), max(point.lat for point in points)
    west, east = min(point.lon for point in points), max(point.lon for point in points)
    return (round(south, 2), round(west, 2)), (round(north, 2), round(east, 2))


def _render_empty_page(bounds: Bounds) -> str:
    """folium's page with a bare map, without any text of the scenario and with slots instead of its scripts."""
    import folium

    page = folium.Map(tiles=None, prefer_canvas=True, zoom_control=False, zoom_snap=0.25)
    page._id = _MAP_NAME  # folium's own is random; the same plan must give the same bytes
    page.default_js = [("leaflet", _SCRIPT_SLOT)]
    page.default_css = [("leaflet_css", _STYLE_SLOT)]
    page.fit_bounds([list(corner) for corner in bounds], padding=(40, 40), max_zoom=11)
    return str(page.get_root().render())


def _fill_page(page: str, title: str) -> str:
    """Page with Leaflet, our style, the browser's own ban on loading, and the frame around the map put in."""
    style = f"<style>{vendored.read_style('leaflet.css')}</style>"
    leaflet = f"<script>{vendored.read_script('leaflet.js')}</script>"
    page = _replace_once(page, rf'<script src="{_SCRIPT_SLOT}"></script>', leaflet)
    page = _replace_once(page, rf'<link rel="stylesheet" href="{_STYLE_SLOT}"/>', style)
    page = re.sub(
        r"(?s)<meta name=\"viewport\".*?/>",
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        page,
    )
    head = f'<head>\n<meta http-equiv="Content-Security-Policy" content="{vendored.CONTENT_POLICY}"/>\n<title>{title}</title>'
    page = _replace_once(page, "<head>", head)
    page = _replace_once(page, "</head>", f"<style>{vendored.read_style('trip_map.css')}</style>\n</head>")
    return _replace_once(page, "<body>", f"<body>\n{vendored.read_asset('trip_map.html')}")


def _replace_once(page: str, slot: str, text: str) -> str:
    """Page with its single ``slot`` replaced; another count means that folium's page has changed its shape."""
    count = page.count(slot)
    if count != 1:
        raise vendored.PageNotSelfContained(f"folium's page has {count} places like {slot!r}, expected one")
    return page.replace(slot, text)

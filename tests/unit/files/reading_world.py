"""A tiny world for reading: five places a gazetteer knows, and the four files of a small campaign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dispatch.files.format import LoadResult, read_scenario
from dispatch.findings import Finding, Severity
from dispatch.model.geography import Precision, Region
from dispatch.model.policy import EntryRule, Policy
from dispatch.model.resolver import ResolvedName

SHAANXI = Region(id="61", name="陕西省", level="province")
HANZHONG = Region(id="6107", name="汉中市", level="prefecture", parent_id="61")
YANG = Region(id="610723", name="洋县", level="county", parent_id="6107")
MIAN = Region(id="610725", name="勉县", level="county", parent_id="6107")
JIANGSU = Region(id="32", name="江苏省", level="province")
SUZHOU = Region(id="3205", name="苏州市", level="prefecture", parent_id="32")
KUNSHAN = Region(id="320583", name="昆山市", level="county", parent_id="3205")

_SEATS = {
    "洋县": (33.22, 107.55, Precision.COUNTY, (YANG, HANZHONG, SHAANXI)),
    "勉县": (33.16, 106.68, Precision.COUNTY, (MIAN, HANZHONG, SHAANXI)),
    "昆山": (31.39, 120.98, Precision.COUNTY, (KUNSHAN, SUZHOU, JIANGSU)),
    "磨子桥镇": (33.19, 107.45, Precision.TOWNSHIP, (YANG, HANZHONG, SHAANXI)),
    "汉中": (33.07, 107.03, Precision.PREFECTURE, (HANZHONG, SHAANXI)),
}
_CODES = {
    "610723": "洋县",
    "610725": "勉县",
    "320583": "昆山",
    "6107": "汉中",
    "昆山市": "昆山",
    "陕西省汉中市洋县": "洋县",
    "汉中市": "汉中",
}


class FivePlaces:
    """Resolver that knows five places; 鼓楼区 is ambiguous, everything else unknown."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, str | None]] = []

    def find_name(self, text: str, within: str | None = None) -> ResolvedName:
        self.questions.append((text, within))
        name = _CODES.get(text, text)
        if text == "鼓楼区":
            return ResolvedName(
                found=False, ambiguous=True, candidates=("江苏省南京市鼓楼区", "福建省福州市鼓楼区")
            )
        if name not in _SEATS:
            near = ("陕西省汉中市洋县",) if text in ("羊县", "洋县黄安镇张村") else ()
            return ResolvedName(found=False, candidates=near)
        lat, lon, precision, regions = _SEATS[name]
        return ResolvedName(
            found=True, name=name, lat=lat, lon=lon, precision=precision, region_id=regions[0].id,
            regions=regions, source="five places",
        )  # fmt: skip

    def find_region_at(self, lat: float, lon: float) -> ResolvedName:
        return self.find_name("昆山" if lon > 115 else "勉县" if lon < 107 else "洋县")


def read_plain_policy(
    names: tuple[str, ...], overrides: Mapping[str, object], first: date, last: date
) -> tuple[Policy, tuple[Finding, ...]]:
    """A policy with two entry rules; the profile ``mistake`` is refused."""
    rules = {name: EntryRule(name=name) for name in ("certificate_3_days", "none")}
    findings = ()
    if "mistake" in names:
        findings = (
            Finding(code="E301", severity=Severity.ERROR, message="Rule profile 'mistake' is unknown."),
        )
    return Policy(profile_names=names, entry_rules=rules), findings


SCENARIO = """\
format: 1
name: small
title: 小方案
horizon: {from: 2020-02-28, to: 2020-03-10}
profiles: [none]
workers: workers.csv
places: places.csv
sites: sites.csv
fleet:
  - {fleet_id: f1, type: coach53, depot: p1, count: 2, day_rate: 800, km_rate: 5.5, driver_day_rate: 300}
"""
WORKERS = """\
worker_id,name,document,phone,sex,birth_year,home,site,earliest,latest,party
001,张三,11010519491231002X,13800000001,M,1985,p1,s1,2020-02-29,2020-03-05,h1
002,李四,,13800000002,F,1987,p1,s1,2020-02-29,2020-03-05,h1
003,王五,,,M,,p2,s1,2020/3/1,2020年3月6日,
"""
PLACES = """\
place_id,name,kind,region,lat,lon
p1,东村,village,洋县,33.30,107.60
p2,西村,village,洋县,,
"""
SITES = """\
site_id,name,employer,place,opens_on,receives_from,receives_until,arrivals_per_day
s1,一号门,昆山电子,昆山,2020-03-01,08:00,20:00,200
"""


def write_world(folder: Path, **changes: str | bytes) -> Path:
    """Folder with the small campaign; ``scenario``, ``workers``, ``places``, ``sites`` or other tables replaced."""
    texts: dict[str, str | bytes] = {
        "scenario": SCENARIO,
        "workers": WORKERS,
        "places": PLACES,
        "sites": SITES,
    }
    texts |= changes
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / ("scenario.yaml" if name == "scenario" else f"{name}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read_world(folder: Path, *, skip_invalid: bool = False, **changes: str | bytes) -> LoadResult:
    """The small campaign with some files replaced, read."""
    return read_scenario(
        write_world(folder, **changes), FivePlaces(), read_plain_policy, skip_invalid=skip_invalid
    )


def list_codes(result: LoadResult) -> list[str]:
    """Codes of all findings, sorted, without doubles."""
    return sorted({finding.code for finding in result.findings})


def get_finding(result: LoadResult, code: str) -> Finding:
    """The only finding of a code."""
    hits = [finding for finding in result.findings if finding.code == code]
    assert len(hits) == 1, [str(finding) for finding in result.findings]
    return hits[0]

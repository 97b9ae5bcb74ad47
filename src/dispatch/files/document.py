"""The scenario document: ``scenario.yaml``, ``scenario.json`` or a whole workbook, checked against its mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from dispatch.files.columns import normalise_heading
from dispatch.files.report import Report, say_near_misses
from dispatch.files.scenario_yaml import ScenarioMirror
from dispatch.files.source import EncodingUnknown, InputFiles, decode_text
from dispatch.files.table_specs import TABLES, find_table_name
from dispatch.files.tables import RawTable, TableBroken, make_sheet_table, parse_xlsx_sheets
from dispatch.files.values import parse_date
from dispatch.files.yaml_text import Document, YamlBroken, parse_yaml
from dispatch.findings import Where

_NAMES = ("scenario.yaml", "scenario.yml", "scenario.json", "scenario.xlsx", "方案.xlsx")
_KEYS = {
    "名称": "name", "标题": "title", "备注": "notes", "开始日期": "horizon.from", "结束日期": "horizon.to",
    "时区": "time_zone", "币种": "currency", "出发地区": "origin", "规则": "profiles", "规则集": "profiles",
    "格式": "format",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ScenarioDocument:
    """A document that fits its mirror. ``sheets``: tables of a workbook; ``lines``: key -> line of a workbook."""

    mirror: ScenarioMirror
    document: Document
    sheets: dict[str, RawTable] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def find_where(self, *path: str | int) -> Where:
        """Place of a key of the document."""
        return _find_where(self.document, self.lines, path)


def _find_where(
    document: Document, lines: dict[str, int], path: tuple[str | int, ...], *, of_key: bool = False
) -> Where:
    if lines:
        key = ".".join(str(step) for step in path)
        return Where(file=document.file, line=lines.get(key, 0), field=key)
    return document.find_where(path, of_key=of_key)


def find_scenario_file(path: Path) -> Path:
    """File of a scenario named by its folder or by the file itself."""
    if path.is_dir():
        return next((path / name for name in _NAMES if (path / name).is_file()), path / _NAMES[0])
    return path


def read_document(path: Path, files: InputFiles, report: Report) -> ScenarioDocument | None:
    """Document of a scenario file, or None when it cannot be used (``report`` says why)."""
    try:
        content = files.read_bytes(path.name)
    except OSError as error:
        hint = say_near_misses(path.name, files.list_names())
        report.add(
            "E101", f"{path.name} cannot be read ({error.strerror or error}).{hint}", Where(file=path.name)
        )
        return None
    sheets: dict[str, RawTable] = {}
    lines: dict[str, int] = {}
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
            document, sheets, lines = _read_workbook(content, path.name, report)
        else:
            text, encoding = decode_text(content)
            document = parse_yaml(text, path.name)
            report.notes.append(f"{path.name}: {encoding}")
    except YamlBroken as error:
        report.add("E103", f"{error}.", Where(file=path.name, line=error.line, column=error.column))
        return None
    except EncodingUnknown as error:
        report.add("E102", f"{path.name} is {error}.", Where(file=path.name))
        return None
    except TableBroken as error:
        report.add("E101", f"{path.name} is {error}.", Where(file=path.name))
        return None
    return _check_document(document, sheets, lines, report)


def _check_document(
    document: Document, sheets: dict[str, RawTable], lines: dict[str, int], report: Report
) -> ScenarioDocument | None:
    for key, where in document.find_double_keys():
        report.add("E104", f"Key '{key}' stands twice.", where)
    if not isinstance(document.data, dict):
        report.add("E103", "The document is not a list of `key: value`.", Where(file=document.file, line=1))
        return None
    try:
        mirror = ScenarioMirror.model_validate(document.data)
    except ValidationError as error:
        reported: set[tuple[Any, ...]] = set()
        for problem in error.errors(include_url=False):
            _report_problem(problem, document, lines, reported, report)
        mirror_or_none = _mend(document.data, error)
        if mirror_or_none is None:
            return None
        mirror = mirror_or_none
    return ScenarioDocument(mirror=mirror, document=document, sheets=sheets, lines=lines)


def _mend(data: dict[str, Any], error: ValidationError) -> ScenarioMirror | None:
    """Mirror of the document without its broken top-level keys, so that the tables are checked as well."""
    broken = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
    kept = {key: value for key, value in data.items() if key not in broken}
    kept.setdefault("name", "scenario")
    kept.setdefault("format", 1)
    if "horizon" not in kept:
        return None
    try:
        return ScenarioMirror.model_validate(kept)
    except ValidationError:
        return None


def _report_problem(
    problem: Any, document: Document, lines: dict[str, int], reported: set[tuple[Any, ...]], report: Report
) -> None:
    path = tuple(step for step in problem["loc"] if not _is_branch(step))
    if path in reported:
        return
    reported.add(path)
    where = _find_where(document, lines, path)
    name = ".".join(str(step) for step in path)
    seen = problem.get("input")
    if problem["type"] == "extra_forbidden":
        where = _find_where(document, lines, path, of_key=True)
        known = _list_keys(path[:-1])
        report.add("E105", f"Key '{name}' is unknown.{say_near_misses(str(path[-1]), known)}", where)
    elif problem["type"] == "missing":
        report.add("E106", f"Key '{name}' is missing.", where)
    elif path == ("format",):
        report.add("E108", f"Format {seen!r} is not supported.", where)
    elif "is not a date" in problem["msg"] or "in the calendar" in problem["msg"]:
        report.add("E122", f"{name}: '{seen}' is not a date of the calendar.", where)
    else:
        hint = (
            " Put quotes around it."
            if problem["type"] == "string_type" and isinstance(seen, int | float)
            else ""
        )
        shown = repr(seen) if not isinstance(seen, dict | list) else f"a {type(seen).__name__}"
        report.add("E107", f"{name}: {problem['msg']} (got {shown}).{hint}", where)


def _is_branch(step: str | int) -> bool:
    """True for the parts of a pydantic location that name a branch of a union, not a key."""
    return isinstance(step, str) and (step.startswith(("list[", "dict[")) or step in ("str", "int"))


def _list_keys(path: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] | None = ScenarioMirror
    for step in path:
        annotation: Any = (
            model.model_fields[str(step)].annotation if model and str(step) in model.model_fields else None
        )
        choices = [annotation, *get_args(annotation)]
        model = next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _read_workbook(
    content: bytes, file: str, report: Report
) -> tuple[Document, dict[str, RawTable], dict[str, int]]:
    """(document of the key/value sheet, tables of the other sheets, key -> row)."""
    data: dict[str, Any] = {}
    lines: dict[str, int] = {}
    sheets: dict[str, RawTable] = {}
    for name, cells in parse_xlsx_sheets(content, file).items():
        table = find_table_name(name)
        if normalise_heading(name) in ("scenario", "方案"):
            data, lines = _read_key_values(cells)
        elif table:
            sheets[table] = make_sheet_table(cells, table, f"{file}[{name}]")
        elif any(cell not in ("", None) for row in cells for cell in row):
            known = [*TABLES, *(also for spec in TABLES.values() for also in spec.also), "scenario", "方案"]
            hint = say_near_misses(name, known)
            report.add("W202", f"Sheet '{name}' is not used.{hint}", Where(file=f"{file}[{name}]"))
    return Document(data=data, file=file), sheets, lines


def _read_key_values(cells: list[list[Any]]) -> tuple[dict[str, Any], dict[str, int]]:
    from dispatch.files.tables import text_of_cell

    data: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(cells, start=1):
        key = text_of_cell(row[0]).strip() if row else ""
        text = text_of_cell(row[1]).strip() if len(row) > 1 else ""
        if not key or not text or key.lower() in ("key", "键", "项目"):
            continue
        key = _KEYS.get(key, key)
        lines[key] = number
        _put(data, key, text)
    return data, lines


def _put(data: dict[str, Any], key: str, text: str) -> None:
    steps = [key] if key.startswith("overrides.") else key.split(".")
    if key.startswith("overrides."):
        steps = ["overrides", key.removeprefix("overrides.")]
    for step in steps[:-1]:
        data = data.setdefault(step, {})
    value: Any = text
    if steps[-1] in ("profiles", "propose_services"):
        value = [
            part.strip() for part in text.replace("，", ",").replace(";", ",").split(",") if part.strip()
        ]
    elif steps[0] == "horizon" and text.isdigit() and len(text) == 5:
        value = parse_date(text, excel=True).isoformat()
    elif steps[-1] == "format" or steps[0] == "overrides":
        value = parse_yaml(text, "").data
    data[steps[-1]] = value

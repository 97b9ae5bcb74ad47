"""Tables of a scenario from wherever its document says they are."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from dispatch.files.csv_table import parse_csv_table
from dispatch.files.document import ScenarioDocument
from dispatch.files.report import Report, say_near_misses
from dispatch.files.source import EncodingUnknown, InputFiles, decode_text
from dispatch.files.table_specs import TABLES, find_table_name
from dispatch.files.tables import (
    RawTable,
    TableBroken,
    make_clean_table,
    make_inline_table,
    make_sheet_table,
    merge_tables,
    parse_parquet_table,
    parse_xlsx_sheets,
)
from dispatch.files.typed import TypedTable, match_headings, parse_table
from dispatch.files.yaml_text import Document, YamlBroken, parse_yaml
from dispatch.findings import Where


def read_tables(document: ScenarioDocument, files: InputFiles, report: Report) -> dict[str, TypedTable]:
    """Every table of the format; those the document does not name are empty."""
    tables = {}
    for name, spec in TABLES.items():
        raws = _collect(name, document, files, report)
        for raw in raws:
            match_headings(raw, spec, report)
        merged = merge_tables(raws) if raws else _make_empty(name)
        tables[name] = parse_table(merged, spec, report)
    return tables


def find_absent_tables(document: ScenarioDocument, files: InputFiles) -> tuple[str, ...]:
    """Tables of which a file is named but not there (to be made by the generator)."""
    absent = []
    for name in TABLES:
        source = find_source(name, document, files)
        names = [source] if isinstance(source, str) else source or []
        if any(isinstance(item, str) and not files.exists(item.split("#")[0]) for item in names):
            absent.append(name)
    if find_source("workers", document, files) is None and "workers" not in document.sheets:
        absent.insert(0, "workers")
    return tuple(absent)


def find_source(name: str, document: ScenarioDocument, files: InputFiles) -> Any:
    """What the document says about a table; ``<name>.csv`` where it says nothing but the generator made that file."""
    source = getattr(document.mirror, name)
    return f"{name}.csv" if source is None and files.is_made(f"{name}.csv") else source


def _collect(name: str, document: ScenarioDocument, files: InputFiles, report: Report) -> list[RawTable]:
    source = find_source(name, document, files)
    raws = [document.sheets[name]] if name in document.sheets else []
    if isinstance(source, list) and any(isinstance(item, dict) for item in source):
        return [*raws, *_read_inline(source, name, document.document, (name,), report)]
    for index, item in enumerate([source] if isinstance(source, str) else source or []):
        path = (name,) if isinstance(source, str) else (name, index)
        raws += _read_file(item, name, files, document.find_where(*path), report)
    return raws


def _read_inline(
    rows: list[Any], name: str, document: Document, path: tuple[str | int, ...], report: Report
) -> list[RawTable]:
    lines = [document.find_where((*path, index)).line for index in range(len(rows))]
    try:
        return [make_inline_table(rows, name, document.file, lines)]
    except TableBroken as error:
        report.add("E107", f"{name}: {error}.", document.find_where(path))
        return []


def _read_file(item: str, name: str, files: InputFiles, where: Where, report: Report) -> list[RawTable]:
    file, _, sheet = item.partition("#")
    made = files.find_made_table(file)
    if made is not None:
        return [make_clean_table(made, name, file)]
    try:
        content = files.read_bytes(file)
    except OSError as error:
        hint = say_near_misses(file, files.list_names())
        report.add(
            "E101", f"The file '{file}' of {name} cannot be read ({error.strerror or error}).{hint}", where
        )
        return []
    try:
        return _parse_file(content, file, sheet, name, report)
    except EncodingUnknown as error:
        report.add("E102", f"'{file}' is {error}.", Where(file=file))
    except YamlBroken as error:
        report.add("E103", f"{error}.", Where(file=file, line=error.line, column=error.column))
    except TableBroken as error:
        report.add("E101", f"'{file}': {error}.", Where(file=file))
    return []


def _parse_file(content: bytes, file: str, sheet: str, name: str, report: Report) -> list[RawTable]:
    suffix = PurePath(file).suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls", ".ods"):
        return [_choose_sheet(parse_xlsx_sheets(content, file), file, sheet, name)]
    if suffix in (".parquet", ".pq"):
        return [parse_parquet_table(content, name, file)]
    text, encoding = decode_text(content)
    report.notes.append(f"{file}: {encoding}")
    if suffix in (".yaml", ".yml", ".json"):
        document = parse_yaml(text, file)
        for key, where in document.find_double_keys():
            report.add("E104", f"Key '{key}' stands twice.", where)
        rows = document.data.get(name, []) if isinstance(document.data, dict) else document.data or []
        path: tuple[str | int, ...] = (name,) if isinstance(document.data, dict) else ()
        return _read_inline(rows, name, document, path, report)
    return [parse_csv_table(text, name, file)]


def _choose_sheet(sheets: dict[str, list[list[Any]]], file: str, wanted: str, name: str) -> RawTable:
    """Sheet of the wanted name, else the one named like the table, else the first that holds anything."""
    filled = [
        key for key, cells in sheets.items() if any(cell not in ("", None) for row in cells for cell in row)
    ]
    if wanted and wanted not in sheets:
        raise TableBroken(f"no sheet '{wanted}'.{say_near_misses(wanted, sheets)}")
    chosen = (
        wanted or next((key for key in sheets if find_table_name(key) == name), "") or next(iter(filled), "")
    )
    if not chosen:
        raise TableBroken("the workbook is empty")
    return make_sheet_table(sheets[chosen], name, f"{file}[{chosen}]")


def _make_empty(name: str) -> RawTable:
    return RawTable(table=name, file="", frame=pd.DataFrame(), lines=np.zeros(0, dtype=np.int64))

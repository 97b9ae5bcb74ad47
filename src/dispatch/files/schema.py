"""JSON Schema of ``scenario.yaml``, with the columns of every table."""

from __future__ import annotations

from typing import Any

from dispatch.files.columns import ColumnSpec, Kind, TableSpec
from dispatch.files.scenario_yaml import ScenarioMirror
from dispatch.files.table_specs import TABLES

_TYPES: dict[Kind, Any] = {
    Kind.INT: ["integer", "string"],
    Kind.DECIMAL: ["number", "string"],
    Kind.BOOL: ["boolean", "string"],
    Kind.ID: ["string", "integer"],
}


def make_json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the document. Inline rows list the English headings; Chinese ones are accepted too."""
    schema = ScenarioMirror.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "dispatch scenario, format 1"
    definitions = schema.setdefault("$defs", {})
    for name, spec in TABLES.items():
        definitions[f"{name}_row"] = _describe_row(spec)
        schema["properties"][name] = {
            "description": f"{spec.meaning}: a file name, a list of file names, or rows",
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "array", "items": {"$ref": f"#/$defs/{name}_row"}},
                {"type": "null"},
            ],
        }
    return schema


def _describe_row(spec: TableSpec) -> dict[str, Any]:
    return {
        "type": "object",
        "description": spec.meaning,
        "properties": {column.name: _describe_column(column) for column in spec.columns},
    }


def _describe_column(column: ColumnSpec) -> dict[str, Any]:
    headings = f" Also: {', '.join(column.also)}." if column.also else ""
    words = ""
    if column.words:
        words = f" Words: {', '.join(column.words)}."
    described: dict[str, Any] = {"description": f"{column.meaning}.{words}{headings}"}
    kind = _TYPES.get(column.kind, "string")
    described["type"] = [*kind, "null"] if isinstance(kind, list) else [kind, "null"]
    return described

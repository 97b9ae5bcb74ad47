"""The table of results: one row per measured number, appended to ``results.csv``, and its picture in the README."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

TABLE = Path(__file__).with_name("results.csv")
BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured number.

    ``date`` ISO, ``commit`` short hash (``+`` after it where files differed from the commit), ``tool`` who planned,
    ``effort`` and ``seed`` empty where a benchmark has none, ``value`` a number or a word, ``cores`` of the machine.
    """

    date: str
    commit: str
    benchmark: str
    scenario: str
    variant: str
    effort: str
    seed: str
    tool: str
    metric: str
    value: str
    unit: str
    cores: str


#: What makes two measurements the same one, done again.
KEY = ("benchmark", "scenario", "variant", "effort", "seed", "tool")
Key = tuple[str, ...]

#: Benchmarks of the README: title, what their columns are, in this order.
TITLES = {
    "campaigns": "Campaigns",
    "routing": "Routing: Golden et al. 1984, fixed fleet costs, mean cost above the proven optimum",
    "peers": "One county planned by each tool, judged by our checker",
    "growth": "Growth: cost of planning by number of workers",
}


def append_rows(rows: Iterable[Row], path: Path = TABLE) -> None:
    """Add rows at the end of a table; a missing table is begun with its heading."""
    names = [field.name for field in fields(Row)]
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def read_rows(path: Path = TABLE) -> list[Row]:
    """All rows, oldest first; none where there is no table. Raises ValueError naming the line of a row that is not whole."""
    if not path.exists():
        return []
    names = [field.name for field in fields(Row)]
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = []
        for record in reader:
            if set(record) != set(names) or None in record.values():
                raise ValueError(f"{path.name}, line {reader.line_num}: columns must be {', '.join(names)}")
            rows.append(Row(**record))
        return rows


def find_latest(rows: Sequence[Row], benchmark: str) -> dict[Key, dict[str, Row]]:
    """Rows by metric of the last run of each measurement of a benchmark, in the order in which they were first done.

    A run is told from an earlier one by its commit and date; what was measured once is not mixed with what was
    measured later.
    """
    latest: dict[Key, dict[str, Row]] = {}
    for row in rows:
        if row.benchmark != benchmark:
            continue
        key = tuple(getattr(row, name) for name in KEY[1:])
        known = latest.setdefault(key, {})
        stamp = {(one.commit, one.date) for one in known.values()}
        if row.metric in known or (stamp and stamp != {(row.commit, row.date)}):
            known.clear()
        known[row.metric] = row
    return latest


def make_markdown(rows: Sequence[Row], benchmark: str) -> str:
    """Markdown table of a benchmark: one line per measurement, one column per metric, empty where none was taken."""
    latest = find_latest(rows, benchmark)
    metrics = list(
        dict.fromkeys((name, row.unit) for known in latest.values() for name, row in known.items())
    )
    keys = [name for i, name in enumerate(KEY[1:]) if any(key[i] for key in latest)]
    places = [KEY[1:].index(name) for name in keys]
    heads = [*keys, *(f"{name}, {unit}" if unit else name for name, unit in metrics), "commit"]
    lines = [_line(heads), _line("---" for _ in heads)]
    for key, known in latest.items():
        values = [known[name].value if name in known else "" for name, _ in metrics]
        commit = next(iter(known.values())).commit
        lines.append(_line([*(key[i] for i in places), *(format_value(value) for value in values), commit]))
    return "\n".join(lines)


def format_value(value: str) -> str:
    """Number with thousands separators from 10,000 on; anything else as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    return f"{number:,.0f}" if abs(number) >= 10_000 else value


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def make_section(rows: Sequence[Row], titles: Mapping[str, str] = TITLES) -> str:
    """All benchmarks that have rows, each with its title, its machine and its dates."""
    parts = []
    for benchmark, title in titles.items():
        latest = find_latest(rows, benchmark)
        if not latest:
            continue
        shown = [row for known in latest.values() for row in known.values()]
        dates = sorted({row.date for row in shown})
        cores = ", ".join(sorted({row.cores for row in shown}))
        when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        parts.append(f"**{title}** ({cores} cores, {when})\n\n{make_markdown(rows, benchmark)}")
    return "\n\n".join(parts)


def update_readme(readme: Path, section: str) -> bool:
    """Put a section between the two markers of a README; True where that changed it.

    Raises ValueError where the markers are missing, double or in the wrong order.
    """
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{readme.name} needs one line {BEGIN} and, below it, one line {END}")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    updated = f"{before}{BEGIN}\n{section}\n{END}{after}"
    if updated == text:
        return False
    readme.write_text(updated, encoding="utf-8")
    return True

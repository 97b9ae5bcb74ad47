"""``dispatch compare``: two runs side by side, on the terminal, as one JSON document, and who changed as a CSV table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from dispatch.cli.loading import find_run_folder
from dispatch.cli.output import make_printable, print_json, say, show
from dispatch.cli.summary import money_number
from dispatch.errors import UsageError
from dispatch.explain.compare import Comparison, RunFigures, compare_plans
from dispatch.files.csv_text import write_private
from dispatch.files.runs import read_plan
from dispatch.messages import word
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS
from dispatch.render.plan_figures import percent_text
from dispatch.units import format_money

Row = tuple[str, str, str, str]


def run_compare(before: Path, after: Path, *, as_json: bool, out: Path | None, workers: int) -> int:
    """Compare two runs and print how they differ; return the exit code."""
    folders = [find_run_folder(before), find_run_folder(after)]
    found = compare_plans(read_plan(folders[0])[0], read_plan(folders[1])[0])
    if out is not None:
        _write_table(out, found)
    if as_json:
        print_json(make_document(found, folders, workers))
        return 0
    for line in _say_scenarios(found):
        show(line)
    _print_table(found)
    for line in _say_who(found, workers):
        show(line)
    if out is not None:
        say(f"All {len(found.changed):,} workers who changed: {out}")
    return 0


def _write_table(out: Path, found: Comparison) -> None:
    try:
        write_private(out, found.changed)
    except OSError as error:
        raise UsageError(f"Nothing can be written to {out}: {error.strerror or error}.") from error


def _say_scenarios(found: Comparison) -> Iterator[str]:
    """What the two plans are plans of, and what that means for the comparison."""
    before, after = found.before, found.after
    if found.same_scenario:
        yield f"Both runs plan the same scenario: {before.scenario}."
    elif before.scenario == after.scenario:
        yield f"Both runs plan {before.scenario}, but it was changed between them: money is compared as it stands."
    else:
        yield (
            f"These are two scenarios, {before.scenario} and {after.scenario}: money and counts stand side by side,"
            " people are matched by id."
        )
    for name, side in (("before", before), ("after", after)):
        if side.changes:
            yield f"What-if changes {name}: {', '.join(side.changes)}"
        if side.interrupted:
            yield f"The plan {name} was interrupted."
    if found.only_before or found.only_after:
        yield (
            f"{found.in_both:,} workers stand in both; {found.only_before:,} only before, {found.only_after:,} only after."
        )


def _print_table(found: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False, header_style="")
    table.add_column("")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in _list_rows(found.before, found.after):
        if row is None:
            table.add_section()
        else:
            table.add_row(*(make_printable(cell) for cell in row))
    Console(highlight=False, markup=False, emoji=False).print(table)


def _list_rows(before: RunFigures, after: RunFigures) -> Iterator[Row | None]:
    """Rows of the table, None between groups; what is 0 in both is left out."""
    yield _money("total", before.total_minor, after.total_minor)
    yield _money("cash", before.cash_minor, after.cash_minor)
    for term in CASH_TERMS:
        yield from _term(term, before, after)
    yield _money("penalties", before.penalties_minor, after.penalties_minor)
    for term in PENALTY_TERMS:
        yield from _term(term, before, after)
    yield None
    yield _bound(before, after)
    yield ("gap", percent_text(before.gap_ratio), percent_text(after.gap_ratio), _gap_change(before, after))
    yield None
    yield from _counts(before.people, after.people)
    yield _count("late workers", before.late_workers, after.late_workers)
    yield _count("lateness, worker-days", before.lateness_days, after.lateness_days)
    yield None
    yield _count("batches", before.batches, after.batches)
    for name, one, other in _pairs(before.trips, after.trips):
        if one or other:
            yield _count(f"trips, {word(name, 'en')}", one, other)
    for name, one, other in _pairs(before.coaches, after.coaches):
        yield _count(f"coaches, {name}", one, other)
    for name in ("trains", "aircraft", "carriages"):
        yield _count(name, getattr(before, name), getattr(after, name))


def _pairs(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    for name in dict.fromkeys((*before, *after)):
        yield name, before.get(name, 0), after.get(name, 0)


def _counts(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Row]:
    for name, one, other in _pairs(before, after):
        yield _count(name, one, other)


def _count(name: str, before: int, after: int) -> Row:
    return name, f"{before:,}", f"{after:,}", _signed(f"{abs(after - before):,}", after - before)


def _money(name: str, before: int, after: int) -> Row:
    change = _signed(format_money(abs(after - before)), after - before)
    return name, format_money(before), format_money(after), change


def _term(term: str, before: RunFigures, after: RunFigures) -> Iterator[Row]:
    one, other = before.terms.get(term, 0), after.terms.get(term, 0)
    if one or other:
        yield _money(f"  {word(f'term_{term}', 'en')}", one, other)


def _bound(before: RunFigures, after: RunFigures) -> Row:
    if before.bound_minor is not None and after.bound_minor is not None:
        return _money("proven bound", before.bound_minor, after.bound_minor)
    bounds = (before.bound_minor, after.bound_minor)
    texts = ["–" if bound is None else format_money(bound) for bound in bounds]
    return "proven bound", texts[0], texts[1], ""


def _gap_change(before: RunFigures, after: RunFigures) -> str:
    if before.gap_ratio is None or after.gap_ratio is None:
        return ""
    points = 100 * (after.gap_ratio - before.gap_ratio)
    return _signed(f"{abs(points):.2f}", points if abs(points) >= 0.005 else 0)


def _signed(text: str, amount: float) -> str:
    return "=" if not amount else f"{'+' if amount > 0 else '-'}{text}"


def _say_who(found: Comparison, workers: int) -> Iterator[str]:
    """Workers by kind of change, then the first of them."""
    changed = found.changed
    yield f"{len(changed):,} of {found.in_both:,} workers travel otherwise."
    for kind, count in found.counts.items():
        if count:
            yield f"  {kind}: {count:,}"
    for row in changed.head(workers).itertuples():
        yield f"  {row.worker_id!s}: {row.change!s} ({_tell(row, 'before')} → {_tell(row, 'after')})"
    if len(changed) > workers > 0:
        yield f"  … and {len(changed) - workers:,} more; --out FILE.csv lists all of them."


def _tell(row: object, side: str) -> str:
    status, mode = getattr(row, f"status_{side}"), getattr(row, f"mode_{side}")
    if status != "served":
        return str(status)
    return f"{getattr(row, f'date_{side}'):%Y-%m-%d} {mode} {getattr(row, f'trip_{side}')}"


def make_document(found: Comparison, folders: list[Path], workers: int) -> dict[str, object]:
    """The document of ``compare --json``; money in units of the currency."""
    rows = found.changed.head(workers).copy()
    for name in ("date_before", "date_after"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d").fillna("")
    return {
        "same_scenario": found.same_scenario,
        "before": _describe(found.before, folders[0]),
        "after": _describe(found.after, folders[1]),
        "workers": {
            "in_both": found.in_both,
            "only_before": found.only_before,
            "only_after": found.only_after,
            "changed": len(found.changed),
            "by_kind": dict(found.counts),
            "first": rows.astype(str).to_dict("records"),
        },
    }


def _describe(side: RunFigures, folder: Path) -> dict[str, object]:
    return {
        "run": str(folder.absolute()),
        "scenario": side.scenario,
        "scenario_hash": side.scenario_hash,
        "changes": list(side.changes),
        "effort": side.effort,
        "seed": side.seed,
        "version": side.version,
        "interrupted": side.interrupted,
        "cost": {
            "total": money_number(side.total_minor),
            "cash": money_number(side.cash_minor),
            "penalties": money_number(side.penalties_minor),
            "terms": {term: money_number(side.terms.get(term, 0)) for term in (*CASH_TERMS, *PENALTY_TERMS)},
        },
        "bound": None if side.bound_minor is None else money_number(side.bound_minor),
        "gap": None if side.gap_ratio is None else round(side.gap_ratio, 6),
        "people": dict(side.people),
        "late_workers": side.late_workers,
        "lateness_days": side.lateness_days,
        "batches": side.batches,
        "trips": dict(side.trips),
        "coaches_by_type": dict(side.coaches),
        "trains": side.trains,
        "aircraft": side.aircraft,
        "carriages": side.carriages,
    }

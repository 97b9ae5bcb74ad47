"""The commands of ``dispatch``: their words and options. Each does its work in a module of its own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import dispatch
from dispatch.cli.failures import CommandGroup

app = typer.Typer(
    name="dispatch",
    cls=CommandGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Effort(StrEnum):
    """How long to look for a better plan."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


class What(StrEnum):
    """Which pages of a run to make again."""

    MAP = "map"
    MANIFESTS = "manifests"
    BOOK = "book"
    ALL = "all"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dispatch {dispatch.__version__}")
        raise typer.Exit


ScenarioPath = Annotated[
    Path,
    typer.Argument(metavar="SCENARIO", help="Folder with scenario.yaml, the file itself, or a workbook."),
]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder that 'dispatch plan' wrote.")]
OtherScenario = Annotated[
    Path | None, typer.Option("--scenario", metavar="PATH", help="Scenario, if it is no longer where it was.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an internal error.")]
Processes = Annotated[
    int | None, typer.Option(min=1, max=256, help="Processes to use; default: one per core, at most 4.")
]
Font = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Font for the PDFs; default: DISPATCH_FONT, then Noto Sans CJK."),
]
Basemap = Annotated[
    Path | None, typer.Option(metavar="FILE", help="GeoJSON outlines to draw under the map; default: none.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="What if: change the scenario without editing its files; may be repeated. Paths begin with fleet, services,"
        " limits, rates, rules or generated; =, += and -= set, add and take away.",
    ),
]
Variant = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Fleet of a generated campaign other than its default, such as roomy; see its facts file.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from the finished work of a run that was interrupted or killed."),
]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers plan, such as tcp://10.0.0.1:8786."),
]
SkipInvalid = Annotated[
    bool, typer.Option("--skip-invalid", help="Leave rejected rows out instead of refusing the scenario.")
]


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Plan organised return-to-work transport by coach, train and chartered aircraft, from the home door to the factory gate.

    \b
    dispatch validate scenarios/yangxian      every mistake in the lists, at once
    dispatch plan scenarios/yangxian          a checked plan, map and lists to print
    dispatch check RUN                        check a plan again, by separate arithmetic
    dispatch explain RUN --worker W0001       one person's journey, or why there is none
    dispatch compare RUN RUN                  two plans side by side

    \b
    Exit codes: 0 ok, 1 internal error, 2 wrong command, 3 wrong input, 4 a rule is broken,
    5 no plan within the limits, 130 interrupted (the best plan so far is kept).
    """


@app.command(short_help="Report every mistake of a scenario at once.")
def validate(
    scenario: ScenarioPath,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where findings and rejects go; default: runs/<scenario>/findings."),
    ] = None,
    skip_invalid: SkipInvalid = False,
    debug: Debug = False,
) -> None:
    """Read a scenario and report every mistake at once, with file, line and what to do.

    The first 20 are shown; all are written to findings.csv and findings.json, rejected rows (masked) to rejects.csv.

    \b
    dispatch validate scenarios/yangxian
    """
    from dispatch.cli.validate_command import run_validate

    raise typer.Exit(run_validate(scenario, out=out, skip_invalid=skip_invalid, as_json=as_json))


@app.command(short_help="Plan a scenario; write a checked plan and its papers.")
def plan(
    scenario: ScenarioPath,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run folder; default: runs/<scenario>/<date-time>.")
    ] = None,
    effort: Annotated[Effort, typer.Option(help="How long to look for a better plan.")] = Effort.STANDARD,
    seed: Annotated[int, typer.Option(min=0, help="Same scenario, effort and seed: same plan.")] = 1,
    processes: Processes = None,
    as_json: AsJson = False,
    fail_on_unserved: Annotated[
        bool, typer.Option("--fail-on-unserved", help="Exit with 4 when anybody is left without a journey.")
    ] = False,
    skip_invalid: SkipInvalid = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run in --out.")] = False,
    basemap: Basemap = None,
    manifests: Annotated[
        bool | None,
        typer.Option(
            "--manifests/--no-manifests",
            help="Write the lists to print for every trip; default: for up to 400 trips.",
            show_default=False,
        ),
    ] = None,
    font: Font = None,
    changes: Changes = None,
    variant: Variant = "",
    resume: Resume = False,
    cluster: Cluster = None,
    debug: Debug = False,
) -> None:
    """Plan a scenario and write one run folder: plan, plan book, map and lists to print; the plan is checked at the end.

    The last line printed is the path of the plan book, index.html. Ctrl-C once keeps the best plan so far; twice stops.

    \b
    dispatch plan scenarios/yangxian
    dispatch plan scenarios/yangxian --effort quick --out /tmp/try --force
    dispatch plan scenarios/yangxian --out /tmp/try --resume
    dispatch plan scenarios/yangxian --set fleet.yangxian.coach53+=2 --set limits.max_pickups=4
    """
    from dispatch.cli.plan_command import PlanWish, run_plan

    wish = PlanWish(
        scenario=scenario,
        out=out,
        effort=effort.value,
        seed=seed,
        processes=processes,
        as_json=as_json,
        fail_on_unserved=fail_on_unserved,
        skip_invalid=skip_invalid,
        force=force,
        basemap=basemap,
        manifests=manifests,
        font=font,
        changes=(*([f"generated.variant={variant}"] if variant else []), *(changes or ())),
        resume=resume,
        cluster=cluster,
    )
    raise typer.Exit(run_plan(wish))


@app.command(short_help="Check a plan again, by separate arithmetic.")
def check(
    run: RunPath, scenario: OtherScenario = None, as_json: AsJson = False, debug: Debug = False
) -> None:
    """Check the plan of a run against every rule, by arithmetic written apart from the planner's. Exit 4 when one is broken.

    \b
    dispatch check runs/yangxian/20200301-080000
    """
    from dispatch.cli.check_command import run_check

    raise typer.Exit(run_check(run, scenario_path=scenario, as_json=as_json))


@app.command(short_help="Make map, lists or plan book of a run again.")
def render(
    run: RunPath,
    what: Annotated[What, typer.Argument(help="What to make again.")] = What.ALL,
    scenario: OtherScenario = None,
    basemap: Basemap = None,
    font: Font = None,
    processes: Processes = None,
    debug: Debug = False,
) -> None:
    """Make the map, the lists to print or the plan book of a run again, from its plan; nothing is planned anew.

    \b
    dispatch render runs/yangxian/20200301-080000 map --basemap outlines.geojson
    """
    from dispatch.cli.render_command import run_render

    code = run_render(
        run, what.value, scenario_path=scenario, basemap=basemap, font=font, processes=processes
    )
    raise typer.Exit(code)


@app.command(short_help="Tell one person's journey, or why there is none.")
def explain(
    run: RunPath,
    worker: Annotated[str, typer.Option("--worker", metavar="ID", help="Id of the worker in the roster.")],
    scenario: OtherScenario = None,
    debug: Debug = False,
) -> None:
    """Tell one person's journey with times, seat and party; or why there is none, and what would mend it.

    \b
    dispatch explain runs/yangxian/20200301-080000 --worker W0001
    """
    from dispatch.cli.explain_command import run_explain

    raise typer.Exit(run_explain(run, worker, scenario_path=scenario))


@app.command(short_help="Two runs side by side: money, vehicles, who changed.")
def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN", help="Run to start from.")],
    after: Annotated[Path, typer.Argument(metavar="RUN", help="Run to compare with it.")],
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV table of everybody who travels otherwise.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Changed workers to list.")] = 10,
    debug: Debug = False,
) -> None:
    """Compare two runs: cost by term, proof, coaches and trips, lateness, people left over, and who travels otherwise.

    \b
    dispatch compare runs/yangxian/20200301-080000 runs/yangxian/20200301-090000 --out changed.csv
    """
    from dispatch.cli.compare_command import run_compare

    raise typer.Exit(run_compare(before, after, as_json=as_json, out=out, workers=workers))


@app.command(short_help="Invent the roster of a campaign.")
def synth(
    facts: Annotated[
        str, typer.Argument(metavar="NAME|FACTS", help="Shipped campaign, facts file or its folder.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write the scenario to.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed: other people, same totals.")] = 1,
    scale: Annotated[float, typer.Option(help="Factor on the number of people.")] = 1.0,
    debug: Debug = False,
) -> None:
    """Invent the roster of a campaign from its small facts file. Nobody in it exists; the totals are the reported ones.

    \b
    dispatch synth yangxian --out /tmp/yangxian --scale 0.1
    """
    from dispatch.cli.synth_command import run_synth

    raise typer.Exit(run_synth(facts, out, seed=seed, scale=scale))


@app.command(short_help="Print the JSON Schema of scenario.yaml.")
def schema() -> None:
    """Print the JSON Schema of scenario.yaml, for editors that complete and check while typing.

    \b
    dispatch schema > dispatch.schema.json
    """
    import json

    from dispatch.files.schema import make_json_schema

    typer.echo(json.dumps(make_json_schema(), ensure_ascii=False, indent=1))


def main() -> None:
    """Entry point of the console script."""
    app()

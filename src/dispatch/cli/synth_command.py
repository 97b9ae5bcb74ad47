"""``dispatch synth``: invent the roster of a campaign from its facts file."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.output import print_path, show
from dispatch.errors import UsageError
from dispatch.files.synthesis import find_campaign, synthesize


def run_synth(facts: str, out: Path, *, seed: int, scale: float) -> int:
    """Write a scenario with an invented roster and print where it is; return the exit code."""
    source = find_campaign(facts)
    try:
        paths = synthesize(source, out, seed=seed, scale=scale)
    except OSError as error:
        raise UsageError(f"Nothing can be written to {out}: {error.strerror or error}.") from error
    show(f"Nobody in these lists exists. Made from {source.name} with seed {seed}, scale {scale:g}:")
    for path in paths:
        print_path(str(path))
    show(f"Next: dispatch plan {out}")
    return 0

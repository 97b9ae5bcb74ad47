"""What goes wrong becomes one sentence (or one JSON document) and an exit code; never a traceback without ``--debug``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from dispatch.errors import (
    DispatchError,
    NoPlanWithinLimits,
    RunDamaged,
    ScenarioRefused,
    UsageError,
    WorkLost,
)
from dispatch.findings import Finding

INTERRUPTED = 130


class _Interrupted(DispatchError):
    """Ended by Ctrl-C before anything was written."""

    exit_code = INTERRUPTED


_CODES: tuple[tuple[type[DispatchError], str], ...] = (
    (UsageError, "usage"),
    (ScenarioRefused, "scenario_refused"),
    (RunDamaged, "run_damaged"),
    (NoPlanWithinLimits, "no_plan"),
    (WorkLost, "work_lost"),
    (_Interrupted, "interrupted"),
)


class CommandGroup(TyperGroup):
    """The group of all commands, which turns whatever they raise into words and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C becomes an error like any other, with its own words."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _Interrupted("Stopped; nothing was written.") from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run one command; ends with ``sys.exit`` like the group it extends."""
        words = list(sys.argv[1:] if args is None else args)
        make_streams_safe()
        try:
            code = super().main(
                words, prog_name or "dispatch", complete_var, False, windows_expand_args, **extra
            )
        except Exception as error:
            code = _explain(error, words)
        sys.exit(code if isinstance(code, int) else 0)


def make_streams_safe() -> None:
    """Let both streams print any name: what the terminal's encoding lacks is escaped instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _explain(error: Exception, words: list[str]) -> int:
    if "--debug" in words:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, DispatchError):
        code = next((name for kind, name in _CODES if isinstance(error, kind)), "failed")
        findings = error.findings if isinstance(error, ScenarioRefused) else ()
        message = _sentence(error)
        return report_failure(code, message, error.exit_code, words, findings)
    show = getattr(error, "format_message", None)
    if show is not None:  # words the command line itself refuses
        hint = "" if "--json" in words else " See 'dispatch --help'."
        return report_failure("usage", f"{str(show()).rstrip()}{hint}", 2, words)
    if isinstance(error, OSError):
        return report_failure("system", f"{_os_words(error)}{_debug_hint(words)}", 1, words)
    if isinstance(error, MemoryError):
        return report_failure("memory", "There is not enough memory for this scenario.", 1, words)
    message = f"Something went wrong inside dispatch ({type(error).__name__}).{_debug_hint(words)}"
    return report_failure("internal", message, 1, words)


def _debug_hint(words: list[str]) -> str:
    return "" if "--debug" in words else " Run again with --debug to see where."


def _sentence(error: DispatchError) -> str:
    notes = getattr(error, "__notes__", [])
    return " ".join([str(error), *notes])


def _os_words(error: OSError) -> str:
    path = f" {error.filename}" if error.filename else ""
    return f"The computer refused{path}: {error.strerror or error}."


def report_failure(
    code: str, message: str, exit_code: int, words: list[str], findings: tuple[Finding, ...] = ()
) -> int:
    """Say what went wrong, on stdout as one JSON document with ``--json``, else on stderr; return the exit code."""
    from dispatch.cli.findings_report import list_plain, show_findings
    from dispatch.cli.output import print_json, say

    if "--json" in words:
        print_json({"error": {"code": code, "message": message, "findings": list_plain(findings)}})
        return exit_code
    if findings:
        show_findings(findings, say)
    say(message)
    return exit_code

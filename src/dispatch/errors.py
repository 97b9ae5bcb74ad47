"""Exceptions that stop the program; bad news about data is a Finding instead.

DispatchError
 ├─ UsageError          exit 2   the words of the command are off
 ├─ ScenarioRefused     exit 3   the scenario has findings of severity error
 ├─ NoPlanWithinLimits  exit 5   stopped before any complete plan
 ├─ WorkLost            exit 1   a piece of work was begun again and again and never came back
 └─ RunDamaged          exit 3   a run folder cannot be read back
"""

from __future__ import annotations

from dispatch.findings import Finding


class DispatchError(Exception):
    """Base of everything the command line turns into one sentence and an exit code."""

    exit_code = 1


class UsageError(DispatchError):
    """The words of a command are off."""

    exit_code = 2


class ScenarioRefused(DispatchError):
    """A scenario cannot be planned; ``findings`` holds all of the reasons."""

    exit_code = 3

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


class RunDamaged(DispatchError):
    """A run folder is incomplete or was changed by hand."""

    exit_code = 3


class WorkLost(DispatchError):
    """A piece of work was begun as often as is allowed, and every time its process was killed."""


class NoPlanWithinLimits(DispatchError):
    """Stopped before any complete plan was found."""

    exit_code = 5

"""The second witness: takes a scenario and a plan, recomputes everything and says what is broken.

Knows the nouns of the model and the words, nothing else. It has its own arithmetic, geodesy, timetable and reading of
evidence, written apart from the planner; the duplication is the point. One file per family of constraints.
"""

from dispatch.checker.check import check_plan

__all__ = ["check_plan"]

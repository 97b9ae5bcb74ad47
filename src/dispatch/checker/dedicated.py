"""Would a coach for one party alone be lawful? The test of reasons that claim nothing could help, with unlimited supply."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.checker.capacity import count_coach_places
from dispatch.checker.clockwork import Clockwork
from dispatch.checker.drivers import count_needed_by_km, worst_window
from dispatch.checker.driving import DRIVING
from dispatch.checker.evidence import NEVER, get_evidence
from dispatch.checker.hours import may_board
from dispatch.checker.journeys import wait_for_opening
from dispatch.checker.modes import accepts
from dispatch.checker.people import Person
from dispatch.checker.view import View
from dispatch.model.geography import Tier
from dispatch.model.plan import EventKind
from dispatch.model.supply import FleetLine

SPARE_DRIVERS = 2
MOST_DRIVERS = 6


@dataclass(frozen=True, slots=True)
class Run:
    """A coach for one party on day 0: boarding begins, gate arrival, minutes aboard, drivers that surely suffice."""

    board_min: int
    arrive_min: int
    ride_min: int
    drivers: int

    @property
    def arrival_day(self) -> int:
        """Days from the service date to the arrival."""
        return self.arrive_min // 1440


@dataclass(frozen=True, slots=True)
class Wish:
    """What a group needs of a coach. Days after the horizon's first date; ``required`` is ``NEVER`` without a date."""

    boarding: str
    site: str
    earliest: int
    latest: int
    required: int
    size: int


@dataclass(frozen=True, slots=True)
class Chance:
    """A service day and line with which a wish can be met by people whose papers hold until every day of ``arrivals``."""

    day: int
    line_id: str
    arrivals: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Option:
    """A fleet line that may serve a boarding place and a gate, and its trial run at either end of the road's range."""

    line: FleetLine
    runs: tuple[Run, Run]


class Dedicated:
    """Looks for lawful coaches of a view's scenario. What people with equal wishes share is worked out once.

    The clock of a coach is the same on every day, so that its trial run is made on day 0 and moved.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._runs: dict[tuple[str, str, str, bool], tuple[Run, Run]] = {}
        self._options: dict[tuple[str, str], tuple[Option, ...]] = {}
        self._chances: dict[Wish, tuple[Chance, ...]] = {}

    def find_day(self, group: list[Person]) -> tuple[int, str] | None:
        """First service day and fleet line on which a coach of their own would carry this group lawfully, or None.

        Roads known only as estimates are tried at both ends of their range, and two drivers more than needed are seated,
        six at most, so that an answer is sure. Locks are not weighed: groups with locks are not to be asked about.
        """
        view = self._view
        site = view.scenario.geography.sites[group[0].site]
        if not site.accepted or not all(accepts(member, "bus") for member in group):
            return None
        if site.arrivals_per_day is not None and site.arrivals_per_day < len(group):
            return None
        wish = Wish(
            boarding=group[0].boarding,
            site=site.id,
            earliest=max([0, *(member.earliest for member in group if member.earliest is not None)]),
            latest=min([view.last_day, *(member.latest for member in group if member.latest is not None)]),
            required=min([NEVER, *(member.required for member in group if member.required is not None)]),
            size=len(group),
        )
        for chance in self._list_chances(wish):
            if all(_is_covered(view, group, chance.day, day) for day in (chance.day, *chance.arrivals)):
                return chance.day, chance.line_id
        return None

    def _list_chances(self, wish: Wish) -> tuple[Chance, ...]:
        """Chances by day and line; of lines that arrive on the same days only the first."""
        if wish not in self._chances:
            found: dict[tuple[int, tuple[int, int]], Chance] = {}
            for day in range(wish.earliest, wish.latest + 1):
                if _is_forbidden(self._view, wish.boarding, day):
                    continue
                for option in self._list_options(wish):
                    arrivals = option.runs[0].arrival_day + day, option.runs[1].arrival_day + day
                    if (day, arrivals) not in found and self._is_lawful(wish, option, day):
                        found[day, arrivals] = Chance(day, option.line.id, arrivals)
            self._chances[wish] = tuple(found.values())
        return self._chances[wish]

    def _is_lawful(self, wish: Wish, option: Option, day: int) -> bool:
        view, line = self._view, option.line
        site = view.scenario.geography.sites[wish.site]
        opens = (site.opens_on - view.first_date).days
        arrivals = [run.arrival_day + day for run in option.runs]
        return (
            min(arrivals) >= opens
            and max(arrivals) <= wish.required
            and _is_registered(view, wish.boarding, site.place_id, line, day)
            and not any(_is_forbidden(view, site.place_id, arrival) for arrival in arrivals)
            and all(wish.size <= _count_places(view, line, run.drivers, day) for run in option.runs)
        )

    def _list_options(self, wish: Wish) -> tuple[Option, ...]:
        """Lines that may serve a boarding place and a gate on some day, as far as the day does not matter."""
        view = self._view
        gate = view.scenario.geography.sites[wish.site].place_id
        key = (wish.boarding, gate)
        if key not in self._options:
            ends = {view.prefecture(view.county(place_id)) for place_id in key}
            lines = [line for line in view.scenario.fleet if len(ends) == 1 or not line.local_only]
            options = [Option(line, self._try_runs(wish.boarding, gate, line)) for line in lines]
            self._options[key] = tuple(
                option
                for option in options
                if all(_is_in_time(view, wish.boarding, run) for run in option.runs)
            )
        return self._options[key]

    def _try_runs(self, boarding: str, gate: str, line: FleetLine) -> tuple[Run, Run]:
        key = (boarding, gate, line.depot_place_id, line.returns)
        if key not in self._runs:
            self._runs[key] = (
                _try_run(self._view, boarding, gate, line, slow=False),
                _try_run(self._view, boarding, gate, line, slow=True),
            )
        return self._runs[key]


def _try_run(view: View, boarding: str, gate: str, line: FleetLine, *, slow: bool) -> Run:
    """Pull out on day 0, board, drive to the gate and back."""
    rules = view.scenario.policy.drivers
    pairs = [(line.depot_place_id, boarding), (boarding, gate), (gate, line.depot_place_id)]
    roads = [view.roads.find_road(*pair) for pair in pairs]
    minutes = [road.minutes_to if slow else road.minutes_from for road in roads]
    halts = rules.halt_from_min != rules.halt_until_min
    opens = view.place(boarding).boards_from_min
    pull_out = view.scenario.limits.pull_out_from_min
    first_try = Clockwork(rules, halts, pull_out)
    first_try.drive(EventKind.DEADHEAD, 0, minutes[0])
    coach = Clockwork(rules, halts, pull_out + max(0, opens - first_try.clock))
    coach.drive(EventKind.DEADHEAD, 0, minutes[0])
    coach.stand(EventKind.WAIT, opens - coach.clock)
    board = coach.clock
    coach.stand(EventKind.BOARD, view.scenario.limits.dwell_pickup_min)
    leaves = coach.clock
    coach.drive(EventKind.DRIVE, 1, minutes[1])
    arrival = wait_for_opening(coach.clock, *view.receiving(gate))
    coach.stand(EventKind.WAIT, arrival - coach.clock)
    coach.stand(EventKind.ALIGHT, view.scenario.limits.dwell_drop_min)
    if line.returns:
        coach.drive(EventKind.DEADHEAD, 2, minutes[2])
    return Run(board, arrival, arrival - leaves, _count_drivers(view, coach, roads[1].km_to))


def _count_drivers(view: View, coach: Clockwork, km_tenths: int) -> int:
    rules = view.scenario.policy.drivers
    spans = [(stretch.start, stretch.end) for stretch in coach.log if stretch.kind in DRIVING]
    needed = count_needed_by_km(view, km_tenths)
    for length, limit in ((1440, rules.rolling_24h_max_min), (10080, rules.weekly_max_min)):
        if limit is not None:
            needed = max(needed, -(-worst_window(spans, length) // limit))
    return needed + SPARE_DRIVERS


def _is_covered(view: View, group: list[Person], from_day: int, to_day: int) -> bool:
    evidence = get_evidence(view)
    region = view.county(view.scenario.geography.sites[group[0].site].place_id)
    return all(evidence.is_covered(member.number, region, from_day, to_day) for member in group)


def _is_forbidden(view: View, place_id: str, day: int) -> bool:
    """True where nobody may board or alight at a place on a day, because of its tier."""
    return view.tier(place_id, day) in view.law.tiers("no_boarding_tiers", view.date_of(day))


def _is_in_time(view: View, boarding: str, run: Run) -> bool:
    """True where the coach boards on its service day within the hours of the place, and neither riders nor drivers suffer."""
    most = view.scenario.limits.max_ride_min
    return (
        run.board_min // 1440 == 0
        and may_board(view.place(boarding), run.board_min)
        and (most is None or run.ride_min <= most)
        and run.drivers <= MOST_DRIVERS
    )


def _is_registered(view: View, boarding: str, gate: str, line: FleetLine, day: int) -> bool:
    """True where the coach is at home at either end, or need not be."""
    if not line.registered_region_id:
        return True
    if not view.law.flag("registered_end_required", view.date_of(day), "bus"):
        return True
    counties = [view.county(place_id) for place_id in (boarding, gate)]
    return any(line.registered_region_id in view.ancestors(county) for county in counties)


def _count_places(view: View, line: FleetLine, drivers: int, day: int) -> int:
    """Passengers at the tightest cap of any tier."""
    coach = view.scenario.vehicle_types[line.type_id]
    return min(
        count_coach_places(view, coach, day=day, tier=tier, drivers=drivers, intercity=True) for tier in Tier
    )

"""Number of drivers and duty tables."""

from routing_world import CN_RULES, NO_RULES

from dispatch.model.policy import DriverRules
from dispatch.routing.drivers import count_drivers, find_worst_window, make_duty_table

# The 1,500 km coach that leaves at 06:15 under Chinese rules: 20 h = 1,200 min of driving.
# 06:15-10:15, 10:35-14:35, 14:55-18:55, 19:15-23:15 (75 night minutes, four hours full), 23:35-01:35 (two night
# hours), 01:55-02:00, halt, 05:00-06:55. 4 x 240 + 120 + 5 + 115 = 1,200.
LONG_RUN = ((375, 615), (635, 875), (895, 1135), (1155, 1395), (1415, 1535), (1555, 1560), (1740, 1855))


def test_the_worst_24_hours_of_the_long_run_hold_1160_minutes():
    # window 06:15-06:15: all but the last 40 minutes (06:15-06:55 of the second day)
    assert find_worst_window(LONG_RUN, 1440) == 1160


def test_the_1500_km_coach_needs_three_drivers():
    # ceil(1160 / 480) = 3; the distance rule alone would ask for 2
    n, reason = count_drivers(LONG_RUN, 15_000, CN_RULES)
    assert n == 3
    assert "1160" in reason


def test_twenty_hours_with_two_drivers_are_rejected():
    # two drivers may drive 2 x 480 = 960 of the 1,160 minutes of the worst 24 h
    assert make_duty_table(LONG_RUN, 2, CN_RULES) is None


def test_a_table_of_three_keeps_everybody_at_eight_hours():
    table = make_duty_table(LONG_RUN, 3, CN_RULES)
    driven = [sum(e - s for (s, e), who in zip(LONG_RUN, table, strict=True) if who == i) for i in range(3)]
    assert sum(driven) == 1200
    # over 24 h 40 min a driver of the first and the last stretch may exceed 480 in all, never within 24 h
    for i in range(3):
        own = [span for span, who in zip(LONG_RUN, table, strict=True) if who == i]
        assert find_worst_window(own, 1440) <= 480


def test_the_distance_rule_begins_at_600_km():
    short = ((360, 600),)
    assert count_drivers(short, 5_999, CN_RULES)[0] == 1
    assert count_drivers(short, 6_000, CN_RULES) == (2, "distance rule: 600 km one way needs 2 drivers")


def test_drivers_are_raised_until_a_table_exists():
    # 5 stretches of 200 min within a day under 300 min per driver: ceil(1000 / 300) = 4, but 200 + 200 > 300,
    # so every stretch needs its own driver
    rules = DriverRules(rolling_24h_max_min=300)
    stretches = tuple((220 * i, 220 * i + 200) for i in range(5))
    n, reason = count_drivers(stretches, 0, rules)
    assert n == 5
    assert "no duty table" in reason


def test_six_drivers_are_the_end():
    rules = DriverRules(rolling_24h_max_min=200)
    assert count_drivers(tuple((200 * i, 200 * i + 180) for i in range(7)), 0, rules) is None


def test_a_stretch_longer_than_the_daily_limit_has_no_table():
    assert count_drivers(((0, 500),), 0, DriverRules(rolling_24h_max_min=480)) is None


def test_the_exact_search_finds_what_greed_misses():
    # limit 480, two drivers, stretches of 120 240 240 360: greed gives 120 to A, 240 to B, 240 to A (360 in all), and
    # then 360 fits nobody; only 120 + 360 and 240 + 240 do
    lengths, at, stretches = (120, 240, 240, 360), 0, []
    for length in lengths:
        stretches.append((at, at + length))
        at += length + 20
    assert make_duty_table(stretches, 2, DriverRules(rolling_24h_max_min=480)) == (0, 1, 1, 0)


def test_the_daily_limit_is_free_again_after_24_hours():
    # 480 minutes from 0 and 480 from 1440: every window of 1440 minutes holds at most 480
    assert make_duty_table(((0, 480), (1440, 1920)), 1, DriverRules(rolling_24h_max_min=480)) == (0, 0)
    # ten minutes earlier the window 0-1440 holds 490
    assert make_duty_table(((0, 480), (1430, 1910)), 1, DriverRules(rolling_24h_max_min=480)) is None


def test_minutes_of_the_week_before_count():
    # 44 h = 2,640; 2,400 used leave 240
    assert make_duty_table(((0, 240),), 1, CN_RULES, (2400,)) == (0,)
    assert make_duty_table(((0, 241),), 1, CN_RULES, (2400,)) is None
    assert make_duty_table(((0, 241),), 2, CN_RULES, (2400,)) == (1,)


def test_without_rules_one_driver_does_everything():
    assert count_drivers(LONG_RUN, 15_000, NO_RULES) == (1, "one driver keeps every limit")

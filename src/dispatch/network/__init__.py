"""Facts about the ground: the gazetteer, distances, frozen travel, stations and what connects to what.

The room knows places, roads as estimates, corridors and timetables. It refuses to know workers as people, rules, coaches'
hours and money spent on a plan: it says what is where, how far, and which service could be ridden, never which one is.
"""

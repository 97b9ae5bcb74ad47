"""make_plan: the wiring of the rooms below into one sentence, with phases and progress."""

"""Stories told about a plan: one worker's journey, or why there is none. Decides nothing."""

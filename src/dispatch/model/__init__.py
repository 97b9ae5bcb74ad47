"""The nouns of the problem, frozen: what everything above talks about. Imports only words (floor 0)."""

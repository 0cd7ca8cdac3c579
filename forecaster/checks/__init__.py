"""What a run is held against: its own identities, what was expected of a scenario, the past, its program."""

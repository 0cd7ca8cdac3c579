"""What a run is held against: its own identities, what its scenarios promise, its program.

controls      identities that must hold whatever the figures, bounds of the law
expectations  whether a scenario moves what it is expected to move
severity      how far out a scenario is, and whether its name promises more
fingerprint   the hash of the program that ran
"""

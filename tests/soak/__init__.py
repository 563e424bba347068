"""Random kills and fuzzing for as long as one likes: `make soak` (docs/reliability.md)."""

KILLS_IN_CI = 20
FUZZ_S_IN_CI = 15
"""What the ordinary tests do of it; seconds are for each target."""

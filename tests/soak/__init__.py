"""Random kills and fuzzing for as long as one likes: `make soak` (docs/reliability.md)."""

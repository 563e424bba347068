"""Measurements of mailbot on loopback servers; run by `make bench`, written to bench/results.md."""

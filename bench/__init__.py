"""Measurements of mailbot on loopback servers; run by `make bench`, written to bench/results.md."""

import os

# As the command line and the reading process have it: figures «on one core» are of one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

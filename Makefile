# Everything a developer or CI runs. A fresh machine needs Python 3.11 (or later), make and git; the rest is installed here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
TESTS ?= tests

.PHONY: demo test check audit bench soak model eval lock servers peers clean

demo: $(RUNS)
	$(BIN)/python -m mailbot demo

test: $(READY) servers
	$(BIN)/pytest -n 3 $(TESTS)

check: $(READY)
	$(BIN)/ruff format --check mailbot tests bench .ci
	$(BIN)/ruff check mailbot tests bench .ci
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/supply_chain.py

# Asks a vulnerability service about every locked package. It is no part of `check`: a service that cannot be reached, or
# does not know a package, makes it fail (--strict) instead of saying that all is well.
audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

bench: $(READY) servers peers
	$(BIN)/python -m bench $(BENCH)

# About an hour of random kills, fuzzing and faults; writes docs/soak.json and docs/reliability.md.
soak: $(READY) servers
	$(BIN)/python -m tests.soak $(SOAK)

# One core for each process; memory is kept instead of given back after each step (a sixth of the time).
TRAINING := OPENBLAS_NUM_THREADS=1 GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=2000000000:glibc.malloc.mmap_threshold=2000000000
model: $(READY)
	$(TRAINING) $(BIN)/python -m mailbot.training.train

eval: $(READY)
	$(TRAINING) $(BIN)/python -m mailbot.training.evaluate

# What tests need of the system: Dovecot as the mail server, Chromium to look at mail, libfaketime and a C compiler for
# a clock that tests set, systemd's and the kernel's own tools to judge the unit and to prove that nobody is called.
# Installed when we are root, else said in one line.
PROGRAMS := dovecot chromium systemd-analyze strace ip faketime gcc
PACKAGES := dovecot-imapd chromium fonts-dejavu-core systemd strace iproute2 faketime gcc libc6-dev
servers:
	@if ! (for one in $(PROGRAMS); do command -v $$one || echo missing; done) | grep -q missing; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
	else echo "some tests will fail: install $(PACKAGES), or run as root"; fi

# What the benchmark compares mailbot with: Dovecot's Sieve by LMTP (django-helpdesk is installed by the benchmark itself).
peers:
	@if dpkg -s dovecot-lmtpd dovecot-sieve >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dovecot-lmtpd dovecot-sieve >/dev/null; \
	else echo "the row of Sieve will fail: install dovecot-lmtpd and dovecot-sieve, or run as root"; fi

# What the demo needs; tests and training need six times as much.
$(RUNS): requirements-demo.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-demo.lock
	touch $(RUNS)

$(READY): $(RUNS) requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

# Pins everything with hashes, for Python 3.11 to 3.13.
lock: $(READY)
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --extra demo -o requirements-demo.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --extra dev -o requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --extra audit -o requirements-audit.lock pyproject.toml

clean:
	rm -rf $(VENV) .venv-audit demo-out build *.egg-info

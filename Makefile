# The two commands of the README: `make episode` and `make test`. Each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# A process a processor, each with one thread: with more they wait for each other, at full speed.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto

.PHONY: setup episode test fast lint lock clean

setup: $(READY)

# Compiled at once and side by side: where Python may write nothing down, as in many containers, it would compile all
# that it imports at every start. What some package carries that does not compile is no reason to stop.
$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV), once: a few minutes"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation --editable .
	-$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib podcast
	touch $@

## The show in this folder becomes an episode.
episode: $(READY)
	$(BIN)/podcast make 2024-06-15

## Everything that can be checked here: style, types, all tests.
test: lint
	$(PYTEST) --dist=worksteal

## The same without the slow tests: what to run while working.
fast: lint
	$(PYTEST) -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

## Pin every dependency anew, with hashes, for all systems (needs uv).
lock:
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock

clean:
	rm -rf $(VENV)

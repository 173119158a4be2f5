# Two commands do it all on a fresh machine: make serve, make test.
HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
PROGRAM := $(CURDIR)/$(BIN)/python

.PHONY: help serve build check test lint types format bench bench-http bench-link soak lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

tests/vocabularies/node_modules/.ready: tests/vocabularies/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --prefix tests/vocabularies && touch $@; \
	else echo "npm is not here: the proof of foreign terms is skipped"; fi

tests/clients/node_modules/.ready: tests/clients/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --prefix tests/clients && touch $@; \
	else echo "npm is not here: the tests of Comunica are skipped"; fi

tests/browser/node_modules/.ready: tests/browser/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --prefix tests/browser && touch $@; \
	else echo "npm is not here: the tests of accessibility are skipped"; fi

# With npm or, where there is none, with the Node of PyPI; where neither can be had the query page works without it.
fosen_graph/web/static/editor.js: editor/package-lock.json editor/build.mjs editor/build.sh $(wildcard editor/src/*.js) | $(VENV)/.ready
	@sh editor/build.sh $(PROGRAM)

serve: fosen_graph/web/static/editor.js build ## Set up, build, check and serve at http://127.0.0.1:8000/ (HOST=, PORT=)
	$(BIN)/fosen-graph serve --host $(HOST) --port $(PORT)

build: $(VENV)/.ready ## Check the data and build a release in out/
	$(BIN)/fosen-graph build

check: $(VENV)/.ready ## Check the data
	$(BIN)/fosen-graph check

test: $(VENV)/.ready-dev tests/vocabularies/node_modules/.ready tests/clients/node_modules/.ready \
		tests/browser/node_modules/.ready fosen_graph/web/static/editor.js lint types ## Lint, types and all tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/turtle_style.py ontology/*.ttl shapes/*.ttl

types: $(VENV)/.ready-dev
	$(BIN)/mypy

format: $(VENV)/.ready-dev ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tests/turtle_style.py --fix ontology/*.ttl shapes/*.ttl

bench: $(VENV)/.ready-dev ## Measure reading, checking, writing and loading beside their peers
	$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

$(VENV)-linkers/.ready: tests/benchmarks/requirements-linkers.lock
	$(PYTHON) -m venv $(VENV)-linkers
	$(VENV)-linkers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench-link: $(VENV)/.ready-dev $(VENV)-linkers/.ready ## Measure the proposals beside RapidFuzz, csv-reconcile and Splink
	FOSEN_GRAPH_LINKERS=$(VENV)-linkers/bin $(BIN)/python -m tests.benchmarks.linking $(BENCH_ARGS)

soak: $(VENV)/.ready-dev build ## Ten minutes of hostile and honest traffic: memory, processes, descriptors (SECONDS=)
	$(BIN)/python tests/soak.py --seconds $(SECONDS)

$(VENV)-peers/.ready: tests/benchmarks/requirements-peers.lock
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench-http: $(VENV)/.ready-dev $(VENV)-peers/.ready ## Measure the endpoint beside other servers (needs wrk)
	FOSEN_GRAPH_PEERS=$(VENV)-peers/bin $(BIN)/python -m tests.benchmarks.over_http $(BENCH_ARGS)

lock: $(VENV)/.ready-dev ## Pin the dependencies anew
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--allow-unsafe --output-file requirements.lock requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--allow-unsafe --output-file requirements-dev.lock requirements-dev.in

clean: ## Remove what was made
	rm -rf $(VENV) $(VENV)-peers $(VENV)-linkers out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

# make run: set up and serve, with a demonstration. make test: set up and pass every test.
SHELL := /bin/sh
BIN := .venv/bin
DATA ?= data
LISTEN ?= 127.0.0.1:8095
NETWORK := Check the network, then run it again.
INSTALL := -m pip install --disable-pip-version-check --require-hashes --no-deps
PIP := $(BIN)/python $(INSTALL)
WEB_SOURCES := $(shell find web/src web/index.html web/*.json web/*.ts -type f 2>/dev/null)

CLIENTS := $(patsubst requirements/clients/%.lock,.venv-clients/%.stamp,$(wildcard requirements/clients/*.lock))

PEERS := $(patsubst requirements/peers/%.lock,.venv-peers/%.stamp,$(wildcard requirements/peers/*.lock)) \
    requirements/peers/node_modules/.stamp

.PHONY: setup setup-test setup-bench run test test-clients bench soak check docs clean

setup: .venv/run.stamp src/ownstream/gateway/static/index.html

run: setup
	@$(BIN)/ownstream quickstart --data-dir "$(DATA)" --listen "$(LISTEN)"

test: setup setup-test check
	@$(BIN)/pytest --ignore tests/clients

# Programs of others, against a running service. Some of them install gigabytes.
test-clients: setup setup-test $(CLIENTS)
	@$(BIN)/pytest tests/clients

# What needs no running service: style, types, layers, and the browser client's own tests.
check: setup-test
	@tools/step "Style" "" $(BIN)/ruff check .
	@tools/step "Format" "" $(BIN)/ruff format --check .
	@tools/step "Layers" "" $(BIN)/lint-imports
	@tools/step "Types" "" web/node_modules/.bin/pyright --pythonpath $(BIN)/python
	@tools/step "Browser client: style and types" "" npm --prefix web run --silent lint
	@tools/step "Browser client: tests" "" npm --prefix web run --silent test
	@tools/step "Browser client: tests in Chromium" "" npm --prefix web run --silent test:browser

# Half an hour. `.venv/bin/python -m benchmarks.sheet --quick` takes minutes, and --help says more.
bench: setup-bench
	@$(BIN)/python -m benchmarks.embedded
	@$(BIN)/python -m benchmarks.plugin
	@$(BIN)/python -m benchmarks.sheet

# An hour. `.venv/bin/python -m benchmarks.soak --quick` takes six minutes.
soak: setup-test
	@$(BIN)/python -m benchmarks.soak

# Pages that are made from what they tell of; a test holds them to it.
docs: setup-test
	@$(BIN)/python -m tests.rules page

setup-test: setup .venv/dev.stamp

# With the systems that the number sheet sets ownstream beside.
setup-bench: setup-test .venv/bench.stamp $(PEERS)

clean:
	rm -rf .venv .venv-clients .venv-peers web/node_modules requirements/peers/node_modules src/ownstream/gateway/static

.venv/packages.stamp: requirements/debian-run.txt
	@tools/packages $<
	@mkdir -p .venv && touch $@

.venv/made.stamp: .venv/packages.stamp
	@tools/step "Making the Python environment" "Install Python 3.11 or newer." python3 -m venv .venv
	@touch $@

.venv/run.stamp: requirements/run.lock pyproject.toml .venv/made.stamp
	@tools/step "Installing Python packages" "$(NETWORK)" $(PIP) -r requirements/run.lock
	@tools/step "Installing ownstream" "" $(BIN)/python -m pip install --disable-pip-version-check \
	    --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.lock requirements/debian-test.txt .venv/run.stamp
	@tools/packages requirements/debian-test.txt
	@tools/step "Installing Python packages for tests" "$(NETWORK)" $(PIP) -r requirements/dev.lock
	@touch $@

.venv/bench.stamp: requirements/bench.lock requirements/debian-bench.txt .venv/dev.stamp
	@tools/packages requirements/debian-bench.txt
	@tools/step "Installing Python packages for benchmarks" "$(NETWORK)" $(PIP) -r requirements/bench.lock
	@touch $@

.venv-peers/%.stamp: requirements/peers/%.lock .venv/packages.stamp
	@rm -rf .venv-peers/$*
	@tools/step "Making an environment for $*" "" python3 -m venv .venv-peers/$*
	@tools/step "Installing $*" "$(NETWORK)" .venv-peers/$*/bin/python $(INSTALL) -r $<
	@touch $@

requirements/peers/node_modules/.stamp: requirements/peers/package-lock.json
	@tools/step "Installing noVNC" "$(NETWORK)" npm --prefix requirements/peers ci
	@touch $@

.venv-clients/%.stamp: requirements/clients/%.lock .venv/packages.stamp
	@rm -rf .venv-clients/$*
	@tools/step "Making an environment for $*" "" python3 -m venv .venv-clients/$*
	@tools/step "Installing $*" "$(NETWORK)" .venv-clients/$*/bin/python $(INSTALL) -r $<
	@touch $@

web/node_modules/.stamp: web/package-lock.json
	@tools/step "Installing the browser client's packages" "$(NETWORK)" npm --prefix web ci
	@touch $@

src/ownstream/gateway/static/index.html: web/node_modules/.stamp $(WEB_SOURCES)
	@tools/step "Building the browser client" "" npm --prefix web run build

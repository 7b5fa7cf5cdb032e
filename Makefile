# One-line doors; the work is done by `python -m bot` and scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test test-distributed check train adapt bench lock setup setup-dev

PY := .venv/bin/python

help: ## show this help
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@scripts/setup requirements.txt

setup-dev:
	@scripts/setup requirements.txt requirements-dev.txt

run: setup ## install what is missing, train when needed, serve on http://localhost:8000
	@$(PY) -m bot serve

test: setup-dev ## install what is missing, then check and test everything
	@scripts/test

test-distributed: setup-dev ## three servers and PostgreSQL, killed in turn (three minutes)
	@$(PY) -m bot train --if-needed
	@$(PY) -m pytest -s tests/distributed/whole.py

check: setup-dev ## style, types, words and data, without training
	@scripts/check

train: setup ## train the model
	@$(PY) -m bot train

adapt: setup-dev ## fit the sentence encoder to the training sentences (about an hour)
	@scripts/adapt

bench: setup-dev ## measure speed: answers against the stock Rasa pipeline, and webhooks
	@$(PY) -m benchmarks
	@$(PY) -m benchmarks messenger

lock: setup-dev ## renew requirements*.txt from requirements*.in (needs uv)
	@scripts/lock

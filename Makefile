# Lianfang: `make run` starts the whole district on this machine, `make test` tests it. Both install what is missing.
#   LIANFANG_PORT (8080) and LIANFANG_HOME (.local) move the port and the folder; AMQP_URI and MONGODB_URI use yours.
.DEFAULT_GOAL := help
.PHONY: help run day stop clean backup restore test test-long soak bench check docs pictures lock
unexport PYTHONDONTWRITEBYTECODE  # packages come uncompiled; what is compiled when it is first used is kept
BIN := .venv/bin
PIN := .venv/bin/uv pip compile -q --generate-hashes --no-header

help:   ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run:    ## start everything, with a demo district, until Ctrl-C; DISTRICT=100 makes it one of a hundred communities
	@python3 -m deploy.local.prepare run
	@exec $(BIN)/python -m deploy.local run

day:    ## play a live day in the district that runs, until Ctrl-C; SPEED=60 seconds of it in one
	@$(BIN)/python -W ignore -m deploy.day

stop:   ## stop what `make run` started, from elsewhere
	@python3 -m deploy.local stop

clean:  ## stop it and forget its data
	@python3 -m deploy.local clean

backup: ## save all data and secrets to a new folder TO, at work or not; deploy/backup.py says what is in it
	@python3 -m deploy.local.prepare backup
	@$(BIN)/python -W ignore -m deploy.backup save "$(TO)"

restore: ## put a backup, the folder FROM, back where there is no district yet
	@python3 -m deploy.local.prepare backup
	@$(BIN)/python -W ignore -m deploy.backup restore "$(FROM)"

test:   ## what an ordinary change can break, on real parts of their own; ARGS="-k word" chooses
	@python3 -m deploy.local.prepare test
	@$(BIN)/pytest $(ARGS)

test-long: ## every test, with all sizes and many examples, as tests/README.md lists them; ARGS chooses
	@python3 -m deploy.local.prepare test
	@LONG=1 $(BIN)/pytest $(ARGS)

soak:   ## the district under load and faults for MINUTES (5) from a SEED, then the auditor; ARGS=--page writes docs/reliability.md
	@python3 -m deploy.local.prepare test
	@$(BIN)/python -W ignore -m tests.soak --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench:  ## measure against others and the best known; ARGS="rota-fortnight" chooses, ROTA_INSTANCES= a folder of the published benchmark
	@python3 -m deploy.local.prepare test
	@$(BIN)/python -W ignore -m tests.bench $(ARGS)

check:  ## style, types and the walls between the rooms
	@python3 -m deploy.local.prepare check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs:   ## write what is made from the code: OpenAPI, AsyncAPI, the table of who may
	@python3 -m deploy.local.prepare check
	@$(BIN)/python -W ignore -m deploy.docs

pictures: ## take the pictures in docs/pictures/ anew, from the district that `make run` runs
	@python3 -m deploy.local.prepare test
	@$(BIN)/python -m tests.pictures

lock:   ## pin anew, with hashes, all that pyproject.toml's versions need
	@python3 -m deploy.local.prepare check
	$(PIN) pyproject.toml --group install --group local --group test --group check -o requirements-dev.lock
	for one in uv run; do cp requirements-dev.lock requirements-$$one.lock; done  # uv keeps to the versions that stand there
	cp requirements-dev.lock requirements.lock
	$(PIN) --group install -o requirements-uv.lock
	$(PIN) pyproject.toml --group local -o requirements-run.lock
	$(PIN) pyproject.toml -o requirements.lock
	cd tests/bench/peers && ../../../$(PIN) requirements.in -o requirements.lock

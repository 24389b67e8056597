# Every command works on a fresh clone: it builds .venv first, and again when what it is built from changes.

BIN := .venv/bin
READY := .venv/.ready

# Where Python keeps no bytecode, every process that a test starts would compile all it imports.
test rehearsal faults soak kills batch parity mutants guards bench: export PYTHONDONTWRITEBYTECODE =
# What is done for a proof or a recording is nobody's history.
faults soak batch parity mutants guards bench record: export APPCONNECT_HISTORY = 0

.PHONY: help lab app test rehearsal check faults soak kills batch parity mutants guards bench record clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## */make \1\t/p' Makefile

lab: $(READY)  ## open the notebooks in JupyterLab; no CRM account needed
	@$(BIN)/appconnect lab

app: $(READY)  ## open the workbench without code: choose a CRM, the panels are tabs
	@$(BIN)/appconnect app

test: $(READY)  ## run all tests but the rehearsal: units, contracts, the notebooks, the panels in a browser
	@$(BIN)/pytest -n auto --dist loadscope --no-loadscope-reorder -m "not rehearsal" tests

rehearsal: $(READY)  ## run what make test leaves out: every notebook as it runs live, against sandboxes behind TLS
	@$(BIN)/pytest -n logical --maxprocesses 8 --dist load tests/rehearsal

check: $(READY)  ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

faults: $(READY)  ## break every request of every operation in every way; the table goes into README.md
	@$(BIN)/appconnect faults --readme README.md

soak: $(READY)  ## ten thousand operations with faults, kills and two writers; SEED=n repeats a run
	@$(BIN)/python tests/soak.py $(if $(SEED),--seed $(SEED))

kills: $(READY)  ## kill real processes at every request and transaction, and count what stands in the sandbox
	@APPCONNECT_KILLS=1 $(BIN)/pytest -n logical --maxprocesses 8 --dist load tests/workbench/test_killed.py

mutants: $(READY)  ## change the code in a sample of places and count what the tests notice: ARGS="--seed 2 --minutes 60"
	@$(BIN)/python tests/mutants $(ARGS)

guards: $(READY)  ## disable each guard on purpose, one at a time: a test must notice; ARGS="--only outbox" for some
	@$(BIN)/python tests/mutants/guards.py $(ARGS)

batch: $(READY)  ## match and log 100,000 calls in each sandbox, also killed ten times: ARGS="--rows 5000 --crm redtail"
	@PYTHONPATH=tests $(BIN)/python -m batch_proof $(ARGS)

parity: $(READY)  ## check the sandboxes against the vendors' schemas, other people's clients and made-up requests
	@$(BIN)/python -c 'import schemathesis' 2>/dev/null || $(BIN)/python -m pip --disable-pip-version-check \
		install --quiet --constraint constraints.txt --editable '.[parity]'
	@PYTHONPATH=tests $(BIN)/python -m parity

bench: $(READY)  ## how fast things are, as one table of ratios; ARGS="matching bodies" measures a part
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

record: $(READY)  ## record fixtures/ again, from the sandbox
	$(BIN)/appconnect record --all
	$(BIN)/python tests/template_notebook.py

clean:  ## forget .venv and everything else that was built
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt .ci/venv
	@PYTHON="$(PYTHON)" sh .ci/venv
	@touch $@

# Each target does all of its own set-up in .venv: no activation, no python3-venv, nothing outside this folder.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python

# Two stamps, so that the demo does not wait for the test tools. Installing those satisfies both.
USE := $(VENV)/.installed-use
DEV := $(VENV)/.installed-dev

# Whole files go to the workers (their fixtures start servers), slow ones first (tests/conftest.py).
PARALLEL ?= -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: demo test check lint shapes services graphs notebooks bench clean

demo: $(USE)  ## the built-in networks: four verdicts, pictures in out/ (no AWS account)
	@$(BIN)/reach demo -o out

# REACH_NESTED is set by the test that runs this Makefile in a temporary clone: the quick subset, no recursion.
test: $(DEV)  ## the whole test suite
	@$(PY) -m pytest $(if $(REACH_NESTED),-m smoke,$(PARALLEL))

check: lint test  ## what CI runs: ruff, mypy --strict, all tests

lint: $(DEV)
	@$(BIN)/ruff check
	@$(BIN)/mypy

shapes: $(DEV)  ## reach/shapes.json, from the installed botocore
	@$(PY) tools/make_shapes.py

services: $(DEV)  ## the table of AWS services, from the installed botocore
	@$(PY) tools/make_services.py

graphs: $(DEV)  ## the generated files of the gallery
	@$(PY) tools/make_graphs.py

notebooks: $(DEV)  ## run the notebooks and keep what they show
	@$(PY) tools/make_notebooks.py

bench: $(DEV)  ## CPU of whole commands against their bounds
	@$(PY) benchmarks/whole_process.py

clean:
	rm -rf $(VENV) out .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A bare Debian has no ensurepip: then the venv is made without pip, and pip works on it from outside (--python).
# A venv whose interpreter has gone (an upgraded or removed Python) is made anew.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "reach needs Python 3.11 or newer; if you have one, say: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear --without-pip $(VENV)
	@echo "Installing into $(VENV) (a minute or so, only when pyproject.toml has changed) ..."
	@if $(PY) -m pip --version >/dev/null 2>&1; then pip="$(PY) -m pip"; else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
	  $$pip install -q --disable-pip-version-check -c constraints.txt -e '$(1)'
	@touch $@
endef

$(USE): pyproject.toml constraints.txt
	$(call install,.)

$(DEV): pyproject.toml constraints.txt
	$(call install,.[dev])
	@touch $(USE)

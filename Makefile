# make demo: set up, check, summarise and train examples/digits.cnn
# make test: set up and run the tests            make check: lint, types, formatting
# make fuzz: texts and commands made by chance; FUZZ="--seed 7 --minutes 60" for others (see tests/fuzz)
# make docs: the pages of docs/ as a site in build/site, with search; python -m tests.docs writes their generated parts
# make vscode: the extension of VS Code, build/cnnspec.vsix, by npm
# make editor-test: install editors under build/editors, by npm and pip, and try cnnspec in them
# make browser-test: the playground built, Playwright and axe installed under build/browser, by pip and npm, and all pages tried in Chromium
# make playground: the page in which cnnspec runs, build/playground and build/playground.html, by npm
# make bench: the speed figures of docs/speed.md   make growth: which constructs take more than their length in time
# make zoo: examples/zoo, imported anew from Keras
# make clean: remove what was made
PYTHON ?= python3
VENV ?= .venv
FUZZ ?= --minutes 10
BIN = $(VENV)/bin

.PHONY: demo test check docs fuzz vscode editor-test browser-test playground bench growth zoo clean

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cnnspec needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[keras,jax,onnx,lsp,test,dev]'
	touch $@

demo: $(VENV)/ready
	$(BIN)/cnnspec check examples/digits.cnn
	$(BIN)/cnnspec summary examples/digits.cnn
	$(BIN)/cnnspec train examples/digits.cnn -o digits.keras

test: $(VENV)/ready
	$(BIN)/python -m pytest

check: $(VENV)/ready
	$(BIN)/ruff check cnnspec tests benchmarks site
	$(BIN)/ruff format --check cnnspec tests benchmarks site
	$(BIN)/mypy
	$(BIN)/cnnspec format --check examples
	$(BIN)/cnnspec check --fail-on error --output-format concise examples/*.cnn

docs: $(VENV)/docs
	$(BIN)/python -m tests.docs.site

$(VENV)/docs: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

fuzz: $(VENV)/ready
	$(BIN)/python -m tests.fuzz $(FUZZ)

vscode:
	$(PYTHON) -m tests.editors.install build/editors --extension

editor-test: $(VENV)/ready
	$(BIN)/python -m tests.editors.install build/editors
	CNNSPEC_EDITORS=build/editors $(BIN)/python -m pytest -n 0 -rs tests/editors

browser-test: playground
	$(BIN)/python -m tests.browser.install build/browser
	CNNSPEC_BROWSER=build/browser $(BIN)/python -m pytest -n 0 -rs tests/browser

playground: $(VENV)/ready
	$(BIN)/python site/playground/build.py

bench: $(VENV)/ready
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/repository.py
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/sweep.py

growth: $(VENV)/ready
	$(BIN)/python benchmarks/growth.py

zoo: $(VENV)/ready
	$(BIN)/python benchmarks/zoo.py

clean:
	rm -rf $(VENV) .cnnspec_cache build dist *.egg-info digits.keras runs

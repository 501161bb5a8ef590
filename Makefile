# make help lists the targets. HOST, PORT and the other settings are read from the environment and .env.
.DEFAULT_GOAL := help
python := .venv/bin/python
manage := $(python) manage.py
# Checks and tests the pages' scripts with TypeScript's compiler; it comes from PyPI like everything else.
deno := DENO_DIR=var/deno DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 .venv/bin/deno
static := var/static/staticfiles.json
# The output of each of several targets at once in one piece. Not every make can.
output_sync := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
# Where the database or Redis makes a difference: SQL, constraints, locks and transactions, the log, the order of rows, search
# and live updates; not pages, sentences and forms. The ignored tests use both databases themselves.
on_services := -m "not pages" $(addprefix board/tests/,actions history/test_history.py history/test_report.py \
		$(addprefix live/test_,batches.py hub.py locks.py poller.py presence.py relay.py) \
		models/test_sprint_states.py notify/test_making.py ops/test_db_errors.py views/test_away.py views/test_undo.py) \
	$(addprefix api/tests/test_,conditional.py contract.py events.py move.py search.py webhooks.py) \
	e2e/test_live_protocol.py \
	--ignore=board/tests/actions/test_concurrency.py \
	--deselect=board/tests/ops/test_db_errors.py::test_a_full_disk_refuses_the_change_and_lets_people_read
static_sources := $(shell find board api placeholder sitegen -path '*/static/*' -type f 2>/dev/null) uv.lock config/settings.py config/storage.py

# Without bytecode, each of the suite's hundred processes compiles all its imports, which takes longer than most of them run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run serve invite seed check test test-units test-scripts test-services test-journeys test-firefox e2e pictures docs chaos faults crash fuzz attack audit bench image image-test lint lint-types lint-rest format messages setup setup-test

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export DATABASE_URL ?= sqlite:///$(or $(DATA_DIR),$(CURDIR)/var)/demo.sqlite3
run: setup $(static) ## run Lightboard on http://127.0.0.1:8000 with a demo, in a database of its own
	@$(manage) serve --demo

serve: setup $(static) ## run Lightboard for a team, without the demo: HOST=0.0.0.0 for the network, PORT=8000
	@$(manage) serve

invite: setup ## print a link for a new account: NAME=ada, ROLE=admin or ROLE=viewer
	@test -n "$(NAME)" || { echo "Set the username: make invite NAME=ada"; exit 1; }
	@$(manage) migrate --verbosity 0
	@$(manage) invite "$(NAME)" $(if $(ROLE),--$(ROLE))

seed: setup ## create the demo in an empty database
	@$(manage) migrate --verbosity 0
	@$(manage) demo

test: setup-test $(static) ## run all tests, including the browser's, and those of the database and live updates on the services too
ifdef ARGS
	@$(python) -m pytest $(ARGS)
else
	@$(MAKE) --no-print-directory --jobs 3 $(output_sync) test-units test-scripts test-services test-journeys test-firefox
endif

check: lint test-scripts ## run the lint and the quick unit tests, on SQLite: before every commit
	@$(python) -m pytest --numprocesses 2 --dist loadfile --quiet -m "not slow" config board api placeholder sitegen

# All at once: while one waits, the others use its processor.
test-units:
	@$(python) -m pytest --numprocesses 2 --dist loadfile config board api placeholder sitegen

# The parts of the scripts that need no browser.
test-scripts:
	@$(deno) test --quiet --no-check --no-remote --allow-read=board board/tests/scripts

test-services:
	@$(python) -m e2e.services $(python) -m pytest $(on_services)

# The live protocol is tested on the services.
test-journeys:
	@$(python) -m pytest --numprocesses 2 --dist loadfile --ignore=e2e/test_live_protocol.py e2e

# Only files with such journeys: the others import packages that this environment lacks.
test-firefox: setup-test $(static) ## run the main journeys in Firefox
	@ENGINE=firefox var/firefox/bin/python -m pytest $$(grep -l 'pytest.mark.engines' e2e/test_*.py)

e2e: setup-test $(static) ## run only the browser journeys; options: HEADED=1, TRACE=1, K=drag, BASE_URL=http://…
	@$(python) -m pytest e2e $(if $(K),-k '$(K)') $(ARGS)

chaos: setup-test $(static) ## break a running server repeatedly and check every page: MINUTES=2
	@$(python) -m e2e.lab.chaos --minutes $(or $(MINUTES),2) $(ARGS)

faults: setup-test $(static) ## lock, fill, restart and end a server, change its clock, and check that nothing is lost: TIMES=25
	@TIMES=$(or $(TIMES),25) $(python) -m pytest e2e/test_faults.py e2e/test_ending.py

crash: setup-test ## kill writers and databases 200 times and restore 30 backups made under load, on both databases
	@$(python) -m e2e.lab.crash kill --times $(or $(TIMES),200)
	@$(python) -m e2e.lab.crash kill --times $(or $(TIMES),200) --postgres
	@$(python) -m e2e.lab.crash backup --times 30
	@$(python) -m e2e.lab.crash backup --times 30 --postgres

fuzz: setup-test $(static) ## send hostile input to sockets, API, pictures and site generator: COUNT=1000 of each
	@$(python) -m e2e.lab.fuzz sockets --count $(or $(COUNT),50000)
	@$(python) -m e2e.lab.fuzz api --count $(or $(COUNT),100000)
	@$(python) -m e2e.lab.fuzz images --count $(or $(COUNT),20000)
	@$(python) -m e2e.lab.fuzz site --count $(or $(COUNT),5000)

attack: setup-test $(static) ## measure what one malicious client does to everyone else: NAMES="crowds bodies"
	@$(python) -m e2e.lab.attack $(NAMES)

audit: setup ## check the locked packages for known vulnerabilities with pip-audit; needs the network
	@.ci/audit

docs: setup ## build the manual into var/site with the site generator
	@$(manage) build --strict

pictures: setup-test $(static) ## take screenshots of every page into var/e2e/pictures, and the README's
	@$(python) -m e2e.lab.pictures
	@cp var/e2e/pictures/board-desktop-light.png docs/board.png

bench: setup-test $(static) ## measure performance beside its goals: PARTS="board live", MINUTES=60 of traffic for the memory
	@MINUTES=$(or $(MINUTES),5) $(python) -m e2e.lab.bench $(PARTS)

image: ## build the container image with docker, podman or buildah: IMAGE_TOOL=podman, BASE=debian:trixie-slim
	@.ci/image $(if $(BASE),--build-arg BASE=$(BASE)) $(ARGS)

image-test: setup-test ## build the container image with buildah, and start, restart, back up and restore it: BASE=…
	@.ci/setup image
	@$(python) -m e2e.lab.image

lint: setup-test ## check style, templates, imports, writes, types, secrets, links, migrations, the API's schema
	@$(MAKE) --no-print-directory --jobs 2 $(output_sync) lint-types lint-rest

lint-types:
	@.venv/bin/mypy

lint-rest:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/djade --check --target-version 6.1 $$(git ls-files 'templates/*.html' '*/templates/*.html')
	@! git grep -nE '\|\s*safe(seq)?\b|autoescape off' -- '*.html'
	@! git grep -nE '^(from \S*\btest_\w+ import|import \S*\btest_)' -- '*.py'
	@.venv/bin/lint-imports
	@.venv/bin/ast-grep scan --report-style short
	@! git log --all --format= --name-only | grep -E '(^|/)(\.env|secret_key|.*\.(sqlite3|backup|pem|key))$$|^(var|\.venv)/'
	@.venv/bin/kingfisher scan . --rules-path .ci/secrets --git-history full --exclude .venv --exclude var --quiet --no-validate --no-update-check
	@.venv/bin/lychee --offline --include-fragments --no-progress --quiet $$(git ls-files '*.md' ':!docs' ':!sitegen' ':!templates')
	@$(deno) check --quiet --no-remote $$(git ls-files '*/static/*.js' 'board/tests/scripts/*.js')
	@$(manage) makemigrations --check --dry-run
	@SITE_URL=https://board.example.org $(manage) check --deploy --fail-level WARNING
	@$(manage) spectacular --validate --fail-on-warn --file var/openapi.yaml

format: setup-test ## format the code
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@.venv/bin/djade --target-version 6.1 $$(git ls-files 'templates/*.html' '*/templates/*.html')

messages: setup-test ## update the catalogues in locale/: collect new strings and compile translations
	@$(manage) makemessages
	@$(manage) compilemessages --ignore .venv --ignore var

setup:
	@.ci/setup run

setup-test:
	@.ci/setup test

$(static): $(static_sources) | setup
	@$(manage) collectstatic --noinput --clear --verbosity 0

.PHONY: run test check fix bench messages pictures

run: ## serve the demonstration workshop
	@scripts/setup
	@.venv/bin/simpul demo

test: ## everything, exactly as the gate runs it
	@scripts/setup
	@.venv/bin/python scripts/test.py

check: ## everything but the slow parts: PostgreSQL and the browser
	@scripts/setup
	@.venv/bin/python scripts/test.py --quick

fix: ## mend what a machine can mend
	@scripts/setup
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

bench: ## how long the pages take at the demonstration's size, a large statement, planning where much is open, the search, and the analysis of a million orders
	@scripts/setup
	@.venv/bin/python scripts/bench.py
	@.venv/bin/python scripts/bench_statements.py
	@.venv/bin/python scripts/bench_planning.py
	@.venv/bin/python scripts/bench_search.py
	@.venv/bin/python scripts/bench_insight.py

messages: ## collect the texts for the translators, and compile them
	@scripts/setup
	@.venv/bin/python scripts/messages.py

pictures: ## take the screenshots of the guides again
	@scripts/setup
	@.venv/bin/python scripts/pictures.py

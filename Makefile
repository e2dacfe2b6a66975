# duibiao 对表. The first target lists the others.

PIPELINE ?= pipelines/sanya-2020.toml
PERIOD   ?= 2020-08
DUIBIAO  := target/release/duibiao
CARGO    ?= cargo

.PHONY: help run build test check fmt lint bless clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

build: ## Build the program
	$(CARGO) build --release --locked

# Findings are a result, not a failure: status 1 says that there are some.
run: build ## Reconcile the fixtures and say where the workbook is
	@$(DUIBIAO) run $(PIPELINE) --period $(PERIOD) || [ $$? -eq 1 ]

test: ## Run all tests
	$(CARGO) test --release --locked

check: fmt-check lint test ## Everything that must hold before a commit

fmt: ## Format the sources
	$(CARGO) fmt

.PHONY: fmt-check
fmt-check:
	$(CARGO) fmt --check

lint: ## Lint the sources
	$(CARGO) clippy --release --locked --all-targets -- -D warnings

bless: ## Write the expected outcome of all cases anew; review with git diff
	BLESS=1 $(CARGO) test --release --locked --test cases

clean: ## Remove what was built
	$(CARGO) clean

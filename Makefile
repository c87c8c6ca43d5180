# Every target works in a fresh clone with Go alone; tools are built from tools/go.mod into the user's cache on first use.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# As the image is built, so that all builds share one cache.
BUILD := CGO_ENABLED=0 go build -trimpath
TOOL := go run ./internal/devenv/cmd/tool
DEPLOYCHECK := GOWORK=off go -C tools/deploycheck
PKG ?= ./...
SQLC_CONFIG = $(firstword $(wildcard sqlc.yaml internal/store/sqlc.yaml))

.PHONY: help
help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Take a construction firm through the product on this machine; ARGS="-once -report FILE" runs it once
	@tools/prerequisites demo
	@$(MAKE) --no-print-directory build
	$(BUILD) -o bin/demo ./cmd/demo
	bin/demo $(ARGS)

.PHONY: crash
crash: ## Kill and stop the worker at every write of a small firm and compare the ends; REPORT=FILE, ARGS="-only EXPRESSION"
	@tools/prerequisites crash
	@$(MAKE) --no-print-directory build
	$(BUILD) -o bin/crash ./cmd/crash
	bin/crash -binary bin/ml-connector $(if $(REPORT),-report $(REPORT)) $(ARGS)

.PHONY: test
test: ## Run all tests with the race detector, on a PostgreSQL and a Temporal of their own; PKG=./mapping/... for some, ARGS for go test
	@tools/prerequisites test
	$(BUILD) -o bin/withdevenv ./internal/devenv/cmd/withdevenv
	bin/withdevenv -- go test -race -timeout 20m -p 2 $(ARGS) $(PKG)

.PHONY: soak
soak: ## Play thousands of random histories of an Odoo against the reader; ML_HISTORIES=5000
	@tools/prerequisites test
	$(BUILD) -o bin/withdevenv ./internal/devenv/cmd/withdevenv
	ML_HISTORIES="$${ML_HISTORIES:-5000}" bin/withdevenv -- go test -count=1 -timeout 3h -v -run TestHistories $(ARGS) ./internal/history

.PHONY: bench
bench: ## Measure decoding, polling and the sandbox; PKG=./clients/odoo for some, ARGS for go test
	@tools/prerequisites test
	$(BUILD) -o bin/withdevenv ./internal/devenv/cmd/withdevenv
	bin/withdevenv -- go test -run '^$$' -bench . -benchmem -timeout 1h -p 1 $(ARGS) $(PKG)

.PHONY: pages
pages: ## Look at the sandboxes' pages in a headless Chromium, screenshots in .demo/screenshots; ML_PAGES="URL ..." for those of others
	@tools/prerequisites pages
	ML_SCREENSHOTS="$${ML_SCREENSHOTS:-$(CURDIR)/.demo/screenshots}" go test -tags browser -count=1 $(ARGS) ./internal/sandbox/browser

.PHONY: lint
lint: ## Check style, imports, workflow determinism, vet, the compose stack, and that generated code is up to date
	@tools/prerequisites lint
	go vet ./...
	go vet -tags browser ./internal/sandbox/browser
	bin=$$($(TOOL) golangci-lint) && "$$bin" run
	bin=$$($(TOOL) workflowcheck) && "$$bin" ./workflows/...
	bin=$$($(TOOL) sqlc) && "$$bin" diff -f $(SQLC_CONFIG)
	$(DEPLOYCHECK) vet ./...
	$(DEPLOYCHECK) test -count=1 ./...
	$(DEPLOYCHECK) run ./stack check ../..
	$(DEPLOYCHECK) run ./kubernetes ../../deploy/kubernetes.yaml

.PHONY: generate
generate: ## Write what is generated (queries by sqlc), then format
	bin=$$($(TOOL) sqlc) && "$$bin" generate -f $(SQLC_CONFIG)
	bin=$$($(TOOL) golangci-lint) && "$$bin" fmt

.PHONY: build
build: ## Build bin/ml-connector and put the temporal CLI beside it
	$(BUILD) -o bin/ml-connector ./cmd/ml-connector
	$(TOOL) -o bin/temporal temporal

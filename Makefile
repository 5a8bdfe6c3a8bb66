# pepost: every target says what it does; `make help` lists them.
GO      ?= go
BIN     := bin/pepost
TOOLS   := bin/tools
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
FUZZTIME ?= 10s

export CGO_ENABLED ?= 0

.PHONY: help build run test race fuzz bench check interop golden fonts clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/pepost
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/pepost

run: build ## the demonstration: a fictional authority's whole term, on the loopback
	$(BIN) demo --dir demo --once

test: ## everything that needs Go alone, with the race detector where a C compiler is at hand
	@if command -v gcc >/dev/null 2>&1; then CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...; else $(GO) test -timeout 30m ./...; fi

race: ## the tests with the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...

fuzz: ## every fuzz target for FUZZTIME (10s)
	@./.ci/fuzz $(FUZZTIME)

bench: ## benchmarks, with memory
	$(GO) test -run '^$$' -bench . -benchmem ./...

check: ## formatting, vet, staticcheck, the map of the rooms, modules tidy
	@./.ci/check

interop: ## outside readers (LibreOffice, poppler, qpdf) and PostgreSQL over what we write
	@./.ci/interop

golden: ## write the golden files anew
	$(GO) test $$(grep -rl --include='*_test.go' 'Bool("update"' cmd internal | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

fonts: ## cut the committed fonts anew from their npm packages (needs npm)
	@./.ci/fonts/cut

clean: ## remove what was built
	rm -rf bin demo cover.out

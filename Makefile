# The targets that people and CI share. `make` alone lists them.

GO          ?= go
VERSION     ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
FUZZTIME    ?= 30s
BENCHTIME   ?= 1x
SOAK        ?= 1
OUTPUT      ?= bin/reconcile
PLATFORMS   ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The business date of the sample month: with a date given, every run of the
# demo prints the same figures.
DEMO_AS_OF  := 2026-11-21

# How long the tests of one package may take: a slow machine with other work needs
# more than the ten minutes that go test gives.
TIMEOUT     ?= 30m

# Everything is pure Go; only the race detector needs C. The version comes in by
# ldflags and nothing else about the machine does, so two builds of one commit
# are the same bytes.
export CGO_ENABLED = 0
BUILD := $(GO) build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"

# Packages whose tests know -update, and "package:target" of every fuzz test.
GOLDEN_PACKAGES = $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' cmd internal samples 2>/dev/null | xargs -rn1 dirname | sort -u | sed 's|^|./|')
FUZZ_TARGETS    = $(shell grep -r --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]+' cmd internal samples 2>/dev/null | sed -E 's|/[^/]*:func |:|' | sort -u)

# Packages that start goroutines, or whose tests do. The others have one, and
# SQLite under the race detector takes many minutes.
RACE ?= ./internal/enkash/... ./internal/listen ./internal/mail ./internal/submit/journaltest

.DEFAULT_GOAL := help
.PHONY: help build package demo pictures test bench fuzz seeds realdata office golden lint vet staticcheck format tidy golangci race model proof soak clean

help: ## list these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/reconcile, without cgo and reproducibly
	$(BUILD) -o $(OUTPUT) ./cmd/reconcile

package: ## make dist/: archives, deb, rpm, SBOM and checksums of PLATFORMS; then install and try them where that can be undone
	cd packaging && $(GO) vet ./... && $(GO) test -count=1 ./... # which read files beyond their module
	GO="$(GO)" VERSION="$(VERSION)" PLATFORMS="$(PLATFORMS)" packaging/build
	packaging/check

demo: build ## the sample month in ./demo, made anew: propose, approve, pay at a local sandbox, reconcile
	@sh samples/demo.sh bin/reconcile demo $(DEMO_AS_OF)

pictures: build ## draw the pictures of the README from the sample month; needs soffice, pdftoppm, chromium and python3
	@sh samples/pictures.sh bin/reconcile docs/pictures

test: ## run every test; needs nothing outside this clone but the module proxy
	$(GO) test -timeout $(TIMEOUT) ./...

bench: ## benchmark each stage and the whole job: rows/s, MB/s, allocations, peak memory
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

seeds: ## run the fuzz tests over their seeds only
	$(GO) test -timeout $(TIMEOUT) -run '^Fuzz' ./...

fuzz: seeds ## fuzz every target for FUZZTIME (30s)
	@set -e; for t in $(FUZZ_TARGETS); do \
		echo "fuzz $${t#*:} in $${t%%:*} for $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$${t#*:}\$$" -fuzztime $(FUZZTIME) ./$${t%%:*}; \
	done

realdata: ## read and reconcile real ledgers: make realdata DATA=../shared/data
	@test -n "$(DATA)" || { echo "make realdata: say where the files are: make realdata DATA=../shared/data" >&2; exit 2; }
	@test -d "$(DATA)/ledgers" -a -d "$(DATA)/corpus" || { echo "make realdata: $(DATA) has no folders ledgers and corpus; nothing was tested" >&2; exit 2; }
	DATA="$(abspath $(DATA))" $(GO) test -count=1 -timeout 20m -tags realdata ./internal/table ./internal/ledger ./internal/job

office: ## send a report through LibreOffice and read the notes back; needs soffice
	$(GO) test -count=1 -tags office -run LibreOffice ./cmd/reconcile

golden: ## rewrite every golden file from what the program does now; read the diff
	$(GO) test -timeout $(TIMEOUT) $(GOLDEN_PACKAGES) -update

lint: format vet staticcheck ## check formatting, go vet and staticcheck

format:
	@files=$$(gofmt -l cmd internal samples packaging); test -z "$$files" || { echo "not gofmt'ed:"; echo "$$files"; exit 1; }

vet:
	$(GO) vet ./...
	$(GO) vet -tags realdata,office ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

tidy:
	$(GO) mod tidy -diff
	cd packaging && $(GO) mod tidy -diff

golangci: ## run golangci-lint with our short list; slow to build the first time
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

race: ## run what shares memory between goroutines under the race detector (RACE=./... for all); needs a C compiler
	RECONCILE_WORLDS=500 CGO_ENABLED=1 $(GO) test -timeout $(TIMEOUT) -short -race $(RACE)
	CGO_ENABLED=1 $(GO) test -timeout $(TIMEOUT) -short -race -run TestDemo ./cmd/reconcile

model: ## check the model of the payment protocol, and that each of its guards is needed
	docs/spec/check

proof: ## try a sample of what could pay somebody twice, and print it; make soak tries everything
	@mkdir -p bin; $(GO) test -timeout $(TIMEOUT) -v ./internal/proof >bin/proof.txt 2>&1; code=$$?; \
	grep -E '^PROOF|^NOT RUN|^ok|^FAIL|^ *--- FAIL|^panic|_test\.go:[0-9]+:' bin/proof.txt; exit $$code

soak: ## prove at full counts that nobody is paid twice; SOAK=30m shares that time out
	@RECONCILE_SOAK=$(SOAK) .ci/soak

clean: ## remove what these targets made
	rm -rf bin demo dist

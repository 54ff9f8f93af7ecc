# make run       build Sibyl and take a real microlensing event from photometry to posterior
# make test      build and pass all tests
# make build     build the command line tool, .build/release/sibyl
# make fuzz      check random magnifications, COUNT of them from SEED on
# make bench     time Sibyl beside its peers, which go into a Python environment of their own;
#                WORKS=magnification, estimators, transforms, imaging,
#                periodograms, threebody or surrogates runs only that part
# make docs      build the reference of all modules, .build/documentation/Sibyl.doccarchive
# make format    rewrite all Swift sources in the house style
# make lint      check that style
# make clean     remove what was built; Results/ stays
# make bootstrap check for system packages and install what is missing
# make help      print this list

# One set of flags for everything, so that building, testing and documenting share their objects.
NATIVE := $(if $(filter arm64 aarch64,$(shell uname -m)),-mcpu=native,-march=native)
SWIFT_FLAGS := -c release -Xcc $(NATIVE)
# Without it a release test build compiles everything a second time.
TEST_FLAGS := $(SWIFT_FLAGS) --disable-testable-imports

SIBYL := .build/release/sibyl
COUNT ?= 100000
SEED ?= 1
FIRST_LIGHT := microlensing/first-light
SWIFT_SOURCES := Package.swift Sources Simulators Tests
# Folders with Swift sources; the command line has no public symbols.
MODULES := $(filter-out SibylCommand,$(sort $(notdir $(patsubst %/,%,$(dir \
  $(wildcard Sources/*/*.swift Simulators/*/*.swift))))))
DOCC := $(shell xcrun --find docc 2>/dev/null || echo docc)
DOCUMENTATION := .build/documentation

.PHONY: help bootstrap run test build fuzz bench docs format lint clean

help:
	@sed -n -e 's/^# make/make/p' -e 's/^#      /     /p' Makefile

bootstrap:
	@./bootstrap.sh

run: build
	$(SIBYL) run Experiments/$(FIRST_LIGHT).yaml --resume
	@echo "The report: $(CURDIR)/Results/$(FIRST_LIGHT)/report.html"

test: bootstrap
	swift test $(TEST_FLAGS)

build: bootstrap
	swift build $(SWIFT_FLAGS)

fuzz: bootstrap
	swift build $(SWIFT_FLAGS) --product MagnificationFuzz
	.build/release/MagnificationFuzz --count $(COUNT) --seed $(SEED)

bench: bootstrap
	bash Tests/Benchmarks/run.sh

# The extractor fails on the runner of the tests, which are not built here, after it has written the
# symbols of all modules; the loop notices any that are not there.
docs: build
	@rm -rf $(DOCUMENTATION) .build/*/symbolgraph
	@swift package $(SWIFT_FLAGS) dump-symbol-graph --minimum-access-level public \
	  --skip-synthesized-members >/dev/null 2>&1 || true
	@set -e; for module in $(MODULES); do \
	  symbols=$(DOCUMENTATION)/symbols/$$module; \
	  mkdir -p $$symbols; \
	  cp .build/*/symbolgraph/$$module.symbols.json $$symbols; \
	  $(DOCC) convert --additional-symbol-graph-dir $$symbols --fallback-display-name $$module \
	    --fallback-bundle-identifier sibyl.$$module \
	    --output-dir $(DOCUMENTATION)/$$module.doccarchive; \
	done
	@$(DOCC) merge $(MODULES:%=$(DOCUMENTATION)/%.doccarchive) \
	  --synthesized-landing-page-name Sibyl --output-path $(DOCUMENTATION)/Sibyl.doccarchive
	@echo "Read it with: python3 -m http.server -d $(DOCUMENTATION)/Sibyl.doccarchive"
	@echo "at http://localhost:8000/documentation/"

format:
	swift format format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

clean:
	swift package clean
	rm -rf $(DOCUMENTATION)

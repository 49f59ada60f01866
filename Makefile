# The commands of this repository. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test build release bench budgets soak conformance fuzz sanitize firmware docs format lint clean

SECONDS ?= 120
ARGS ?=
# More options of `swift build`. The gate gives those of the tests: what they built is then built once.
SWIFTFLAGS ?=
SWIFT_FILES = Package.swift Sources Tests hardware Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Kernels

help: ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18
	@echo
	@echo "  make demo SECONDS=600 ARGS=\"--stations 8 --speed 60\"   another demo; see headroom demo --help"

demo: build ## install what is missing, build, and run the device on a simulated building
	.build/release/headroom demo --seconds $(SECONDS) $(ARGS)

test: ## install what is missing, build and run all tests, optimised (ARGS="--filter SiteTests": some)
	@.ci/dependencies.sh test
	@.ci/test.sh $(ARGS)

build: ## install what is missing and build the headroom command for this machine
	@.ci/dependencies.sh build
	swift build -c release --product headroom $(SWIFTFLAGS)

release: ## build one file for a device: Swift's libraries linked in
	@.ci/dependencies.sh build
	swift build -c release --product headroom --static-swift-stdlib

bench: ## measure speed beside C and NumPy, check thresholds (ARGS=--short: half a minute)
	@.ci/dependencies.sh build
	cd Benchmarks && swift build -c release --product headroom-bench && .build/release/headroom-bench --json bench.json $(ARGS)

budgets: build ## see whether this machine keeps the real-time budgets (ARGS="--seconds 600 --report page.html")
	.build/release/headroom bench $(ARGS)

conformance: ## run the core through the points of the standards and write hardware/CONFORMANCE.md
	@.ci/dependencies.sh build
	cd Benchmarks && swift build -c release --product headroom-conformance
	cd Benchmarks && .build/release/headroom-conformance $(or $(ARGS),--write ../hardware/CONFORMANCE.md)

fuzz: ## feed damaged input to every reader (ARGS="--seconds 600 --seed 7": another run)
	@.ci/dependencies.sh build
	swift build -c release --product headroom-fuzz $(SWIFTFLAGS)
	SWIFT_BACKTRACE=enable=no .build/release/headroom-fuzz $(or $(ARGS),--seconds 60)

sanitize: ## the same by coverage, with sanitizers (ARGS="fuzz 3600", "threads 120" or "tests --filter SiteTests")
	@.ci/dependencies.sh test
	.ci/sanitize.sh $(ARGS)

soak: build ## fault after fault on a running device, judged from outside (SECONDS=3600)
	python3 Tests/Soak/soak.py --seconds $(SECONDS) $(ARGS)

docs: ## build the documentation of MeterDSP, with links checked
	.ci/docs.sh

firmware: ## run the measuring core on Cortex-M, AArch64 and RISC-V under QEMU and compare every bit
	@.ci/dependencies.sh firmware
	hardware/firmware/run

format: ## bring the sources into the house's format
	swift format --in-place --recursive $(SWIFT_FILES)

lint: ## check the format
	swift format lint --strict --recursive $(SWIFT_FILES)

clean: ## remove what was built
	rm -rf .build Benchmarks/.build

# The commands of this repository. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test build release bench firmware format lint clean

SECONDS ?= 120
ARGS ?=

help: ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18
	@echo
	@echo "  make demo SECONDS=600 ARGS=\"--stations 8 --speed 60\"   another demo; see headroom demo --help"

demo: build ## install what is missing, build, and run the device on a simulated building
	.build/release/headroom demo --seconds $(SECONDS) $(ARGS)

test: ## install what is missing, build and run all tests
	@.ci/dependencies.sh test
	swift test

build: ## install what is missing and build the headroom command for this machine
	@.ci/dependencies.sh build
	swift build -c release --product headroom

release: ## build one file for a device: Swift's libraries linked in
	@.ci/dependencies.sh build
	swift build -c release --product headroom --static-swift-stdlib

bench: ## measure speed: the measuring core and the allocator (ARGS=--short: in seconds)
	@.ci/dependencies.sh build
	cd Benchmarks && swift build -c release && .build/release/headroom-bench $(ARGS)

firmware: ## run the measuring core on Cortex-M, AArch64 and RISC-V under QEMU and compare every bit
	@.ci/dependencies.sh firmware
	hardware/firmware/run

format: ## bring the sources into the house's format
	swift format --in-place --recursive Package.swift Sources Tests hardware Benchmarks/Package.swift Benchmarks/Sources

lint: ## check the format
	swift format lint --strict --recursive Package.swift Sources Tests hardware Benchmarks/Package.swift Benchmarks/Sources

clean: ## remove what was built
	rm -rf .build Benchmarks/.build

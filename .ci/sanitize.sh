#!/usr/bin/env bash
# Runs these sources under the sanitizers of Swift's toolchain. What they depend on is built as ever.
#   fuzz [SECONDS [OPTIONS]]  every reader under the address sanitizer, with inputs that libFuzzer chooses by coverage
#   threads [SECONDS [demo]]  the device, its building and its stations under the thread sanitizer; demo: nothing else,
#                             else also damaged answers of stations and of the ADC
#   tests [OPTIONS]           tests under the address sanitizer; takes the options of `swift test`
# Without any: the first two, briefly.
set -euo pipefail
cd "$(dirname "$0")/.."
# The gate gives .build, where all that these sources depend on is built already.
scratch=${SCRATCH:-.build/sanitize}
export SWIFT_BACKTRACE=enable=no
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
export ASAN_SYMBOLIZER_PATH=$toolchain/llvm-symbolizer TSAN_SYMBOLIZER_PATH=$toolchain/llvm-symbolizer

build() { # SANITIZERS OPTIONS: with the options of the gate's tests, so that their dependencies serve.
    HEADROOM_SANITIZE=$1 swift build -c release -Xswiftc -enable-testing --scratch-path "$scratch" "${@:2}"
}

fuzz() {
    build fuzzer,address --product headroom-fuzz
    rm -f "$scratch"/fuzz/*.log
    "$scratch/release/headroom-fuzz" --seconds "${1:-60}" --save "$scratch/fuzz" "${@:2}" || {
        grep -vE 'NEW_FUNC|# Uses: ' "$scratch"/fuzz/*.log
        return 1
    }
}

threads() {
    local seconds=${1:-30}
    local mutex=$PWD/$scratch/tsan-mutex.o
    mkdir -p "$scratch"
    "$toolchain/clang" -O2 -Wall -Werror -c Tests/ThreadSanitizer/mutex.c -o "$mutex"
    local products=(headroom-fuzz headroom) targets=(modbus iio)
    if [ "${2:-}" = demo ]; then products=(headroom) targets=(); fi
    for product in "${products[@]}"; do build thread --product "$product" -Xlinker "$mutex"; done
    # In files: some targets silence the standard error, because the libraries under them fill it.
    local reports=$scratch/tsan
    rm -f "$reports".*
    export TSAN_OPTIONS="log_path=$PWD/$reports exitcode=66"
    local status=0
    for target in "${targets[@]}"; do
        "$scratch/release/headroom-fuzz" --target "$target" --seconds $((seconds / 3)) --save "$scratch/fuzz" || status=1
    done
    "$scratch/release/headroom" demo --seconds "$seconds" --json >"$scratch/demo.json" || status=1
    cat "$reports".* 2>/dev/null && status=1
    return $status
}

tests() {
    build address --build-tests
    # libiio 0.24 writes as many bytes as a network server announces, beyond its own buffer: AcquisitionTests make a
    # server lie, and the write is libiio's. A process of tests ends with many things alive: leaks are for `fuzz`.
    echo "interceptor_via_lib:libiio" >"$scratch/asan.supp"
    # A counter of heap calls and the sanitizer would both stand before `malloc`.
    HEADROOM_SANITIZE=address ASAN_OPTIONS="detect_leaks=0 suppressions=$PWD/$scratch/asan.supp" \
        swift test -c release -Xswiftc -enable-testing --scratch-path "$scratch" --skip-build \
        --skip 'reading allocates nothing of ours' "$@"
}

case ${1:-} in
    fuzz | threads | tests) "$@" ;;
    "")
        fuzz 60
        threads 30
        ;;
    *)
        echo "$1: use fuzz, threads or tests" >&2
        exit 2
        ;;
esac

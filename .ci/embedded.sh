#!/usr/bin/env bash
# MeterDSP must compile as Embedded Swift for the processors that other meters are built on. Objects only: no runtime
# library, no Foundation, nothing of the operating system can slip in.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mapfile -t sources < <(find Sources/MeterDSP -name '*.swift' | sort)
for target in armv7em-none-none-eabi aarch64-none-none-elf riscv32-none-none-eabi; do
    swiftc -Osize -enable-experimental-feature Embedded -wmo -parse-as-library -strict-memory-safety \
        -enable-upcoming-feature ExistentialAny -module-name MeterDSP -target "$target" \
        -c "${sources[@]}" -o "$out/MeterDSP.o"
    printf 'MeterDSP for %s: %s bytes of code\n' "$target" "$(size "$out/MeterDSP.o" | awk 'NR == 2 { print $1 }')"
done

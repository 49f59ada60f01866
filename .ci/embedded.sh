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

# And another module must be able to use it: a structure's own deinit, for one, would keep it from that.
cat >"$out/Use.swift" <<'SWIFT'
import MeterDSP
@c(measure) public func measure(_ bytes: UnsafeRawPointer, _ count: Int) -> Double {
    let configuration = MeterConfiguration(
        sampleRateHz: 8000, nominalHz: 50, layout: .interleavedInt16([.u1, .u2, .u3, .i1, .i2, .i3], frameBytes: 16),
        synchronisationThreshold: 23)
    guard var meter = try? Meter(configuration) else { return 0 }
    var cursor = 0
    let block = UnsafeRawBufferPointer(start: bytes, count: count).bytes
    while meter.advance(through: block, from: &cursor) != nil {}
    return meter.window.voltageRMS[0]
}
SWIFT
options=(-O -enable-experimental-feature Embedded -wmo -parse-as-library -target armv7em-none-none-eabi)
swiftc "${options[@]}" -enable-upcoming-feature ExistentialAny -module-name MeterDSP -emit-module \
    -emit-module-path "$out/MeterDSP.swiftmodule" -c "${sources[@]}" -o "$out/MeterDSP.o"
swiftc "${options[@]}" -I "$out" -c "$out/Use.swift" -o "$out/Use.o"
echo "MeterDSP is importable under Embedded Swift"

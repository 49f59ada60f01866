#!/usr/bin/env bash
# Installs the Debian packages that building ("build"), testing ("test") or running the measuring core on bare metal
# ("firmware") needs and that are not there yet.
# Says what and why first; uses sudo where it is not run as root.
set -euo pipefail

purpose=${1:-build}
declare -A why=(
    [libiio-dev]="reads the ADC (Linux industrial I/O)"
    [libfftw3-dev]="harmonics"
    [libmodbus-dev]="talks to charging stations"
    [zlib1g-dev]="compressed answers of the HTTP client"
    [pkg-config]="finds these libraries for the Swift package manager"
    [git]="fetches the Swift packages"
)
if [ "$purpose" = test ]; then
    why[libiio-utils]="iio_info and iio_readdev: independent readers of the demo's ADC"
    why[iiod]="the real IIO network server in the test bed"
    why[strace]="counts the system calls of the measuring thread"
    why[python3]="runs the test bed's signal generator"
    why[python3-pymodbus]="an independent Modbus implementation at the other end"
    why[python3-serial]="the same at the other end of a serial line"
    why[python3-serial-asyncio]="what pymodbus's client and server import"
    why[python3-jsonschema]="holds the station profiles against their schema"
fi
if [ "$purpose" = firmware ]; then
    why[qemu-system-arm]="plays the Cortex-M and AArch64 boards"
    why[qemu-system-misc]="plays the RISC-V board"
    why[gcc-arm-none-eabi]="its libgcc: floating-point arithmetic that Cortex-M lacks"
    why[gcc-riscv64-unknown-elf]="its libgcc: the same for RISC-V"
    why[python3]="builds, runs and compares"
fi

if ! command -v swift >/dev/null; then
    echo "Swift is missing: install Swift 6.2 or newer from swift.org, then run this again." >&2
    exit 1
fi

missing=()
for package in "${!why[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing ${#missing[@]} Debian packages:"
for package in "${missing[@]}"; do echo "  $package: ${why[$package]}"; done

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "This needs root. As root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
# Without --no-install-recommends a server may be started; nothing here is meant to run as a service.
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
# Debian starts iiod as a service where it can; the tests start their own.
if [ "$purpose" = test ] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --now iiod >/dev/null 2>&1 || true
fi

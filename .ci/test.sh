#!/usr/bin/env bash
# Runs the tests, optimised as the device is; takes the options of `swift test`. Without options in parts, one after the
# other: dozens of simulated stations at a time, processes that are waited for and long calculations take the processor
# from the tests that run the whole device in real time, and from each other.
# Where some fail, what they said is printed once more at the end, so that the tail of a log tells what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build
log=.build/test.log
: >"$log"
status=0
options=(-c release -Xswiftc -enable-testing)
run() { "$@" 2>&1 | tee -a "$log"; [ "${PIPESTATUS[0]}" -eq 0 ] || { status=1; false; }; }
part() { run swift test "${options[@]}" --skip-build "$@"; }
if [ $# -gt 0 ]; then
    run swift test "${options[@]}" "$@"
elif run swift build --build-tests "${options[@]}"; then
    part --skip '^(Stations|CloudStations|SiteTwin|Site|Acquisition|Command)Tests\.'
    part --filter '^CommandTests\.'
    part --filter '^(Site|Acquisition)Tests\.'
    part --filter '^(Stations|CloudStations)Tests\.' --skip ManyStationsTests
    part --filter '^SiteTwinTests\.'
    part --filter ManyStationsTests
fi
[ "$status" -eq 0 ] && exit 0

printf '\n=== what failed; all of it is in %s\n' "$log"
# A failure's line, and the lines of its values and remarks. An error of the build, or how a crash ended the run.
awk '/✘|(^|: )error: /             { print; isOfFailure = 1; next }
     isOfFailure && /^(↳|±|−|\+|  )/ { print; next }
                                     { isOfFailure = 0 }' "$log" | tail -n 100
exit "$status"

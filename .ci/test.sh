#!/usr/bin/env bash
# Runs the tests; takes the options of `swift test`. Without options in two parts: dozens of simulated stations at a time
# take the processor from the tests that run the whole device in real time. Where some fail, what they said is printed once more at the end, so
# that the tail of a log tells what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build
log=.build/test.log
stations='^(StationsTests|CloudStationsTests|SiteTwinTests)\.'
if [ $# -eq 0 ]; then
    swift test --skip "$stations" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    swift test --skip-build --filter "$stations" 2>&1 | tee -a "$log"
    second=${PIPESTATUS[0]}
    [ "$status" -eq 0 ] && status=$second
else
    swift test "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
fi
[ "$status" -eq 0 ] && exit 0

printf '\n=== what failed; all of it is in %s\n' "$log"
# A failure's line, and the lines of its values and remarks. An error of the build, or how a crash ended the run.
awk '/✘|(^|: )error: /             { print; isOfFailure = 1; next }
     isOfFailure && /^(↳|±|−|\+|  )/ { print; next }
                                     { isOfFailure = 0 }' "$log" | tail -n 100
exit "$status"

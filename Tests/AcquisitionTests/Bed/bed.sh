#!/bin/bash
# Runs a command beside a made-up kernel ADC that libiio takes for real: own mount, network and process namespaces,
# so that nothing of it is seen outside or outlives it. Needs root. See bed.py for the options.
#   bed.sh [options] -- command [arguments]
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(mktemp -d "${TMPDIR:-/tmp}/headroom-bed.XXXXXX")
trap 'rmdir "$root" 2>/dev/null || true' EXIT
# The process namespace ends with its first process, and with it every generator and server.
unshare --mount --net --pid --fork --kill-child=KILL --propagation private \
    python3 "$here/bed.py" --root "$root" "$@"

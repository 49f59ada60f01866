#!/usr/bin/env bash
# The documentation of a library product as a website, by the toolchain's own tools: the package stays free of a plugin.
# Warnings are shown; one in the articles, such as a link that leads nowhere, is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
module=MeterDSP
graphs=.build/documentation/symbols
site=.build/documentation/$module.doccarchive
swift build --target "$module"
rm -rf "$graphs" "$site"
mkdir -p "$graphs"
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
swift symbolgraph-extract -module-name "$module" -I .build/debug/Modules -target "$target" -output-dir "$graphs" \
    -minimum-access-level public -skip-inherited-docs
docc convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$graphs" --output-path "$site" \
    --fallback-display-name "$module" --fallback-bundle-identifier "$module" 2>&1 | tee "$graphs/warnings.txt"
if grep -q -- "--> .*$module.docc\|--> [^./]*\.md" "$graphs/warnings.txt"; then
    echo "the articles have warnings: correct them" >&2
    exit 1
fi
echo "documentation: $site (docc preview Sources/$module/$module.docc --additional-symbol-graph-dir $graphs shows it)"

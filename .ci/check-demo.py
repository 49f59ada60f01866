#!/usr/bin/env python3
"""Reads a demo's JSON lines and checks what must hold on any machine: no frame lost, no limit between 0 and 6 A."""
import json
import sys

lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
summary = lines[-1]
assert summary.get("summary"), "the demo printed no summary"
assert len(lines) > 10, "the demo printed too few lines"
assert summary["frames_lost"] == 0, f"{summary['frames_lost']} frames were lost"
assert summary["reconnects"] == 0, "the connection to the ADC was lost"
for line in lines[:-1]:
    for station in line["stations"]:
        limit = station["limit_a"]
        assert limit == 0 or limit >= 6, f"{station['name']} was given {limit} A"
assert any(station["answering"] for station in lines[-2]["stations"]), "no station answered"
print(f"demo: {summary['frames']} frames, none lost; limits 0 or 6 A and more in {len(lines) - 1} lines")

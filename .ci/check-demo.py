#!/usr/bin/env python3
"""Reads a demo's JSON lines and checks what must hold on any machine: no frame lost, no limit between 0 and 6 A, the
30 A step answered and the line back under its main fuse. Device and twin must have measured the same."""
import json
import sys

lines = [line for line in map(json.loads, filter(lambda text: text.startswith("{"), sys.stdin)) if "event" not in line]
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
step = summary["twin"]["steps"][0]
assert step["lowered_limit_after_ms"] is not None, "the step was not answered"
assert step["back_under_main_limit_after_ms"] is not None or not step["exceeded_main_limit"], "the line stayed overloaded"
for seen, true in zip(summary["highest_a"], summary["twin"]["highest_a"]):
    assert abs(seen - true) <= max(1, 0.05 * true), f"the device saw {seen} A where {true} A flowed"
print(f"step of 30 A: lower limit at a station after {step['lowered_limit_after_ms']:.1f} ms")
print(f"demo: {summary['frames']} frames, none lost; limits 0 or 6 A and more in {len(lines) - 1} lines")

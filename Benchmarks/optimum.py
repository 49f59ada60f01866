#!/usr/bin/env python3
"""How much of the energy that an all-knowing plan could deliver does the device deliver?

Runs `headroom simulate` for several main fuses and compares the energy that the cars got with the optimum of a linear
programme that knows the whole run beforehand: when each car comes and leaves, what it wants, and the building's load.

The programme (solved by scipy's HiGHS): x[s,k] is the mean current of session s in interval k, on each of its lines.
  maximise   the energy of all sessions
  such that  base[l,k] + sum of x[s,k] over the sessions on line l  <=  fuse - margin, for each line and interval
             x[s,k] <= the car's maximum, by the share of the interval that it is there
             the energy of session s <= what its battery takes
             x[s,k] <= what the nearly full battery takes: 6 A + (maximum - 6 A) * missing share / 10 %
It may do what no device can: know the future, give 1 A, change limits at no cost, and starve some for others. It is an
upper bound, not a goal that can be met. Beside it stands the *fair ideal*, which knows the present only.

Example, from the repository's root after `swift build -c release --product headroom`:
  python3 Benchmarks/optimum.py --load ../shared/data/load/house_3ph_10s.csv \\
      --sessions ../shared/data/ev_sessions/acn_caltech_2019-09_2019-12.csv --days 7 --stations 12
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix
except ImportError:
    sys.exit("optimum.py needs scipy (HiGHS); on Debian: apt-get install python3-scipy")

SMALLEST_A = 6.0
TAPER_SHARE = 0.1
LINES = {"L1": 0, "L2": 1, "L3": 2}

SITE = """site: optimum
supply:
  main-limit-a: {main}
  security-margin-a: {margin}
meter:
  uri: "local:"
  channels: {{U1: {{adc: a}}, I1: {{adc: b}}, I2: {{adc: c}}, I3: {{adc: d}}}}
stations:
  - {{name: P1, type: generic-modbus, host: 192.0.2.1, limit-a: 32, phases: [L1, L2, L3]}}
  - {{name: P2, type: generic-modbus, host: 192.0.2.2, limit-a: 32, phases: [L2, L3, L1]}}
  - {{name: P3, type: generic-modbus, host: 192.0.2.3, limit-a: 32, phases: [L3, L1, L2]}}
"""


def simulate(options, main):
    """The JSON lines of one run, sorted by type."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
        file.write(SITE.format(main=main, margin=options.margin))
    try:
        command = [
            options.headroom, "simulate", file.name, "--json", "--every", str(options.every), "--days", str(options.days),
            "--stations", str(options.stations), "--seed", str(options.seed)]
        for name in ("load", "sessions", "car"):
            if getattr(options, name):
                command += ["--" + name, getattr(options, name)]
        if options.load_columns:
            command += ["--load-columns", options.load_columns]
        if options.start:
            command += ["--from", options.start]
        run = subprocess.run(command, capture_output=True, text=True)
    finally:
        os.unlink(file.name)
    if run.returncode != 0:
        sys.exit(run.stderr.strip())
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return (
        [line for line in lines if line["type"] == "interval"], [line for line in lines if line["type"] == "session"],
        lines[-1], run.stderr.strip().splitlines()[-1])


def optimum(intervals, sessions, summary):
    """The most energy in watt-hours that any plan can deliver to the sessions."""
    volts = summary["volts"]
    length = intervals[0]["seconds"]
    usable = numpy.array(summary["usable_a"])
    room = [numpy.maximum(0, usable - numpy.array(interval["base_a"])) for interval in intervals]
    cost, upper = [], []
    rows, columns, values, bounds = [], [], [], []
    shared = {}
    count = 0
    for session in sessions:
        phases = len(session["lines"])
        first, last = session["arrival_s"] // length, (session["departure_s"] - 1) // length
        if last < first:
            continue
        need = session["needed_wh"]
        # Watt-hours of one ampere in an interval, over all lines of the car.
        hours = length / 3600
        per_ampere = phases * volts * hours
        total = len(bounds)
        bounds.append(need)
        taper = session["car_a"] > SMALLEST_A
        slope = (session["car_a"] - SMALLEST_A) / (TAPER_SHARE * need)
        cumulated = None
        for k in range(first, min(last, len(intervals) - 1) + 1):
            begin, end = max(session["arrival_s"], k * length), min(session["departure_s"], (k + 1) * length)
            column = count
            count += 1
            cost.append(-per_ampere)
            upper.append(session["car_a"] * (end - begin) / length)
            rows.append(total), columns.append(column), values.append(per_ampere)
            for line in session["lines"]:
                shared.setdefault((LINES[line], k), []).append(column)
            if not taper:
                continue
            # x <= 6 + slope * missing at the interval's beginning: more than the real taper, which acts meanwhile.
            if cumulated is not None:
                row = len(bounds)
                bounds.append(SMALLEST_A + slope * need)
                rows.append(row), columns.append(column), values.append(1.0)
                rows.append(row), columns.append(cumulated), values.append(slope)
            # A running sum keeps the matrix sparse: sum[k] = sum[k-1] + energy[k], as >=, which costs nothing to meet.
            following = count
            count += 1
            cost.append(0.0)
            upper.append(None)
            row = len(bounds)
            bounds.append(0.0)
            rows.append(row), columns.append(column), values.append(per_ampere)
            rows.append(row), columns.append(following), values.append(-1.0)
            if cumulated is not None:
                rows.append(row), columns.append(cumulated), values.append(1.0)
            cumulated = following
    for (line, k), users in shared.items():
        row = len(bounds)
        bounds.append(room[k][line])
        for column in users:
            rows.append(row), columns.append(column), values.append(1.0)
    matrix = coo_matrix((values, (rows, columns)), shape=(len(bounds), count))
    found = linprog(
        cost, A_ub=matrix.tocsr(), b_ub=bounds, bounds=[(0, limit) for limit in upper], method="highs")
    if found.status != 0:
        sys.exit("the linear programme was not solved: " + found.message)
    return -found.fun


def fair_ideal(intervals, sessions, summary, smallest=0.0):
    """The energy of progressive filling without any friction: at each moment all present cars rise together, line by
    line, by fractions of an ampere, at once, with no knowledge of the future. What it lacks to the optimum is the price of
    fairness and of not knowing who leaves when; what the device lacks to it is the price of its own rules.

    smallest: the smallest current that a car takes; who has had least goes first where not all can have it.
    """
    volts, length = summary["volts"], intervals[0]["seconds"]
    usable = numpy.array(summary["usable_a"])
    missing = [session["needed_wh"] for session in sessions]
    served = [0.0] * len(sessions)
    lines = [[LINES[line] for line in session["lines"]] for session in sessions]
    for k, interval in enumerate(intervals):
        room = numpy.maximum(0, usable - numpy.array(interval["base_a"]))
        most = {}
        for s, session in enumerate(sessions):
            begin, end = max(session["arrival_s"], k * length), min(session["departure_s"], (k + 1) * length)
            if end <= begin or missing[s] <= 1e-9:
                continue
            full = session["car_a"]
            taper = SMALLEST_A + (full - SMALLEST_A) * missing[s] / (TAPER_SHARE * session["needed_wh"])
            hours = (end - begin) / 3600
            most[s] = min(full, taper, missing[s] / (len(lines[s]) * volts * hours))
        given = {}
        for s in sorted(most, key=lambda s: (served[s], s)):
            if all(room[line] >= smallest for line in lines[s]):
                given[s] = min(smallest, most[s])
                for line in lines[s]:
                    room[line] -= given[s]
        rising = {s for s in given if given[s] < most[s]}
        while rising:
            users = [sum(1 for s in rising if line in lines[s]) for line in range(3)]
            step = min([room[line] / users[line] for line in range(3) if users[line]]
                       + [most[s] - given[s] for s in rising])
            for s in rising:
                given[s] += step
            for line in range(3):
                room[line] -= step * users[line]
            rising = {s for s in rising if given[s] < most[s] - 1e-9 and all(room[line] > 1e-9 for line in lines[s])}
        for s, amperes in given.items():
            session = sessions[s]
            hours = (min(session["departure_s"], (k + 1) * length) - max(session["arrival_s"], k * length)) / 3600
            energy = amperes * len(lines[s]) * volts * hours
            missing[s] -= energy
            served[s] += energy
    return sum(served)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="See the head of the file for the linear programme.")
    parser.add_argument("--headroom", default=".build/release/headroom", help="the command (default: %(default)s)")
    parser.add_argument("--fuses", default="40,63,80,100", help="main fuses in ampere (default: %(default)s)")
    parser.add_argument("--margin", type=float, default=4, help="kept free below the fuse, in ampere (default: 4)")
    parser.add_argument("--stations", type=int, default=12)
    parser.add_argument("--load", help="as for headroom simulate")
    parser.add_argument("--load-columns")
    parser.add_argument("--sessions", help="as for headroom simulate")
    parser.add_argument("--car", help="as for headroom simulate; default: drawn")
    parser.add_argument("--from", dest="start")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=300, help="interval of the programme in seconds (default: 300)")
    parser.add_argument("--reasons", action="store_true", help="also tell which rules held back cars that wanted current")
    parser.add_argument("--least", type=float, default=97, help="exit 1 below this share in %% (default: 97)")
    options = parser.parse_args()
    print(f"{'fuse':>6} {'cars':>5} {'away':>5} {'delivered':>11} {'optimum':>11} {'share':>8} {'fair ideal':>11} {'share':>8} "
          f"{'beyond s':>9} {'margin s':>9} {'highest A':>10} {'Jain':>6}   speed")
    failed = False
    for fuse in [float(text) for text in options.fuses.split(",")]:
        intervals, sessions, summary, speed = simulate(options, fuse)
        best = optimum(intervals, sessions, summary)
        share = 100 * summary["delivered_wh"] / best if best > 0 else 100.0
        ideal = fair_ideal(intervals, sessions, summary, SMALLEST_A)
        of_ideal = 100 * summary["delivered_wh"] / ideal if ideal > 0 else 100.0
        beyond = max(summary["seconds_beyond_reaction"])
        failed = failed or share < options.least or beyond > 0
        print(f"{fuse:6.0f} {summary['sessions']:5d} {summary['turned_away']:5d} {summary['delivered_wh'] / 1000:7.1f} kWh "
              f"{best / 1000:7.1f} kWh {share:6.2f} % {ideal / 1000:7.1f} kWh {of_ideal:6.2f} % {beyond:9d} {max(summary['seconds_in_margin_beyond_reaction']):9d} "
              f"{max(summary['highest_a']):10.1f} {summary['served_share']['jain']:6.3f}   {speed.split(': ')[-1]}",
              flush=True)
        if options.reasons:
            reasons = summary["wanting_seconds_by_reason"]
            total = sum(reasons.values())
            words = sorted(reasons.items(), key=lambda item: -item[1])[:8]
            print("       " + ", ".join(f"{name} {100 * seconds / total:.1f} %" for name, seconds in words))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

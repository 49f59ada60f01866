#!/usr/bin/env python3
"""How soon does the utility's signal reach the charging stations?

Runs the device on a simulated building (`headroom twin`), with the receiver's contact as a file. Closes the contact again
and again at random moments and reads from outside, beside the device, the limit that stands in each station's register:
from the contact to the moment at which all stations are told 0 A. The input's debounce (0.5 s) is part of it.

Example, from the repository's root after `swift build -c release --product headroom`:
  python3 Benchmarks/utility_signal.py --changes 40
"""
import argparse
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

# The limit of an Alfen Eve: a float at holding register 1210. It bears a second client.
LIMIT_REGISTER = 1210
STATIONS = """stations:
  - profile: alfen-eve
    count: {count}
    car: {{arrives-s: 1, phases: 3, maximum-a: 16, energy-kwh: 50}}
    hurry: 10
"""
SIGNAL = """
utility-signal:
  inputs: [{{file: {contact}}}]
  wiring: make-contact
  active-means: reduced
  reduced: {{ampere: 0}}
"""
# The limit comes back at once, so that the next change need not wait; nothing of it slows the way down.
QUICK = {
    "release-delay-s": "0", "release-ramp-percent-per-min": "100000", "minimum-off-s": "3", "raise-after-s": "2",
}


class Station:
    """Reads the limit that a station was told last."""

    def __init__(self, port, unit):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unit = unit
        self.number = 0

    def limit(self):
        self.number = (self.number + 1) & 0xFFFF
        self.socket.sendall(struct.pack(">HHHBBHH", self.number, 0, 6, self.unit, 3, LIMIT_REGISTER, 2))
        answer = b""
        while len(answer) < 13:
            part = self.socket.recv(64)
            if not part:
                sys.exit("a station closed the connection")
            answer += part
        return struct.unpack(">f", answer[9:13])[0]


def seconds_until(stations, holds, longest):
    """Seconds until `holds` was true of each station once; None: not within `longest`."""
    began = time.monotonic()
    left = list(stations)
    while time.monotonic() - began < longest:
        left = [station for station in left if not holds(station.limit())]
        if not left:
            return time.monotonic() - began
        time.sleep(0.002)
    return None


def settings(text, contact):
    for key, value in QUICK.items():
        text, count = re.subn(rf"(?m)^(\s*{key}:) \S+", rf"\1 {value}", text)
        if count != 1:
            sys.exit(f"the settings that headroom wrote have no {key}")
    before, after = text.split("\nstations:", 1)
    return before + SIGNAL.format(contact=contact) + "\nstations:" + after


def measure(arguments, folder):
    def path(name):
        return os.path.join(folder, name)

    def write(name, text):
        with open(path(name), "w", encoding="utf-8") as file:
            file.write(text)

    write("stations.yaml", STATIONS.format(count=arguments.stations))
    write("contact", "0")
    twin = subprocess.Popen(
        [arguments.headroom, "twin", "--stations", path("stations.yaml"), "--write-config", path("twin.yaml"), "--json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    running = [twin]
    try:
        places = []
        while len(places) < arguments.stations:
            line = twin.stderr.readline()
            if not line:
                sys.exit("headroom twin ended before it had said where its stations are")
            if found := re.search(r"alfen-eve at 127\.0\.0\.1:(\d+) unit (\d+)", line):
                places.append((int(found[1]), int(found[2])))
        while not os.path.exists(path("twin.yaml")):
            time.sleep(0.05)
        with open(path("twin.yaml"), encoding="utf-8") as file:
            write("site.yaml", settings(file.read(), path("contact")))
        running.append(subprocess.Popen(
            [arguments.headroom, "run", "--config", path("site.yaml"), "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        stations = [Station(*place) for place in places]
        found = []
        for change in range(arguments.changes):
            if seconds_until(stations, lambda amperes: amperes >= 6, 90) is None:
                sys.exit("the stations were not given a limit within 90 s")
            time.sleep(1 + random.random())
            write("contact", "1")
            seconds = seconds_until(stations, lambda amperes: amperes == 0, 30)
            if seconds is None:
                sys.exit("the signal did not reach the stations within 30 s")
            found.append(seconds)
            if sys.stderr.isatty():
                print(f"\r{change + 1} of {arguments.changes}", end="", file=sys.stderr)
            time.sleep(0.5)
            write("contact", "0")
        if sys.stderr.isatty():
            print(file=sys.stderr)
        return sorted(found)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headroom", default=".build/release/headroom", help="the program (default: %(default)s)")
    parser.add_argument("--stations", type=int, default=4, help="1 to 16 (default: %(default)s)")
    parser.add_argument("--changes", type=int, default=40, help="how often the contact closes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: %(default)s)")
    arguments = parser.parse_args()
    if not 1 <= arguments.stations <= 16 or arguments.changes < 1:
        parser.error("1 to 16 stations, one change at least")
    if not os.path.exists(arguments.headroom):
        parser.error(f"{arguments.headroom} is not there; swift build -c release --product headroom")
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(arguments, folder)
    print(
        f"contact closed -> {arguments.stations} stations at 0 A, {len(found)} times: "
        f"median {found[len(found) // 2] * 1000:.0f} ms, max {found[-1] * 1000:.0f} ms (0.5 s of it debounce)")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Can the device be knocked over? Fault after fault on a running device, judged from outside.

`headroom twin` is the building, `headroom run` the device, both as processes; between them this script: every byte between
the device, its ADC and its stations goes through it. Faults, a few seconds apart: the ADC's connection stalls (briefly:
frames get lost; for long: it is given up) or breaks, its server is gone, frames are lost in the ADC, its timestamps jump,
its wall clock is set (by a preloaded library; needs a C compiler), stations break their connections, are gone, accept and
never answer, refuse every request, forget or ignore their limits, start anew, the device is killed (SIGKILL) and started
again at once or after its stations have given it up, it is told to stop (SIGTERM) and started again, it is stopped for
seconds (SIGSTOP), its measuring thread alone hangs (stopped by ptrace, where that is allowed), all processors are busy,
memory is churned, what it prints goes to a full disk.

What must hold, by what the building's own observer prints ten times a second: a station that has heard nothing for longer
than its time-out is at its fail-safe current or below; on no line are the limits in force, or what cars draw beyond them,
more than the main fuse leaves beside the other load for longer than 12 s while nothing is disturbed, nor does the current
stay above the fuse for longer than stations and cars take to fall back; the device never ends by itself; told to stop, it
leaves every station at its fail-safe current, and so does a measuring thread that hangs for three seconds; after a fault
it measures, all stations answer, say what they do and keep their fail-safe settings within --recovery seconds; its memory
and open files do not grow.

Example, from the repository's root after `swift build -c release --product headroom`:
  python3 Tests/Soak/soak.py --seconds 600 --seed 7
"""
import argparse
import atexit
import collections
import ctypes
import json
import multiprocessing
import os
import random
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

FAIL_SAFE_AFTER_S = 10
MAIN_LIMIT_A = 100
# The stations' time-out, what a car may take to follow (IEC 61851-1), and a second to see it.
LONGEST_OVERLOAD_S = FAIL_SAFE_AFTER_S + 5 + 2
# Twice the allocator's attribution time (a load that comes while cars rise may be held to be one), a second to decide,
# and what a car may take. A calm of that length ends each round of faults.
LONGEST_MISFIT_S = 2 * 3 + 1 + 5
LINES_EVERY_S = 0.1
# Faults come every few seconds. With an installer's waits no limit would rise between them, and nothing could be broken
# that draws nothing.
HASTE_S = {"raise-after-s": 2, "minimum-on-s": 10, "minimum-off-s": 2, "rotation-s": 20}
# Stations of STATIONS take 20 s to start, in a hurry of 10.
BOOT_S = 2.1
# Not that a station draws more than it was told: one that forgot its limit gets it again only after its model's own time.
CAUSES_FOR_ALARM = ("no measurement", "fail-safe plan", "does not keep")
STATIONS = """stations:
  - profile: generic-modbus
    count: 8
    maximum-a: 32
    car: {arrives-s: 1, phases: 3, maximum-a: 16, energy-kwh: 900}
    hurry: 10
"""


# <linux/ptrace.h>, <linux/wait.h>
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT, WAIT_FOR_ANY_THREAD = 17, 0x4206, 0x4207, 0x40000000


def ptrace(request, thread):
    arguments = [ctypes.c_long(value) for value in (request, thread, 0, 0)]
    return ctypes.CDLL(None).ptrace(*arguments)


class Proxy(threading.Thread):
    """One port in front of another; `mode` says how the connection misbehaves."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target, self.mode, self.lock = target, "pass", threading.Lock()
        self.pairs = {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket()
        # What is left of broken connections does not keep it from listening again.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Asked for by its number: only then it stays this socket's while it does not listen.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.listener.bind(("127.0.0.1", self.port))
        self.listen()
        self.start()

    def listen(self):
        self.listener.listen(64)
        self.listens = True
        self.selector.register(self.listener, selectors.EVENT_READ)

    def refuse(self):
        """Bound all the same: nobody else gets the port meanwhile."""
        self.selector.unregister(self.listener)
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listens = False

    def set(self, mode):
        """pass; stall: nothing goes through; gone: refuses, and what is open breaks; cut: breaks once, then pass."""
        with self.lock:
            self.mode = mode
            if mode in ("gone", "cut"):
                for end in list(self.pairs):
                    self.close(end)
            if mode == "gone" and self.listens:
                self.refuse()
            elif mode != "gone" and not self.listens:
                self.listen()
            if mode == "cut":
                self.mode = "pass"

    def close(self, end):
        other = self.pairs.pop(end, None)
        if other is None:
            return
        self.pairs.pop(other, None)
        for item in (end, other):
            try:
                self.selector.unregister(item)
            except (KeyError, ValueError):
                pass
            item.close()

    def run(self):
        while True:
            for key, _ in self.selector.select(0.05):
                with self.lock:
                    self.serve(key.fileobj)
            if self.mode == "stall":
                time.sleep(0.02)

    def serve(self, end):
        if end is self.listener:
            if not self.listens:
                return
            client, _ = end.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=2)
            except OSError:
                return client.close()
            for item in (client, server):
                item.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(item, selectors.EVENT_READ)
            self.pairs[client], self.pairs[server] = server, client
        elif end in self.pairs and self.mode != "stall":
            try:
                part = end.recv(65536)
                if part:
                    self.pairs[end].sendall(part)
                else:
                    self.close(end)
            except OSError:
                self.close(end)


class Lines(threading.Thread):
    """The JSON lines of a process, the newest of them with its time."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.last, self.at, self.seen = stream, None, 0.0, collections.deque(maxlen=5)
        self.listeners = []
        self.start()

    def run(self):
        for line in self.stream:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if "event" in value:
                continue
            self.last, self.at = value, time.monotonic()
            for listener in self.listeners:
                listener(value)


class Device:
    def __init__(self, program, config):
        self.program, self.config, self.process, self.lines, self.starts = program, config, None, None, 0
        self.environment = dict(os.environ)
        self.clock = None
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler:
            library = config + ".so"
            source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wall_clock.c")
            subprocess.run([compiler, "-O", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
            self.clock = config + ".clock"
            open(self.clock, "wb").write(bytes(8))
            self.environment |= {"LD_PRELOAD": library, "SOAK_WALL_CLOCK": self.clock}

    def set_clock(self, seconds):
        """How far the wall clock that the device sees is ahead of the real one."""
        with open(self.clock, "r+b") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))

    def start(self, full_disk=False):
        command = [self.program, "run", "--config", self.config, "--json", "--every", str(LINES_EVERY_S)]
        self.starts += 1
        if full_disk:
            full = open("/dev/full", "w")
            self.process = subprocess.Popen(command, stdout=full, stderr=full, env=self.environment)
            self.lines = None
        else:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                            env=self.environment)
            self.lines = Lines(self.process.stdout)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop_thread(self, name):
        """Stops one of its threads, the others go on.

        Returns: what lets it go on; None where this user may not."""
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            if open(f"/proc/{self.process.pid}/task/{thread}/comm").read().strip() == name:
                break
        else:
            sys.exit(f"the device has no thread named {name}")
        thread = int(thread)
        if ptrace(PTRACE_SEIZE, thread) != 0:
            return None
        ptrace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WAIT_FOR_ANY_THREAD)
        return lambda: ptrace(PTRACE_DETACH, thread)

    def figures(self):
        status = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{self.process.pid}/fd"))


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def churn(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        bytearray(200_000_000)[::4096]


def beside(work, count, seconds):
    workers = [multiprocessing.Process(target=work, args=(seconds,)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--recovery", type=float, default=2, help="seconds from a fault's end (default 2)")
    parser.add_argument("--program", default=".build/release/headroom")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    folder = tempfile.mkdtemp()
    stations, config = f"{folder}/stations.yaml", f"{folder}/site.yaml"
    open(stations, "w").write(STATIONS)
    twin = subprocess.Popen(
        [options.program, "twin", "--stations", stations, "--json", "--every", str(LINES_EVERY_S), "--faults",
         "--write-config", config, "--main-limit", str(MAIN_LIMIT_A)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    # However this ends, nothing of it stays: also when it is stopped in the middle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    atexit.register(twin.kill)
    while not (os.path.exists(config) and os.path.getsize(config) > 0):
        if twin.poll() is not None:
            sys.exit("the twin ended; try headroom twin by hand")
        time.sleep(0.05)
    time.sleep(0.3)
    text = open(config).read()
    meter = Proxy(int(re.search(r"ip:127\.0\.0\.1:(\d+)", text)[1]))
    text = re.sub(r"(ip:127\.0\.0\.1:)\d+", rf"\g<1>{meter.port}", text)
    proxies = []

    def through(match):
        proxies.append(Proxy(int(match[2])))
        return f"{match[1]}{proxies[-1].port}"

    text = re.sub(r"(\n\s*port: )(\d+)", through, text)
    text, count = re.subn(r"(fail-safe-after-s: )[\d.]+", rf"\g<1>{FAIL_SAFE_AFTER_S}", text)
    for key, seconds in HASTE_S.items():
        text, found = re.subn(rf"(\n\s*{key}: )[\d.]+", rf"\g<1>{seconds}", text)
        count = min(count, found)
    if len(proxies) != 8 or count == 0:
        sys.exit(f"settings not understood: {len(proxies)} ports, {count} time-outs or waits")
    open(config, "w").write(text)

    broken = []
    calm_since = [float("inf")]
    since = {}

    def lasts(name, is_so, time_s, longest_s):
        """True once, when something has been so for longer than it may."""
        if not is_so:
            since.pop(name, None)
            return False
        began = since.setdefault(name, time_s)
        if began is None or time_s - began <= longest_s:
            return False
        since[name] = None
        return True

    def observe(line):
        stations = line.get("stations", [])
        for phase, flowing in enumerate(line.get("phases_a", [])):
            time_s = line["t_s"]
            if lasts(("over", phase), flowing > MAIN_LIMIT_A, time_s, LONGEST_OVERLOAD_S):
                broken.append(f"L{phase + 1} above its fuse for {LONGEST_OVERLOAD_S} s: {flowing} A")
            others = max(0, flowing - sum(s["drawn_a"] for s in stations))
            fits = others + sum(max(s["limit_in_force_a"], s["drawn_a"]) for s in stations) <= MAIN_LIMIT_A
            is_calm = time.monotonic() > calm_since[0]
            if lasts(("fit", phase), is_calm and not fits, time_s, LONGEST_MISFIT_S):
                limits = [s["limit_in_force_a"] for s in stations]
                broken.append(f"L{phase + 1}: {others:.1f} A of other load, and limits in force of {limits} A")
        for station in stations:
            silence, after, safe = (station.get(key) for key in ("since_contact_s", "fail_safe_after_s", "fail_safe_a"))
            if silence is None or not after or safe is None or silence < after + 2:
                continue
            if station["limit_in_force_a"] > safe + 0.01:
                broken.append(f"{station['name']}: {station['limit_in_force_a']} A in force {silence:.0f} s after its last "
                              f"word, its fail-safe current is {safe} A")

    building = Lines(twin.stdout)
    building.listeners.append(observe)
    device = Device(options.program, config)
    atexit.register(lambda: device.process and device.process.kill())
    device.start()

    def ailment(since):
        """What is not well by a line that was printed after `since`; empty: nothing."""
        lines = device.lines
        if lines is None:
            # It prints to a full disk: its stations tell.
            last = building.last if building.at > since else None
            return "" if last and all((s["since_contact_s"] or 99) < 1.5 for s in last["stations"]) else "not heard"
        line = lines.last if lines.at > since else None
        if not line:
            return "no line yet"
        alarms = [alarm for alarm in line["alarms"] if any(cause in alarm for cause in CAUSES_FOR_ALARM)]
        stations = [f"{s['name']}: {s['status']}, {'' if s['answering'] else 'not '}answering"
                    for s in line["stations"] if not s["answering"] or s["status"] == "unknown"]
        return "; ".join(alarms + stations)

    def meter_fault(mode, seconds):
        meter.set(mode)
        time.sleep(seconds)
        meter.set("pass")

    def station_fault(mode, seconds):
        chosen = chance.sample(proxies, chance.randint(1, 4))
        for proxy in chosen:
            proxy.set(mode)
        time.sleep(seconds)
        for proxy in chosen:
            proxy.set("pass")

    def twin_fault(line, settle_s=0.3):
        twin.stdin.write(line + "\n")
        twin.stdin.flush()
        time.sleep(settle_s)

    def bad_stations(fault, seconds):
        chosen = chance.sample(range(1, len(proxies) + 1), chance.randint(1, 4))
        for station in chosen:
            twin_fault(f"station {station} {fault}", 0)
        time.sleep(seconds)
        for station in chosen:
            twin_fault(f"station {station} none", 0)

    def restart_stations(seconds):
        for station in chance.sample(range(1, len(proxies) + 1), chance.randint(1, 4)):
            twin_fault(f"reboot {station}", 0)
        time.sleep(seconds)

    def kill(seconds, full_disk=False):
        device.kill()
        time.sleep(seconds)
        device.start(full_disk)

    def expect_fail_safe(what):
        time.sleep(3 * LINES_EVERY_S)
        for station in building.last["stations"]:
            if station["limit_in_force_a"] > station["fail_safe_a"] + 0.01:
                broken.append(f"{what}: {station['name']} is at {station['limit_in_force_a']} A")

    def stop():
        device.process.terminate()
        code = device.process.wait(timeout=20)
        if code != 0:
            broken.append(f"on SIGTERM it ended with {code}")

    def stop_and_start(seconds):
        stop()
        expect_fail_safe("told to stop")
        time.sleep(seconds)
        device.start()

    def hang(seconds):
        go_on = device.stop_thread("measure")
        if go_on is None:
            print("the measuring thread is not stopped: ptrace is not allowed here", flush=True)
            return
        time.sleep(seconds)
        if seconds > 3:
            expect_fail_safe("measuring thread hung")
        go_on()

    def freeze(seconds):
        device.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        device.process.send_signal(signal.SIGCONT)

    def set_clock():
        device.set_clock(chance.choice([-86400, -3600, -1, 1, 3600, 86400, 10 ** 8]))
        time.sleep(1)

    cores = os.cpu_count() or 1
    faults = {
        "frames lost in the ADC": lambda: twin_fault(f"lose-frames {chance.randint(1, 30000)}"),
        "ADC's timestamps jump": lambda: twin_fault(f"shift-timestamps {chance.choice([-3600, -1, -0.01, 0.01, 1, 3600])}"),
        "ADC stalls, frames lost": lambda: meter_fault("stall", chance.uniform(0.35, 0.45)),
        "ADC stalls for seconds": lambda: meter_fault("stall", chance.uniform(1, 4)),
        "ADC's connection breaks": lambda: meter_fault("cut", 0),
        "ADC's server is gone": lambda: meter_fault("gone", chance.uniform(0.5, 5)),
        "stations' connections break": lambda: station_fault("cut", 0),
        "stations are gone": lambda: station_fault("gone", chance.uniform(1, 5)),
        "stations never answer": lambda: station_fault("stall", chance.uniform(1, 5)),
        "stations refuse every request": lambda: bad_stations("exceptions", chance.uniform(1, 5)),
        "stations forget their limits": lambda: bad_stations("forgets-limits", chance.uniform(1, 5)),
        "stations ignore their limits": lambda: bad_stations("ignores-limits", chance.uniform(1, 5)),
        "stations start anew": lambda: restart_stations(BOOT_S),
        "killed, started at once": lambda: kill(chance.uniform(0, 0.5)),
        "killed, started after the time-out": lambda: kill(FAIL_SAFE_AFTER_S + 4),
        "told to stop, started again": lambda: stop_and_start(chance.uniform(0, 2)),
        "the measuring thread hangs": lambda: hang(chance.choice([0.3, 1, 1.5, 4, 5])),
        "stopped for seconds": lambda: freeze(chance.uniform(0.3, 5)),
        "all processors busy": lambda: beside(spin, cores, chance.uniform(2, 5)),
        "memory churned": lambda: beside(churn, cores, chance.uniform(2, 5)),
        "prints to a full disk": lambda: kill(0.1, full_disk=True),
    }
    if device.clock:
        faults["its wall clock is set"] = set_clock
    else:
        print("its wall clock is not set: no C compiler", flush=True)
    recoveries = collections.defaultdict(list)
    began = time.monotonic()
    while ailment(began) and time.monotonic() < began + 60:
        time.sleep(0.1)
    first = None
    names = []
    while time.monotonic() < began + options.seconds and not broken:
        names = names or chance.sample(sorted(faults), len(faults))
        name = names.pop()
        if device.process.poll() is not None:
            broken.append(f"the device ended by itself with {device.process.returncode}")
            break
        if not building.is_alive():
            broken.append("the building is no longer observed: no rule was held against it")
            break
        calm_since[0] = float("inf")
        faults[name]()
        ended = time.monotonic()
        ails = ""
        while now_ails := ailment(ended):
            ails = now_ails
            if device.process.poll() is not None or time.monotonic() > ended + 30:
                break
            time.sleep(0.02)
        took = time.monotonic() - ended
        recoveries[name].append(took)
        calm_since[0] = time.monotonic()
        print(f"{ended - began:7.1f} s  {name}: well after {took:.2f} s", flush=True)
        if took > options.recovery:
            broken.append(f"{name}: {took:.1f} s until it was well; at last: {ails}")
        if device.lines is None:
            calm_since[0] = float("inf")
            kill(0.1)
            started = time.monotonic()
            while ailment(started):
                time.sleep(0.1)
            calm_since[0] = time.monotonic()
        time.sleep(chance.uniform(1, 4) + (0 if names else LONGEST_MISFIT_S))
        if name.startswith(("killed", "told")):
            first = None
        memory, files = device.figures()
        if first is None:
            first = (memory, files)
        elif files > first[1] + 4 or memory > first[0] + 8192:
            broken.append(f"it grew: {first[0]} -> {memory} kB, {first[1]} -> {files} open files")
    device.process.send_signal(signal.SIGCONT)
    stop()
    twin.send_signal(signal.SIGINT)
    time.sleep(1.5)
    seen = (building.last or {}).get("twin", {})
    print(f"\n{'fault':40} {'times':>5} {'median s':>9} {'longest s':>9}")
    for name, times in sorted(recoveries.items()):
        times.sort()
        print(f"{name:40} {len(times):5} {times[len(times) // 2]:9.2f} {times[-1]:9.2f}")
    print(f"starts {device.starts}, seconds above the main fuse {seen.get('seconds_above_main_limit')}, "
          f"highest {seen.get('highest_a')} A of {MAIN_LIMIT_A}")
    for problem in broken:
        print(f"BROKEN {problem}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

"""The inside of bed.sh: builds a fake IIO device, feeds it, runs iiod on request, runs the command.

What libiio 0.24 touches: /sys/bus/iio/devices (plain files), /dev/iio:device0 (a FIFO here), buffer/enable, length.
A FIFO has no overrun signal and no watermark; whole frames are dropped while it is full, as a kernel FIFO does.

The content of frame i (counted from the moment the buffer was enabled), input c:
    code = (((i mod 4096) * (2c + 1) * step + 37 c) mod 2^bits) - 2^(bits-1),   step = 16 for 16 bits, 4096 for 24.
"""
import argparse, errno, fcntl, os, random, signal, socket, struct, subprocess, sys, time

PERIOD = 4096
F_SETPIPE_SZ = 1031
parser = argparse.ArgumentParser()
parser.add_argument("--root", required=True)
parser.add_argument("--rate", type=float, default=8000)
parser.add_argument("--inputs", type=int, default=8)
parser.add_argument("--format", default="le:s16/16>>0", choices=["le:s16/16>>0", "be:s24/32>>8", "be:s24/32>>0"])
parser.add_argument("--no-timestamp", action="store_true")
parser.add_argument("--clock", default="realtime", help="current_timestamp_clock before anybody writes it; '' for none")
parser.add_argument("--drop", action="append", default=[], metavar="FRAME:COUNT", help="frames never written")
parser.add_argument("--jitter-us", type=float, default=0, help="timestamps come up to this late, at random")
parser.add_argument("--drift-ppm", type=float, default=0, help="the crystal is this much slow")
parser.add_argument("--silent-after", type=int, metavar="FRAME", help="the ADC stops there")
parser.add_argument("--rate-file", default="device", choices=["device", "input", "none", "pseudo"])
parser.add_argument("--set", action="append", default=[], metavar="FILE=TEXT", help="file in the device's folder")
parser.add_argument("--remove", action="append", default=[], metavar="FILE")
parser.add_argument("--iiod", action="store_true", help="start iiod on port 30431")
parser.add_argument("--iiod-killed-at", type=float, metavar="S", help="after the first frames")
parser.add_argument("--iiod-back-after", type=float, default=0.5, metavar="S")
parser.add_argument("--back-with", action="append", default=[], metavar="FILE=TEXT", help="changed while iiod is away")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
command = options.command[1:] if options.command[:1] == ["--"] else options.command

bits = 16 if "s16" in options.format else 24
width = 2 if bits == 16 else 4
device = f"{options.root}/bus/iio/devices/iio:device0"
fifo = "/dev/iio:device0"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def read(path):
    # libiio writes the closing NUL too.
    with open(path) as file:
        return file.read().strip("\0\n ")


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def build():
    mount("-t", "tmpfs", "none", options.root)
    rate = f"{options.rate:g}\n"
    write(f"{device}/name", "bed-adc\n")
    write(f"{device}/dev", "240:0\n")
    if options.rate_file == "device":
        write(f"{device}/sampling_frequency", rate)
    if options.rate_file == "pseudo":
        write(f"{device}/in_sampling_frequency", rate)
    if options.clock:
        write(f"{device}/current_timestamp_clock", options.clock + "\n")
    for c in range(options.inputs):
        write(f"{device}/in_voltage{c}_raw", "0\n")
        write(f"{device}/in_voltage{c}_scale", f"0.{c + 1}52587890625\n")
        if options.rate_file == "input":
            write(f"{device}/in_voltage{c}_sampling_frequency", rate)
        scan = f"{device}/scan_elements/in_voltage{c}"
        write(f"{scan}_en", "0\n"), write(f"{scan}_index", f"{c}\n"), write(f"{scan}_type", options.format + "\n")
    write(f"{device}/in_voltage0_label", "mains L1\n")
    if not options.no_timestamp:
        scan = f"{device}/scan_elements/in_timestamp"
        write(f"{scan}_en", "0\n"), write(f"{scan}_index", f"{options.inputs}\n"), write(f"{scan}_type", "le:s64/64>>0\n")
    write(f"{device}/buffer/enable", "0\n"), write(f"{device}/buffer/length", "2\n")
    write(f"{device}/buffer/watermark", "1\n"), write(f"{device}/buffer/data_available", "0\n")
    for name in options.remove:
        os.remove(f"{device}/{name}")
    change(options.set)
    mount("--rbind", f"{options.root}/bus", "/sys/bus")
    private = f"{options.root}/dev"
    os.mkdir(private)
    for node in ("null", "zero", "full", "random", "urandom"):
        open(f"{private}/{node}", "w").close()
        mount("--bind", f"/dev/{node}", f"{private}/{node}")
    os.symlink("/proc/self/fd", f"{private}/fd")
    os.mkfifo(f"{private}/iio:device0")
    mount("--rbind", private, "/dev")
    mount("-t", "proc", "proc", "/proc")
    lo = socket.socket()
    flags = struct.unpack("16xH14x", fcntl.ioctl(lo, 0x8913, struct.pack("16sH14x", b"lo", 0)))[0]
    fcntl.ioctl(lo, 0x8914, struct.pack("16sH14x", b"lo", flags | 1))


def change(assignments):
    for text in assignments:
        name, _, value = text.partition("=")
        write(f"{device}/{name}", value + "\n")


def code(i, c):
    step = 16 if bits == 16 else 4096
    return (((i % PERIOD) * (2 * c + 1) * step + 37 * c) & (2**bits - 1)) - 2 ** (bits - 1)


def stored(value):
    if bits == 16:
        return struct.pack("<h", value)
    raw = value & 0xFFFFFF
    # The byte that carries no value holds what a careless reader would stumble over.
    return struct.pack(">I", raw << 8 | 0xA5) if ">>8" in options.format else struct.pack(">I", 0xA5 << 24 | raw)


def drain(pipe):
    """Throws away what nobody read, as the kernel does when a buffer is enabled."""
    try:
        while os.read(pipe, 1 << 16):
            pass
    except BlockingIOError:
        pass


class Stream:
    """The frames of one enabled buffer."""

    def __init__(self, pipe):
        enabled = [c for c in range(options.inputs) if read(f"{device}/scan_elements/in_voltage{c}_en") == "1"]
        self.stamped = not options.no_timestamp and read(f"{device}/scan_elements/in_timestamp_en") == "1"
        self.rows = [b"".join(stored(code(i, c)) for c in enabled) for i in range(PERIOD)]
        padding = -len(self.rows[0]) % 8 if self.stamped else 0
        self.rows = [row + b"\0" * padding for row in self.rows]
        self.frame_bytes = len(self.rows[0]) + (8 if self.stamped else 0)
        wanted = int(read(f"{device}/buffer/length")) * self.frame_bytes
        for size in (wanted, 1 << 20):
            try:
                fcntl.fcntl(pipe, F_SETPIPE_SZ, max(4096, size))
                break
            except OSError:
                continue
        drain(pipe)
        self.pipe = pipe
        self.next = 0
        self.period = 1e9 / options.rate * (1 + options.drift_ppm * 1e-6)
        self.dropped = 0
        self.jitter = random.Random(1)
        self.start = time.monotonic_ns()

    def row(self, i):
        row = self.rows[i % PERIOD]
        if self.stamped:
            late = self.jitter.random() * options.jitter_us * 1000 if i else 0
            row += struct.pack("<q", int(self.start + i * self.period + late))
        return row

    def tick(self):
        due = int((time.monotonic_ns() - self.start) / self.period)
        if options.silent_after is not None:
            due = min(due, options.silent_after)
        most = 4096 // self.frame_bytes
        while self.next < due:
            batch = range(self.next, min(due, self.next + most))
            frames = [self.row(i) for i in batch if not any(a <= i < a + n for a, n in drops)]
            self.next = batch.stop
            try:
                if frames:
                    os.write(self.pipe, b"".join(frames))
            except BlockingIOError:
                self.dropped += len(frames)
                print(f"bed: fifo full, {self.dropped} frames dropped", file=sys.stderr)


def generate():
    """Feeds the FIFO while the buffer is enabled, for ever."""
    pipe = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    stream = None
    while True:
        time.sleep(0.001)
        try:
            enabled = read(f"{device}/buffer/enable") == "1"
        except (OSError, ValueError):
            continue
        if not enabled:
            # Here and not only on enabling: a quick reader would still get the old frames.
            drain(pipe)
            stream = None
        elif stream is None:
            stream = Stream(pipe)
        else:
            stream.tick()


drops = [tuple(int(number) for number in text.split(":")) for text in options.drop]
build()
generator = os.fork()
if generator == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    generate()


def start_iiod():
    log = open(f"{options.root}/iiod.log", "ab")
    process = subprocess.Popen(["iiod"], stdout=log, stderr=log)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", 30431), 1).close()
            return process
        except OSError:
            time.sleep(0.02)
    sys.exit("bed: iiod does not listen")


iiod = start_iiod() if options.iiod else None
child = subprocess.Popen(command)
if options.iiod_killed_at is not None:
    while read(f"{device}/buffer/enable") != "1" and child.poll() is None:
        time.sleep(0.01)
    time.sleep(options.iiod_killed_at)
    iiod.kill()
    iiod.wait()
    write(f"{device}/buffer/enable", "0\n")
    until = time.monotonic() + options.iiod_back_after
    while time.monotonic() < until and child.poll() is None:
        time.sleep(0.01)
    change(options.back_with)
    iiod = start_iiod()
status = child.wait()
# Only the namespace's first process is left after this; the kernel ends the others with it.
os.kill(generator, signal.SIGKILL)
if iiod:
    iiod.kill()
sys.stdout.flush()
os._exit(status if status >= 0 else 128 - status)

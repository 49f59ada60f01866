"""A made-up IIO network server (the text protocol of iiod 0.24) on a free loopback port, for faults that the real one
shows only by chance. Prints the port, serves until its standard input ends. Content of the frames as in bed.py.

One device with eight inputs le:s16/16>>0 and a timestamp, 8000 frames a second by the timestamps, unpaced.
"""
import argparse, os, socket, struct, sys, threading, time

parser = argparse.ArgumentParser()
parser.add_argument("--fault", choices=["wide", "close", "reset", "stall", "timeout", "garbage", "huge", "short"])
parser.add_argument("--at", type=int, default=20, help="the block with the fault, counted from 0")
parser.add_argument("--once", action="store_true", help="only the first buffer has the fault")
parser.add_argument("--answer", nargs=2, metavar=("VERB", "NUMBER"), default=("", ""), help="what a command gets")
parser.add_argument("--timestamp-index", type=int, default=8, help="place of the timestamp, 8: behind the inputs")
parser.add_argument("--format", default="le:S16/16&gt;&gt;0", help="of the last four inputs, which have the same in truth")
parser.add_argument("--scale", default="0.5", help="of every input")
parser.add_argument("--split", type=int, default=0, help="send block data in pieces of so many bytes")
options = parser.parse_args()
PERIOD, INPUTS, T = 4096, 8, 125_000
# libiio grumbles where there is none.
DTD = ('<!DOCTYPE context [<!ELEMENT context (device)*><!ELEMENT device (channel | attribute)*>'
       '<!ELEMENT channel (scan-element?, attribute*)><!ELEMENT attribute EMPTY><!ELEMENT scan-element EMPTY>'
       '<!ATTLIST context name CDATA #REQUIRED description CDATA #IMPLIED>'
       '<!ATTLIST device id CDATA #REQUIRED name CDATA #IMPLIED>'
       '<!ATTLIST channel id CDATA #REQUIRED type (input|output) #REQUIRED>'
       '<!ATTLIST scan-element index CDATA #REQUIRED format CDATA #REQUIRED scale CDATA #IMPLIED>'
       '<!ATTLIST attribute name CDATA #REQUIRED filename CDATA #IMPLIED>]>')
ALL = (1 << INPUTS + 1) - 1
buffers_opened = 0


def code(i, c):
    return (((i % PERIOD) * (2 * c + 1) * 16 + 37 * c) & 0xFFFF) - 32768


def frames(first, count, mask):
    out = bytearray()
    for i in range(first, first + count):
        row = b"".join(struct.pack("<h", code(i, c)) for c in range(INPUTS) if mask >> c & 1)
        if mask >> INPUTS & 1:
            row += b"\0" * (-len(row) % 8) + struct.pack("<q", 1_000_000_000 + i * T)
        out += row
    return bytes(out)


def xml():
    rows = "".join(
        f'<channel id="voltage{c}" type="input"><scan-element index="{c}" '
        f'format="{options.format if c > 3 else parser.get_default("format")}" scale="0.5" />'
        f'<attribute name="scale" filename="in_voltage{c}_scale" /></channel>' for c in range(INPUTS))
    rows += ('<channel id="timestamp" type="input">'
             f'<scan-element index="{options.timestamp_index}" format="le:S64/64&gt;&gt;0" /></channel>')
    return (f'<?xml version="1.0" encoding="utf-8"?>{DTD}<context name="network" description="made up">'
            f'<device id="iio:device0" name="bed-adc">{rows}<attribute name="sampling_frequency" /></device></context>')


def serve(connection):
    global buffers_opened
    stream = connection.makefile("rb")

    def say(text):
        connection.sendall(text.encode() + b"\n")

    mask, first, block, has_fault, dead = 0, 0, 0, False, False
    while line := stream.readline():
        words = line.decode().split()
        if not words:
            continue
        verb = words[0]
        if verb == options.answer[0]:
            say(options.answer[1])
        elif verb == "VERSION":
            say("0.24.v0.24  ")
        elif verb == "PRINT":
            say(f"{len(xml())}\n{xml()}")
        elif verb == "READ":
            value = {"sampling_frequency": "8000", "scale": options.scale}.get(words[-1])
            say(f"{len(value) + 1}\n{value}\0" if value else "-2")
        elif verb == "WRITE":
            stream.read(int(words[-1]))
            say("-2")
        elif verb == "GETTRIG":
            say("0")
        elif verb in ("TIMEOUT", "SET", "SETTRIG", "CLOSE"):
            say("0")
        elif verb == "OPEN":
            mask, buffers_opened = int(words[3], 16), buffers_opened + 1
            has_fault = options.fault and not (options.once and buffers_opened > 1)
            say("0")
        elif verb == "READBUF":
            count = int(words[2])
            now = options.fault if has_fault and block >= options.at else None
            if dead:
                say("-9")
                continue
            served = ALL if now == "wide" else mask
            size = len(frames(0, 1, served))
            data = frames(first, count // size, served)
            head = f"{len(data)}\n{served:08x}\n".encode()
            if now == "close":
                connection.sendall(head + data[: len(data) // 2])
                connection.close()
                return
            if now == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
                return
            if now == "stall":
                connection.sendall(head + data[: len(data) // 2])
                time.sleep(3600)
            if now == "timeout":
                dead = True
                say("-110")
                continue
            if now == "garbage":
                connection.sendall(b"what is this?\n" * 3)
                continue
            if now == "huge":
                connection.sendall(b"99999999999\n" + head + data)
                continue
            if now == "short":
                say("0")
                continue
            first, block = first + count // size, block + 1
            message = head + data + (b"0\n" if len(data) < count else b"")
            step = options.split or len(message)
            for start in range(0, len(message), step):
                connection.sendall(message[start : start + step])
        elif verb == "EXIT":
            return
        else:
            say("-22")


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()


def accept():
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def run(connection=connection):
            try:
                serve(connection)
            except OSError:
                pass

        threading.Thread(target=run, daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
os._exit(0)

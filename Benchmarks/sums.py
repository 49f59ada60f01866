"""The sums of the measuring core with NumPy, on blocks of int16 frames from the standard input.

Prints one line of JSON: NumPy's version, the nanoseconds of each block, and the sums of the last one, in the order
u1 u2 u3 i1 i2 i3 iN aux: x, x*x, u*i, u*u, i*i, lowest and highest codes."""
import json
import sys
import time

try:
    import numpy
except ImportError:
    sys.exit(3)

FRAMES = int(sys.argv[1])
blocks = numpy.frombuffer(sys.stdin.buffer.read(), "<i2").reshape(-1, FRAMES, 8)


def sums(frames):
    # In doubles matrix products use the processor's widest instructions; they stay exact below 2**53.
    wide = frames.astype(numpy.float64)
    products = wide.T @ wide
    return (numpy.ones(len(wide)) @ wide, products.diagonal(),
            products[[0, 1, 2], [3, 4, 5]], products[[0, 1, 2], [1, 2, 0]], products[[3, 4, 5], [4, 5, 3]],
            frames.min(axis=0), frames.max(axis=0))


for frames in blocks:
    sums(frames)
times = []
for _ in range(int(sys.argv[2])):
    for frames in blocks:
        begun = time.perf_counter_ns()
        last = sums(frames)
        times.append(time.perf_counter_ns() - begun)
print(json.dumps({"version": numpy.__version__, "nanoseconds": times,
                  "sums": [int(value) for part in last for value in part]}))

"""Mennekes AMTRON Compact 2.0s, Modbus RTU specification 2.0, layout 1.0.3: floats high word first; 0 A in 0x0302 would
mean no limit at all, so the station in the test refuses it."""

from station_map import Map, f32, text, u32


def station():
    m = Map(unit=50, functions=[3, 6, 16])
    m.holding(0x0000, 0x0103, *text("1.0.5", 8))
    m.holding(0x0013, *text("13506123", 8))
    m.holding(0x0100, 5, 1, 1, 0)
    m.holding(0x0108, 28)
    m.holding(0x0114, *f32(16))
    m.holding(0x0300, *f32(6), *f32(16), *f32(32), *f32(32))
    m.holding(0x030A, 0)
    m.holding(0x030C, 2, 0, 0, 0, 10, 2, 0, 6, 60)
    m.holding(0x0500, *f32(10), *f32(9.9), *f32(9.8), *f32(231), *f32(232), *f32(233))
    m.holding(0x050C, *f32(2310), *f32(2290), *f32(2250), *f32(6850))
    m.holding(0x073A, 0)
    m.holding(0x0B00, *f32(32), *f32(4.321), *u32(1800), 3)
    m.holding(0x0D02, 2, 0, 0, 0, 0)
    m.holding(0x0E00, 0, 0, 0)
    m.holding(0x1000, *f32(1234.5), *u32(17))
    m.writable = {0x0302: range(1, 65536), 0x0303: None, 0x073A: [0, 1, *range(6, 33)], 0x0D00: [0x55AA],
                  0x0D03: range(0, 4), 0x0D04: range(0, 2), 0x0D05: range(0, 2), 0x0D06: range(0, 2)}
    m.write_only = {0x0D00}
    m.pairs = {0x0302}
    m.follows = {0x073A: [("holding", 0x030E)]}
    return m

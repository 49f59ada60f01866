"""ABB Terra AC, document 1.11: holding registers from 0x4000, high word first; 0x4100 takes two words at once."""

from station_map import Map, u32


def station():
    m = Map(unit=1, functions=[3, 6, 16])
    m.holding(0x4000, 0x1122, 0x3344, 0x5566, 0x7788)
    m.holding(0x4004, 0x0108, 0x1500)
    m.holding(0x4006, *u32(32000))
    m.holding(0x4008, *u32(0))
    m.holding(0x400A, *u32(0x0111))
    # State 4 in bits 8 to 14; bit 15: the car draws less than it may.
    m.holding(0x400C, *u32(0x8400))
    m.holding(0x400E, *u32(32000))
    m.holding(0x4010, *u32(10000), *u32(9900), *u32(9800))
    m.holding(0x4016, *u32(2310), *u32(2320), *u32(2330))
    m.holding(0x401C, *u32(6850))
    m.holding(0x401E, *u32(4321))
    m.holding(0x4020, 60)
    m.holding(0x4022, *u32(32000))
    m.holding(0x4024, 0xFF)
    m.writable = {0x4100: None, 0x4101: None, 0x4103: range(0, 2), 0x4105: range(0, 2),
                  0x4106: range(10, 65536), 0x4109: None}
    m.write_only = set(m.writable)
    m.pairs = {0x4100}
    m.write_functions = {0x4100: {16}}
    m.follows = {0x4100: [("holding", 0x4022), ("holding", 0x400E)], 0x4101: [("holding", 0x4023), ("holding", 0x400F)],
                 0x4106: [("holding", 0x4020)], 0x4109: [("holding", 0x4024)]}
    return m

"""Phoenix Contact CHARX SEC, charging point 1 at 1000, UM EN CHARX SEC revision 08: -1 for a phase that is not known."""

from station_map import Map, text, u32, u64


def station():
    m = Map(unit=1, functions=[3, 4, 6, 16], any_unit=True)
    m.both(100, *text("CHARX SEC-3150", 10), *text("1.9.0", 4), 1)
    m.both(115, *[0] * 53)
    m.both(1100, *[0] * 24)
    m.both(1101, 32, 6)
    m.both(1112, 2)
    m.both(1113, *text("A1B2C3", 3))
    m.both(1120, 5)
    m.both(1232, *[0] * 77)
    m.both(1232, *u32(231000), *u32(232000), *u32(233000))
    m.both(1238, *u32(10000), *u32(9900), *u32(9800), *u32(6850000))
    m.both(1250, *u64(1234500))
    m.both(1289, *u64(4321))
    m.both(1297, 16, 32, *text("C2", 1))
    m.both(1300, 0, 16)
    m.both(1306, 16, 65535)
    m.writable = {1300: range(0, 2), 1301: [0, *range(6, 81)], 1302: None, 1306: [0, *range(6, 81)], 1307: None}
    m.follows = {address: [("input", address)] for address in (1300, 1301, 1306, 1307)}
    return m

"""The Bender/ebee map, all holding registers: Mennekes ECU specification 1.07 and the list of the controller's own page.
0xFFFFFFFF: not available. Before 5.22 there are no totals, voltages and model."""

from station_map import Map, text, u32


def station(firmware, is_new):
    m = Map(unit=255, functions=[3, 6, 16], any_unit=True)
    m.holding(100, *text(firmware, 2))
    m.holding(104, 6)
    m.holding(105, *[0] * 8)
    m.holding(120, *text("0.6", 2))
    m.holding(122, 3)
    m.holding(124, 1 if is_new else 0)
    m.holding(131, 10)
    m.holding(132, 300)
    m.holding(134, 32)
    m.holding(140, 1)
    m.holding(152, 1)
    # The meter knows energy only as a total, which stands in L1.
    m.holding(200, *u32(1234500), *u32(0xFFFFFFFF), *u32(0xFFFFFFFF))
    m.holding(206, *u32(2310), *u32(2290), *u32(2250))
    m.holding(212, *u32(10000), *u32(9900), *u32(9800))
    if is_new:
        m.holding(142, *text("AMTRON Prof+", 10))
        m.holding(218, *u32(1234500), *u32(6850), *u32(231), *u32(232), *u32(233))
        m.holding(715, 32)
        m.holding(716, *u32(4321))
    m.holding(600, 0)
    m.holding(610, 32, 32, 32, 32, 32, 32)
    m.holding(620, 0, 0)
    m.holding(630, *[0] * 6)
    m.holding(705, 4321)
    m.holding(706, 16)
    m.holding(709, *u32(1800))
    m.holding(712, 6)
    m.holding(720, *text("04a1b2c3", 10))
    m.holding(1000, 32 if is_new else 6)
    m.writable = {124: range(0, 2), 131: range(0, 81), 132: None, 134: range(0, 81), 1000: range(0, 81)}
    m.follows = {1000: [("holding", 706)]}
    return m

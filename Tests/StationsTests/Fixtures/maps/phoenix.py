"""Phoenix Contact EV-CC-AC1-M3-…-ETH: FC4, FC3 and coils, low word first (evcc phoenix-ev-eth.go, nymea)."""

from station_map import Map, text, u32


def station(dip_switches):
    m = Map(unit=255, functions=[1, 3, 4, 5, 6, 16])
    m.input(100, ord("C"), 32)
    m.input(102, *u32(1800, "low"))
    m.input(104, dip_switches)
    m.input(105, *text("1.23", 2, low_byte_first=True))
    m.input(107, 0)
    for address, value in [(108, 231), (110, 232), (112, 233), (114, 10), (116, 9), (118, 9), (120, 6850)]:
        m.input(address, *u32(value, "low"))
    m.input(128, *u32(1234, "low"))
    m.input(132, *u32(4, "low"))
    m.holding(300, 16)
    m.holding(304, *text("123456789", 6))
    m.holding(310, *text("EV-CC-AC1-M3-ETH", 8))
    m.holding(528, 32)
    m.holding(606, *[0] * 16)
    m.holding(904, *u32(1234500, "low"))
    for address, value in [(400, 0), (419, 0), (436, 1), (468, 0)]:
        m.coil(address, value)
    m.writable = {528: range(6, 81)}
    m.follows = {528: [("holding", 300)]}
    return m

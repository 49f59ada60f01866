"""What the Webasto Live (set TQ-DM100) and the NEXT share. Holding registers; 1003, 1005, 1007, 1009, 1011 and so on do
not exist."""

from station_map import Map, u32


def station(energy, tenths):
    m = Map(unit=255, functions=[3, 6, 16])
    m.holding(1000, 3)
    m.holding(1001, 1)
    m.holding(1002, 1)
    m.holding(1004, 3)
    m.holding(1006, 0)
    m.holding(1008, 10000)
    m.holding(1010, 9900)
    m.holding(1012, 9800)
    m.holding(1020, *u32(6850))
    m.holding(1024, *u32(2310))
    m.holding(1028, *u32(2290))
    m.holding(1032, *u32(2250))
    m.holding(1036, *u32(energy))
    for address, amperes in [(1100, 16), (1102, 6), (1104, 16), (1106, 32), (1108, 32)]:
        m.holding(address, amperes * (10 if tenths else 1))
    m.holding(1200, 0)
    m.holding(1300, 0)
    m.holding(1302, *u32(0))
    m.holding(1502, 4321)
    m.holding(1504, *u32(101530))
    m.holding(1508, *u32(1800))
    m.holding(1512, *u32(0))
    m.holding(1600, *[0] * 10)
    m.holding(1620, 0)
    m.holding(2000, 6)
    m.holding(2002, 60)
    m.holding(6000, 0)
    m.writable = {2000: None, 2002: None, 5000: None, 5001: None, 5004: range(0, 33), 6000: range(0, 2)}
    m.write_only = {5000, 5001, 5004}
    m.cleared = {6000}
    return m

"""Webasto Unite = Vestel EVC04, specification 1.8: status by FC4, settings by FC3, writes by FC6 only, one client."""

from station_map import Map, u32, utf16


def station():
    m = Map(unit=255, functions=[3, 4, 6])
    m.input(100, *utf16("7115302621000123", 25))
    m.input(130, *utf16("CP-1", 50))
    m.input(190, *utf16("Webasto", 10))
    m.input(210, *utf16("EVC04", 5))
    m.input(230, *utf16("v3.187.0-1.0.87.0", 50))
    m.input(400, *u32(22000))
    m.input(404, 1)
    m.input(1000, 2)
    m.input(1001, 1)
    m.input(1002, 1)
    m.input(1004, 3)
    m.input(1006, *u32(0))
    for address, value in [(1008, 10000), (1010, 9900), (1012, 9800), (1014, 231), (1016, 232), (1018, 233)]:
        m.input(address, value)
    m.input(1020, *u32(6850))
    m.input(1024, *u32(2310))
    m.input(1028, *u32(2290))
    m.input(1032, *u32(2250))
    m.input(1036, *u32(12345))
    for address, amperes in [(1100, 16), (1102, 6), (1104, 16), (1106, 32)]:
        m.input(address, amperes)
    m.input(1502, *u32(4321))
    m.input(1508, *u32(1800))
    m.holding(405, 1)
    m.holding(2000, 10)
    m.holding(2002, 20)
    m.holding(5004, 6)
    m.holding(6000, 0)
    m.writable = {405: range(0, 2), 2000: None, 2002: None, 5004: [0, *range(6, 33)], 6000: range(0, 2)}
    m.cleared = {6000}
    m.single_client = True
    return m

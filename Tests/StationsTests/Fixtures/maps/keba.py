"""KEBA P30 and P40, Programmers Guide 1.04: 32 bits each, two registers a request, written by FC6 in 16 bits."""

from station_map import Map, u32


def station(product, firmware):
    m = Map(unit=255, functions=[3, 6])
    m.largest_block = 2
    for address, value in [
            (1000, 3), (1004, 7), (1006, 0), (1008, 10000), (1010, 9900), (1012, 9800), (1014, 21012345),
            (1016, product), (1018, firmware), (1020, 6850000), (1036, 12345000), (1040, 231), (1042, 232),
            (1044, 233), (1046, 990), (1100, 16000), (1110, 32000), (1500, 0), (1502, 43210), (1550, 0), (1552, 3),
            (1600, 0), (1602, 0)]:
        m.holding(address, *u32(value))
    m.writable = {5004: range(6000, 63001), 5010: None, 5012: [0], 5014: [0, 1], 5016: [0, *range(6000, 32001)],
                  5018: [0, *range(10, 601)], 5020: [1], 5050: range(0, 5), 5052: range(0, 2)}
    m.write_only = set(m.writable)
    m.follows = {5016: [("holding", 1601)], 5018: [("holding", 1603)]}
    return m

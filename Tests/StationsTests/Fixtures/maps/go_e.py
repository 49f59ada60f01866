"""go-e Charger, modbus-en.md: FC3 and FC4 read everything listed, FC16 writes, no FC6."""

from station_map import Map, text, u32


def station():
    m = Map(unit=1, functions=[3, 4, 16], any_unit=True)
    m.both(100, 2, 32)
    m.both(105, *text("55.8", 2))
    m.both(107, 0)
    for address, value in [(108, 231), (110, 232), (112, 233), (114, 100), (116, 99), (118, 98), (120, 685),
                           (128, 12345), (132, 155556), (144, 0)]:
        m.both(address, *u32(value))
    m.both(200, 1, 0, 0, 0, 0, 0x38, 100, 1)
    m.both(211, 32, 6, 10, 16, 24, 32)
    m.both(299, 16, 16, 0x1122, 0x3344, 0x5566)
    m.both(304, *text("123456", 6))
    m.both(332, 0)
    m.both(337, 0)
    # 300 is the limit in permanent memory: a write there is refused, so that a test would see it.
    m.writable = {299: range(6, 33), 332: range(0, 3), 337: range(0, 3)}
    m.follows = {299: [("input", 299)], 337: [("input", 337)]}
    return m

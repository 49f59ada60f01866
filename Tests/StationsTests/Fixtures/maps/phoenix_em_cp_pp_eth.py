"""Phoenix Contact EM-CP-PP-ETH: unit 180, limit in 300 [A], 0.01 V, 0.001 A, 0.01 kW, low word first (evcc)."""

from station_map import Map, u32


def station():
    m = Map(unit=180, functions=[1, 3, 4, 5, 6, 16])
    m.input(100, ord("C"), 32)
    m.input(102, *u32(1800, "low"))
    for address, value in [(108, 23100), (110, 23200), (112, 23300), (114, 10000), (116, 9900), (118, 9800),
                           (120, 685), (128, 123450)]:
        m.input(address, *u32(value, "low"))
    m.holding(300, 32)
    m.coil(400, 0)
    m.writable = {300: range(6, 81)}
    return m

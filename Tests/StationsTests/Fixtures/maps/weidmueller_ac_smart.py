"""Weidmüller AC SMART: FC3 and FC16, low word first (evcc weidmüller.go, issue 15064)."""

from station_map import Map, u32, u64


def station():
    m = Map(unit=255, functions=[3, 16])
    m.holding(301, ord("C"))
    m.holding(302, 3)
    m.holding(318, 1)
    for address, value in [(400, 231000), (402, 232000), (404, 233000), (406, 10000), (408, 9900), (410, 9800),
                           (418, 6850000)]:
        m.holding(address, *u32(value, "low"))
    m.holding(457, *u64(1234500, "low"))
    m.holding(702, 16)
    m.holding(1000, *[0] * 11)
    m.holding(11050, *u32(30000, "low"))
    m.holding(11052, 16)
    m.writable = {318: range(0, 2), 702: range(0, 33), 11050: None, 11051: None, 11052: [0, *range(6, 33)]}
    m.pairs = {11050}
    return m

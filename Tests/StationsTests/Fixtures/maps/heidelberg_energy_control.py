"""Heidelberg Energy Control, register table 20210222, layout 1.0.8: FC4 reads, FC3 and FC16 (FC6) for settings."""

from station_map import Map, u32


def station(has_standby=True):
    m = Map(unit=1, functions=[3, 4, 6, 16])
    m.input(4, 0x108, 7, 100, 99, 98, 325, 231, 232, 233, 1, 6850)
    m.input(15, *u32(4321), *u32(1234500))
    m.input(100, 16, 6)
    m.holding(257, 15000)
    if has_standby:
        m.holding(258, 0)
    m.holding(259, 1)
    m.holding(261, 160)
    m.holding(262, 0)
    current = [0, *range(60, 161)]
    m.writable = {257: None, 258: [0, 4], 259: range(0, 2), 261: current, 262: current}
    return m

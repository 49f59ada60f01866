"""Mennekes AMTRON Xtra (HCC3): FC4, low word first, limit in holding 0x0400 [A] (nymea amtron-hcc3-registers.json)."""

from station_map import Map, text, u32


def station():
    m = Map(unit=255, functions=[3, 4, 6])
    m.input(770, 6, 4, 0, 3)
    m.input(776, 3, 32, 32)
    m.input(779, *u32(1500123, "low"), *u32(4321, "low"), *u32(6850, "low"))
    m.input(785, *text("AMTRON Xtra 22", 11, low_byte_first=True))
    m.input(805, 6, 32)
    m.holding(1024, 16)
    m.writable = {1024: [0, *range(6, 33)], 1025: range(1, 5)}
    m.write_only = {1025}
    return m

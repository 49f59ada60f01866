"""The same controller with the extended firmware: 528 in 0.1 A, firmware in 149, energy in 2980 (evcc)."""

from maps import phoenix
from station_map import text, u64


def station():
    m = phoenix.station(dip_switches=0x0203)
    m.input(149, *text("3.4.1-wallbe", 6, low_byte_first=True))
    m.holding(528, 160)
    m.holding(2980, *u64(1234500, "low"))
    m.writable = {528: range(60, 321)}
    return m

"""Amperfied connect: the Energy Control's map by TCP, unit 255, no standby, phases in 501 and 5001 (evcc)."""

from maps import heidelberg_energy_control


def station():
    m = heidelberg_energy_control.station(has_standby=False)
    m.unit = 255
    m.input(5001, 3)
    m.holding(501, 3)
    del m.writable[258]
    m.writable[501] = [1, 3]
    return m

"""P40: product of seven digits, 5004 = 0 stops and can be read, no 5014 (evcc keba-modbus.go)."""

from maps import keba


def station():
    m = keba.station(product=4150210, firmware=10300)
    m.holding(5004, 16000)
    m.writable[5004] = [0, *range(6000, 63001)]
    del m.writable[5014]
    m.write_only = set(m.writable) - {5004}
    return m

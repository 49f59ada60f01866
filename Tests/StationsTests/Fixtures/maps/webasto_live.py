"""Webasto Live, set TQ-DM100: energy in 0.1 kWh, limits in 0.1 A (nymea: webasto/Modbus_Register_WebastoLive.pdf)."""

from maps import webasto_tq


def station():
    return webasto_tq.station(energy=12345, tenths=True)

"""Weidmüller AC Wallbox Business as the installation manual asks for: DIP switch 10 OFF."""

from maps import phoenix


def station():
    return phoenix.station(dip_switches=0x0003)

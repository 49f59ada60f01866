"""A Phoenix Contact EV-CC controller with DIP switch 10 ON."""

from maps import phoenix


def station():
    return phoenix.station(dip_switches=0x0203)

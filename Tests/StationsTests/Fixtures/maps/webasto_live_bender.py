"""Webasto Live with the register set Ebee/Bender/MENNEKES, the older form of the map."""

from maps import bender


def station():
    return bender.station(firmware="4.50", is_new=False)

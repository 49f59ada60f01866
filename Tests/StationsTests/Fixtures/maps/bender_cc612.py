"""A Bender CC613 with software 5.33."""

from maps import bender


def station():
    return bender.station(firmware="5.33", is_new=True)

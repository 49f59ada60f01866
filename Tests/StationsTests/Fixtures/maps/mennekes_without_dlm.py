"""The same station with software 5.12 and load management off: one limit in 1000, no write to 613 to 615."""

from maps import bender


def station():
    return bender.station(firmware="5.12", is_new=False)

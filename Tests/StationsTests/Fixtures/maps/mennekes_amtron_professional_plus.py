"""Mennekes AMTRON Professional+ as DLM master with internal slave: 613 to 615 limit each phase (ECU specification 1.07)."""

from maps import bender


def station():
    m = bender.station(firmware="5.22", is_new=True)
    m.holding(600, 1)
    m.writable.update({613: range(0, 81), 614: range(0, 81), 615: range(0, 81)})
    m.follows.update({613: [("holding", 610)], 614: [("holding", 611)], 615: [("holding", 612)]})
    return m

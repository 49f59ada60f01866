"""Webasto NEXT, document revision 3.00: energy in Wh, limits in A, 5006 starts and cancels; FC4 answers too."""

from maps import webasto_tq


def station():
    m = webasto_tq.station(energy=1234500, tenths=False)
    m.functions.add(4)
    m.tables["input"] = m.tables["holding"]
    m.writable[5006] = range(0, 3)
    m.write_only.add(5006)
    return m

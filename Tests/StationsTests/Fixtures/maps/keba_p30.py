"""P30 c-series with cable, 32 A, meter and RFID: product 314121. 5014 stops and starts, 5004 takes no 0."""

from maps import keba


def station():
    return keba.station(product=314121, firmware=0x030A1000)

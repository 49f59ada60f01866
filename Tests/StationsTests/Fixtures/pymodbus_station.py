"""A station on pymodbus: an independent Modbus implementation with the registers of the manufacturer's document.

usage: pymodbus_station.py abb|generic PORT|DEVICE [tcp|rtu-over-tcp|serial]
Only what the document lists is there; everything else is answered with exception 2.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer


def abb_registers():
    registers = dict.fromkeys(range(0x4000, 0x4021), 0)
    registers.update(dict.fromkeys((0x4022, 0x4023, 0x4024), 0))
    registers.update(dict.fromkeys((0x4100, 0x4101, 0x4103, 0x4105, 0x4106, 0x4109), 0))
    registers.update({0x4000: 0x1122, 0x4001: 0x3344, 0x4002: 0x5566, 0x4003: 0x7788})
    registers.update({0x4004: 0x0108, 0x4005: 0x1500})
    registers.update({0x4007: 32000, 0x400B: 0x0111, 0x400D: 0x0400, 0x400F: 32000})
    registers.update({0x4011: 10000, 0x4013: 9900, 0x4015: 9800, 0x401F: 1234, 0x4020: 60, 0x4024: 0xFF})
    return registers


def generic_registers():
    return {0: 2, 1: 100, 2: 99, 3: 98, 10: 320, 11: 320, 20: 0, 21: 0, 30: 0, 31: 1234}


class Registers(ModbusSparseDataBlock):
    """Registers of which some follow others, as in the station."""

    def __init__(self, values, follows):
        super().__init__(values)
        self.follows = follows

    def validate(self, address, count=1):
        return all(a in self.values for a in range(address, address + count))

    def setValues(self, address, values, use_as_default=False):
        for offset, value in enumerate(values):
            self.values[address + offset] = value
            for target in self.follows.get(address + offset, ()):
                self.values[target] = value


async def main(kind, place, transport):
    if kind == "abb":
        follows = {0x4100: (0x4022, 0x400E), 0x4101: (0x4023, 0x400F), 0x4106: (0x4020,), 0x4109: (0x4024,)}
        block = Registers(abb_registers(), follows)
    else:
        block = Registers(generic_registers(), {10: (11,)})
    slave = ModbusSlaveContext(hr=block, zero_mode=True)
    context = ModbusServerContext(slaves={1: slave}, single=False)
    if transport == "serial":
        await StartAsyncSerialServer(context, framer=ModbusRtuFramer, port=place, baudrate=19200)
    elif transport == "rtu-over-tcp":
        await StartAsyncTcpServer(context, framer=ModbusRtuFramer, address=("127.0.0.1", int(place)))
    else:
        await StartAsyncTcpServer(context, address=("127.0.0.1", int(place)))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "tcp"))

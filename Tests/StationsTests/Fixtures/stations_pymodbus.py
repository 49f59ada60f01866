"""A charging station on pymodbus, an implementation of Modbus independent of ours.

usage: stations_pymodbus.py MODEL PORT JOURNAL [rtu]   serves it on 127.0.0.1 and writes down what it is asked
       stations_pymodbus.py --image MODEL              prints its registers

MODEL is a file of the folder maps, with hyphens for underscores. Lines of the journal: "R function address count",
"W function address value …", "X function address exception" and "C" for each connection. Lines of the image: "table
address word", "function code" and "filler word".
"""

import importlib
import os
import sys

# Nothing is left behind in the source folder.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

READS = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}


def load(model):
    return importlib.import_module("maps." + model.replace("-", "_")).station()


def image(station):
    for code in sorted(station.functions):
        print("function", code)
    if station.filler is not None:
        print("filler", station.filler)
    for table, words in station.tables.items():
        for address in sorted(words):
            if table != "holding" or address not in station.write_only:
                print(table, address, int(words[address]))


def serve(station, port, journal_path, framing):
    import asyncio

    from pymodbus.bit_read_message import ReadCoilsResponse, ReadDiscreteInputsResponse
    from pymodbus.bit_write_message import WriteSingleCoilResponse
    from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext
    from pymodbus.framer.rtu_framer import ModbusRtuFramer
    from pymodbus.framer.socket_framer import ModbusSocketFramer
    from pymodbus.register_read_message import ReadHoldingRegistersResponse, ReadInputRegistersResponse
    from pymodbus.register_write_message import WriteMultipleRegistersResponse, WriteSingleRegisterResponse
    from pymodbus.server.async_io import ModbusConnectedRequestHandler, StartAsyncTcpServer

    journal = open(journal_path, "a", buffering=1)
    replies = {1: ReadCoilsResponse, 2: ReadDiscreteInputsResponse, 3: ReadHoldingRegistersResponse,
               4: ReadInputRegistersResponse}

    def answer_read(request, code):
        table, words = READS[code], station.tables[READS[code]]
        span = range(request.address, request.address + request.count)
        if request.count > station.largest_block:
            return 3
        hidden = station.write_only if table == "holding" else ()
        if station.filler is None and any(a not in words or a in hidden for a in span):
            return 2
        journal.write(f"R {code} {request.address} {request.count}\n")
        return replies[code]([words.get(a, station.filler) for a in span])

    def answer_coil(request):
        if request.address not in station.tables["coil"]:
            return 2
        station.tables["coil"][request.address] = bool(request.value)
        journal.write(f"W 5 {request.address} {int(bool(request.value))}\n")
        return WriteSingleCoilResponse(request.address, request.value)

    def answer_write(request, code):
        values = [request.value] if code == 6 else list(request.values)
        if code not in station.write_functions.get(request.address, {6, 16}):
            return 1
        refusal = station.refusal(request.address, values)
        if refusal:
            return refusal
        for offset, value in enumerate(values):
            address = request.address + offset
            station.write(address, value)
            if address in station.cleared:
                asyncio.get_event_loop().call_later(0.2, station.write, address, 0)
        journal.write(f"W {code} {request.address} {' '.join(str(v) for v in values)}\n")
        if code == 6:
            return WriteSingleRegisterResponse(request.address, request.value)
        return WriteMultipleRegistersResponse(request.address, len(values))

    def answer(request):
        code = request.function_code & 0x7F
        if code not in station.functions:
            return 1
        if code in READS:
            return answer_read(request, code)
        return answer_coil(request) if code == 5 else answer_write(request, code)

    class Handler(ModbusConnectedRequestHandler):
        clients = 0

        def connection_made(self, transport):
            if station.single_client and Handler.clients:
                transport.abort()
                return
            Handler.clients += 1
            self.counted = True
            journal.write("C\n")
            super().connection_made(transport)

        def connection_lost(self, call_exc):
            if getattr(self, "counted", False):
                Handler.clients -= 1
                super().connection_lost(call_exc)

        def execute(self, request, *addr):
            if not station.any_unit and request.unit_id != station.unit:
                return
            response = answer(request)
            if isinstance(response, int):
                address = getattr(request, "address", 0)
                journal.write(f"X {request.function_code & 0x7F} {address} {response}\n")
                response = request.doException(response)
            response.transaction_id = request.transaction_id
            response.unit_id = request.unit_id
            self.send(response, *addr)

    async def main():
        context = ModbusServerContext(slaves=ModbusSlaveContext(), single=True)
        framer = ModbusRtuFramer if framing == "rtu" else ModbusSocketFramer
        await StartAsyncTcpServer(context, address=("127.0.0.1", port), handler=Handler, framer=framer)

    asyncio.run(main())


if __name__ == "__main__":
    if sys.argv[1] == "--image":
        image(load(sys.argv[2]))
    else:
        serve(load(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else "tcp")

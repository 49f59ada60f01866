"""Talks to both kinds of stations with pymodbus; prints one line for each finding that is wrong, then "done"."""
import sys
from pymodbus.client import ModbusTcpClient

wrong = 0


def expect(name, found, wanted):
    global wrong
    if found != wanted:
        wrong += 1
        print(f"{name}: {found} instead of {wanted}")


def registers(client, address, count, unit=1):
    answer = client.read_holding_registers(address, count, slave=unit)
    return f"exception {answer.exception_code}" if answer.isError() else answer.registers


def written(answer):
    return f"exception {answer.exception_code}" if answer.isError() else "ok"


def abb(port):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=10)
    assert client.connect()
    serial = b"".join(word.to_bytes(2, "big") for word in registers(client, 0x4000, 4))
    expect("serial", serial, b"TWIN0000")
    expect("largest", registers(client, 0x4006, 2), [0, 32000])
    expect("time-out", registers(client, 0x4020, 1), [60])
    expect("fall-back", registers(client, 0x4024, 1), [0xFF])
    expect("limit", written(client.write_registers(0x4100, [0, 10500], slave=1)), "ok")
    expect("limit read back", registers(client, 0x4022, 2), [0, 10500])
    expect("active limit", registers(client, 0x400E, 2), [0, 10500])
    expect("limit by FC6", written(client.write_register(0x4100, 10500, slave=1)), "exception 3")
    expect("set time-out", written(client.write_register(0x4106, 30, slave=1)), "ok")
    expect("set fall-back", written(client.write_registers(0x4109, [6], slave=1)), "ok")
    expect("time-out read back", registers(client, 0x4020, 1), [30])
    expect("fall-back read back", registers(client, 0x4024, 1), [6])
    expect("whole block", len(registers(client, 0x4000, 0x25)), 0x25)
    expect("beyond", registers(client, 0x4025, 1), "exception 2")
    expect("input registers", client.read_input_registers(0x4000, 1, slave=1).exception_code, 1)
    expect("coils", client.read_coils(0, 1, slave=1).exception_code, 1)
    expect("other unit", registers(client, 0x4000, 1, unit=9), "exception 11")
    client.close()


def generic(port):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=10)
    second = ModbusTcpClient("127.0.0.1", port=port, timeout=10)
    assert client.connect() and second.connect()
    expect("status is known", registers(client, 0, 4)[0] in (0, 1, 2), True)
    expect("limit", written(client.write_register(10, 123, slave=1)), "ok")
    expect("limit by FC16", written(client.write_registers(10, [125], slave=1)), "ok")
    expect("limit seen by another client", registers(second, 10, 2), [125, 125])
    expect("fail-safe", written(client.write_registers(20, [8, 90], slave=1)), "ok")
    expect("fail-safe read back", registers(client, 20, 2), [8, 90])
    expect("energy", len(registers(client, 30, 2)), 2)
    expect("gap", registers(client, 4, 1), "exception 2")
    expect("write to a reading", written(client.write_register(1, 5, slave=1)), "exception 2")
    client.close()
    second.close()


abb(int(sys.argv[1]))
generic(int(sys.argv[2]))
print("done" if wrong == 0 else f"{wrong} wrong")

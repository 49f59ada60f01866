"""What a register map is made of. The maps in the folder maps are typed from the manufacturers' documents and public
implementations, not from the profiles: each is a second opinion on one profile."""

import struct


def u32(value, order="high"):
    return _ordered([value >> 16 & 0xFFFF, value & 0xFFFF], order)


def u64(value, order="high"):
    return _ordered(list(struct.unpack(">4H", struct.pack(">Q", value))), order)


def f32(value):
    return list(struct.unpack(">2H", struct.pack(">f", value)))


def f64(value):
    return list(struct.unpack(">4H", struct.pack(">d", value)))


def text(characters, words, low_byte_first=False):
    data = characters.encode("ascii").ljust(words * 2, b"\0")
    return list(struct.unpack(("<" if low_byte_first else ">") + f"{words}H", data))


def utf16(characters, words):
    return list(struct.unpack(f">{words}H", characters.encode("utf-16-be").ljust(words * 2, b"\0")))


def _ordered(words, order):
    return words if order == "high" else words[::-1]


class Map:
    """The registers of a station and what it does with them."""

    def __init__(self, unit, functions, any_unit=False):
        self.unit = unit
        self.any_unit = any_unit
        # Function codes that it takes at all; others are answered with exception 1.
        self.functions = set(functions)
        self.tables = {"holding": {}, "input": {}, "coil": {}, "discrete": {}}
        # What is read where nothing is; None: exception 2.
        self.filler = None
        # At most this many registers in one request; more: exception 3.
        self.largest_block = 125
        # Holding addresses that can be written, each with its allowed words (None: any). Others: exception 2.
        self.writable = {}
        # Holding addresses that must be written together with the next one.
        self.pairs = set()
        # Holding addresses that cannot be read.
        self.write_only = set()
        # Function codes for the writes of single addresses, where not every one will do.
        self.write_functions = {}
        # Address written -> addresses of (table, address) that then hold the same.
        self.follows = {}
        # Holding addresses that the station sets back to 0 soon after they were written.
        self.cleared = set()
        # The station refuses a second connection.
        self.single_client = False

    def holding(self, address, *words):
        self._put("holding", address, words)

    def input(self, address, *words):
        self._put("input", address, words)

    def coil(self, address, value):
        self._put("coil", address, [value])

    def both(self, address, *words):
        """The same in holding and input registers."""
        self._put("holding", address, words)
        self._put("input", address, words)

    def _put(self, table, address, words):
        for offset, word in enumerate(words):
            assert 0 <= word <= 0xFFFF, (table, address, word)
            self.tables[table][address + offset] = word

    def write(self, address, value):
        """A holding register takes a word."""
        self.tables["holding"][address] = value
        for table, target in self.follows.get(address, ()):
            self.tables[table][target] = value

    def refusal(self, address, values):
        """The exception for a write of words into holding registers; None: they are taken."""
        for offset, value in enumerate(values):
            place = address + offset
            if place not in self.writable:
                return 2
            allowed = self.writable[place]
            if allowed is not None and value not in allowed:
                return 3
            if place in self.pairs and offset + 1 == len(values):
                return 3
        return None

"""Unpack RNC data (Rob Northen compression, method 1): the speech of Beneath a Steel Sky.

A stream is an 18-byte header and chunks. Every chunk begins with three tables of Huffman codes (for
the number of literal bytes, the distance and the length of a match), then literals and matches in
turn. Bits come from little-endian 16-bit words, the lowest first; literals lie between these words
as plain bytes, where the reader of bits stands.

Source of the layout: scummvm/scummvm, engines/sky/rnc_deco.cpp.
"""

from __future__ import annotations

import struct

from ..errors import ModelError

MAGIC = b"RNC\x01"
HEADER = struct.Struct(">4sIIHHBB")  # magic, sizes and checksums (unpacked, packed), leeway, chunks


class CorruptStreamError(ModelError, ValueError):
    """RNC data is cut or damaged."""


class _Bits:
    """The bit stream of packed bytes; `at` is the first byte that no bit was taken of."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.value, self.count = data, 0, 0, 0

    def peek(self, n: int) -> int:
        """Return the next n bits, at most 16, without taking them."""
        while self.count < n:
            word = self.data[self.at : self.at + 2]
            self.value |= int.from_bytes(word, "little") << self.count
            self.at += 2
            self.count += 16
        return self.value & ((1 << n) - 1)

    def take(self, n: int) -> int:
        """Return the next n bits."""
        bits = self.peek(n)
        self.value >>= n
        self.count -= n
        return bits

    def literals(self, n: int) -> bytes:
        """Return the next n plain bytes."""
        found = self.data[self.at : self.at + n]
        if len(found) < n:
            raise CorruptStreamError("RNC data ends too early")
        self.at += n
        return found


class _Codes:
    """One table of Huffman codes."""

    def __init__(self, bits: _Bits) -> None:
        lengths = [bits.take(4) for _ in range(bits.take(5))]
        self.table: dict[tuple[int, int], int] = {}
        code = 0
        for length in range(1, 16):
            for symbol, own in enumerate(lengths):
                if own == length:
                    reversed_code = int(f"{code:0{length}b}"[::-1], 2)
                    self.table[length, reversed_code] = symbol
                    code += 1
            code <<= 1
        self.lengths = sorted({length for length, _ in self.table})

    def read(self, bits: _Bits) -> int:
        """Return the next number: symbols from 2 on say how many bits follow the leading one."""
        for length in self.lengths:
            symbol = self.table.get((length, bits.peek(length)))
            if symbol is not None:
                bits.take(length)
                if symbol < 2:
                    return symbol
                return 1 << (symbol - 1) | bits.take(symbol - 1)
        raise CorruptStreamError("RNC data holds an unknown code")


def checksum(data: bytes) -> int:
    """Return the CRC-16 (polynomial 0xA001) that RNC writes."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = [_crc_entry(byte) for byte in range(256)]


def unpack(data: bytes) -> bytes:
    """Return the unpacked bytes of a stream.

    Raises:
        CorruptStreamError: no RNC header, or the data does not fit its length or checksum.
    """
    if len(data) < HEADER.size or not data.startswith(MAGIC):
        raise CorruptStreamError("not RNC data of method 1")
    _, size, packed, crc, _, _, n_chunks = HEADER.unpack_from(data)
    bits, out = _Bits(data[HEADER.size : HEADER.size + packed]), bytearray()
    bits.take(2)  # locked, keyed: never set here
    for _ in range(n_chunks):
        n_literals, distance, length = _Codes(bits), _Codes(bits), _Codes(bits)
        for left in range(bits.take(16), 0, -1):
            if n := n_literals.read(bits):
                out += bits.literals(n)
            if left > 1:
                back, n = distance.read(bits) + 1, length.read(bits) + 2
                if back > len(out):
                    raise CorruptStreamError("RNC data points before its beginning")
                out += (bytes(out[-back:]) * (n // back + 1))[:n]
    if len(out) != size or checksum(bytes(out)) != crc:
        raise CorruptStreamError("RNC data does not fit its checksum")
    return bytes(out)

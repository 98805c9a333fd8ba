"""RNC streams, packed here by hand, bit by bit."""

from __future__ import annotations

import struct

import pytest

from models.starter.rnc import HEADER, CorruptStreamError, checksum, unpack


class Packer:
    """Writes bits into words and literals between them, where the reader will look for them."""

    def __init__(self) -> None:
        self.data, self.word, self.used = bytearray(), 0, 16

    def bits(self, value: int, n: int) -> None:
        for i in range(n):
            if self.used == 16:
                self.word, self.used = len(self.data), 0
                self.data += b"\0\0"
            self.data[self.word + self.used // 8] |= (value >> i & 1) << self.used % 8
            self.used += 1

    def codes(self, lengths: list[int]) -> None:
        self.bits(len(lengths), 5)
        for length in lengths:
            self.bits(length, 4)


def packed(body: bytes, plain: bytes, *, crc: int | None = None, chunks: int = 1) -> bytes:
    crc = checksum(plain) if crc is None else crc
    return HEADER.pack(b"RNC\x01", len(plain), len(body), crc, 0, 0, chunks) + body


def literals_and_match() -> tuple[bytes, bytes]:
    """ "abc", then 5 bytes from 3 back, then "!"."""
    packer = Packer()
    packer.bits(0, 2)
    packer.codes([0, 1, 1])  # numbers of literals: 1 is "0", 2 or 3 is "1" and one bit
    packer.codes([0, 0, 1])  # distances less 1: 2 or 3 is "0" and one bit
    packer.codes([0, 0, 1])  # lengths less 2: the same
    packer.bits(2, 16)
    packer.bits(0b11, 2)
    packer.data += b"abc"
    packer.bits(0b00, 2)
    packer.bits(0b10, 2)
    packer.bits(0, 1)
    packer.data += b"!"
    return bytes(packer.data), b"abcabcab!"


def test_checksum_is_crc16_arc() -> None:
    assert checksum(b"123456789") == 0xBB3D


def test_literals_and_an_overlapping_match() -> None:
    body, plain = literals_and_match()
    assert unpack(packed(body, plain)) == plain


@pytest.mark.parametrize("cut", [0, 4, 17])
def test_no_header(cut: int) -> None:
    body, plain = literals_and_match()
    with pytest.raises(CorruptStreamError, match="not RNC"):
        unpack(packed(body, plain)[:cut])


def test_another_method_is_refused() -> None:
    with pytest.raises(CorruptStreamError, match="not RNC"):
        unpack(struct.pack(">4s14x", b"RNC\x02"))


def test_wrong_checksum() -> None:
    body, plain = literals_and_match()
    with pytest.raises(CorruptStreamError, match="checksum"):
        unpack(packed(body, plain, crc=checksum(plain) ^ 1))


def test_cut_literals() -> None:
    body, plain = literals_and_match()
    with pytest.raises(CorruptStreamError, match="too early"):
        unpack(packed(body[: body.index(b"abc") + 1], plain))


def test_a_match_before_the_beginning() -> None:
    packer = Packer()
    packer.bits(0, 2)
    packer.codes([1])
    packer.codes([1])
    packer.codes([1])
    packer.bits(2, 16)
    packer.bits(0, 3)
    with pytest.raises(CorruptStreamError, match="before its beginning"):
        unpack(packed(bytes(packer.data), b"aa"))


def test_an_unknown_code() -> None:
    packer = Packer()
    packer.bits(0, 2)
    packer.codes([])
    packer.codes([])
    packer.codes([])
    packer.bits(1, 16)
    with pytest.raises(CorruptStreamError, match="unknown code"):
        unpack(packed(bytes(packer.data), b"a"))

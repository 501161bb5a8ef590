"""Writes the PNG of a plain background with one box of ink. The cost depends on the size of the box, not of the picture.

Plain rows come from blocks that were compressed before. Only the rows of the box are packed and compressed.
"""

import zlib
from collections.abc import Sequence
from functools import cache
from struct import pack

from PIL.Image import Image

from placeholder.colours import Colour

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ZLIB_HEADER = b"\x78\x01"
LAST_BLOCK = b"\x03\x00"
ADLER_MODULUS = 65521
BITS = 2
PIXELS_PER_BYTE = 8 // BITS
SMALLEST_BLOCK = 1 << 14
LARGEST_BLOCK = 1 << 20


def box_png(
    width: int, height: int, palette: Sequence[Colour], box: Image | None = None, left: int = 0, top: int = 0
) -> bytes:
    """Return the PNG of `width` by `height` pixels of colour 0, with `box` at `left`, `top`.

    `palette` has 4 `Colour`s, `box` a "P" image of their numbers, inside the picture, or None.
    """
    row_bytes = 1 + -(-width // PIXELS_PER_BYTE)
    rows = boxed_rows(row_bytes, box, left) if box else b""
    above = top * row_bytes
    below = height * row_bytes - above - len(rows)
    return b"".join(
        (
            SIGNATURE,
            chunk(b"IHDR", pack(">IIBBBBB", width, height, BITS, 3, 0, 0, 0)),
            chunk(b"PLTE", b"".join(bytes(colour[:3]) for colour in palette)),
            transparency(palette),
            chunk(b"IDAT", zlib_stream(above, rows, below)),
            chunk(b"IEND", b""),
        )
    )


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a PNG chunk (PNG 3rd edition, 5.3)."""
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(data, zlib.crc32(name)))


def transparency(palette: Sequence[Colour]) -> bytes:
    alpha = bytes(colour.alpha for colour in palette)
    return chunk(b"tRNS", alpha) if min(alpha) < 255 else b""


def boxed_rows(row_bytes: int, box: Image, left: int) -> bytes:
    """Return the packed, unfiltered rows of the box, each `row_bytes` long."""
    left_bytes, indent = divmod(left, PIXELS_PER_BYTE)
    packed = box.crop((-indent, 0, box.width, box.height)).tobytes("raw", "P;2")
    packed_bytes = -(-(indent + box.width) // PIXELS_PER_BYTE)
    before = bytes(1 + left_bytes)
    after = bytes(row_bytes - len(before) - packed_bytes)
    starts = range(0, len(packed), packed_bytes)
    return b"".join(before + packed[start : start + packed_bytes] + after for start in starts)


def zlib_stream(above: int, rows: bytes, below: int) -> bytes:
    """Return the zlib stream of `above` zero bytes, then `rows`, then `below` zero bytes (RFC 1950).

    Blocks that end with a full flush can be concatenated in any order. Most zeros come from `zero_block`; the rest are
    compressed with the rows.
    """
    blocks_above, rest_above = zero_blocks(above)
    blocks_below, rest_below = zero_blocks(below)
    deflate = zlib.compressobj(4, zlib.DEFLATED, -zlib.MAX_WBITS)
    middle = deflate.compress(bytes(rest_above) + rows + bytes(rest_below)) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = adler32_of_zeros(below, zlib.adler32(rows, adler32_of_zeros(above)))
    return b"".join(
        (ZLIB_HEADER, *blocks_above, middle, *blocks_below, LAST_BLOCK, checksum.to_bytes(4)),
    )


def zero_blocks(count: int) -> tuple[list[bytes], int]:
    """Return the compressed blocks of most of `count` zeros, and the number of zeros left over."""
    blocks = []
    size = LARGEST_BLOCK
    while size >= SMALLEST_BLOCK:
        blocks += [zero_block(size)] * (count // size)
        count %= size
        size //= 2
    return blocks, count


@cache
def zero_block(size: int) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return deflate.compress(bytes(size)) + deflate.flush(zlib.Z_FULL_FLUSH)


def adler32_of_zeros(count: int, checksum: int = 1) -> int:
    """Return the Adler-32 `checksum` after `count` more zeros. Each zero adds sum A to sum B (RFC 1950, 8.2)."""
    a, b = checksum & 0xFFFF, checksum >> 16
    return (b + count * a) % ADLER_MODULUS << 16 | a

"""From the bytes of a file to its lines of text: unpacked, decoded and counted in flat memory.

Whatever is wrong is told with the byte and the line at which it stands.
"""

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from forbear.api.imports.flaws import MAX_PLAIN, Unreadable

Encoding = Literal["utf-8", "gb18030"]
GZIP: Final = b"\x1f\x8b"
GB_MARK: Final = b"\x84\x31\x95\x33"
UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLOCK: Final = 64 * 1024
MAX_RATIO: Final = 300
"""Times its packed size; an export compresses by ten to fifty."""
UNSUSPICIOUS: Final = 10_000_000
"""Bytes below which no ratio is looked at."""
MAX_LINE: Final = 2_000_000
"""Characters, as many as the body of one enrolment may have bytes."""


def unpacked(parts: Iterable[bytes], *, compressed: bool) -> Iterator[bytes]:
    """The plain bytes, a block at a time.

    Raises:
        Unreadable: gzip that is broken or unpacks to more than is reasonable.
    """
    taken = given = 0
    for part in _gunzipped(parts) if compressed else ((len(part), part) for part in parts):
        taken, given = taken + part[0], given + len(part[1])
        if given > MAX_PLAIN or (compressed and given > UNSUSPICIOUS and given > MAX_RATIO * taken):
            raise Unreadable("too_large", "unpacks to more than is taken", byte=given)
        yield part[1]


def _gunzipped(parts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """How many packed bytes came in since the last, and what they unpack to; several members in a row are one file."""
    engine, fresh, taken = zlib.decompressobj(31), True, 0
    for part in parts:
        data, came, taken = part, len(part), taken + len(part)
        while data or not fresh:
            if fresh and not (data := data.lstrip(b"\0")):
                break
            fresh = False
            try:
                out = engine.decompress(data, BLOCK)
            except zlib.error:
                raise Unreadable("gzip_broken", "is not whole gzip", byte=taken - len(data)) from None
            yield came, out
            came = 0
            if engine.eof:
                data, engine, fresh = engine.unused_data, zlib.decompressobj(31), True
                continue
            data = engine.unconsumed_tail
            if not data and len(out) < BLOCK:
                break
    if not fresh:
        raise Unreadable("gzip_broken", "ends in the middle of its gzip", byte=taken)


class _Plain(io.BufferedIOBase):
    """What a text wrapper reads from; counts bytes and lines, and watches for UTF-8 where GB18030 was said."""

    def __init__(self, blocks: Iterator[bytes], first: bytes, encoding: Encoding) -> None:
        self._blocks, self._rest = blocks, memoryview(first)
        self._watch = codecs.getincrementaldecoder("utf-8")() if encoding == "gb18030" else None
        self._beyond_ascii = False
        self.given = self.newlines = 0

    @property
    def name(self) -> str:
        """Asked for by the wrapper's type."""
        return "import"

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                self._end()
                return b""
            self._rest = memoryview(block)
        part = bytes(self._rest[: size if size > 0 else BLOCK])
        self._rest = self._rest[len(part) :]
        self.given += len(part)
        self.newlines += part.count(b"\n")
        self._look(part)
        return part

    def read(self, size: int | None = -1, /) -> bytes:
        return self.read1(-1 if size is None else size)

    def _look(self, part: bytes) -> None:
        if self._watch is None:
            return
        try:
            self._watch.decode(part)
        except UnicodeDecodeError:
            self._watch = None
        else:
            self._beyond_ascii = self._beyond_ascii or not part.isascii()

    def _end(self) -> None:
        if self.reads_as_utf8:
            raise _misnamed()

    @property
    def reads_as_utf8(self) -> bool:
        """No Chinese text in GB18030 is by chance also UTF-8: names would be stored as noise."""
        return self._watch is not None and self._beyond_ascii


class Lines:
    """The file's lines with their own line ends, and the number of the last one given.

    Attributes:
        number: of the last line given, from 1.
        room: characters that may still come before somebody sets it anew; without it a quote that is never closed
            would gather the whole file.
    """

    def __init__(self, parts: Iterable[bytes], *, encoding: Encoding | None, compressed: bool = False) -> None:
        stream = iter(parts)
        first = next(stream, b"")
        self.compressed = compressed or first.startswith(GZIP)
        blocks = unpacked(_chained(first, stream), compressed=self.compressed)
        head = _head(blocks)
        if head.startswith(UTF16):
            raise Unreadable("encoding", "is UTF-16", line=1, byte=0)
        self.encoding: Encoding = encoding or ("gb18030" if head.startswith(GB_MARK) else "utf-8")
        self.number, self.room = 0, MAX_LINE
        self._plain = _Plain(blocks, head, self.encoding)
        codec = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        self._text = io.TextIOWrapper(self._plain, codec, errors="strict", newline="")

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(MAX_LINE)
        except UnicodeDecodeError as error:
            raise self._undecodable(error) from None
        if not line:
            raise StopIteration
        self.number += 1
        self.room -= len(line)
        if self.room < 0 or len(line) >= MAX_LINE:
            raise Unreadable("csv_broken", "a row is too long: a quote may not be closed", line=self.number)
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def _undecodable(self, error: UnicodeDecodeError) -> Unreadable:
        if self._plain.reads_as_utf8:
            return _misnamed()
        rest = error.object[error.start :]
        said = "GB18030" if self.encoding == "gb18030" else "UTF-8"
        return Unreadable(
            "encoding",
            f"is not {said}",
            line=self._plain.newlines - rest.count(b"\n") + 1,
            byte=self._plain.given - len(rest),
        )


def _misnamed() -> Unreadable:
    return Unreadable("encoding", "was said to be GB18030 and is UTF-8", line=1, byte=0)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _head(blocks: Iterator[bytes]) -> bytes:
    """The first plain bytes, enough to see a mark of the encoding."""
    head = b""
    while len(head) < len(GB_MARK):
        block = next(blocks, None)
        if block is None:
            break
        head += block
    return head

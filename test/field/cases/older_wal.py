"""Makes pieces of PostgreSQL's log so many hours older, in place: every commit's and checkpoint's time, with its checksum."""
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


hours = int(sys.argv[1])
files = [(name, bytearray(open(name, "rb").read())) for name in sorted(sys.argv[2:])]
# Every byte of a record, by its place: pages' headers stand in between.
stream, starts = [], []
for _, piece in files:
    left = 0
    for page in range(0, len(piece), 8192):
        info = struct.unpack_from("<H", piece, page + 2)[0]
        if struct.unpack_from("<H", piece, page)[0] & 0xFE00 != 0xD000:
            break
        if page == 0:
            left = struct.unpack_from("<I", piece, 16)[0] + 7 & ~7 if info & 1 else 0
            starts.append((len(stream), left))
        stream += [(piece, at) for at in range(page + (40 if info & 2 else 24), page + 8192)]
at = starts[0][0] + starts[0][1]
while at + 24 <= len(stream):
    read = lambda offset, count: bytes(stream[at + offset + i][0][stream[at + offset + i][1]] for i in range(count))
    length = struct.unpack("<I", read(0, 4))[0]
    if length < 24 or at + length > len(stream):
        later = [start for start, _ in starts if start > at]
        if not later:
            break
        at = later[0]
        continue
    info, manager = read(16, 2)
    record = bytearray(read(0, length))
    data = 24
    while record[data : data + 1] in (b"\xfd", b"\xfc"):
        data += 3 if record[data] == 0xFD else 5
    body = data + (2 if record[data : data + 1] == b"\xff" else 5) if record[data : data + 1] in (b"\xff", b"\xfe") else None
    if body is not None:
        if manager == 1 and info & 0x70 in (0, 0x20) or manager == 0 and info & 0xF0 in (0x70, 0x90):
            struct.pack_into("<q", record, body, struct.unpack_from("<q", record, body)[0] - hours * 3600 * 1000000)
        if manager == 0 and info & 0xF0 in (0, 0x10):
            struct.pack_into("<q", record, body + 64, struct.unpack_from("<q", record, body + 64)[0] - hours * 3600)
        struct.pack_into("<I", record, 20, crc32c(bytes(record[24:]) + bytes(record[:20])))
        for i, byte in enumerate(record):
            piece, place = stream[at + i]
            piece[place] = byte
    at += length + 7 & ~7
    if manager == 0 and info & 0xF0 == 0x40:
        later = [start for start, _ in starts if start >= at]
        if not later:
            break
        at = later[0]
for name, piece in files:
    open(name, "wb").write(piece)

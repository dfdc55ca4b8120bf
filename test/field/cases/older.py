"""Makes a binary log of MariaDB so many hours older: every event's time, with its checksum. Standard input to standard output."""
import struct
import sys
import zlib

hours = int(sys.argv[1])
log = bytearray(sys.stdin.buffer.read())
at, checked = 4, False
while at + 19 <= len(log):
    seconds, kind, _, length = struct.unpack_from("<IBII", log, at)
    if kind == 15:
        checked = log[at + length - 5] == 1
    struct.pack_into("<I", log, at, seconds - hours * 3600)
    if checked:
        flags = struct.unpack_from("<H", log, at + 17)[0]
        if kind == 15:
            struct.pack_into("<H", log, at + 17, flags & ~1)
        sum_ = zlib.crc32(bytes(log[at : at + length - 4]))
        if kind == 15:
            struct.pack_into("<H", log, at + 17, flags)
        struct.pack_into("<I", log, at + length - 4, sum_)
    at += length
sys.stdout.buffer.write(log)

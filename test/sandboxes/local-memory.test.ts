import { expect, test } from "vitest";
import { sharedIn } from "../../src/sandboxes/local-memory.ts";

const MAPS = `55d0c0a00000-55d0c0a01000 r--p 00000000 fe:00 131 /usr/lib/postgresql/15/bin/postgres
7f1a00000000-7f1a00001000 rw-s 00000000 00:01 4711 /SYSV0052e2c1 (deleted)
7f1a00001000-7f1a00002000 rw-s 00000000 00:1b 12 /dev/shm/PostgreSQL.1037229330
7f1a00002000-7f1a00003000 rw-s 00000000 00:1b 12 /dev/shm/PostgreSQL.1037229330
7f1a00003000-7f1a00004000 rw-s 00000000 00:1b 13 /dev/shm/PostgreSQL.4 (deleted)
7f1a00004000-7f1a00005000 rw-s 00000000 00:01 77 /dev/zero (deleted)
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]
`;

test("of a process's maps: what stays when it is killed, and nothing else", () => {
  expect(sharedIn(MAPS)).toEqual({ segments: [4711], files: ["/dev/shm/PostgreSQL.1037229330"] });
  expect(sharedIn("")).toEqual({ segments: [], files: [] });
});

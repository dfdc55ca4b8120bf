/** `fogbell backups check`: one line and one exit code for each end that a file can come to. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { checkFile } from "../../src/verify/check-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbell-check-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEAD = "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18\n\n";
const TAIL = "--\n-- PostgreSQL database dump complete\n--\n\n";
const BODY = "CREATE TABLE public.a (t text);\nCOPY public.a (t) FROM stdin;\nsecret-value\n\\.\n";

async function check(name: string, content: string | Uint8Array) {
  const file = join(folder, name);
  await writeFile(file, content);
  return checkFile(catalog, file);
}

test.each<[what: string, name: string, content: string | Uint8Array, exitCode: number, said: RegExp]>([
  ["whole", "a b.sql", HEAD + BODY + TAIL, 0, /^whole: 14 lines$/],
  ["packed", "b.sql.gz", gzipSync(HEAD + BODY + TAIL), 0, /^whole: 14 lines$/],
  [
    "cut among rows, and packed whole",
    "c.sql.gz",
    gzipSync(HEAD + BODY.slice(0, -3)),
    1,
    /^cut off at line 9, .*rows$/,
  ],
  ["packed, and cut", "d.sql.gz", gzipSync(HEAD + BODY + TAIL).subarray(0, -9), 1, /^it cannot be unpacked to its end/],
  ["a command of the client", "e.sql", `${HEAD}${BODY}SELECT 1; \\! id\n${TAIL}`, 5, /line 11: \\!$/],
  ["another database", "f.sql", `${HEAD}DROP DATABASE shop;\n${TAIL}`, 5, /line 7: DROP DATABASE shop$/],
  ["rows alone", "g.sql", `${HEAD}${BODY.slice(BODY.indexOf("COPY"))}${TAIL}`, 4, /only data/],
  [
    "a program's messages",
    "h.sql",
    `pg_dump: reading schemas\n${HEAD}${BODY}${TAIL}`,
    1,
    /^line 1 is a message of pg_dump/,
  ],
])("%s", async (_, name, content, exitCode, said) => {
  const checked = await check(name, content);
  expect(checked).toMatchObject({ exitCode, said: expect.stringMatching(said) });
  expect(JSON.stringify(checked)).not.toContain("secret-value");
});

test("what only its own program can read is not judged, and its line is given", async () => {
  const archive = Buffer.concat([
    // 2026-11-20 13:00:00, and nothing else in it.
    Buffer.from([
      ...Buffer.from("PGDMP\x01\x0e\x00\x04\x08\x01"),
      ...[0, 0, 0, 13, 20, 10, 126, 0].flatMap((value) => [0, value, 0, 0, 0]),
    ]),
    Buffer.alloc(200),
  ]);
  await expect(check("i.dump", archive)).rejects.toMatchObject({
    exitCode: 4,
    next: expect.arrayContaining([
      expect.stringMatching(/^export BACKUP=/),
      expect.stringMatching(/pg_restore -f \/dev\/null "\$BACKUP"$/),
    ]),
  });
});

test("what nobody recognises, and what is not there", async () => {
  await expect(check("j.txt", "hello")).rejects.toMatchObject({ exitCode: 4, code: "FB_NOT_JUDGED" });
  await expect(checkFile(catalog, join(folder, "none.sql"))).rejects.toMatchObject({ exitCode: 2, code: "FB_NO_FILE" });
});

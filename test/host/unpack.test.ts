/** Every layer and their combinations: what this process unpacks is what the printed pipeline unpacks, cut or whole. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packing, unpacked } from "../../src/host/packing.ts";
import { unpackStream } from "../../src/host/unpack.ts";
import { viewsOf } from "../../src/host/unpack-head.ts";

let folder: string;
const sh = (script: string) => execFileSync("sh", ["-c", script], { cwd: folder, maxBuffer: 1 << 28 });
const TEXT = Buffer.from(
  Array.from(
    { length: 20_000 },
    (_, row) => `INSERT INTO orders VALUES (${row}, 'lamp ${(row * 7919) % 10_007}');\n`,
  ).join(""),
);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fogbell-packing-"));
  writeFileSync(join(folder, "shop.sql"), TEXT);
  writeFileSync(join(folder, "README"), "read me\n");
  mkdirSync(join(folder, "parts"));
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in/shop [1].sql"), TEXT);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How each is made by the real programs, and the layers that must be found. */
const MADE: readonly (readonly [name: string, make: string, packing: Packing])[] = [
  ["gzip", "gzip -c shop.sql", ["gzip"]],
  [
    "several gzip members",
    "gzip -c shop.sql | head -c 0; { head -c 1000 shop.sql | gzip -c; tail -c +1001 shop.sql | gzip -c; }",
    ["gzip"],
  ],
  ["gzip twice", "gzip -c shop.sql | gzip -c", ["gzip", "gzip"]],
  ["zstd", "zstd -qc shop.sql", ["zstd"]],
  ["several zstd frames", "{ head -c 1000 shop.sql | zstd -qc; tail -c +1001 shop.sql | zstd -qc --check; }", ["zstd"]],
  ["zstd with a long window", "zstd -qc --ultra -20 --long=31 <shop.sql", ["zstd"]],
  ["bzip2", "bzip2 -c shop.sql", ["bzip2"]],
  ["several bzip2 streams", "{ head -c 1000 shop.sql | bzip2 -c; tail -c +1001 shop.sql | bzip2 -c; }", ["bzip2"]],
  ["xz", "xz -c shop.sql", ["xz"]],
  [
    "xz of several blocks and streams",
    "{ head -c 90000 shop.sql | xz -c --block-size=20000; tail -c +90001 shop.sql | xz -0c; }",
    ["xz"],
  ],
  ["lz4", "lz4 -qc shop.sql", ["lz4"]],
  ["lz4 of small linked blocks", "lz4 -qc -B4 -BD -BX shop.sql", ["lz4"]],
  ["lz4 of small blocks, with its size", "lz4 -qc -B5 --content-size shop.sql -", ["lz4"]],
  ["lz4 in the old form", "lz4 -qcl shop.sql", ["lz4"]],
  ["several lz4 frames", "{ head -c 1000 shop.sql | lz4 -qc; tail -c +1001 shop.sql | lz4 -qc; }", ["lz4"]],
  ["zip", "rm -f x.zip; zip -q x.zip shop.sql && cat x.zip", [{ zip: "shop.sql" }]],
  ["zip, stored", "rm -f x.zip; zip -0 -q x.zip shop.sql && cat x.zip", [{ zip: "shop.sql" }]],
  ["zip from a pipe", "cat shop.sql | zip -q | cat", [{ zip: "-" }]],
  ["zip with more in it", "rm -f x.zip; zip -qr x.zip README in && cat x.zip", [{ zip: "in/shop [1].sql" }]],
  ["zip in gzip", "rm -f x.zip; zip -q x.zip shop.sql && gzip -c x.zip", ["gzip", { zip: "shop.sql" }]],
  ["tar", "tar -c shop.sql", [{ tar: "shop.sql" }]],
  ["tar.gz with a folder and dots", "tar -cz ./in", ["gzip", { tar: "./in/shop [1].sql" }]],
  ["tar.bz2, PAX", "tar -cj --format=pax shop.sql", ["bzip2", { tar: "shop.sql" }]],
  ["tar.xz, others before", "tar -cJ README shop.sql", ["xz", { tar: "shop.sql" }]],
  ["tar of gzip", "gzip -kf shop.sql && tar -c shop.sql.gz", [{ tar: "shop.sql.gz" }, "gzip"]],
  [
    "zip of tar",
    "tar -cf shop.tar shop.sql && rm -f x.zip && zip -q x.zip shop.tar && cat x.zip",
    [{ zip: "shop.tar" }, { tar: "shop.sql" }],
  ],
  ["carriage returns", "sed 's/$/\\r/' shop.sql", ["crlf"]],
  [
    "a mark and carriage returns, in gzip",
    "{ printf '\\357\\273\\277'; sed 's/$/\\r/' shop.sql; } | gzip -c",
    ["gzip", "bom", "crlf"],
  ],
];

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(MADE)("%s", (_name, make, packing) => {
  let bytes: Buffer;
  beforeAll(() => {
    bytes = sh(make);
    writeFileSync(join(folder, "packed"), bytes);
  });

  test("is found by its start, cut off anywhere", async () => {
    // A block of bzip2 is larger than such a start.
    for (const length of packing.includes("bzip2") ? [bytes.length] : [bytes.length, 65_536]) {
      const views = await viewsOf(bytes.subarray(0, length), length >= bytes.length);
      const found = views.find((view) => JSON.stringify(view.packing) === JSON.stringify(packing));
      expect(views.map((view) => view.packing)).toContainEqual(packing);
      const start = found?.bytes.subarray(0, 4000) ?? Buffer.alloc(0);
      expect(start.length).toBeGreaterThan(500);
      expect(TEXT.subarray(0, start.length).equals(start)).toBe(true);
    }
    for (const length of [0, 1, 5, 100, 600, 1000]) await viewsOf(bytes.subarray(0, length), false);
  });

  test("is unpacked in this process, in pieces of any size", async () => {
    for (const size of [997, 65_536])
      expect((await read(unpackStream(pieces(bytes, size), packing))).equals(TEXT)).toBe(true);
  });

  test("is unpacked by what is printed, which fails when it is cut off", () => {
    const script = `SCRATCH=${folder}; BACKUP=${folder}/packed\n${unpacked(packing)}`;
    expect(sh(script).equals(TEXT)).toBe(true);
    expect(
      Math.max(
        ...unpacked(packing)
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(72);
    if (packing.every((layer) => layer === "crlf" || layer === "bom")) return;
    writeFileSync(join(folder, "packed"), bytes.subarray(0, bytes.length * 0.7));
    expect(() => sh(`${script} >/dev/null 2>&1`)).toThrow();
  });

  test("throws in this process when it is cut off", async () => {
    const cut = bytes.subarray(0, bytes.length * 0.7);
    const isText = packing.every((layer) => layer === "crlf" || layer === "bom");
    const all = await read(unpackStream(pieces(cut, 4096), packing)).catch((error: unknown) => error);
    expect(isText ? all instanceof Buffer : all instanceof Error).toBe(true);
  });
});

test("parts of one that was split come back in their order, whatever they are called", () => {
  for (const flags of [
    "-b 30000 packed parts/x.",
    "-b 30000 -d -a 3 packed parts/x.gz.part",
    "-n 12 --numeric-suffixes=1 packed parts/x.gz.",
  ]) {
    sh(`gzip -c shop.sql >packed && rm -f parts/* && split ${flags}`);
    expect(sh(`BACKUP=${folder}/parts\n${unpacked([{ join: 9 }, "gzip"])}`).equals(TEXT)).toBe(true);
  }
  sh(
    'rm -f parts/* && split -b 20000 -a 1 packed parts/x.part- && cd parts && i=0; for one in x.part-?; do i=$((i+1)); mv "$one" "y$i"; done',
  );
  expect(sh(`BACKUP=${folder}/parts\n${unpacked([{ join: 9 }, "gzip"])}`).equals(TEXT)).toBe(true);
});

test("no bytes make the reader of starts throw", async () => {
  const magic = [
    [0x1f, 0x8b, 8, 0],
    [0x28, 0xb5, 0x2f, 0xfd],
    [0x42, 0x5a, 0x68, 0x39, 0x31],
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    [4, 0x22, 0x4d, 0x18],
    [2, 0x21, 0x4c, 0x18],
    [0x50, 0x4b, 3, 4],
    [0xef, 0xbb, 0xbf],
    [],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...magic),
      fc.uint8Array({ maxLength: 2000 }),
      fc.boolean(),
      async (first, rest, isWhole) => {
        await viewsOf(Buffer.from([...first, ...rest]), isWhole);
      },
    ),
    { numRuns: 400 },
  );
});

test("no damage in a real file makes it throw", async () => {
  const files = MADE.map(([, make]) => sh(make).subarray(0, 65_536));
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(files[round % files.length] ?? []);
    for (let spot = 0; spot < 1 + random(8); spot++) bytes[random(random(2) === 0 ? 600 : bytes.length)] = random(256);
    await viewsOf(bytes.subarray(0, 1 + random(bytes.length)), random(2) === 0);
  }
}, 60_000);

test("a little that becomes very much is not unpacked into memory", async () => {
  const bomb = sh("head -c 60000000 /dev/zero | gzip -9c");
  const [view] = await viewsOf(bomb.subarray(0, 65_536), false);
  expect(view?.bytes.length).toBeLessThanOrEqual(1024 * 1024);
});

test.each<[string, string, Packing]>([
  ["gzip", "gzip -9c", ["gzip"]],
  ["gzip in gzip", "gzip -9c | gzip -9c", ["gzip", "gzip"]],
  ["zstd", "zstd -qc", ["zstd"]],
  ["bzip2", "bzip2 -c", ["bzip2"]],
  ["xz", "xz -c", ["xz"]],
  [
    "a folder whose first file it is",
    "cat >bomb; tar -cf - bomb README | gzip -9c; rm bomb",
    ["gzip", { tar: "README" }],
  ],
])("a bomb of %s is not read on, whatever follows", async (_, pack, packing) => {
  const bomb = sh(`head -c 30000000 /dev/zero | ${pack}`);
  const bounds = { times: 500, alwaysBytes: 10_000_000 };
  let read = 0;
  const work = (async () => {
    for await (const chunk of unpackStream(Readable.from([bomb]), packing, bounds)) read += chunk.length;
  })();
  await expect(work).rejects.toMatchObject({
    code: "FB_UNPACK_LIMIT",
    exitCode: 4,
    next: ["fogbell backups list", expect.any(String)],
  });
  expect(read).toBeLessThan(30_000_000);
});

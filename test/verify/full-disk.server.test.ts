/** A disk without room below the results, the scratch or the copy: void and said, never a defect, and nothing is left. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { makeLabel } from "../../src/host/label.ts";
import { labelledFolders, openScratch } from "../../src/host/scratch.ts";
import type { Engine } from "../../src/parts.ts";
import { openJournal, systemClock } from "../../src/run/journal.ts";
import { decrypt } from "../../src/verify/decrypt.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";
import { PLAINLY } from "../support/verifying.ts";

const here = canMount("full disks") ? describe : describe.skip;
const FULL = { code: "FB_DISK_FULL", exitCode: 4 };

here("the journal", () => {
  const event = (text: string) => ({ kind: "note", text }) as const;
  test("throws once, keeps what it is told, and the file holds whole lines of one chain", async () => {
    using disk = smallDisk(8);
    const file = join(disk.path, "journal.jsonl");
    using journal = openJournal(file, systemClock, () => {});
    journal.append(event("a".repeat(3000)));
    expect(() => journal.append(event("b".repeat(8000)))).toThrow(
      expect.objectContaining({ ...FULL, next: expect.arrayContaining([`df -h ${disk.path}`, "fogbell gc"]) }),
    );
    journal.append(event("c"));
    expect(journal.events.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([0]);
  });
  test("writes what is outstanding when there is room again", async () => {
    using disk = smallDisk(16);
    await writeFile(join(disk.path, "other"), "x".repeat(8000));
    const file = join(disk.path, "journal.jsonl");
    using journal = openJournal(file, systemClock, () => {});
    expect(() => journal.append(event("b".repeat(9000)))).toThrow(expect.objectContaining(FULL));
    await writeFile(join(disk.path, "other"), "");
    journal.append(event("c"));
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([0, 1]);
  });
  test("a disk that is read-only by now", () => {
    using disk = smallDisk(64);
    disk.readOnly();
    expect(() => openJournal(join(disk.path, "journal.jsonl"), systemClock, () => {})).toThrow(
      expect.objectContaining({ code: "FB_DISK_FAULT", exitCode: 4 }),
    );
  });
});

here("the scratch", () => {
  const label = makeLabel("full-disk", new Date(Date.now() + 3_600_000));
  test("no folder can be labelled: none is left", async () => {
    using disk = smallDisk(8);
    await writeFile(join(disk.path, "other"), "x".repeat(8192));
    await expect(openScratch(label, disk.path)).rejects.toMatchObject(FULL);
    expect(await readdir(disk.path)).toEqual(["other"]);
  });
  test("a copy that cannot be decrypted for lack of room is not called bad", async () => {
    using disk = smallDisk(512);
    await using folder = await testFolder();
    const { execFileSync } = await import("node:child_process");
    const [plain, secret, key] = ["plain", "plain.gpg", "key"].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(plain, Buffer.alloc(4_000_000, 7));
    await writeFile(key, "planted-passphrase");
    const home = join(folder.path, "home");
    await mkdir(home, { mode: 0o700 });
    execFileSync(
      "gpg",
      ["--batch", "--pinentry-mode", "loopback", "--passphrase-file", key, "-o", secret, "-z0", "-c", plain],
      { env: { ...process.env, GNUPGHOME: home }, stdio: "pipe" },
    );
    const told = { encryption: { with: "gpg", "key-file": key } as const, paths: [secret], environment: {} };
    const { signal } = new AbortController();
    await expect(decrypt({ ...told, folder: disk.path, signal })).rejects.toMatchObject(FULL);
  });
});

here("a verify", () => {
  let folder: Awaited<ReturnType<typeof testFolder>>;
  beforeAll(async () => {
    folder = await testFolder();
    await using bench = await openBench(catalog.engines[0] as Engine);
    await bench.sh("createdb shop && psql -Xqd shop -c 'CREATE TABLE t AS SELECT g FROM generate_series(1, 500) g'");
    await bench.sh('pg_dump -Fc -d shop -f "$SCRATCH/x"');
    await writeFile(join(folder.path, "shop.dump"), await bench.take("x"));
  });
  afterAll(() => folder[Symbol.asyncDispose]());
  const verifying = (out: string) => [
    "verify",
    "--store",
    `directory:${folder.path}`,
    "--sandbox",
    "local",
    "--trust-backups",
    "--out",
    out,
  ];

  // The journal of such a verify has some 25 kB: it ends in every phase once.
  test.each([4, 8, 12, 16, 20])("with %i kB for its results", async (kilobytes) => {
    using disk = smallDisk(kilobytes);
    const said: string[] = [];
    const [run] = await verifyAll({
      ...PLAINLY,
      config: null,
      storeUrl: `directory:${folder.path}`,
      outFolder: disk.path,
      say: (text) => void said.push(text),
    });
    expect(run?.result).toMatchObject({ verdict: "void", cleanup: { failed: [] } });
    expect(run?.result.problems).toContainEqual(expect.objectContaining({ code: "FB_DISK_FULL", makes: "void" }));
    expect(run?.result.problems.filter(({ code }) => code === "FB_DEFECT")).toEqual([]);
    const left = (await labelledFolders()).filter(({ label }) => label.runId === run?.result.runId);
    expect(left).toEqual([]);
    for (const line of (await readFile(join(run?.folder ?? "", "journal.jsonl"), "utf8")).trimEnd().split("\n"))
      JSON.parse(line);
  });
  test("with nothing at all, and on a disk that is read-only: from the command line", async () => {
    using disk = smallDisk(4);
    await writeFile(join(disk.path, "other"), "x".repeat(4096));
    const out = join(disk.path, "results");
    const call = () => startFogbell(verifying(out)).ended;
    const full = await call();
    expect([full.code, full.stdout + full.stderr]).toEqual([4, expect.stringContaining("FB_DISK_FULL")]);
    disk.readOnly();
    const refused = await call();
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/EROFS[\s\S]*FB_OUT_FOLDER/)]);
  });
  test("a scratch that is too small for the copy and its server", async () => {
    using disk = smallDisk(2048);
    const out = join(folder.path, "out");
    const { code, stdout } = await startFogbell([...verifying(out), "--json"], { TMPDIR: disk.path }).ended;
    expect([code, JSON.parse(stdout).problems]).toMatchObject([4, [{ code: "FB_DISK_FULL" }]]);
    // Node's own, whatever it runs.
    expect((await readdir(disk.path)).filter((name) => name !== "node-compile-cache")).toEqual([]);
  });
});

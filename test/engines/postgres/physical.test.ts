/** What a copy of a server's files says of itself in its first kilobytes. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { physical } from "../../../src/engines/postgres/physical.ts";
import type { BackupFacts } from "../../../src/parts.ts";
import { type Candidate, serverFor, versionFor } from "../../../src/verify/task.ts";

/** As pg_basebackup of 17 writes it. */
const LABEL = `START WAL LOCATION: 0/7000028 (file 000000010000000000000007)
CHECKPOINT LOCATION: 0/7000080
BACKUP METHOD: streamed
BACKUP FROM: primary
START TIME: 2026-03-14 02:00:00 UTC
LABEL: pg_basebackup base backup
START TIMELINE: 1
`;

/** An archive that begins with this label and these files, as it is seen before anything is fetched. */
function seen(label: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-label-"));
  try {
    const all = { backup_label: label, ...files };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    execFileSync("tar", ["--format=ustar", "-cf", "base.tar", ...Object.keys(all)], { cwd: folder });
    return physical.inspect({ head: readFileSync(join(folder, "base.tar")), tail: null, packing: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TARGET = { to: "end-of-log" } as const;

test("a full copy is read to its end", () => {
  const facts = seen(LABEL);
  if (facts === null) return expect.unreachable();
  expect(facts).toMatchObject({ format: "tar", logFrom: "000000010000000000000007" });
  expect(physical.check(facts, TARGET).map(({ script }) => script)).toEqual([expect.stringContaining("tar -t -f -")]);
});

test("an incremental one of version 17 is not restored by itself, and not called bad for it", () => {
  const facts = seen(`${LABEL}INCREMENTAL FROM LSN: 0/4000028\nINCREMENTAL FROM TLI: 1\n`);
  if (facts === null) return expect.unreachable();
  expect(facts.format).toBe("incremental");
  const [line, ...others] = physical.check(facts, TARGET);
  expect(others).toEqual([]);
  const said = execFileSync("bash", ["-c", `${line?.script} || echo "exit code $?"`], { encoding: "utf8" });
  expect(said).toBe("incremental: it needs the copies before it\nexit code 5\n");
  expect(line?.ifNot).toContain("pg_combinebackup FULL INCREMENTAL");
});

const called = (facts: BackupFacts | null) => versionFor(postgres, { point: { facts } } as unknown as Candidate);

test.each(["PG_VERSION", "base/5/PG_VERSION"])(
  "%s, where it comes early, says which server restores the copy",
  (name) => {
    const facts = seen(LABEL, { tablespace_map: "", "global/1260": "x".repeat(8192), [name]: "17\n" });
    if (facts === null) return expect.unreachable();
    expect(facts.serverVersion).toBe("17");
    expect([serverFor(postgres, facts).version, called(facts)]).toEqual(["17", "17"]);
  },
);

test("where it comes late, no version is made up", () => {
  const facts = seen(LABEL, { "global/1260": "x".repeat(8192), "global/1261": "PG_VERSION" });
  expect(facts?.serverVersion).toBeUndefined();
  expect(called(facts)).toBe("15 or 17 or 18");
});

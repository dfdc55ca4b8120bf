/** What a restored server that did not start says about itself, and what it is given when its copy lacks settings. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsOfSide, WHY_STOPPED } from "../../../src/engines/postgres/files.ts";
import { physical } from "../../../src/engines/postgres/physical.ts";

test("the reason is the server's, and not what it told those who knocked meanwhile", () => {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-why-"));
  try {
    writeFileSync(
      join(folder, "server.log"),
      [
        "2026-03-14 02:01:00.001 UTC [7] FATAL:  the database system is starting up",
        "2026-03-14 02:01:00.002 UTC [8] FATAL:  recovery ended before configured recovery target was reached",
        "2026-03-14 02:01:00.003 UTC [9] FATAL:  the database system is shutting down",
        "pg_ctl: could not start server",
        "",
      ].join("\n"),
    );
    const said = execFileSync("bash", ["-c", `{ ${WHY_STOPPED}; } 2>&1`], {
      encoding: "utf8",
      env: { ...process.env, SIDE_DATA: folder },
    });
    expect(said.split("\n")).toEqual([
      "FATAL:  recovery ended before configured recovery target was reached",
      "pg_ctl: could not start server",
      "",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an archive that cannot be unpacked is one, whatever an earlier try left in the terminal", () => {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-unpack-"));
  try {
    const facts = { ...physical.facts({ compress: "gzip" }), complete: "yes" as const };
    const [unpack] = physical.recover(facts, { to: "end-of-log" });
    const env = { ...process.env, BACKUP: folder, SIDE_DATA: join(folder, "side"), whole: "yes" };
    const run = () => execFileSync("sh", ["-c", unpack?.script ?? ""], { env, stdio: "pipe" });
    expect(run).toThrow(/base\.tar\.gz/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** As PostgreSQL 15 prints it. */
const CONTROL = `Latest checkpoint's NextXID:          0:735
wal_level setting:                    replica
max_connections setting:              150
max_worker_processes setting:         9
max_wal_senders setting:              11
max_prepared_xacts setting:           7
max_locks_per_xact setting:           99
track_commit_timestamp setting:       off
Maximum data alignment:               8
`;

test("a copy without settings gets those that its log asks for; one with settings keeps them", () => {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-settings-"));
  try {
    const programs = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(programs, "pg_controldata"), `#!/bin/sh\ncat <<'TEXT'\n${CONTROL}TEXT\n`, { mode: 0o755 });
    const data = mkdtempSync(join(folder, "data-"));
    const env = { ...process.env, SIDE_DATA: data, PATH: `${programs}:${process.env.PATH}` };
    const run = () => execFileSync("sh", ["-c", settingsOfSide[0]?.script ?? ""], { env });
    run();
    expect(readFileSync(join(data, "postgresql.conf"), "utf8")).toBe(
      "max_connections = 150\nmax_worker_processes = 9\nmax_wal_senders = 11\nmax_prepared_transactions = 7\nmax_locks_per_transaction = 99\n",
    );
    const names = ["pg_hba.conf", "pg_ident.conf", "postgresql.conf"];
    expect(readdirSync(data)).toEqual(names);
    for (const name of names) writeFileSync(join(data, name), "theirs");
    run();
    expect(names.map((name) => readFileSync(join(data, name), "utf8"))).toEqual(["theirs", "theirs", "theirs"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

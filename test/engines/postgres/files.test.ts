/** What a restored server that did not start says about itself. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WHY_STOPPED } from "../../../src/engines/postgres/files.ts";

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
      "recovery ended before configured recovery target was reached",
      "could not start server",
      "",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

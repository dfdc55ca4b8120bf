/** psql is held to SQL while it reads a dump: by a key of ours, or by the one that a newer pg_dump wrote. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { readErrors } from "../../../src/engines/postgres/errors.ts";
import { recover } from "../../../src/engines/postgres/loading.ts";
import { logical } from "../../../src/engines/postgres/logical.ts";
import type { BackupFacts } from "../../../src/parts.ts";
import { type Bench, openBench } from "../../support/dumps.ts";

let bench: Bench;
let dump = "";
beforeAll(async () => {
  bench = await openBench(postgres);
  await bench.sh('createdb shop && psql -Xqd shop -c "CREATE TABLE t (i int); INSERT INTO t VALUES (1)"');
  dump = await bench.sh("pg_dump shop");
});
afterAll(() => bench[Symbol.asyncDispose]());

const OLD = /^\\(un)?restrict .*\n/gm;
let number = 0;
async function load(text: string, more: Partial<BackupFacts> = {}) {
  const facts = logical.inspect({ head: Buffer.from(text), tail: Buffer.from(text), packing: [] } as never);
  if (facts === null) throw new Error("it is not recognised");
  const side = `side_${++number}`;
  await bench.sh(`printf %s '${Buffer.from(text).toString("base64")}' | base64 -d >"$SCRATCH/backup"`);
  const script = recover({ ...facts, ...more }).map((line) => `{ ${line.script}\n}`);
  const places = `export BACKUP="$SCRATCH/backup" SIDE_HOST="$PGHOST" SIDE_DATABASE=${side} JOBS=2 EXPECTED_BYTES=0`;
  const said = await bench.sh(`${places}\n{ ${script.join(" &&\n")}\n} 2>&1\necho "exit $?"`);
  const touched = await bench.sh('ls "$SCRATCH"');
  return { facts, said, touched, side };
}

test("the client here can be limited, and its pg_dump does it", async () => {
  expect(dump).toMatch(/^\\restrict \w+$/m);
  expect(await bench.sh("psql --help=commands")).toContain("\\restrict");
});

test.each([
  ["with a limit of its own", (text: string) => text, true],
  ["without one", (text: string) => text.replace(OLD, ""), undefined],
])("a dump %s comes back", async (_, change, limitsClient) => {
  const { facts, said, side } = await load(change(dump));
  expect(facts.limitsClient).toBe(limitsClient);
  expect(said).toBe("exit 0\n");
  expect(await bench.sh(`psql -XAtd ${side} -c "SELECT i FROM t"`)).toBe("1\n");
});

test.each([
  ["with a limit of its own", (text: string) => text],
  ["without one", (text: string) => text.replace(OLD, "")],
])("a command that no reader saw runs nothing in a dump %s", async (_, change) => {
  const closing = "--\n-- PostgreSQL database dump complete";
  const { said, touched } = await load(change(dump).replace(closing, `\\! touch "$SCRATCH/reached"\n${closing}`));
  expect(touched).not.toContain("reached");
  expect(said).toMatch(/exit 3\n$/);
  expect(readErrors(said)[0]).toMatchObject({ client: "psql", reason: "restricted" });
});

test("a client that cannot be limited restores by the reader alone", async () => {
  const text = dump.replace(OLD, "");
  const old = `mkdir -p "$SCRATCH/bin" && printf '#!/bin/sh\\nif [ "$1" = --help=commands ]; then exit 0; fi\\nexec %s "$@"\\n' "$(command -v psql)" >"$SCRATCH/bin/psql" && chmod +x "$SCRATCH/bin/psql"`;
  await bench.sh(old);
  await bench.sh(`printf %s '${Buffer.from(text).toString("base64")}' | base64 -d >"$SCRATCH/backup"`);
  const script = recover({ format: "plain", packing: [] } as never).map((line) => `{ ${line.script}\n}`);
  const places =
    'export PATH="$SCRATCH/bin:$PATH" BACKUP="$SCRATCH/backup" SIDE_HOST="$PGHOST" SIDE_DATABASE=old JOBS=2';
  expect(await bench.sh(`${places}\n{ ${script.join(" &&\n")}\n} 2>&1\necho "exit $?"`)).toBe("exit 0\n");
});

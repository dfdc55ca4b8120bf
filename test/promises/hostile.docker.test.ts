/**
 * 130 hostile dumps, 0 effects outside: each is verified in both sandboxes, and then is looked for what it would have left:
 * a file, a connection, a change in a server beside, a change in the store. What the reader can see is not called good.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { some } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";
import { type Attack, ON_MARIADB, ON_POSTGRES } from "./attacks.ts";
import { MORE_ON_MARIADB, MORE_ON_POSTGRES } from "./attacks-two.ts";
import { isGood } from "./judged.ts";
import { dumped, engineOf, fill, STAMP } from "./shops.ts";

let folder: Awaited<ReturnType<typeof testFolder>>;
let victim: Bench;
const dumps: Record<string, string> = {};
const connections: string[] = [];
const listener = createServer((socket) => {
  connections.push(String(socket.remoteAddress));
  socket.destroy();
});
let socket = "";
beforeAll(async () => {
  folder = await testFolder();
  await chmod(folder.path, 0o777);
  victim = await openBench(engineOf("postgres"));
  await fill(victim, "postgres");
  await victim.sh('createdb victim && psql -Xqd victim -c "CREATE TABLE t (i int)"');
  socket = (await victim.sh('printf %s "$PGHOST"')).trim();
  dumps.postgres = (await dumped(victim, "postgres")).toString("latin1");
  await using other = await openBench(engineOf("mariadb"));
  await fill(other, "mariadb");
  dumps.mariadb = (await dumped(other, "mariadb", "--single-transaction")).toString("latin1");
  await new Promise<void>((done) => listener.listen(0, "0.0.0.0", done));
}, 120_000);
afterAll(async () => {
  listener.close();
  await victim[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Ended {
  readonly what: string;
  readonly verdict: string;
  readonly because: string;
  readonly effects: readonly string[];
  readonly seen: boolean;
}

let number = 0;
async function attacked(engine: string, { name, text, seen }: Attack, sandbox: string): Promise<Ended> {
  const at = join(folder.path, String(++number));
  const mark = join(at, "mark", "touched");
  await mkdir(join(at, "mark"), { recursive: true });
  await mkdir(join(at, "store"));
  for (const one of [at, join(at, "mark")]) await chmod(one, 0o777);
  const whole = dumps[engine] ?? "";
  const key = /^\\restrict (\w+)$/m.exec(whole)?.[1] ?? "nokey";
  const { port } = listener.address() as { port: number };
  const told: Readonly<Record<string, string>> = { MARK: mark, PORT: String(port), SOCKET: socket, KEY: key };
  const evil = text.replace(/\$(MARK|PORT|SOCKET|KEY)/g, (_, word: string) => told[word] ?? "");
  const closing = engine === "postgres" ? "--\n-- PostgreSQL database dump complete" : "-- Dump completed";
  const bytes = Buffer.from(
    whole.replace(closing, () => `${evil}\n\n${closing}`),
    "latin1",
  );
  const file = join(at, "store", `shop-${STAMP}.sql`);
  await writeFile(file, bytes);
  const config = configOf(
    `version: 1\ndatabases:\n  - name: Shop\n    engine: ${engine}\n    objectives: { rto: 1h, rpo: 25h }\n    sources: [{ store: "directory:${at}/store" }]\n`,
  );
  const before = connections.length;
  const [run] = await verifyAll({ ...PLAINLY, config, storeUrl: null, outFolder: join(at, "out"), sandbox });
  const result = run?.result;
  const stands = await victim.try('psql -XAtd victim -c "SELECT count(*) FROM t"');
  const effects = [
    ...(existsSync(mark) ? ["a file was written"] : []),
    ...(connections.length > before ? ["a connection was made"] : []),
    ...(stands.exitCode === 0 && stands.stdout.trim() === "0" ? [] : ["the server beside was changed"]),
    ...((await readFile(file)).equals(bytes) ? [] : ["the backup was changed"]),
    ...((await readdir(join(at, "store"))).length === 1 ? [] : ["something lies beside the backup"]),
    ...(result?.cleanup?.failed ?? ["nothing was cleaned up"]),
  ];
  const what = `${engine}, ${sandbox}: ${name}`;
  return { what, verdict: result?.verdict ?? "none", because: result?.reasons[0] ?? "", effects, seen };
}

test("130 hostile dumps, 0 effects outside", { timeout: 1_800_000 }, async () => {
  const all = [
    ...[...ON_POSTGRES, ...MORE_ON_POSTGRES].map((attack) => ({ engine: "postgres", attack, name: attack.name })),
    ...[...ON_MARIADB, ...MORE_ON_MARIADB].map((attack) => ({ engine: "mariadb", attack, name: attack.name })),
  ];
  expect(all.length).toBeGreaterThanOrEqual(130);
  const todo = some("hostile dumps", all, 20).flatMap((one) => ["docker", "local"].map((box) => ({ ...one, box })));
  const ended: Ended[] = [];
  const work = async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift())
      ended.push(await attacked(next.engine, next.attack, next.box));
  };
  await Promise.all([work(), work()]);
  const effects = ended.filter(({ effects: found }) => found.length > 0);
  process.stdout.write(`\n${ended.length} verifies of hostile dumps, ${effects.length} with an effect outside\n`);
  if (process.env.FOGBELL_RATES !== undefined)
    for (const { what, verdict, because } of ended) process.stdout.write(`${verdict}\t${what}\t${because}\n`);
  expect(effects.map(({ what, effects: found }) => `${what}: ${found.join(", ")}`)).toEqual([]);
  const good = ended.filter(({ seen, verdict }) => seen && isGood({ verdict: verdict as "recovered" }));
  expect(good.map(({ what, because }) => `${what}: ${because}`)).toEqual([]);
  expect(ended.filter(({ because }) => because === "")).toEqual([]);
});

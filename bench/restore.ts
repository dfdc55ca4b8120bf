/**
 * The restore: the drill's own commands, run as the drill runs them, against the same restore typed by hand with
 * `docker exec`, in turns, in one container, from one backup.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalog } from "../src/catalog.ts";
import { makeLabel } from "../src/host/label.ts";
import type { BackupFacts, Line, Method, Places, Server, ServerSpec } from "../src/parts.ts";
import { createRunner, type Runner } from "../src/run/runner.ts";
import { LABELS } from "../src/sandboxes/docker-engine.ts";
import { mustRun } from "./child.ts";
import type { Figure } from "./figures.ts";
import { inTurns } from "./turns.ts";

interface Kind {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const KINDS: readonly Kind[] = [
  { name: "plain, gzip", options: { format: "plain", compress: "gzip" } },
  { name: "custom, two jobs", options: { format: "custom" } },
];

const JOBS = 2;
const SIDE = "bench_side";
const HOUR_MS = 3_600_000;

interface Bench {
  readonly runner: Runner;
  readonly server: Server;
  readonly spec: ServerSpec;
  readonly container: string;
  /** Changed for each kind of backup. */
  readonly places: Record<string, string>;
  readonly folder: string;
}

const step = { phase: "restore", name: "bench" } as const;
const own = (script: string): Line => ({ say: "Benchmark.", script, uses: [], destroys: false });

export async function benchRestore(request: { rows: number; pairs: number; folder: string }): Promise<Figure[]> {
  const [engine] = catalog.engines;
  const driver = catalog.sandboxes.find(({ name }) => name === "docker");
  if (engine === undefined || driver === undefined) throw new Error("no engine or no docker sandbox");
  const spec = engine.server(engine.versions[0] ?? "", engine.options.parse({}));
  const signal = new AbortController().signal;
  const label = makeLabel(`bench-${process.pid}`, new Date(Date.now() + HOUR_MS));
  await using sandbox = await driver.open(label, driver.options.parse({}), signal);
  await using server = await sandbox.start(spec);
  const { stdout } = await mustRun("docker", ["ps", "-q", "--filter", `label=${LABELS.run}=${label.runId}`]);
  const places: Record<string, string> = {
    PGDATABASE: "shop",
    SIDE_HOST: server.folders.socket,
    SIDE_DATABASE: SIDE,
    JOBS: String(JOBS),
    EXPECTED_BYTES: "0",
    BACKUP_DIR: `${server.folders.scratch}/backup`,
  };
  const runner = createRunner({
    server,
    places: () => places as Places,
    signal,
    readErrors: engine.readErrors,
    write: () => {},
    onProgress: () => {},
  });
  const bench: Bench = { runner, server, spec, container: stdout.trim(), places, folder: request.folder };
  for (const line of engine.phrases.preset({ name: "shop", rows: request.rows, seed: 1, untilMs: Date.now() }))
    await runner.must(line, step);
  const figures: Figure[] = [];
  for (const kind of KINDS) {
    const [method] = engine.methods;
    if (method !== undefined) figures.push(await compare(bench, { method, kind, ...request }));
  }
  return figures;
}

interface Comparison {
  readonly method: Method;
  readonly kind: Kind;
  readonly rows: number;
  readonly pairs: number;
}

async function compare(bench: Bench, { method, kind, rows, pairs }: Comparison): Promise<Figure> {
  const { runner, places } = bench;
  const options = method.options.parse(kind.options);
  const stem = kind.name.replace(/\W+/g, "-");
  await runner.must(own('mkdir -p "$BACKUP_DIR"'), step);
  for (const line of method.backup(stem, options)) await runner.must(line, step);
  const listed = await runner.must(own(`ls "$BACKUP_DIR"/${stem}* | grep -v globals`), step);
  places.BACKUP = listed.stdout.trim();
  const facts = method.facts(options);
  const { value, from } = await inTurns({
    pairs,
    drill: () => drillsWay(bench, method, facts),
    byHand: await handTyped(bench, facts),
    clear: async () => void (await runner.must(own(`dropdb ${SIDE} && psql -Xqc CHECKPOINT postgres`), step)),
  });
  return {
    name: `restore, ${kind.name}`,
    what: "the drill's restore commands against the same restore typed by hand",
    value,
    unit: "×",
    target: 1.03,
    from: { rows, ...from },
  };
}

async function drillsWay({ runner }: Bench, method: Method, facts: BackupFacts): Promise<void> {
  for (const line of method.recover(facts, { to: "end-of-log" })) await runner.must(line, step);
}

/** What a person with a dump on this host and a container would type, with the same promises: stop at the first error. */
async function handTyped(
  { server, spec, container, places, folder }: Bench,
  facts: BackupFacts,
): Promise<() => Promise<void>> {
  const env = { ...spec.environment(server.folders), PATH: `${spec.binaryFolders.join(":")}:/usr/bin:/bin` };
  const exec = ["docker", "exec", ...Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`])].join(
    " ",
  );
  const create = `${exec} ${container} createdb -T template0 -E UTF8 ${SIDE}`;
  if (facts.format !== "plain") {
    const restore = `${exec} ${container} pg_restore --exit-on-error -j ${JOBS} -d ${SIDE} ${places.BACKUP}`;
    return () => shell(`${create} && ${restore}`);
  }
  const file = join(folder, "by-hand.sql.gz");
  const bytes: Uint8Array[] = [];
  for await (const chunk of server.get(places.BACKUP ?? "")) bytes.push(chunk);
  await writeFile(file, Buffer.concat(bytes));
  return () =>
    shell(
      `${create} && gunzip -c ${file} | ${exec} -i ${container} psql -Xq -v ON_ERROR_STOP=1 -1 -o /dev/null -d ${SIDE}`,
    );
}

function shell(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-o", "pipefail", "-c", script], { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`ended with ${code}: ${script}`))));
  });
}

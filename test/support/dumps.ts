/** Backups of real sample databases, made by the real tools on throwaway servers, as bytes to be spoiled. */
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { makeLabel } from "../../src/host/label.ts";
import type { Engine, Outcome, Server, Settings } from "../../src/parts.ts";
import { local } from "../../src/sandboxes/local.ts";

const DATA = resolve("../shared/data");
/** The sample files where they are; else small ones of this repository. */
export const sampleFile = (name: string): string | null => (existsSync(join(DATA, name)) ? join(DATA, name) : null);

export interface Bench extends AsyncDisposable {
  /** Runs a script in the server's sandbox; files are made below `$SCRATCH`. Throws when it fails. */
  sh(script: string): Promise<string>;
  /** The same, whatever comes of it. Throws when it is told to end. */
  try(script: string, until?: AbortSignal): Promise<Outcome>;
  readonly scratch: string;
  /** Copies a file of this machine in, and returns where it lies. */
  bring(file: string): Promise<string>;
  take(path: string): Promise<Buffer>;
}

/** A server to make backups of, gone afterwards. */
export async function openBench(engine: Engine, settings: Settings = {}): Promise<Bench> {
  const signal = new AbortController().signal;
  const label = makeLabel(`bench-${process.pid}-${engine.name}`, new Date(Date.now() + 3_600_000));
  const box = await local.open(label, local.options.parse({}), signal);
  const server: Server = await box.start(engine.server(engine.versions[0] ?? "", {}, settings));
  const { scratch } = server.folders;
  let number = 0;
  const places = { SCRATCH: scratch, ARCHIVE: server.folders.archive };
  const run = (script: string, until = signal) => {
    const command = { id: `bench.${++number}`, phase: "world", say: "x", script, uses: [], destroys: false } as const;
    return server.run({ command, places, signal: until });
  };
  return {
    scratch,
    try: run,
    async sh(script) {
      const outcome = await run(script);
      if (outcome.exitCode !== 0) throw new Error(`${script}: ${outcome.stderrTail}`);
      return outcome.stdout;
    },
    async bring(file) {
      const path = `${scratch}/${basename(file)}`;
      await server.put(path, createReadStream(file), (await stat(file)).size);
      return path;
    },
    async take(path) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of server.get(path.startsWith("/") ? path : `${scratch}/${path}`)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await box[Symbol.asyncDispose]();
    },
  };
}

/** A folder of this test, gone afterwards. */
export async function testFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "fogbell-rates-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

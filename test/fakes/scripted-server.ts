/** A server that is a table: commands in, outcomes out. For tests of what drives a server, without one. */
import type { Command, Outcome, RunRequest, Server } from "../../src/parts.ts";
import { outcome } from "./outcome.ts";

export type Answer =
  | string
  | Partial<Outcome>
  | Error
  | ((request: RunRequest) => Promise<Partial<Outcome>> | Partial<Outcome>);

/** A command's id (`restore.copy.2`), or what its id or script matches. The first row that fits answers. */
export type Row = readonly [asked: string | RegExp, answer: Answer];

export interface ScriptedServer extends Server {
  /** What was run, in order, with the places it was given. */
  readonly ran: readonly RunRequest[];
  /** What was put, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const fits = (asked: Row[0], { id, script }: Command) =>
  typeof asked === "string" ? asked === id : asked.test(id) || asked.test(script);

/** A command that no row answers is an error: a table that is not up to date must not pass a test. */
export function scriptedServer(table: readonly Row[]): ScriptedServer {
  const ran: RunRequest[] = [];
  const files = new Map<string, Uint8Array>();
  const base = "/sandbox";
  return {
    folders: {
      data: `${base}/data`,
      socket: `${base}/socket`,
      scratch: `${base}/scratch`,
      evidence: `${base}/evidence`,
      archive: `${base}/archive`,
      side: `${base}/side`,
    },
    made: "a table",
    jobs: 2,
    ran,
    files,
    async run(request) {
      const { command, signal, sink } = request;
      signal.throwIfAborted();
      ran.push(request);
      const row = table.find(([asked]) => fits(asked, command));
      if (row === undefined) throw new Error(`the table has no answer to ${command.id}: ${command.script}`);
      const [, answer] = row;
      if (answer instanceof Error) throw answer;
      const told =
        typeof answer === "string"
          ? outcome(answer)
          : outcome("", typeof answer === "function" ? await answer(request) : answer);
      signal.throwIfAborted();
      if (sink === undefined) return { ...told, commandId: command.id };
      sink(Buffer.from(told.stdout));
      return outcome("", { ...told, commandId: command.id, stdout: "" as Outcome["stdout"] });
    },
    async put(path, body, sizeBytes) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length !== sizeBytes) throw new Error(`${all.length} of ${sizeBytes} bytes arrived at ${path}`);
      files.set(path, all);
    },
    async *get(path) {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error(`nothing was put at ${path}`);
      yield bytes;
    },
    kill: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The desk in the sandbox, worked from outside: laid out, followed, answered. */

import { randomBytes } from "node:crypto";
import type { PeopleTable } from "../drill/people.ts";
import { quote } from "../host/sh.ts";
import { pause } from "../host/stream.ts";
import type { Line, Outcome, Places, StoredObject } from "../parts.ts";
import {
  type DeskLine,
  type DeskState,
  deskFolder,
  follow,
  forget,
  inventory,
  lay,
  layPlaces,
  readDeskLine,
  setUp,
  shellFile,
  stateFile,
  storeFolder,
  touch,
} from "./desk.ts";
import type { KeeperAnswer } from "./wire.ts";

export interface OpenDesk {
  readonly argv: readonly string[];
  readonly env: Places;
  state(state: DeskState): Promise<void>;
  /** Places as they are now: after a fetch they are others. */
  places(): Promise<void>;
  answer(id: string, answer: KeeperAnswer): Promise<void>;
  /** Brings the store as people see it up to what it is. Returns what went from it. */
  sync(): Promise<readonly string[]>;
  /** `folder name` → hash, of store and evidence. */
  inventory(): Promise<ReadonlyMap<string, string>>;
  has(key: string): Promise<boolean>;
  readonly folder: string;
  readonly store: string;
  readonly evidence: string;
  /** Sizes of all that lies in the store. */
  sizes(): readonly number[];
}

/** Of the procedure's places, those that would tell what people have to find out. */
const HIDDEN = ["DAMAGED_AT", "EXPECTED_BYTES", "STORE", "POINT"];

const placed = (name: string, value: string) => `fb_place ${name} ${quote(value)}\n`;

const ANSWER_ID = /^[\w-]{1,40}$/;

const look: Line = { say: "Look.", script: 'test -e "$FILE"', uses: ["FILE"], destroys: false };

/** An inventory's lines: each file by its folder and name, with its hash. */
function filesIn(printed: string): Map<string, string> {
  const lines = printed.split("\n").map((line) => /^(\S+) ([0-9a-f]{64}) {2}\.\/(.*)$/.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[`${found[1]}/${found[3]}`, found[2] ?? ""]])));
}

/** `onLine` hears each line of the desk, in order, until the signal aborts. */
export async function openDesk(
  table: PeopleTable,
  onLine: (line: DeskLine) => void,
  signal: AbortSignal,
): Promise<OpenDesk> {
  const { server, plan } = table;
  const [desk, store, evidence] = [
    deskFolder(server.folders.scratch),
    storeFolder(server.folders.scratch),
    server.folders.evidence,
  ];
  const fixed: Places = { DESK: desk, STORE: store, EVIDENCE: evidence };
  const run = (line: Line, places: Places = {}): Promise<Outcome> =>
    server.run({ command: { ...line, id: "desk", phase: "world" }, places: { ...fixed, ...places }, signal });
  const put = async (file: string, text: string) => void (await run(lay, layPlaces(file, text)));

  await run(setUp);
  const host = `${plan.database}-db-1`;
  await put(`${desk}/rc`, shellFile({ keyboard: plan.engine.keyboard, host }));
  const shown = new Map<string, StoredObject>();

  async function places(): Promise<void> {
    // What is not known yet is people's to set: an empty value would take theirs away.
    const own = Object.entries(table.places()).filter(([name, { value }]) => !HIDDEN.includes(name) && value !== "");
    await put(`${desk}/places`, own.map(([name, { value }]) => placed(name, value)).join("") + placed("STORE", store));
  }

  async function sync(): Promise<readonly string[]> {
    const there = new Map<string, StoredObject>();
    for await (const object of table.sources.store.list("")) there.set(object.key, object);
    for (const [key, object] of there) {
      if (shown.get(key)?.sizeBytes === object.sizeBytes) continue;
      await server.put(`${store}/${key}`, table.sources.store.read(object), object.sizeBytes);
      await run(touch, { FILE: `${store}/${key}`, AT: object.modifiedAt });
      shown.set(key, object);
    }
    const gone = [...shown.keys()].filter((key) => !there.has(key));
    for (const key of gone) {
      await run(forget, { FILE: `${store}/${key}` });
      shown.delete(key);
    }
    return gone;
  }

  await places();
  await sync();
  void followDesk(table, { fixed, onLine, signal });
  return {
    argv: ["bash", "--noprofile", "--rcfile", `${desk}/rc`, "-i"],
    env: { ...fixed, SCRATCH: server.folders.scratch },
    folder: desk,
    store,
    evidence,
    sizes: () => [...shown.values()].map(({ sizeBytes }) => sizeBytes),
    places,
    sync,
    state: (state) => put(`${desk}/state`, stateFile(state)),
    async answer(id, { code, text }) {
      if (ANSWER_ID.test(id)) await put(`${desk}/answers/${id}`, `${code}\n${text}${text === "" ? "" : "\n"}`);
    },
    async inventory() {
      const { stdout } = await run(inventory);
      return filesIn(stdout);
    },
    has: async (key) => (await run(look, { FILE: `${store}/${key}` })).exitCode === 0,
  };
}

interface Following {
  readonly fixed: Places;
  readonly onLine: (line: DeskLine) => void;
  readonly signal: AbortSignal;
}

/** Reads on where it was when the reading process dies: a person may kill it, by mistake or not. */
async function followDesk({ server }: PeopleTable, { fixed, onLine, signal }: Following): Promise<void> {
  let read = 0;
  while (!signal.aborted) {
    let rest = "";
    const sink = (chunk: Uint8Array) => {
      const lines = (rest + Buffer.from(chunk).toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) {
        read += 1;
        const line = readDeskLine(text);
        if (line !== null) onLine(line);
      }
    };
    const command = { ...follow(read + 1), id: `desk-${randomBytes(4).toString("hex")}`, phase: "world" } as const;
    await server.run({ command, places: fixed, signal, sink }).catch(() => null);
    if (!signal.aborted) await pause(500);
  }
}

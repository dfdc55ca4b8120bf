/** The beginning of a game day, seen from the terminal that starts it. */

import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { UnavailableError } from "../errors.ts";
import { NARROW_COLUMNS, wrap } from "../host/columns.ts";
import { type Detached, startDetached } from "../host/process-detached.ts";
import { pause } from "../host/stream.ts";
import { formatObjective } from "../host/units.ts";
import type { Catalog } from "../parts.ts";
import { plan } from "../plan/plan.ts";
import { newRunFolder } from "../run/run-folder.ts";
import { candidates, type Wanted } from "./choose-scenario.ts";
import { all, type DayEvent } from "./events.ts";
import { type Played, readLog, readSession } from "./session.ts";
import { ask } from "./wire.ts";

const LOOK_EVERY_MS = 200;
const COMPLAINTS = "keeper.log";

export interface BeginRequest extends Wanted {
  readonly catalog: Catalog;
  readonly out: string;
  readonly sandbox: string;
  readonly rows?: number | undefined;
  readonly solo?: boolean | undefined;
  readonly withinMs: number;
}

export interface Begun {
  readonly folder: string;
  readonly keeper: Detached;
}

/** Starts the keeper in a process of its own. Throws what is wrong with the wish before anything starts. */
export async function beginDay(request: BeginRequest): Promise<Begun> {
  const { catalog, scenario, family, engine, out, sandbox, rows, solo, withinMs } = request;
  const found = await candidates(catalog, request);
  for (const one of found) plan(one, catalog, { engine, rows });
  const { folder } = await newRunFolder(out, new Date());
  const flag = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const words = [
    ...["gameday", "keep", folder],
    ...(scenario === undefined ? [] : [scenario]),
    ...flag("family", family),
    ...flag("engine", engine),
    ...flag("rows", rows),
    ...flag("out", out),
    ...flag("sandbox", sandbox),
    ...flag("within", `${withinMs}ms`),
    ...(solo === true ? ["--solo"] : []),
  ];
  return { folder, keeper: startDetached(words, { complaints: join(folder, COMPLAINTS) }) };
}

function opening({
  level,
  seal,
  engine,
  objectives,
  carried,
  solo,
}: Extract<DayEvent, { kind: "day-began" }>): string[] {
  const known = {
    known: "You know the scenario.",
    family: "You know the scenario's family.",
    blind: "Nobody here knows the scenario.",
  }[level];
  return [
    "",
    `GAME DAY on ${engine}${solo ? ", solo" : ""}. ${known}`,
    `Seal: ${seal}`,
    "Write it down. At the end it's opened, so that everyone can see the disaster wasn't changed.",
    `Objectives: back within ${formatObjective(objectives.rtoMs)}, with no more than ${formatObjective(objectives.rpoMs)} of data lost.`,
    'The stop word is "stop": anyone who says it ends the day. If a real incident happens: fogbell gameday end --abandon',
    ...(carried.length === 0 ? [] : ["", "Review these first, from the last game day:"]),
    ...carried.map(({ text, owner, due }) => `  - ${text} (owner ${owner || "nobody"}, due ${due || "open"})`),
    "",
    "Building the database …",
  ].map((line) => wrap(line, NARROW_COLUMNS, 0));
}

export interface Waiting {
  readonly say: (text: string) => void;
  /** Ctrl-C while it is being built: then nothing of it stays. */
  readonly signal: AbortSignal;
}

/** Waits until people can come to the keyboard. Null: it ended before that. Throws what the keeper died of. */
export async function untilOnCall({ folder, keeper }: Begun, { say, signal }: Waiting): Promise<Played | null> {
  let dead: number | null = null;
  void keeper.exited.then((code) => {
    dead = code;
  });
  let opened = false;
  let stopped = false;
  for (;;) {
    const events = await readLog(folder);
    const [began] = all(events, "day-began");
    if (began !== undefined && !opened) {
      opened = true;
      say(opening(began).join("\n"));
    }
    if (events.some(({ kind }) => kind === "day-ended")) return null;
    const session = await readSession(folder);
    if (session?.shell != null) {
      if ((await readFile(join(folder, COMPLAINTS), "utf8").catch(() => "")) === "")
        await rm(join(folder, COMPLAINTS), { force: true });
      return { folder, session };
    }
    if (signal.aborted && session !== null && !stopped) {
      stopped = true;
      await ask(session.socket, { role: "facilitator", words: ["end", "--abandon"] }).catch(() => {});
    }
    if (dead !== null) throw await died(folder, dead);
    await pause(LOOK_EVERY_MS);
  }
}

async function died(folder: string, code: number): Promise<UnavailableError> {
  const complaint = (await readFile(join(folder, COMPLAINTS), "utf8").catch(() => "")).trim();
  return new UnavailableError(
    `the game day's background process ended with exit code ${code}${complaint === "" ? "" : `:\n${complaint}`}`,
    {
      code: "FB_GAMEDAY_GONE",
      next: ["fogbell doctor", "fogbell gc"],
    },
  );
}

/** What responders are told at the keyboard: what is isolated and what is not, and which words there are. */
export function briefingText({ folder, session }: Played): string {
  const isolation = session.shell?.isolation ?? [];
  const leavesOpen = session.shell?.leavesOpen ?? [];
  return [
    "",
    "You're at the keyboard of a throwaway copy. You can break anything in it;",
    "nothing outside is touched.",
    ...isolation.map((line) => wrap(`  ${line}`, NARROW_COLUMNS)),
    ...(leavesOpen.includes("files")
      ? [
          "  NOT ISOLATED: this isn't a container. You see this machine's files and",
          "  processes, as this account does. Don't connect anywhere from this shell,",
          "  and remember which terminal it is.",
          ...(leavesOpen.includes("sockets")
            ? ["  Other servers on this machine can be reached through their sockets."]
            : []),
        ]
      : ["  This shell can reach nothing outside the sandbox."]),
    ...(leavesOpen.some((one) => one !== "files") ? ["  Better: fogbell gameday start --sandbox docker"] : []),
    "",
    "At hand:",
    "  db                         the engine's client, on the damaged database",
    "  fogbell backups list       the backups; to download one: backups fetch POINT",
    "  runbook     runbook 1      all runbook pages; one of them",
    "  $STORE  $SCRATCH           the backups as files; room to work",
    "  $EVIDENCE                  copy the damaged database here before you touch it",
    "  $SIDE_DATABASE             restore into this, beside; keep it until the end",
    "  $APP_CONFIG                which database the application uses; that one",
    "                             is judged at the end",
    "  DAMAGED_AT=2026-01-31T02:10:00Z   set this to replay a log up to there (UTC)",
    "Type one of these, then your text:",
    "  note  decide  see  todo    for the record",
    "  tell                       a message to outsiders",
    "Also: hint, status, pause, resume. When you're done: fogbell gameday end",
    "",
    "Others join from another terminal:",
    "  fogbell gameday join --role facilitator|scribe|observer",
    `What you type is recorded in ${basename(folder)}; what's printed isn't.`,
    "exit leaves this shell; fogbell gameday shell brings you back.",
    "",
  ].join("\n");
}

/** A terminal at a game day: follows the log, opens the shell in the sandbox, and outlives neither. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { UnavailableError } from "../errors.ts";
import { wrap } from "../host/columns.ts";
import { pause } from "../host/stream.ts";
import type { Catalog, Terminal } from "../parts.ts";
import type { DayEvent } from "./events.ts";
import { withNewPrompts } from "./new-prompt.ts";
import { LOG_FILE, type Played, readLog, readSession } from "./session.ts";
import { isLoud, lineOf } from "./timeline.ts";
import { ask } from "./wire.ts";

const LOOK_EVERY_MS = 200;

/** Hears each event of a log from the `from`th on, as it is written, until the day has ended or the signal aborts. */
export async function followLog(
  folder: string,
  onEvent: (event: DayEvent) => void,
  { signal, from = 0 }: { readonly signal: AbortSignal; readonly from?: number },
): Promise<void> {
  let seen = from;
  let size = -1;
  while (!signal.aborted) {
    const file = await open(join(folder, LOG_FILE)).catch(() => null);
    const now = (await file?.stat())?.size ?? -1;
    await file?.close();
    if (now !== size) {
      size = now;
      const events = await readLog(folder);
      for (const event of events.slice(seen)) onEvent(event);
      seen = Math.max(seen, events.length);
      if (events.some(({ kind }) => kind === "day-ended")) return;
    }
    await pause(LOOK_EVERY_MS);
  }
}

export interface AttendRequest {
  readonly catalog: Catalog;
  readonly played: Played;
  readonly role: string;
  readonly name: string | undefined;
  readonly terminal: Terminal;
  readonly color: boolean;
  readonly term: string;
}

/** Opens the responders' shell. Resolves when it closes: because somebody left, or because the day is over. */
export async function attend(request: AttendRequest): Promise<void> {
  const { catalog, played, role, name, color } = request;
  using prompts = withNewPrompts(request.terminal);
  const { terminal } = prompts;
  const { folder } = played;
  const session = (await readSession(folder)) ?? played.session;
  const driver = catalog.sandboxes.find(({ name: one }) => one === session.shell?.sandbox);
  if (session.shell === null || driver?.enter === undefined) {
    throw new UnavailableError("the shell isn't ready yet", {
      code: "FB_GAMEDAY_EARLY",
      next: ["fogbell gameday shell"],
    });
  }
  const { door, argv, env } = session.shell;
  await ask(session.socket, { role, words: ["joined", ...(name === undefined ? [] : [name])] });
  const stop = new AbortController();
  const over = new AbortController();
  // Whoever comes, or comes back, hears what was said since somebody was on call.
  const before = (await readLog(folder)).findIndex((event) => event.kind === "stage" && event.stage === "on-call") + 1;
  const [loud, plain] = color ? ["\u001b[1;30;43m", "\u001b[0m"] : ["", ""];
  const following = followLog(
    folder,
    (event) => {
      if (event.kind === "stage" && (event.stage === "judging" || event.stage === "over")) over.abort();
      const line = isLoud(event) ? lineOf(event, "responder") : null;
      if (line === null) return;
      const shown = wrap(line, terminal.size().columns, 10).replaceAll("\n", "\r\n");
      terminal.write(Buffer.from(`\r\n${loud}${shown}${plain}\r\n`));
      prompts.nudge();
    },
    { signal: stop.signal, from: before },
  );
  const leave = () => ask(session.socket, { role, words: ["left"] }).catch(() => {});
  // The connection dropped: that is said before the signal does what it does.
  const dropped = () => void leave().finally(() => process.kill(process.pid, "SIGHUP"));
  process.once("SIGHUP", dropped);
  try {
    await driver.enter({
      door,
      argv,
      env: { ...env, FOGBELL_ROLE: role, FOGBELL_COLOR: color ? "yes" : "", TERM: request.term },
      terminal,
      over: over.signal,
    });
  } finally {
    const isOver = (await readLog(folder)).some(
      ({ kind, ...event }) =>
        kind === "stage" && "stage" in event && (event.stage === "judging" || event.stage === "over"),
    );
    if (isOver) await following;
    stop.abort();
    process.off("SIGHUP", dropped);
    await leave();
  }
}

/**
 * The board: one page on loopback that shows a day to the room, and another that leads it. A server of Node's own: there
 * are one page, one stream and one kind of deed, and what keeps strangers out (the token, the host that was asked for)
 * would be ours with any library, too.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { packageFolder } from "../host/package-folder.ts";
import { isAlive } from "../host/process-alive.ts";
import { type BoardEvent, boardEvent } from "./board-events.ts";
import type { DayEvent } from "./events.ts";
import { MILESTONE_MEANING } from "./milestones.ts";
import { LOG_FILE, type Played } from "./session.ts";
import { tailOf } from "./tail.ts";
import { ask } from "./wire.ts";

const LOOK_EVERY_MS = 50;
const CLOCK_EVERY_MS = 1000;
/** What a browser that sleeps is not reading; it takes up again where it was, by the number of its last event. */
const FULL_BYTES = 4 * 1024 * 1024;
const LONGEST_BODY = 2000;
/** How long the verdict can still be fetched once the day is over. */
const LAST_WORDS_MS = 1500;

/** What a facilitator can do by button; whatever else is asked is refused. */
const DEEDS: readonly string[] = ["inject", "hold", "skip", "hint", "pause", "resume"];

export interface BoardRequest {
  readonly played: Played;
  /** 0: any that is free. */
  readonly port: number;
  /** Makes a second address, for who leads the day. */
  readonly leads: boolean;
}

export interface Board extends AsyncDisposable {
  /** For the projector: it shows, and can do nothing. */
  readonly url: string;
  /** For the facilitator; null where nobody asked for it. */
  readonly leadUrl: string | null;
  /** The day has ended, or its keeper is gone: `killed`. */
  readonly over: Promise<"ended" | "killed">;
}

type View = "room" | "lead";

interface Listener {
  readonly view: View;
  readonly response: ServerResponse;
}

const token = () => randomBytes(24).toString("base64url");

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What every answer carries: nothing is kept, framed, sniffed or sent on, and the page loads nothing from anywhere. */
const headers = (nonce: string) => ({
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
});

/** The server and what it has heard. A class, because the log, the clock and the browsers that listen are one state. */
class DayBoard {
  readonly #request: BoardRequest;
  readonly #tokens: Readonly<Record<View, string | null>>;
  readonly #events: DayEvent[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #over = Promise.withResolvers<"ended" | "killed">();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #page = "";
  #timer: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  #port = 0;

  constructor(request: BoardRequest) {
    this.#request = request;
    this.#tokens = { room: token(), lead: request.leads ? token() : null };
  }

  async open(): Promise<Board> {
    this.#page = await readFile(join(packageFolder(), "reports", "board.html"), "utf8");
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#request.port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    const tail = tailOf(join(this.#request.played.folder, LOG_FILE));
    let isReading = false;
    this.#timer = setInterval(() => {
      if (isReading) return;
      isReading = true;
      void tail
        .more()
        .then((events) => this.#hear(events))
        .finally(() => {
          isReading = false;
        });
    }, LOOK_EVERY_MS);
    this.#clock = setInterval(() => void this.#tick(), CLOCK_EVERY_MS);
    const at = (view: View) => `http://127.0.0.1:${this.#port}/?token=${this.#tokens[view]}`;
    return {
      url: at("room"),
      leadUrl: this.#tokens.lead === null ? null : at("lead"),
      over: this.#over.promise,
      [Symbol.asyncDispose]: () => this.#close(),
    };
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#clock);
    for (const { response } of this.#listeners) response.end();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #hear(events: readonly DayEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      for (const listener of this.#listeners) this.#send(listener, event);
      if (event.kind === "day-ended") setTimeout(() => this.#end("ended"), LAST_WORDS_MS);
    }
  }

  #end(how: "ended" | "killed"): void {
    this.#write("bye", { how });
    this.#over.resolve(how);
  }

  #send({ view, response }: Listener, event: DayEvent): void {
    const shown: BoardEvent | null = boardEvent(event, view === "lead" ? "facilitator" : "observer");
    if (shown === null) return;
    response.write(`id: ${event.seq}\nevent: day\ndata: ${JSON.stringify(shown)}\n\n`);
    if (response.writableLength > FULL_BYTES) response.destroy();
  }

  #write(name: string, value: unknown, only?: View): void {
    for (const { view, response } of this.#listeners)
      if (only === undefined || view === only) response.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  /** The clock, each second: it is also what tells a browser that the line is alive. */
  async #tick(): Promise<void> {
    const { session } = this.#request.played;
    if (!isAlive(session.pid) && !this.#events.some(({ kind }) => kind === "day-ended")) return this.#end("killed");
    for (const view of ["room", "lead"] as const) {
      if (![...this.#listeners].some((one) => one.view === view)) continue;
      const role = view === "lead" ? "facilitator" : "observer";
      const told = await ask(session.socket, { role, words: ["board"] }).catch(() => null);
      if (told?.code === 0) this.#write("clock", JSON.parse(told.text), view);
      else this.#write("quiet", {}, view);
    }
  }

  /** Which view a token opens; null: none. Only on the very host that was printed, or another page could ask for us. */
  #viewOf(request: IncomingMessage): View | null {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    const { host, origin } = request.headers;
    if (host === undefined || !hosts.includes(host)) return null;
    if (origin !== undefined && !hosts.some((one) => origin === `http://${one}`)) return null;
    const given = new URL(request.url ?? "/", "http://board").searchParams.get("token") ?? "";
    for (const view of ["room", "lead"] as const) {
      const own = this.#tokens[view];
      if (own !== null && isSame(given, own)) return view;
    }
    return null;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const nonce = randomBytes(16).toString("base64");
    const say = (status: number, text: string, type = "text/plain; charset=utf-8") =>
      response.writeHead(status, { ...headers(nonce), "content-type": type }).end(text);
    const view = this.#viewOf(request);
    if (view === null) return void say(403, "Open the address that fogbell gameday board printed, with its token.\n");
    const { pathname } = new URL(request.url ?? "/", "http://board");
    if (request.method === "GET" && pathname === "/") {
      const page = this.#page.replaceAll("{{nonce}}", nonce).replaceAll("{{view}}", view);
      return void say(
        200,
        page.replace("{{milestones}}", JSON.stringify(MILESTONE_MEANING)),
        "text/html; charset=utf-8",
      );
    }
    if (request.method === "GET" && pathname === "/events") return this.#listen(request, response, { view, nonce });
    if (request.method === "POST" && pathname === "/do" && view === "lead") {
      const { code, text } = await this.#do(await bodyOf(request));
      return void say(code === 0 ? 200 : 400, text);
    }
    say(request.method === "GET" ? 404 : 403, "This board only shows.\n");
  }

  /** From the event after the last one that the browser has seen, be it new, asleep for an hour, or another one. */
  #listen(request: IncomingMessage, response: ServerResponse, { view, nonce }: { view: View; nonce: string }): void {
    const asked = new URL(request.url ?? "/", "http://board").searchParams.get("after");
    const after = Number(request.headers["last-event-id"] ?? asked ?? "-1");
    response.writeHead(200, { ...headers(nonce), "content-type": "text/event-stream; charset=utf-8" });
    response.write("retry: 1000\n\n");
    const listener: Listener = { view, response };
    for (const event of this.#events) if (!(event.seq <= after)) this.#send(listener, event);
    this.#listeners.add(listener);
    response.on("close", () => this.#listeners.delete(listener));
    response.on("error", () => this.#listeners.delete(listener));
    void this.#tick();
  }

  async #do(body: string): Promise<{ code: number; text: string }> {
    const [verb = "", number, ...more] = body.trim().split(" ");
    if (!DEEDS.includes(verb) || more.length > 0 || (number !== undefined && !/^\d{1,3}$/.test(number)))
      return { code: 2, text: "A board has no such button.\n" };
    const words = number === undefined ? [verb] : [verb, number];
    return ask(this.#request.played.session.socket, { role: "facilitator", words }).catch(() => ({
      code: 4,
      text: "The game day doesn't answer.\n",
    }));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const piece of request) {
    text += piece;
    if (text.length > LONGEST_BODY) return "";
  }
  return text;
}

export const openBoard = (request: BoardRequest): Promise<Board> => new DayBoard(request).open();

/** The board as a room meets it: in a real browser, with strangers at the door, and beside two terminals. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Board, openBoard } from "../../src/gameday/board.ts";
import type { DayBody } from "../../src/gameday/events.ts";
import { LOG_FILE, type Session } from "../../src/gameday/session.ts";
import { type KeeperQuestion, listen } from "../../src/gameday/wire.ts";
import { type Journal, openJournal, systemClock } from "../../src/run/journal.ts";
import { alarm, began, judged, milestone } from "../fakes/day.ts";
import { dayIn, endDays } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const EVIL = `</script><img src=x onerror="document.title='owned'"><b>bold</b> & "quotes" 'it''s' \u202e \u001b[2J`;
let browser: Browser;
let folder = "";
let log: Journal<DayBody>;
let keeper: AsyncDisposable;
let asked: KeeperQuestion[] = [];
const boards: Board[] = [];
const clock = { stage: "alarm", playedMs: 65_000, rtoMs: 900_000, dueMs: 120_000, hintsUsed: 0 };
const above = {
  scenario: "some-disaster",
  injects: [{ number: 1, state: "waiting (at 4m)", isOpen: true, to: "comms", say: "what comes <b>next</b>" }],
  hints: [{ cost: 3, say: "look at the tables", used: false }],
  path: ["contain: stop the writers"],
  traps: [{ say: "the first copy", cost: 20, sprung: true }],
};

beforeAll(async () => {
  const executablePath = BROWSERS.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error("no Chromium: scripts/provision.sh installs one");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "board-"));
  log = openJournal<DayBody>(join(folder, LOG_FILE), systemClock, () => {});
  asked = [];
  keeper = await listen(join(folder, "desk.sock"), async (one) => {
    asked.push(one);
    if (one.words[0] !== "board") return { code: 0, text: `done: ${one.words.join(" ")}` };
    return { code: 0, text: JSON.stringify(one.role === "facilitator" ? { ...clock, above } : clock) };
  });
  log.append(began);
});
afterEach(async () => {
  for (const board of boards.splice(0)) await board[Symbol.asyncDispose]();
  await keeper[Symbol.asyncDispose]();
  log[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(leads = false): Promise<Board> {
  const session: Session = { dayId: "x", pid: process.pid, socket: join(folder, "desk.sock"), shell: null };
  const board = await openBoard({ played: { folder, session }, port: 0, leads });
  boards.push(board);
  return board;
}

async function visit(url: string, viewport = { width: 1280, height: 900 }): Promise<{ page: Page; faults: string[] }> {
  const page = await (await browser.newContext({ viewport })).newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
  page.on("request", (one) => !one.url().startsWith(new URL(url).origin) && faults.push(`asked ${one.url()}`));
  await page.goto(url);
  return { page, faults };
}

/** Waits until something on the page has a text. Asked from outside: the page's policy lets no other script run. */
const shows = (page: Page, where: string, text: string) =>
  expect.poll(() => page.locator(where).textContent(), { timeout: 20_000 }).toContain(text);

/** What a program gets that says it comes from somewhere. */
const get = (url: string, headers: Record<string, string> = {}, method = "GET", body = "") =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asking = request(url, { headers, method }, (answer) => {
      let text = "";
      answer.on("data", (piece) => {
        text += piece;
        if (text.includes("clock")) answer.destroy();
      });
      answer.on("close", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asking.on("error", reject).end(body);
  });

test("strangers get nothing: no token, a wrong one, another page's host, a deed from the room", async () => {
  const board = await open(true);
  const url = new URL(board.url);
  const bare = `${url.origin}/`;
  const lead = board.leadUrl ?? "";
  for (const one of [bare, `${bare}?token=`, `${bare}?token=${"x".repeat(32)}`, `${bare}events?token=wrong`])
    expect((await get(one)).status, one).toBe(403);
  for (const host of ["evil.example", `evil.example:${url.port}`, `127.0.0.1.evil.example:${url.port}`, "127.0.0.1"])
    expect((await get(board.url, { host })).status, host).toBe(403);
  expect((await get(board.url, { origin: "http://evil.example" })).status).toBe(403);
  const deed = (from: string, body: string) => get(from.replace("/?", "/do?"), {}, "POST", body);
  expect((await deed(board.url, "inject 1")).status).toBe(403);
  expect((await deed(lead, "end")).status).toBe(400);
  expect((await deed(lead, "inject 1 --abandon")).status).toBe(400);
  expect((await deed(lead, "inject 1")).text).toBe("done: inject 1");
  expect((await get(board.url)).status).toBe(200);
  expect((await get(board.url)).text).not.toContain("some-disaster");
  const stream = await get(board.url.replace("/?", "/events?"));
  expect(stream.text).toContain("event: clock");
  expect(stream.text).not.toContain("what comes");
});

test("what people typed is text: markup and escape sequences neither run nor move anything", async () => {
  const board = await open(true);
  for (const url of [board.url, board.leadUrl ?? ""]) {
    const { page, faults } = await visit(url);
    log.append(alarm);
    log.append({ kind: "told", from: EVIL, to: "everybody", say: EVIL });
    log.append({ kind: "said", role: EVIL, how: "tell", text: EVIL });
    log.append({ kind: "joined", role: "scribe", name: EVIL });
    log.append({ kind: "inject", number: 1, what: "fired", to: EVIL, say: EVIL, by: EVIL });
    await shows(page, "#said", "<b>bold</b>");
    expect(await page.title()).toBe("Game day");
    expect(await page.locator("img, #said b b, #messages img").count()).toBe(0);
    expect(await page.locator("body").innerText()).not.toMatch(/\p{Cc}(?<!\n|\t)|\u202e/u);
    expect(faults).toEqual([]);
    await page.context().close();
  }
});

test("the room sees the day as it comes, the facilitator what comes next, by keyboard and on a phone", async () => {
  const board = await open(true);
  const { page, faults } = await visit(board.url);
  log.append(alarm);
  log.append({ kind: "trap", when: "command", cost: 5, say: "a secret trap" });
  log.append(milestone("contained", 61_000));
  log.append({ kind: "said", role: "commander", how: "decide", text: "restore beside" });
  await page.waitForSelector("#milestones .done");
  await expect.poll(() => page.locator("#clock").textContent()).toMatch(/^01:0/);
  expect(await page.locator("body").innerText()).not.toMatch(/secret trap|some-disaster|what comes <b>/);
  const lead = await visit(board.leadUrl ?? "", { width: 390, height: 844 });
  await lead.page.waitForSelector("#injects button");
  expect(await lead.page.locator("body").innerText()).toMatch(/Scenario: some-disaster[\s\S]*SPRUNG the first copy/);
  expect(await lead.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
  await lead.page.focus('[data-do="inject 1"]');
  await lead.page.keyboard.press("Enter");
  await shows(lead.page, "#answer", "done: inject 1");
  expect(asked.some(({ role, words }) => role === "facilitator" && words.join(" ") === "inject 1")).toBe(true);
  const axe = await readFile("node_modules/axe-core/axe.min.js", "utf8");
  for (const one of [page, lead.page]) {
    // The page's own policy lets nothing in: the checker is put there by the browser.
    const found = (await one.evaluate(`${axe}; axe.run()`)) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  }
  const shots = process.env.FOGBELL_SCREENS;
  if (shots !== undefined) {
    await mkdir(shots, { recursive: true });
    await page.screenshot({ path: join(shots, "board-1280.png"), fullPage: true });
    await lead.page.screenshot({ path: join(shots, "lead-390.png"), fullPage: true });
    await page.setViewportSize({ width: 768, height: 1024 });
    await page.screenshot({ path: join(shots, "board-768.png"), fullPage: true });
  }
  log.append(judged);
  log.append({ kind: "day-ended", abandoned: false });
  await shows(page, "#verdict", "RECOVERED");
  expect(await board.over).toBe("ended");
  await expect.poll(() => page.locator("#phase").textContent()).toBe("over");
  expect([...faults, ...lead.faults]).toEqual([]);
});

test("a browser that sleeps takes up where it was; two boards tell the same; 5,000 events stay within a tenth of a second", async () => {
  const [one, two] = [await open(), await open()];
  const first = await visit(one.url);
  const second = await visit(two.url);
  log.append(alarm);
  await shows(first.page, "#log", "the clock runs");
  await first.page.context().setOffline(true);
  const lagMs: number[] = [];
  await second.page.exposeFunction("heard", (atMs: number) => void lagMs.push(Date.now() - atMs));
  await second.page.evaluate(`new MutationObserver(() => {
    const text = document.querySelector("#log li span").textContent;
    const at = /sent (\\d+)$/.exec(text);
    if (at) window.heard(Number(at[1]));
  }).observe(document.querySelector("#log"), { childList: true })`);
  // Four hours of play, as a burst for each minute and a single word after it.
  for (let minute = 0; minute < 100; minute++) {
    for (let i = 0; i < 49; i++) log.append({ kind: "said", role: "scribe", how: "note", text: `note ${minute} ${i}` });
    await new Promise((done) => setTimeout(done, 60));
    log.append({ kind: "said", role: "scribe", how: "note", text: `sent ${Date.now()}` });
    await new Promise((done) => setTimeout(done, 60));
  }
  await expect.poll(() => second.page.locator("#count").textContent()).toBe("(5002)");
  const sorted = lagMs.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 9999;
  console.log(`behind: median ${median} ms, worst ${sorted.at(-1)} ms of ${sorted.length}`);
  expect(median).toBeLessThan(100);
  expect(await second.page.locator("#log li").count()).toBe(300);
  await first.page.context().setOffline(false);
  await expect.poll(() => first.page.locator("#count").textContent(), { timeout: 20_000 }).toBe("(5002)");
});

test("beside two terminals; it ends with the keeper, whatever became of it, and leaves nothing", {
  timeout: 240_000,
}, async () => {
  const out = await mkdtemp(join(tmpdir(), "gameday-board-"));
  const results = join(out, "day");
  try {
    await using operator = await openTerminal("board-operator", out);
    await using lead = await openTerminal("board-lead", out);
    await using shown = await openTerminal("board-shown", out);
    const world = `--within 1s --sandbox local --rows 2000 --out ${results}`;
    await operator.type(`fogbell gameday start empty-db-misdirect ${world}`);
    await operator.sees(/>> a customer: /);
    await lead.type(`fogbell gameday join --role facilitator --name Kim --out ${results}`);
    await lead.sees("facilitator joined");
    await shown.type(`fogbell gameday board --facilitator --out ${results}`);
    const printed = await shown.sees(/For the facilitator only: \S+/);
    const [room = "", above = ""] = printed.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/g) ?? [];
    const [one, two] = [await visit(room), await visit(above)];
    await operator.enter("tell it's <b>down</b>; we look");
    await shows(one.page, "#said", "it's <b>down</b>; we look");
    await shows(one.page, "#roles", "facilitator: Kim");
    await two.page.click('[data-do="hint"]');
    await lead.sees(/HINT 1/);
    await two.page.click("#injects button >> nth=0");
    await operator.sees(/>> to /);
    const residentKb = execFileSync(
      "sh",
      ["-c", `ps -eo rss=,args= | grep '[g]ameday board.*${results}' | sort -n | tail -n 1`],
      {
        encoding: "utf8",
      },
    );
    console.log(`the board's process: ${Math.round(Number.parseInt(residentKb, 10) / 1024)} MB`);
    expect(Number.parseInt(residentKb, 10)).toBeLessThan(150 * 1024);
    const { folder: day } = await dayIn(results);
    const { pid } = JSON.parse(await readFile(join(day, "session.json"), "utf8"));
    process.kill(pid, "SIGKILL");
    await shown.sees("the board with it");
    await expect.poll(() => one.page.locator("#phase").textContent()).toContain("process is gone");
    await expect(fetch(room)).rejects.toThrow();
    expect([...one.faults, ...two.faults]).toEqual([]);
  } finally {
    await endDays(out);
    await rm(out, { recursive: true, force: true });
  }
});

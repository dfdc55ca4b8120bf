import { expect, test } from "vitest";
import { closing, followOnScreen, summary } from "../../src/reporters/screen.ts";
import { deriveResult } from "../../src/result/result.ts";
import { END, finding, stamped, WELL } from "../fakes/events.ts";

const ESCAPE = "\u001b";
const DRILL = { runId: "r1", name: "drop-table on postgres 15", contended: false };
function play(isTty: boolean, color: boolean) {
  let now = 0;
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text), columns: 60, isTty, color, now: () => now };
  const terminal = followOnScreen(screen, { isLive: isTty });
  for (const event of stamped([...WELL, finding("verify", "grants", "no"), ...END])) {
    now += 1000;
    terminal.onEvent(event, DRILL);
    const [doneBytes, totalBytes] = [1024 * 1024, 4 * 1024 * 1024];
    terminal.onEvent({ kind: "progress", label: "Restore.", doneBytes, totalBytes, elapsedMs: 1000 }, DRILL);
  }
  terminal.close();
  return written.join("");
}

test("in a log: whole plain lines, no cursor, no colour, and progress not too often", () => {
  const text = play(false, false);
  expect(text).not.toContain(ESCAPE);
  expect(text).not.toContain("\r");
  expect(text.endsWith("\n")).toBe(true);
  expect(text.match(/Restore\./g)?.length).toBeLessThan(WELL.length / 2);
  expect(text).toContain("NO  grants (orders)");
  expect(text).toContain("1.0 MiB of 4.0 MiB, 1.0 MiB/s, 3.0 s left");
});
test("on a terminal: one live line that fits, taken away at the end", () => {
  const text = play(true, false);
  for (const frame of text.split("\r").filter((part) => part.includes("…")))
    expect(frame.split("\n")[0]?.replaceAll(`${ESCAPE}[2K`, "").length).toBeLessThanOrEqual(60);
  expect(text.endsWith(`\r${ESCAPE}[2K`)).toBe(true);
  expect(text).toContain("since the damage, RTO 1m");
});
test("colour only when asked", () => {
  expect(play(false, true)).toContain(`${ESCAPE}[32m`);
  expect(play(true, false)).not.toContain(`${ESCAPE}[3`);
});
test("the summary says verdict, measured against wanted, and where to read on", () => {
  const text = summary(deriveResult(stamped([...WELL, ...END])), { folder: "out", color: false });
  for (const part of ["RECOVERED", "RTA 8.0 s (objective 1m)", "RPA 40m 00s (objective 1h)", "out/r1/report.md"])
    expect(text).toContain(part);
});
test("of several drills there is one card: each with its verdict, those not recovered with their reason", () => {
  const well = deriveResult(stamped([...WELL, ...END]));
  const lost = deriveResult(stamped([...WELL, finding("verify", "grants", "no"), ...END]));
  const { text } = closing([well, lost], { folder: "out", color: false });
  expect(text).toMatch(/recovered {2}drop-table on postgres 15 {2}8\.0 s +1m /);
  expect(text).toContain("lost: drop-table on postgres 15: verify: grants of orders: grants says no");
  expect(text).toContain("2 drills: 1 lost, 1 recovered");
});
test("lines of drills that run at the same time carry their names", () => {
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text), isTty: false, color: false, now: () => 0 };
  const follower = followOnScreen(screen, { isLive: false });
  for (const event of stamped([...WELL, ...END])) follower.onEvent(event, { ...DRILL, contended: true });
  expect(written.length).toBeGreaterThan(3);
  for (const line of written) expect(line).toMatch(/^\[drop-table on postgres 15\] /);
});
test("what others wrote neither moves the cursor nor begins a line, where CI systems look for commands", () => {
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text), isTty: false, color: false, now: () => 0 };
  const follower = followOnScreen(screen, { isLive: false });
  const nasty = `x${ESCAPE}[2J\r\n::error::planted\n  ::set-output name=a::b`;
  const [began, ...rest] = stamped([
    ...WELL,
    finding("verify", nasty, "no", { subject: nasty, because: nasty }),
    ...END,
  ]);
  if (began?.kind !== "drill-began") throw new Error("a journal begins");
  follower.onEvent({ ...began, scenario: { ...began.scenario, title: nasty } }, { ...DRILL, name: nasty });
  for (const event of rest) follower.onEvent(event, DRILL);
  const result = deriveResult([began, ...rest]);
  const text = `${written.join("")}${closing([{ ...result, reasons: [nasty] }], { folder: "out", color: false }).text}`;
  expect(text).not.toContain(ESCAPE);
  expect(text).not.toContain("\r");
  expect(text.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
  expect(text).toContain("planted");
});

import { expect, test } from "vitest";
import { createTerminal, summary } from "../../src/reporters/terminal.ts";
import { deriveResult } from "../../src/result/result.ts";
import { END, finding, stamped, WELL } from "../fakes/events.ts";

const ESCAPE = "\u001b";
function play(isTty: boolean, color: boolean) {
  let now = 0;
  const written: string[] = [];
  const terminal = createTerminal({
    stream: { write: (text) => written.push(text), columns: 60 },
    isTty,
    color,
    now: () => now,
  });
  for (const event of stamped([...WELL, finding("verify", "grants", "no"), ...END])) {
    now += 1000;
    terminal.onEvent(event);
    terminal.onEvent({
      kind: "progress",
      label: "Restore.",
      doneBytes: 1024 * 1024,
      totalBytes: 4 * 1024 * 1024,
      elapsedMs: 1000,
    });
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
  expect(text).toContain("since the damage, RTO 1m 00s");
});
test("colour only when asked", () => {
  expect(play(false, true)).toContain(`${ESCAPE}[32m`);
  expect(play(true, false)).not.toContain(`${ESCAPE}[3`);
});
test("the summary says verdict, measured against wanted, and where to read on", () => {
  const text = summary({ result: deriveResult(stamped([...WELL, ...END])), folder: "out/r1" }, false);
  for (const part of [
    "RECOVERED",
    "RTA 8.0 s (objective 1m 00s)",
    "RPA 40m 00s (objective 1h 00m)",
    "out/r1/report.md",
  ])
    expect(text).toContain(part);
});

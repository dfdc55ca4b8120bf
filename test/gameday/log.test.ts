import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proposedIn, RUNBOOK_QUESTION } from "../../src/gameday/after-action.ts";
import { createDay, storyOf } from "../../src/gameday/day.ts";
import { sealCheck, sealOf } from "../../src/gameday/day-seal.ts";
import { readDeskLine, shellFile, stateFile } from "../../src/gameday/desk.ts";
import type { DayBody } from "../../src/gameday/events.ts";
import { addLate } from "../../src/gameday/hot-wash.ts";
import { maskCommand, maskWords } from "../../src/gameday/masking.ts";
import { readPage } from "../../src/gameday/pages.ts";
import { createPlayingTime } from "../../src/gameday/playing-time.ts";
import { findPlayed, LOG_FILE, readLog, writeSession } from "../../src/gameday/session.ts";
import { lineOf } from "../../src/gameday/timeline.ts";
import { isSaying, momentOf, readWords, verbOf, wordsOf } from "../../src/gameday/words.ts";
import { sha256 } from "../../src/host/digest.ts";
import { createRedactor } from "../../src/host/redact.ts";
import type { Keyboard } from "../../src/parts.ts";
import { openJournal, systemClock } from "../../src/run/journal.ts";
import { alarm, began, dayOf, judged } from "../fakes/day.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "day-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const PLAIN: Keyboard = {
  client: "x",
  configuration: {},
  history: "X_HISTORY",
  look: /x/,
  signs: [],
  watch: { say: "", script: "", uses: [], destroys: false },
  programs: [],
  includes: /x/,
  backup: { begins: /x/, named: /x/ },
};

const write = (...bodies: DayBody[]) => {
  using log = openJournal<DayBody>(join(folder, LOG_FILE), systemClock, () => {});
  for (const body of bodies) log.append(body);
};

describe("the log", () => {
  it("goes on where another process ended, and the chain holds", async () => {
    write(began, alarm, judged, { kind: "day-ended", abandoned: false });
    await addLate(folder, [
      { kind: "answer", question: "What surprised us?", answer: "password='hunter2'", role: "team" },
    ]);
    const events = await readLog(folder);
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(events.at(-1)).toMatchObject({ kind: "answer", answer: "password='•••'" });
    const text = await readFile(join(folder, LOG_FILE), "utf8");
    const lines = text.trimEnd().split("\n");
    for (const [i, event] of events.entries()) expect(event.prev).toBe(i === 0 ? "" : sha256(lines[i - 1] ?? ""));
    expect(await readFile(join(folder, "after-action.md"), "utf8")).toContain("What surprised us?");
  });

  it("is read up to the line that somebody changed", async () => {
    write(began, alarm, judged);
    const file = join(folder, LOG_FILE);
    await writeFile(file, (await readFile(file, "utf8")).replace("the clock runs", "the clock ran"));
    expect((await readLog(folder)).map(({ kind }) => kind)).toEqual(["day-began", "stage"]);
  });

  it("takes no late words while the day is played, and takes them when its keeper was killed", async () => {
    write(began);
    const session = { dayId: "x", socket: "/nowhere", shell: null };
    await writeSession(folder, { ...session, pid: process.pid });
    await expect(addLate(folder, [])).rejects.toThrow("still being played");
    await writeSession(folder, { ...session, pid: 2 ** 22 + 1 });
    await expect(addLate(folder, [])).resolves.toContain("After-action report");
    await expect(findPlayed(join(folder, ".."), "no-such-day")).rejects.toThrow("no game day no-such-day");
  });
});

describe("the seal", () => {
  it("is what anybody can check without us", () => {
    const [salt, hash] = ["ab12", sha256("a scenario")];
    expect(execFileSync("sh", ["-c", sealCheck(salt, hash)], { encoding: "utf8" }).split(" ")[0]).toBe(
      sealOf(salt, hash),
    );
    expect(sealOf("ab13", hash)).not.toBe(sealOf(salt, hash));
  });
});

describe("masking", () => {
  const mask = (text: string) => maskCommand(text, createRedactor(["s3cretvalue"]));
  it.each([
    ["export PGPASSWORD=hunter2", "hunter2"],
    ["mysql -phunter2 shop", "hunter2"],
    ["mysql --password=hunter2 shop", "hunter2"],
    ["ALTER ROLE app PASSWORD 'hunter2'", "hunter2"],
    ["CREATE USER a IDENTIFIED BY 'hunter2'", "hunter2"],
    ["psql postgres://app:hunter2@db/shop", "hunter2"],
    ["echo s3cretvalue", "s3cretvalue"],
    ["select * from customers where email = 'ann@example.org'", "ann@"],
    ["insert into t values ('ann', 'ann@example.org')", "ann"],
    ["select 1 from t where 'ann' = name", "ann"],
    ["update t set name = 'O''Neil' where id = 4", "Neil"],
  ])("hides what it should in %s", (text, secret) => {
    expect(mask(text)).not.toContain(secret);
    expect(mask(text)).toContain("•••");
  });
  it.each(["ls -l $STORE/old-export", "createdb -T template0 shop_side", "psql -d shop <<'SQL'", "psql -p5432 shop"])(
    "leaves %s as it is",
    (text) => expect(mask(text)).toBe(text),
  );
  it("lets no control character move the reader's cursor, and cuts what is endless", () => {
    expect(mask("a\u001b[2Jb\u009b")).toBe("a\uFFFD[2Jb\uFFFD");
    expect(mask("x".repeat(9000))).toHaveLength(4000);
  });
});

describe("words for the record", () => {
  const kept = (text: string) => maskWords(text, createRedactor(["s3cretvalue"]));
  it("are kept whole, but for secrets and for rows", () => {
    for (const text of ["x".repeat(9000), "we select plan 'B' and 'C', not 'A'", 'it\'s > 5; "so"', "a\n  b\tc"])
      expect(kept(text)).toBe(text);
    expect(kept("select * from t where name = 'ann'")).not.toContain("ann");
    expect(kept("use s3cretvalue")).not.toContain("s3cretvalue");
    expect(kept("a\u001b]0;x\u0007\u202eb")).toBe("a\uFFFD]0;x\uFFFD\uFFFDb");
  });
});

describe("the desk", () => {
  const pack = (text: string) => Buffer.from(text).toString("base64");
  it("reads what the shell stamps, and nothing else", () => {
    expect(readDeskLine(`command\t10.5\t11,25\toperator\t0\t${pack("ls -l")}`)).toEqual({
      kind: "command",
      beganAtMs: 10_500,
      endedAtMs: 11_250,
      role: "operator",
      word: "0",
      text: "ls -l",
    });
    expect(readDeskLine(`client\t1\t2\toperator\t0\t${pack("select\u00011;")}`)?.text).toBe("select\n1;");
    expect(readDeskLine(`client\t1\t2\toperator\t0\t${pack("select\\0401\\040\\134g")}`)?.text).toBe("select 1 \\g");
    expect(readDeskLine(`client\t1\t2\toperator\t0\t${pack("_HiStOrY_V2_")}`)).toBeNull();
    for (const bad of ["", "rm -rf", "boo\t1\t2\ta\t0\t", "command\tx\ty\ta\t0\t"])
      expect(readDeskLine(bad)).toBeNull();
  });
  it("is a shell that bash can read, with a state it can source", async () => {
    const file = join(folder, "rc");
    for (const keyboard of [undefined, { ...PLAIN, client: 'x "$DB"' }]) {
      await writeFile(file, shellFile({ keyboard, host: "shop-db-1" }));
      execFileSync("bash", ["-n", file]);
    }
    const bash = (script: string) => execFileSync("bash", ["-c", script], { encoding: "utf8" });
    const [typed] = /^fb_typed[\s\S]*?^}/m.exec(shellFile({ keyboard: undefined, host: "h" })) ?? [];
    // A pasted step with two commands makes two entries of the history, and is told whole.
    const entries = "set -o history; history -s 'one'; history -s $'two\\n    7  of it'; history -s three";
    expect(bash(`${typed}; ${entries}; fb_typed 1 3`)).toBe("two\n    7  of it\nthree\n");
    const [place] = /^fb_place\(\)[\s\S]*?^}/m.exec(shellFile({ keyboard: undefined, host: "h" })) ?? [];
    const placed = "fb_place A 1; A=mine; fb_place A 1; fb_place B 2; echo $A $B; fb_place A 3; echo $A";
    expect(bash(`${place}; ${placed}`)).toBe("mine 2\n3\n");
    await writeFile(file, stateFile({ stage: "alarm", beganS: 5, pausedS: 1, rtoS: 900, dueS: 60 }));
    const told = execFileSync("bash", ["-c", `. ${file}; echo "$STAGE $T0 $PAUSED $RTO $DUE"`], { encoding: "utf8" });
    expect(told).toBe("alarm 5 1 900 60\n");
  });
  it("has the pages with their steps, as they are printed", async () => {
    const page = readPage(await readFile("runbooks/samples/drop-table.md", "utf8"), "x");
    expect(page.steps.map(({ number }) => number)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    expect(page.symptom).toContain("a table does not exist");
    expect(page.steps[1]?.script).toContain("$EVIDENCE/damaged.dump");
  });
});

describe("playing time", () => {
  it("begins with the damage, and does not count what was paused", () => {
    const time = createPlayingTime();
    expect(time.at(5)).toBeNull();
    time.begin(1000);
    time.pause(3000);
    expect(time.at(9000)).toBe(2000);
    time.resume(9000);
    expect(time.at(10_000)).toBe(3000);
    expect(time.at(2000)).toBe(1000);
  });
});

describe("a wall clock that is set while people play", () => {
  it("moves what prompts count from, and no playing time", () => {
    const clock = { nowMs: 0, wallMs: 1_000_000 };
    const bodies: DayBody[] = [];
    const day = createDay({
      log: { events: [], append: (body: DayBody) => bodies.push(body) } as never,
      playing: createPlayingTime(),
      nowMs: () => clock.nowMs,
      wallMs: () => clock.wallMs,
      story: storyOf(null, { title: "x", symptom: undefined }),
      recogniser: { signs: [], drilled: [] },
      objectives: { rtoMs: 900_000, rpoMs: 1 },
      pagesSay: () => undefined,
      redact: createRedactor([]),
      solo: false,
      isWatched: false,
    });
    const pass = (ms: number, jumpMs = 0) => {
      clock.nowMs += ms;
      clock.wallMs += ms + jumpMs;
      day.tick();
    };
    const shown = () => Math.round(clock.wallMs / 1000) - day.deskState.beganS;
    day.alarm(0);
    pass(60_000);
    expect([day.playedMs, shown()]).toEqual([60_000, 60]);
    pass(1000, 3_600_000);
    expect([day.playedMs, shown()]).toEqual([61_000, 61]);
    pass(1000, -7_200_000);
    expect([day.playedMs, shown()]).toEqual([62_000, 62]);
    // What clocks do by themselves moves nothing.
    pass(1000, 300);
    expect(day.playedMs).toBe(63_000);
  });
});

describe("words", () => {
  it("are a verb, what it is about, and flags", () => {
    expect(readWords(["gameday", "todo", "write", "it", "--owner", "db", "--due", "2027-01-01"])).toEqual({
      verb: "todo",
      rest: ["write it"],
      flags: { owner: "db", due: "2027-01-01" },
    });
    expect(readWords(["end", "--abandon"]).flags.abandon).toBe("yes");
    expect(() => verbOf(readWords(["nota"]))).toThrow('did you mean "note"');
  });
  it("of people are one text, as typed; only an action has an owner and a date behind it", () => {
    expect(wordsOf("fogbell gameday tell it's 5 > 3; --owner too")).toEqual(["tell", "it's 5 > 3; --owner too"]);
    expect(wordsOf("mark contained  --after 5m")).toEqual(["mark", "contained", "--after", "5m"]);
    expect(isSaying("notes are kept")).toBe(false);
    expect(readWords(["tell", "it's --due tomorrow\nor later"])).toMatchObject({
      rest: ["it's --due tomorrow\nor later"],
      flags: {},
    });
    expect(readWords(["todo", "say --owner in help --owner the db team --due 2027-01-01"])).toEqual({
      verb: "todo",
      rest: ["say"],
      flags: { owner: "the db team", due: "2027-01-01" },
    });
  });
  it("name a moment by the clock, across midnight too, or after the damage", () => {
    const nowMs = Date.parse("2026-11-21T00:10:00Z");
    const at = (text: string) =>
      momentOf(readWords(["mark", "detected", "--at", text]), { nowMs, playedMs: 1_200_000 });
    expect(at("00:05:00")).toBe(900_000);
    expect(at("23:55")).toBe(300_000);
    expect(at("20:00")).toBe(0);
    expect(() => at("25:00")).toThrow("isn't a time");
    expect(momentOf(readWords(["mark", "detected", "--after", "5m30s"]), { nowMs, playedMs: 0 })).toBe(330_000);
  });
  it("propose a better line", () => {
    expect(proposedIn("createdb x => createdb -T template0 x")).toMatchObject({
      before: "createdb x",
      after: "createdb -T template0 x",
    });
    expect(proposedIn("step 9 was wrong")).toBeNull();
    expect(RUNBOOK_QUESTION).toContain("runbook");
  });
});

describe("who sees what", () => {
  const [trap, inject, milestone] = dayOf([
    { kind: "trap", when: "pruned", cost: 5, say: "the job ran" },
    { kind: "inject", number: 1, what: "held", to: "comms", say: "a secret question", by: "facilitator" },
    { kind: "milestone", milestone: "detected", playedMs: 1, from: "command", because: "x", role: "operator" },
  ]);
  it("responders live in the story, facilitators above it", () => {
    for (const event of [trap, inject]) {
      if (event === undefined) throw new Error("no event");
      expect(lineOf(event, "responder")).toBeNull();
      expect(lineOf(event, "observer")).toBeNull();
      expect(lineOf(event, "facilitator")).not.toBeNull();
    }
    expect(milestone && lineOf(milestone, "responder")).toBeNull();
    expect(milestone && lineOf(milestone, "observer")).toContain("REACHED detected");
  });
});

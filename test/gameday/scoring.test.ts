import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { DayBody } from "../../src/gameday/events.ts";
import { ageFromRows, changedIn, hardFails, trapsIn } from "../../src/gameday/judging.ts";
import { isOpaque } from "../../src/gameday/opaque.ts";
import { GRADES, scoreOf, WORTH } from "../../src/gameday/scoring.ts";
import type { Finding } from "../../src/parts.ts";
import { alarm, began, dayOf, judged, milestone, source, tell } from "../fakes/day.ts";

const good: DayBody[] = [
  began,
  alarm,
  tell,
  milestone("detected", 60_000),
  milestone("declared", 70_000),
  milestone("contained", 80_000),
  milestone("preserved", 90_000),
  milestone("listed", 100_000),
  milestone("chosen", 110_000),
  milestone("fetched", 120_000),
  source,
  milestone("restore-began", 130_000),
  milestone("restore-ended", 400_000),
  milestone("verified", 500_000),
  milestone("reopened", 600_000),
  judged,
];
const without = (...kinds: string[]) =>
  good.filter((one) => !(one.kind === "milestone" && kinds.includes(one.milestone)) && !kinds.includes(one.kind));
const points = (bodies: readonly DayBody[], name: string) =>
  scoreOf(dayOf(bodies))?.capabilities.find((one) => one.name === name)?.points;

describe("the score", () => {
  it("is a hundred at most, and a hundred when all went well", () => {
    expect(Object.values(WORTH).reduce((sum, one) => sum + one, 0)).toBe(100);
    const score = scoreOf(dayOf(good));
    expect(score?.total).toBe(100);
    expect(score?.capabilities.every(({ grade }) => grade === GRADES[0])).toBe(true);
  });

  it.each([
    ["contain", ["contained"]],
    ["diagnose", ["detected", "contained", "preserved", "listed", "fetched", "restore-began"]],
    ["preserve", ["preserved"]],
    ["communication", ["said"]],
  ] as const)("gives nothing for %s when nobody did it", (name, left) => {
    expect(points(without(...left), name)).toBe(0);
    expect(scoreOf(dayOf(without(...left)))?.capabilities.find((one) => one.name === name)?.grade).toBe(GRADES[3]);
  });

  it("gives less for what came late, or in the wrong order", () => {
    expect(points([...without("preserved").slice(0, -1), milestone("preserved", 450_000), judged], "preserve")).toBe(3);
    expect(points([...without("contained").slice(0, -1), milestone("contained", 450_000), judged], "contain")).toBe(5);
    expect(points(without("verified"), "restore and verify")).toBe(14);
    expect(points(without("listed"), "source choice")).toBe(15);
  });

  it("gives nothing for the wrong copy, and for being fast with data that is not whole", () => {
    const trap: DayBody = { kind: "trap", when: "source-used", cost: 20, say: "the first copy" };
    expect(points([...good, trap], "source choice")).toBe(0);
    expect(scoreOf(dayOf([...good, trap]))?.total).toBe(60);
    const lost = { ...judged, verdict: "lost" } as DayBody;
    expect(points([...good.slice(0, -1), lost], "time")).toBe(0);
  });

  it("takes hints off, never below nothing, and gives none for a day that was not judged", () => {
    const hint: DayBody = { kind: "hint", step: 1, cost: 5, say: "?", by: "operator" };
    expect(scoreOf(dayOf([...good, hint]))?.total).toBe(95);
    expect(scoreOf(dayOf([began, alarm, { ...hint, cost: 100 }, judged]))?.total).toBe(0);
    expect(scoreOf(dayOf(good.slice(0, -1)))).toBeNull();
    expect(scoreOf(dayOf([began, judged]))).toBeNull();
  });
});

describe("what could not be seen", () => {
  const watched = { looks: 10, failed: 0, canSee: ["contained", "preserved", "reopened", "normal"] } as const;
  const as = (bodies: readonly DayBody[], how: object) => [...bodies.slice(0, -1), { ...judged, ...how } as DayBody];
  const of = (bodies: readonly DayBody[], name: string) =>
    scoreOf(dayOf(bodies))?.capabilities.find((one) => one.name === name);
  it("is not scored, says why, and is taken out of the hundred", () => {
    const blind = as(without("contained", "preserved"), { watched: { looks: 10, failed: 9, canSee: [] } });
    expect(of(blind, "contain")).toMatchObject({ points: 0, of: 0, grade: "not scored", unscored: 15 });
    expect(of(blind, "contain")?.because).toContain("9 of 10 looks");
    expect(scoreOf(dayOf(blind))).toMatchObject({ total: 75, of: 75 });
    expect(of(as(without("contained"), { watched }), "contain")).toMatchObject({ points: 0, of: 15, unscored: 0 });
  });
  it("is a script's verification, and its choice among the copies; never what it left undone", () => {
    const script = as(without("verified", "listed", "fetched"), { watched, opaque: true });
    expect(of(script, "restore and verify")).toMatchObject({ points: 14, of: 14, unscored: 6 });
    expect(of(script, "source choice")).toMatchObject({ points: 20, of: 20 });
    expect(of(as(without("verified"), { watched, opaque: false }), "restore and verify")).toMatchObject({ of: 20 });
    expect(
      hardFails({ events: dayOf(script), isElsewhere: false, spoiled: [], evidence: [], findings: [], isOpaque: true }),
    ).toEqual([]);
  });
  it("is no evidence that was there and went", () => {
    expect(of(as(good, { watched, evidence: ["damaged.dump"] }), "preserve")).toMatchObject({ points: 0, of: 10 });
  });
  it("is told from what was typed: a script hides, a plain line does not", () => {
    const keyboard = catalog.engines.find(({ name }) => name === "postgres")?.keyboard;
    const typed = (text: string, more: object = {}): DayBody => ({
      kind: "command",
      role: "operator",
      text,
      beganAt: "2026-11-21T12:00:00Z",
      exitCode: 0,
      durationMs: 1,
      inside: false,
      ...more,
    });
    if (keyboard === undefined) throw new Error("no keyboard");
    const hides = (text: string, more = {}) => isOpaque(dayOf([typed(text, more)]), keyboard);
    for (const text of [
      "bash fix.sh",
      "./fix",
      ". fix.sh",
      "psql -f fix.sql",
      "psql shop <fix.sql",
      'eval "$X"',
      "mend() { ls; }",
      "mend",
      "python3 x.py",
      "psql -c '\\i fix.sql'",
    ])
      expect(hides(text), text).toBe(true);
    for (const text of [
      "psql -c 'select 1; drop table x'",
      "pg_dump -Fc -f $EVIDENCE/x shop",
      "ls -l $STORE | head",
      "psql <<'SQL'\nselect 1;\nSQL",
      "X=1 psql -l",
      "cd /tmp && cat x",
    ])
      expect(hides(text), text).toBe(false);
    expect(hides("bash fix.sh", { exitCode: 1 })).toBe(false);
    expect(hides("bash fix.sh", { printed: "as printed" })).toBe(false);
  });
});

describe("a recovery that has less to do", () => {
  const drilled = { contains: true, preserves: true, restores: true, isRecoverable: true };
  const as = (how: Partial<typeof drilled>, bodies: readonly DayBody[], verdict = "recovered") => [
    ...bodies.slice(0, -1),
    { ...judged, verdict, drilled: { ...drilled, ...how } } as DayBody,
  ];
  it("blames nobody for what there was not to stop or to copy", () => {
    expect(points(as({ contains: false }, without("contained")), "contain")).toBe(15);
    expect(points(as({}, without("contained")), "contain")).toBe(0);
    expect(points(as({ preserves: false }, without("preserved")), "preserve")).toBe(10);
  });
  it("is right to restore nothing where nothing was lost, and wrong to restore", () => {
    expect(points(as({ restores: false }, without("fetched", "source")), "source choice")).toBe(20);
    expect(points(as({ restores: false }, without("restore-began")), "source choice")).toBe(20);
    expect(points(as({ restores: false }, good), "source choice")).toBe(0);
  });
  it("that cannot succeed is worth what was looked at, said, and left whole", () => {
    const said: DayBody = { kind: "said", role: "commander", how: "decide", text: "there is no backup" };
    const lost = (...bodies: DayBody[]) => as({ isRecoverable: false }, bodies, "lost");
    expect(points(lost(...good.slice(0, -1), said, judged), "restore and verify")).toBe(20);
    expect(points(lost(...good), "restore and verify")).toBe(10);
    expect(points(lost(...good), "source choice")).toBe(20);
    expect(points(lost(...without("listed")), "source choice")).toBe(0);
    expect(points(lost(...good), "time")).toBe(10);
  });
});

describe("how old the data is, where no copy stands beside", () => {
  const probe = (name: string, max?: number) =>
    ({
      part: catalog.probes.find((one) => one.name === name),
      options: { of: "side", max },
      line: 1,
    }) as never;
  const rows = (held: "yes" | "no", momentGapMs?: number): Finding => ({
    held,
    because: "",
    ...(momentGapMs === undefined ? {} : { measured: { momentGapMs } }),
  });
  it("is told by the rows that came back, and by nothing else", () => {
    const found = ageFromRows(probe("heartbeat-gap", 3_600_000), [rows("yes"), rows("yes", 2_400_000)]);
    expect(found).toMatchObject({ held: "yes", measured: { gapMs: 2_400_000 } });
    expect(ageFromRows(probe("heartbeat-gap", 60_000), [rows("yes", 2_400_000)])?.held).toBe("no");
    expect(ageFromRows(probe("heartbeat-gap", 60_000), [rows("no", 1), rows("yes")])).toBeNull();
    expect(ageFromRows(probe("sql", 60_000), [rows("yes", 1)])).toBeNull();
  });
});

describe("hard fails", () => {
  const asked = (events: readonly DayBody[], more: Partial<Parameters<typeof hardFails>[0]> = {}) =>
    hardFails({ events: dayOf(events), isElsewhere: false, spoiled: [], evidence: [], findings: [], ...more });
  it("are a spoiled source, spoiled evidence, good data overwritten, opening unverified", () => {
    expect(asked(good)).toEqual([]);
    expect(asked(good, { spoiled: ["nightly/x"] })[0]).toContain("nightly/x");
    expect(asked(good, { evidence: ["damaged.dump"] })[0]).toContain("damaged.dump");
    expect(asked(good, { findings: [{ except: true, held: "no" }] })).toHaveLength(1);
    expect(asked(good, { findings: [{ held: "no" }] })).toEqual([]);
    expect(asked(good, { findings: [{ except: true, held: "yes" }] })).toEqual([]);
    const elsewhere = { isElsewhere: true, findings: [{ except: true, held: "no" }] };
    expect(asked(good, elsewhere)).toEqual([]);
    expect(asked(without("verified"))[0]).toContain("before the data was verified");
  });
  it("do not blame a team that never opened: the end counts then", () => {
    expect(asked([...without("verified", "reopened"), milestone("reopened", 1, "end")])).toEqual([]);
  });
  it("do not take for spoiled what a job of the world pruned", () => {
    const before = new Map([
      ["/store/a/x", "1"],
      ["/store/b/y", "2"],
      ["/store/c/z", "3"],
    ]);
    const after = new Map([
      ["/store/a/x", "1"],
      ["/store/c/z", "9"],
    ]);
    expect(changedIn(before, after, ["b/y"])).toEqual(["/store/c/z"]);
    expect(changedIn(before, after, [])).toEqual(["/store/b/y", "/store/c/z"]);
  });
});

describe("traps", () => {
  const trap = (when: "restore-before-preserve" | "reopen-before-verify" | "source-used" | "pruned", name?: string) => [
    { when, cost: 1, say: when, ...(name === undefined ? {} : { source: name }) },
  ];
  it("are found in what was reached, and in what was used", () => {
    expect(trapsIn(trap("restore-before-preserve"), dayOf(good), false)).toEqual([]);
    expect(trapsIn(trap("restore-before-preserve"), dayOf(without("preserved")), false)).toHaveLength(1);
    expect(trapsIn(trap("reopen-before-verify"), dayOf(without("verified")), false)).toHaveLength(1);
    expect(trapsIn(trap("source-used", "hourly"), dayOf(good), false)).toHaveLength(1);
    expect(trapsIn(trap("source-used", "hourly"), dayOf(without("restore-began")), false)).toEqual([]);
    expect(trapsIn(trap("pruned"), dayOf(good), true)).toHaveLength(1);
  });
});

/** The gate: passes only what was proven lately, and says of everything else why not. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { readConfig } from "../../src/config/config.ts";
import { gatePage, gateText } from "../../src/paper/gate.ts";
import { type GateRequest, gate } from "../../src/suite/gate.ts";
import { assertGateReporters, reportGate } from "../../src/suite/report-gate.ts";
import { seal } from "../../src/suite/seal.ts";
import { type KeptAs, keepRun } from "../support/kept-run.ts";

const CONFIG = `version: 1
databases:
  - name: Shop
    engine: postgres
    sources:
      - store: backups
`;
const NOW = Date.parse("2026-11-28T12:00:00Z");
const HOUR = 3_600_000;
const config = readConfig("fogbell.yaml", CONFIG);
const ago = (hours: number) => new Date(NOW - hours * HOUR).toISOString();

let results = "";
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), "gate-"));
});
afterEach(() => rm(results, { recursive: true, force: true }));

const verified = (endedAt: string, ends: KeptAs["ends"] = "good", more: Partial<KeptAs["scenario"]> = {}) =>
  keepRun(results, { endedAt, ends, scenario: { kind: "verify", title: "Shop", sha256: config.hashOf(0), ...more } });
const drilled = (endedAt: string, ends: KeptAs["ends"] = "good", id = "drop-table") =>
  keepRun(results, {
    endedAt,
    ends,
    scenario: {
      id,
      title: "A hot table",
      own: { name: "Shop", database: "shop", production: "a.dump", productionAt: endedAt },
    },
  });
const ask = (more: Partial<GateRequest> = {}) =>
  gate({
    config,
    names: [],
    results: [results],
    maxAgeMs: 48 * HOUR,
    drillMaxAgeMs: null,
    keyFile: null,
    nowMs: NOW,
    ...more,
  });
const faults = async (more: Partial<GateRequest> = {}) => (await ask(more)).rows.map(({ fault }) => fault);

describe("a database", () => {
  it("that was never verified fails, whether or not there is a folder of results", async () => {
    expect(await faults()).toEqual(["never"]);
    expect(await faults({ results: [join(results, "nowhere")] })).toEqual(["never"]);
  });
  it("that is good, and young enough, passes", async () => {
    await verified(ago(30));
    const report = await ask();
    expect(report).toMatchObject({ passes: true, rows: [{ fault: null, ageMs: 30 * HOUR, next: [] }] });
    expect(gateText(report)).toMatch(/^PASS {2}Shop {2}GOOD .* ago/);
  });
  it("whose last good verify is too old fails by its age", async () => {
    await verified(ago(49));
    expect(await ask()).toMatchObject({ passes: false, rows: [{ fault: "old", next: ["fogbell verify Shop"] }] });
  });
  it.each(["bad", "late"] as const)("that was good, and is %s since, fails", async (ends) => {
    await verified(ago(30));
    await verified(ago(2), ends);
    expect(await faults()).toEqual(["bad"]);
  });
  it("that could not be told of since is what it was before, and the gate says so", async () => {
    await verified(ago(30));
    await verified(ago(2), "void");
    const [row] = (await ask()).rows;
    expect(row).toMatchObject({ fault: null, because: expect.stringContaining("1 later try couldn't tell") });
  });
  it.each(["void", "interrupted"] as const)("of which nothing but %s is known fails", async (ends) => {
    await verified(ago(2), ends);
    expect(await faults()).toEqual(["never"]);
  });
  it("of which only other copies were verified fails", async () => {
    await verified(ago(2), "good", { variant: "last-month" });
    expect((await ask()).rows[0]).toMatchObject({ fault: "never", because: expect.stringContaining("newest") });
  });
  it("of another engine or name isn't meant", async () => {
    await verified(ago(2), "good", { engine: "mariadb" });
    await verified(ago(3), "good", { title: "Shop 2" });
    expect(await faults()).toEqual(["never"]);
  });
  it("whose configuration changed since fails; a comment or a neighbour changes nothing", async () => {
    await verified(ago(2));
    const commented = readConfig("/elsewhere/fogbell.yaml", CONFIG.replace("databases:", "# ours\ndatabases:"));
    expect(await faults({ config: commented })).toEqual([null]);
    const moved = readConfig("fogbell.yaml", CONFIG.replace("store: backups", "store: other"));
    expect(await faults({ config: moved })).toEqual(["changed"]);
  });
  it("without sources fails", async () => {
    const bare = readConfig("fogbell.yaml", "version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n");
    expect(await faults({ config: bare })).toEqual(["never"]);
  });
  it("whose verify ended tomorrow fails: nobody knows how old it is", async () => {
    await verified(ago(-24));
    expect(await faults()).toEqual(["ahead"]);
  });
  it("whose record was changed fails", async () => {
    const { folder } = await verified(ago(2));
    const file = join(folder, "result.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"rtoMs": 3600000', '"rtoMs": 1'));
    expect(await faults()).toEqual(["altered"]);
  });
  it("must be signed where a key is asked for", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const [own, trusted] = [join(results, "key.pem"), join(results, "key.pub.pem")];
    await writeFile(own, privateKey.export({ type: "pkcs8", format: "pem" }));
    await writeFile(trusted, publicKey.export({ type: "spki", format: "pem" }));
    const { folder } = await verified(ago(2));
    expect(await faults({ keyFile: trusted })).toEqual(["unsigned"]);
    await seal(folder, own);
    expect(await faults({ keyFile: trusted })).toEqual([null]);
  });
  it("that nobody told of is refused, with the nearest", async () => {
    await expect(ask({ names: ["Shpo"] })).rejects.toMatchObject({
      code: "FB_DATABASE_UNKNOWN",
      next: ["fogbell gate Shop"],
    });
  });
});

describe("a drill, where one is asked for", () => {
  it("must have been, be good, and be young", async () => {
    await verified(ago(2));
    expect(await faults({ drillMaxAgeMs: 720 * HOUR })).toEqual([null, "never"]);
    await drilled(ago(800));
    expect(await faults({ drillMaxAgeMs: 720 * HOUR })).toEqual([null, "old"]);
    await drilled(ago(100));
    expect(await faults({ drillMaxAgeMs: 720 * HOUR })).toEqual([null, null]);
  });
  it("of another disaster doesn't mend one that failed", async () => {
    await verified(ago(2));
    await drilled(ago(100), "bad");
    await drilled(ago(50), "good", "wrong-restore");
    expect(await faults({ drillMaxAgeMs: 720 * HOUR })).toEqual([null, "bad"]);
  });
});

describe("its reports", () => {
  const render = async (name: string, before = "") => {
    const report = await ask();
    const printed: string[] = [];
    await reportGate(report, {
      reporters: catalog.reporters,
      named: [`${name}=${join(results, "out", name)}`],
      outFolder: results,
      json: false,
      surroundings: {
        environment: {},
        screen: { write: (text) => printed.push(text), isTty: false, color: false, now: () => 0 },
        print: () => {},
        printsColor: false,
      },
    });
    return { text: await readFile(join(results, "out", name), "utf8"), printed, before };
  };
  it("are a JUnit case for each database, failed where it fails", async () => {
    const { text } = await render("junit");
    expect(text).toContain('tests="1" failures="1"');
    expect(text).toMatch(
      /<testcase name="Shop" classname="gate.verify" file="fogbell.yaml" line="3"><failure.*type="never"/,
    );
  });
  it("are an annotation for each failure, at its line", async () => {
    const { printed } = await render("github");
    expect(printed.join("")).toContain("::error file=fogbell.yaml,line=3,title=gate%3A Shop (verify)::never verified");
  });
  it("are metrics that keep what drills wrote, and are kept by drills", async () => {
    await verified(ago(30));
    const { text } = await render("metrics");
    expect(text).toContain('fogbell_gate_passes{database="Shop",engine="postgres",asked="verify"} 1');
    expect(text).toContain('fogbell_gate_age_seconds{database="Shop",engine="postgres",asked="verify"} 108000');
    const metrics = catalog.reporters.find(({ name }) => name === "metrics");
    const { result } = await verified(ago(1));
    const [drills] = (await metrics?.render([result], { before: text })) ?? [];
    expect(drills?.text).toContain("fogbell_gate_passes{");
    const [again] = (await metrics?.renderGate?.(await ask(), { before: drills?.text ?? "" })) ?? [];
    expect(again?.text).toContain("fogbell_rta_seconds{");
  });
  it("escape what names hold", async () => {
    const report = { ...(await ask()), file: "a|b.yaml" };
    const row = { ...report.rows[0], database: "| <script> `x`" } as (typeof report.rows)[number];
    expect(gatePage({ ...report, rows: [row] })).not.toContain("<script>");
  });
  it("are refused for reporters that have no form for it", () =>
    expect(() => assertGateReporters({ reporters: catalog.reporters, named: ["ctrf=x"] })).toThrow(/no "ctrf" report/));
});

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { DrillResult } from "../../src/record.ts";
import { assertReceivers, type Receivers, tell } from "../../src/suite/tell.ts";
import { NASTY, RESULTS } from "../fakes/results.ts";
import { listen } from "../support/listener.ts";

const folder = await mkdtemp(join(tmpdir(), "tell-"));
afterAll(() => rm(folder, { recursive: true }));
const PATIENCE = { attempts: 3, firstWaitMs: 1, timeoutMs: 200 };
const of = (name: string): DrillResult => RESULTS[name] as DrillResult;
/** The same drill, another night. */
const night = (verdict: DrillResult["verdict"], more: object = {}): DrillResult => ({
  ...of("recovered"),
  verdict,
  reasons: [`it is ${verdict}`],
  ...more,
});

let count = 0;
function diary(receivers: Receivers, environment: Record<string, string> = {}) {
  const said: string[] = [];
  const outFolder = join(folder, `nights-${++count}`);
  const signal = new AbortController().signal;
  return {
    said,
    outFolder,
    tell: (...results: DrillResult[]) =>
      tell(results, { receivers, outFolder, environment, signal, say: (text) => said.push(text), patience: PATIENCE }),
  };
}

describe("a message", () => {
  test("goes out when a verdict changes, and not on each night", async () => {
    await using there = await listen();
    const { tell: now, said } = diary({ webhook: `${there.url}/hook` });
    const nights = ["recovered", "lost", "lost", "void", "recovered", "recovered", "late"] as const;
    const counts: number[] = [];
    for (const verdict of nights) {
      await now(night(verdict));
      counts.push(there.heard.length);
    }
    expect(counts).toEqual([0, 1, 1, 2, 3, 3, 4]);
    const bodies = there.heard.map(({ body }) => JSON.parse(body) as { event: string; changes: object[] });
    expect(bodies.map(({ event }) => event)).toEqual(["failure", "failure", "recovery", "failure"]);
    expect(bodies[2]?.changes).toMatchObject([
      { drill: "drop-table on postgres 15", verdict: "recovered", before: "void" },
    ]);
    expect(there.heard[0]).toMatchObject({ method: "POST", path: "/hook", type: "application/json" });
    expect(said).toEqual([]);
  });
  test("the first failure is told though nothing was known before; drills are told apart; one message for all", async () => {
    await using there = await listen();
    const { tell: now } = diary({ webhook: there.url });
    await now(of("recovered"), of("lost"), of("late"));
    await now(of("recovered"), of("lost"), night("recovered", { scenario: of("late").scenario }));
    const drills = there.heard.map(({ body }) =>
      (JSON.parse(body) as { changes: { drill: string }[] }).changes.map(({ drill }) => drill),
    );
    expect(drills).toEqual([
      ["lost-rows on postgres 15", "slow-restore on postgres 15"],
      ["slow-restore on postgres 15"],
    ]);
  });
  test("that did not arrive is sent after the next run; the run itself does not notice", async () => {
    await using there = await listen();
    const { tell: now, said } = diary({ webhook: `${there.url}/s3cret-path` });
    there.answers.push(500, 503, 429);
    await now(night("lost"));
    expect(said).toEqual(["webhook was not told: the answer was 429. It is told after the next run."]);
    await now(night("lost"));
    expect(there.heard.length).toBe(4);
    await now(night("lost"));
    expect(there.heard.length).toBe(4);
  });
  test("what trying again cannot mend is not tried again, and no redirection is followed", async () => {
    await using there = await listen();
    const { tell: now, said } = diary({ webhook: there.url });
    there.answers.push(404, 301);
    await now(night("lost"));
    await now(night("lost"));
    expect(there.heard.map(({ path }) => path)).toEqual(["/", "/"]);
    expect(said.map((text) => text.slice(0, 43))).toEqual([
      "webhook was not told: the answer was 404. I",
      "webhook was not told: the answer was 301. I",
    ]);
  });
  test("nobody there, or nobody who answers: said without the URL, and in bounded time", async () => {
    await using silent = await listen();
    silent.answers.push(null, null, null);
    const one = diary({ slack: "http://127.0.0.1:9/s3cret", webhook: `${silent.url}/s3cret` });
    const beganMs = performance.now();
    await one.tell(night("lost"));
    expect(performance.now() - beganMs).toBeLessThan(3000);
    expect(one.said.sort()).toEqual([
      expect.stringMatching(/^slack was not told: /),
      "webhook was not told: no answer in time. It is told after the next run.",
    ]);
    expect(one.said.join()).not.toContain("s3cret");
  });
  test("each receiver has a memory of its own", async () => {
    await using there = await listen();
    const first = diary({ slack: `${there.url}/slack`, webhook: `${there.url}/hook` });
    there.answers.push(404);
    await first.tell(night("lost"));
    await first.tell(night("lost"));
    const paths = there.heard.map(({ path }) => path).sort();
    expect([
      ["/hook", "/hook", "/slack"],
      ["/hook", "/slack", "/slack"],
    ]).toContainEqual(paths);
  });
  test("what was cut short, and a defect of ours, are no news and no recovery", async () => {
    await using there = await listen();
    const { tell: now } = diary({ webhook: there.url });
    await now(night("lost"));
    await now(night("void", { interrupted: true }));
    await now(night("lost"));
    expect(there.heard.length).toBe(1);
  });
  test("the memory is a file for each drill, so that folders can be copied together", async () => {
    await using there = await listen();
    const { tell: now, outFolder } = diary({ webhook: there.url });
    await now(of("recovered"), of("lost"), of("hostile"));
    const files = (await readdir(join(outFolder, ".notified"))).sort();
    expect(files.length).toBe(3);
    for (const file of files) expect(file).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]*\.json$/);
    const file = files.find((name) => name.startsWith("drop-table-on-postgres-15-")) ?? "";
    const memory = JSON.parse(await readFile(join(outFolder, ".notified", file), "utf8")) as object;
    expect(memory).toMatchObject({ webhook: { verdict: "recovered", runId: "run-recovered" } });
  });
  test("carries a link to the job, and the next commands", async () => {
    await using there = await listen();
    const { tell: now } = diary({ webhook: there.url }, { CI_JOB_URL: "https://ci.example.org/7" });
    await now(of("refused"));
    expect(JSON.parse(there.heard[0]?.body ?? "")).toMatchObject({
      link: "https://ci.example.org/7",
      text: expect.stringMatching(
        /refused on postgres 15: refused\n[\s\S]*next: do this[\s\S]*https:\/\/ci\.example\.org\/7$/,
      ),
    });
  });
});

describe("slack", () => {
  test("gets plain text within its limits, in which no name becomes a link or calls a channel", async () => {
    await using there = await listen();
    const { tell: now } = diary({ slack: there.url });
    const named = (at: number) =>
      night("lost", { scenario: { ...of("lost").scenario, id: `<!channel> & drill ${at}` } });
    await now(...Array.from({ length: 60 }, (_, at) => named(at)), {
      ...of("hostile"),
      reasons: ["x".repeat(9000), ...NASTY],
    });
    const body = JSON.parse(there.heard[0]?.body ?? "") as {
      text: string;
      blocks: { text: { type: string; text: string } }[];
    };
    expect(body.text).toContain("&lt;!channel&gt; &amp; drill 0 on postgres 15: lost");
    expect(body.text).not.toContain("<");
    expect(body.blocks.length).toBeLessThanOrEqual(50);
    for (const { text } of body.blocks) {
      expect(text.type).toBe("plain_text");
      expect(text.text.length).toBeLessThanOrEqual(3000);
    }
    expect(body.blocks.at(-1)?.text.text).toBe("and 21 more");
  });
});

describe("the sign of life", () => {
  const pinged = async (path: string, ...results: DrillResult[]) => {
    await using there = await listen();
    await diary({ ping: `${there.url}${path}` }).tell(...results);
    return there.heard.map((one) => `${one.method} ${one.path}`);
  };
  test("is given after each run that could judge, whatever the verdict", async () => {
    for (const verdict of ["recovered", "late", "lost"] as const)
      expect(await pinged("/uuid", night(verdict))).toEqual(["GET /uuid"]);
  });
  test("is not given for void, refused, cut short or nothing: silence is noticed", async () => {
    expect(await pinged("/uuid", night("void"))).toEqual([]);
    expect(await pinged("/uuid", night("refused"))).toEqual([]);
    expect(await pinged("/uuid", night("recovered"), night("void", { interrupted: true }))).toEqual([]);
    expect(await pinged("/uuid")).toEqual([]);
  });
  test("says the exit code and the verdict where the URL asks for them; of several, the worst", async () => {
    expect(await pinged("/uuid/{exit}", night("recovered"), of("lost"), of("late"))).toEqual(["GET /uuid/1"]);
    expect(await pinged("/push?status={verdict}", night("void"))).toEqual(["GET /push?status=void"]);
  });
  test("is tried again, and that it was not given is said without the URL", async () => {
    await using there = await listen();
    const { tell: now, said } = diary({ ping: `${there.url}/s3cret` });
    there.answers.push(502, 502, 502, 502, 200);
    await now(night("recovered"));
    expect([there.heard.length, said]).toEqual([3, ["the sign of life was not given: the answer was 502"]]);
    await now(night("recovered"));
    expect([there.heard.length, said.length]).toEqual([5, 1]);
  });
});

describe("receivers", () => {
  test.each(["slack", "webhook", "ping"] as const)(
    "%s: what is no URL is found out first, and not repeated",
    (name) => {
      for (const bad of ["s3cret", "ftp://s3cret", "", "/s3cret/path"]) {
        let message = "";
        try {
          assertReceivers({ [name]: bad });
        } catch (error) {
          message = String(error);
        }
        expect(message).toMatch(new RegExp(`given for ${name} is no http or https URL`));
        expect(message).not.toContain("s3cret");
      }
      expect(() => assertReceivers({ [name]: "https://example.org/{exit}" })).not.toThrow();
    },
  );
});

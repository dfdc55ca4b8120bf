import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { crontab } from "../../src/schedule/cron.ts";
import { cronFields, parseTime, RHYTHMS, type ScheduledJob } from "../../src/schedule/job.ts";
import { githubWorkflow, gitlabPipeline } from "../../src/schedule/pipelines.ts";
import { systemdUnits } from "../../src/schedule/systemd.ts";

const exec = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "schedule-"));
afterAll(() => rm(folder, { recursive: true }));

const JOB: ScheduledJob = {
  rhythm: "daily",
  hour: 3,
  minute: 10,
  words: ["run", "drop-table"],
  program: ["/usr/bin/node", "/opt/fogbell/bin/run.js"],
  folder: "/srv/drills",
  envFile: null,
  secrets: [],
  version: "0.1.0",
};
/** One line each, as none of the formats can hold more; the rest is fair game. */
const words = fc
  .string({ unit: "binary", maxLength: 12 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  .map((text) => `x${text.replace(/[\u0000-\u001f\u007f]/g, "%")}`);
const NASTY = ["a b", "100%", "it's", '"q"', "$HOME", "`id`", "back\\slash", ";", "&", "#x", "%%", "\\%", "~", "*", ""];

/** What cron does with the command of a line: an escaped `%` is a percent sign, a bare one ends it. */
function asCronReads(line: string): { fields: string; command: string } {
  const [, fields = "", rest = ""] = /^((?:\S+ ){4}\S+) (.*)$/.exec(line) ?? [];
  const [command = ""] = rest.split(/(?<!\\)%/);
  return { fields, command: command.replaceAll("\\%", "%") };
}
const jobLine = (job: ScheduledJob) =>
  crontab(job)[0]
    ?.text.split("\n")
    .find((line) => /^\d/.test(line)) ?? "";

/** A program that writes down its arguments, where it was started, and a secret. */
async function witness(
  name: string,
  file = "wit%ness 'prog'.sh",
): Promise<{ program: string[]; here: string; heard: () => Promise<string[]> }> {
  const here = join(folder, name);
  await mkdir(here, { recursive: true });
  const program = join(here, file);
  const said = join(here, "said");
  await writeFile(
    program,
    `#!/bin/sh\nfor one in "$PWD" "$SECRET" "$@"; do printf '%s\\0' "$one"; done >"${said}"\nexit 1\n`,
  );
  await chmod(program, 0o755);
  return { program: [program], here, heard: async () => (await readFile(said, "utf8")).split("\0").slice(0, -1) };
}

/** How this machine's cron checks a file without taking it over: Debian's with -n, cronie's with -T. Null: there is none. */
async function cronCheck(): Promise<string | null> {
  const { stdout = "", stderr = "" } = await exec("crontab", ["-h"]).catch(
    (error: { stdout?: string; stderr?: string }) => error,
  );
  const usage = `${stdout}${stderr}`;
  return /-n\s+\(dry run/.test(usage) ? "-n" : /^\s*-T\s/m.test(usage) ? "-T" : null;
}
const checkFlag = await cronCheck();

describe("a crontab", () => {
  test("passes cron's own check", async ({ skip }) => {
    if (checkFlag === null) skip("no crontab here that checks a file");
    const file = join(folder, "checked.cron");
    const check = () =>
      exec("crontab", [checkFlag ?? "", file]).then(
        () => "good",
        () => "bad",
      );
    const text =
      crontab({ ...JOB, rhythm: "monthly", words: NASTY, folder: "/a b/c%d", envFile: "/x y%z" })[0]?.text ?? "";
    await writeFile(file, text);
    expect(await check()).toBe("good");
    await writeFile(file, text.replace(/^10 3/m, "70 3"));
    expect(await check()).toBe("bad");
  });
  test("comes, through cron's reading and the shell's, to exactly the words, folder and secrets meant", async () => {
    const { program, here, heard } = await witness("cron 50% off's");
    const envFile = join(here, "my 100% secrets.env");
    await writeFile(envFile, "SECRET='s3 cret'\n");
    const { command } = asCronReads(jobLine({ ...JOB, program, words: NASTY, folder: here, envFile }));
    const { stdout } = await exec("/bin/sh", ["-c", command], { cwd: "/" });
    expect(await heard()).toEqual([here, "s3 cret", ...NASTY]);
    expect(existsSync(join(here, "fogbell.log"))).toBe(true);
    expect(stdout).toBe("");
  });
  test("whatever the words", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), (told) => {
        const { command } = asCronReads(jobLine({ ...JOB, program: ["printf", "%s\\n"], words: told, folder: "/" }));
        const shown = command.replace(" >fogbell.log 2>&1", "");
        const out = execFileSync("/bin/sh", ["-c", shown], { encoding: "utf8" });
        expect(out).toBe(told.length === 0 ? "\n" : told.map((one) => `${one}\n`).join(""));
      }),
      { numRuns: 25 },
    );
  });
  test("holds no bare percent sign, and nothing but settings, comments and one job", () => {
    const [made] = crontab({ ...JOB, words: NASTY, folder: "/a %b" });
    expect(jobLine({ ...JOB, words: NASTY })).not.toMatch(/(?<!\\)%/);
    for (const line of made?.text.trimEnd().split("\n") ?? [])
      expect(line).toMatch(/^(#.*|[A-Z]+=\S+|(\S+ ){5}cd .*)$/);
  });
  test("refuses what cron cannot read: a line break, and a command it would cut", () => {
    expect(() => crontab({ ...JOB, folder: "/a\nb" })).toThrow(/no way to write a control character/);
    expect(() => crontab({ ...JOB, words: ["x".repeat(1000)] })).toThrow(/cron cuts it/);
  });
  test.each([
    ["daily", "10 3 * * *"],
    ["monday", "10 3 * * 1"],
    ["sunday", "10 3 * * 0"],
    ["monthly", "10 3 1 * *"],
  ] as const)("%s is %s", (rhythm, fields) => {
    expect(cronFields({ ...JOB, rhythm })).toBe(fields);
    expect(asCronReads(jobLine({ ...JOB, rhythm })).fields).toBe(fields);
  });
});

/** ExecStart as systemd.service(5) says that it is read: quotes, backslashes inside them, then `%%`. */
function asSystemdReads(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  while (rest !== "") {
    // Its white space is ASCII's, and a line ends with \n alone. Source: WHITESPACE in systemd's basic/string-util.h.
    const match = /^(?:"((?:[^"\\]|\\.)*)"|([^ \t\n\r"'\\]+))(?: |$)/su.exec(rest);
    if (match === null) throw new Error(`systemd cannot read: ${rest}`);
    const text = match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll(/\\(.)/gsu, "$1");
    if (/(^|[^%])(%%)*%([^%]|$)/.test(text)) throw new Error(`a specifier in ${text}`);
    found.push(text.replaceAll("%%", "%"));
    rest = rest.slice(match[0].length);
  }
  return found;
}
const execStart = (job: ScheduledJob) =>
  /(?:^|\n)ExecStart=:([^\n]*)(?:\n|$)/.exec(systemdUnits(job)[0]?.text ?? "")?.[1] ?? "";
const hasAnalyzer = existsSync("/usr/bin/systemd-analyze");

describe("systemd units", () => {
  test("come back to the words meant", () => {
    expect(asSystemdReads(execStart({ ...JOB, words: NASTY }))).toEqual([...JOB.program, ...NASTY]);
    fc.assert(
      fc.property(fc.array(words), (told) => {
        expect(asSystemdReads(execStart({ ...JOB, words: told }))).toEqual([...JOB.program, ...told]);
      }),
    );
  });
  test("pass systemd's own check, with spaces and percent signs in every path", async ({ skip }) => {
    if (!hasAnalyzer) skip("systemd-analyze is not installed");
    const { program, here } = await witness("units 100% mine", "wit%ness prog.sh");
    const job = { ...JOB, program, words: NASTY, folder: here, envFile: join(here, "a b%c.env") };
    const units = join(here, "units");
    await mkdir(units);
    for (const { file, text } of systemdUnits(job)) await writeFile(join(units, file), text);
    const files = systemdUnits(job).map(({ file }) => join(units, file));
    const { stderr } = await exec("systemd-analyze", ["verify", "--man=no", ...files]);
    expect(stderr).toBe("");
    // The check can fail: a program that is not there, and a specifier that nobody escaped.
    for (const [from, to] of [
      ["wit%%ness", "absent"],
      ["100%%", "100%!"],
    ] as const) {
      const text = systemdUnits(job)[0]?.text.replaceAll(from, to) ?? "";
      await writeFile(join(units, "fogbell.service"), text);
      const broken = await exec("systemd-analyze", ["verify", "--man=no", ...files]).catch(
        (error: { stderr: string }) => error,
      );
      expect(broken.stderr).not.toBe("");
    }
  });
  test.for(RHYTHMS)("%s is a calendar expression", async (rhythm, { skip }) => {
    if (!hasAnalyzer) skip("systemd-analyze is not installed");
    const calendar = /^OnCalendar=(.*)$/m.exec(systemdUnits({ ...JOB, rhythm })[1]?.text ?? "")?.[1] ?? "";
    const { stdout } = await exec("systemd-analyze", ["calendar", "--iterations=2", calendar]);
    expect(stdout).toMatch(/Normalized form: .*03:10:00/);
  });
  test("refuse paths that systemd would read otherwise", () => {
    expect(() => systemdUnits({ ...JOB, folder: "/srv/ends with space " })).toThrow(/systemd cannot read the path/);
    expect(() => systemdUnits({ ...JOB, program: ["/opt/it's/node"] })).toThrow(/no program with quotes/);
    expect(() => systemdUnits({ ...JOB, words: ["a\nExecStartPost=/bin/x"] })).toThrow(/control character/);
  });
});

describe("a workflow for GitHub", () => {
  const made = (more: Partial<ScheduledJob> = {}) => {
    const [file] = githubWorkflow({ ...JOB, ...more });
    const value = parse(file?.text ?? "") as {
      on: { schedule: { cron: string }[] };
      permissions: object;
      jobs: { fogbell: { steps: { uses?: string; run?: string; env?: object; if?: string }[] } };
    };
    return { file, value, step: value.jobs.fogbell.steps.find(({ run }) => run !== undefined) };
  };
  test("runs by the clock, with the least rights, and keeps the results whatever the verdict", () => {
    const { file, value, step } = made({ secrets: ["AWS_ACCESS_KEY_ID"] });
    expect(file?.file).toBe(".github/workflows/fogbell.yml");
    expect(value.on.schedule).toEqual([{ cron: "10 3 * * *" }]);
    expect(value.permissions).toEqual({ contents: "read" });
    expect(step?.env).toEqual({ AWS_ACCESS_KEY_ID: `\${{ secrets.AWS_ACCESS_KEY_ID }}` });
    expect(step?.run).toBe(
      "npx --yes fogbell@0.1.0 run drop-table --reporter line --reporter github --reporter junit=drill-results/junit.xml",
    );
    expect(value.jobs.fogbell.steps.at(-1)).toMatchObject({ if: "always()" });
  });
  test("remembers from night to night what receivers were told, where there are any", () => {
    const uses = made({ secrets: ["FOGBELL_NOTIFY_SLACK"] }).value.jobs.fogbell.steps.map((one) => one.uses ?? "run");
    expect(uses.slice(2, 5)).toEqual(["actions/cache/restore@v4", "run", "actions/cache/save@v4"]);
    expect(made({ secrets: ["AWS_ACCESS_KEY_ID"] }).file?.text).not.toContain("cache");
  });
  test("reporters that somebody named are left alone", () => {
    expect(made({ words: ["run", "x", "--reporter", "ctrf"] }).step?.run).toBe(
      "npx --yes fogbell@0.1.0 run x --reporter ctrf",
    );
  });
  test("comes, through YAML and the shell, to the words meant", async () => {
    const { step } = made({ words: ["scenario", "lint", ...NASTY] });
    const script = `npx() { printf '%s\\0' "$@"; }\n${step?.run}`;
    const { stdout } = await exec("bash", ["-c", script]);
    expect(stdout.split("\0").slice(4, -1)).toEqual(NASTY);
  });
  test("refuses expressions, and secrets that are no names", () => {
    expect(() => made({ words: ["run", `\${{ secrets.X }}`] })).toThrow(/would evaluate/);
    expect(() => made({ secrets: ["X }} ${{ github.token"] })).toThrow(/no name of a secret/);
  });
});

describe("a job for GitLab", () => {
  test("runs in scheduled pipelines only, shows its cases, keeps its results", () => {
    const [file] = gitlabPipeline({ ...JOB, rhythm: "sunday", secrets: ["AWS_ACCESS_KEY_ID"] });
    expect(parse(file?.text ?? "")).toMatchObject({
      fogbell: {
        rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule"' }],
        script: ["npx --yes fogbell@0.1.0 run drop-table --reporter line --reporter junit=drill-results/junit.xml"],
        artifacts: { when: "always", reports: { junit: "drill-results/junit.xml" } },
      },
    });
    expect(file?.text).toMatch(/^# .*10 3 \* \* 0$/m);
    expect(file?.text).toContain("AWS_ACCESS_KEY_ID");
    expect(file?.text).not.toContain("cache");
    const [telling] = gitlabPipeline({ ...JOB, secrets: ["FOGBELL_NOTIFY_WEBHOOK"] });
    expect(parse(telling?.text ?? "")).toMatchObject({
      fogbell: { cache: { paths: ["drill-results/.notified/"], when: "always" } },
    });
  });
});

describe("times of day", () => {
  test.each(["3:1", "24:00", "03:60", "now", "", "-1:00"])("%s is none", (text) => {
    expect(() => parseTime(text)).toThrow(/no time of day/);
  });
  test("are hours and minutes", () => {
    expect([parseTime("03:10"), parseTime("23:59"), parseTime("7:05")]).toEqual([
      { hour: 3, minute: 10 },
      { hour: 23, minute: 59 },
      { hour: 7, minute: 5 },
    ]);
  });
});

/** The paper's commands as people type them, on a run that was kept. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "paper-cli-"));
  await mkdir(join(folder, "drill-results"));
  await cp("reports/samples/drop-table", join(folder, "drill-results", "one"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fogbell(...words: string[]): { code: number; text: string } {
  try {
    const text = execFileSync(process.execPath, [resolve("bin/run.js"), ...words], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return { code: 0, text };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, text: `${stdout}${stderr}` };
  }
}

test("runbook: one, all, and neither", async () => {
  const formats = ["--format", "md", "--format", "html", "--format", "pdf"];
  expect(fogbell("runbook", "build", "drop-table", "--out", "page", ...formats).code).toBe(0);
  expect((await readdir(folder)).filter((name) => name.startsWith("page")).sort()).toEqual([
    "page.html",
    "page.md",
    "page.pdf",
  ]);
  expect(fogbell("runbook", "build", "--all", "--out", "runbooks").code).toBe(0);
  expect(await readdir(join(folder, "runbooks"))).toContain("index.md");
  expect(fogbell("runbook", "build").code).toBe(2);
  expect(fogbell("runbook", "build", "drop-table", "--all", "--out", "x").code).toBe(2);
  expect(fogbell("runbook", "build", "drop-table").text).toContain("# Runbook: ");
});
test("runbook check: 0 when it is as drilled, 1 when it is not, 2 when there is no page", async () => {
  const page = join(folder, "drop-table.md");
  await writeFile(page, fogbell("runbook", "build", "drop-table").text);
  expect(fogbell("runbook", "check", page, "--max-age", "36500d")).toMatchObject({ code: 0 });
  await writeFile(page, "# Notes\n");
  expect(fogbell("runbook", "check", page)).toMatchObject({ code: 1, text: expect.stringContaining("NOT as drilled") });
  expect(fogbell("runbook", "check", join(folder, "nowhere")).code).toBe(2);
});
test("report: one, a span of time, merged, signed; and the history", async () => {
  expect(fogbell("report", "build", "drop-table").text).toContain("# Recovery report: ");
  expect(fogbell("report", "build", "--since", "36500d", "--out", "all.html").code).toBe(0);
  expect(fogbell("report", "build").code).toBe(2);
  expect(fogbell("report", "build", "--since", "soon").code).toBe(2);
  expect(fogbell("report", "merge", "drill-results", "--out", "merged.md").code).toBe(0);
  expect(fogbell("history").text).toMatch(/drop-table on postgres 15 +1\/1/);
  expect(fogbell("report", "verify", "drill-results/one").text).toContain("whole");
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", join(folder, "k.pem")], { stdio: "pipe" });
  execFileSync("openssl", ["pkey", "-in", join(folder, "k.pem"), "-pubout", "-out", join(folder, "k.pub")], {
    stdio: "pipe",
  });
  expect(fogbell("report", "sign", "drill-results/one", "--key", "k.pem").code).toBe(0);
  expect(fogbell("report", "verify", "drill-results/one", "--key", "k.pub").code).toBe(0);
  await writeFile(join(folder, "drill-results/one/result.json"), "{}");
  expect(fogbell("report", "verify", "drill-results/one", "--key", "k.pub").code).toBe(1);
});

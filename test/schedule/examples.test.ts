import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crontab } from "../../src/schedule/cron.ts";
import type { ScheduledJob } from "../../src/schedule/job.ts";
import { kubernetesManifests } from "../../src/schedule/kubernetes.ts";
import { githubWorkflow, gitlabPipeline } from "../../src/schedule/pipelines.ts";
import { systemdUnits, systemdWorker } from "../../src/schedule/systemd.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const JOB: ScheduledJob = {
  rhythm: "daily",
  hour: 3,
  minute: 10,
  words: ["verify"],
  program: ["/usr/local/bin/fogbell"],
  folder: "/srv/fogbell",
  envFile: "/etc/fogbell.env",
  secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "FOGBELL_NOTIFY_SLACK"],
  version,
};

/** Renewed on purpose only: npx vitest run test/schedule/examples.test.ts -u */
describe("examples", () => {
  const all = [
    crontab(JOB),
    systemdUnits(JOB),
    systemdWorker({ ...JOB, words: ["worker"] }),
    githubWorkflow(JOB),
    gitlabPipeline(JOB),
    kubernetesManifests(JOB),
  ].flat();
  test.each(all)("$file is what fogbell schedule writes", async ({ file, text }) => {
    const name = file
      .split("/")
      .at(-1)
      ?.replace(/^fogbell\.yml$/, "fogbell.github.yml");
    await expect(text).toMatchFileSnapshot(`../../examples/${name}`);
  });
});

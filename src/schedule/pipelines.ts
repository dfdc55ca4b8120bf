/** Scheduled pipelines for GitHub Actions and GitLab CI. Pure. */
import { stringify } from "yaml";
import { quote } from "../host/sh.ts";
import { assertOneLine, cronFields, nearWarnings, type ScheduledJob, type ScheduleFile, unschedulable } from "./job.ts";

const JUNIT = "drill-results/junit.xml";

/** A shell line that runs Fogbell of this version from the package registry, with reporters unless some are named. */
function line({ version, words }: ScheduledJob, reporters: readonly string[]): string {
  const isDrill = ["run", "verify"].includes(words[0] ?? "") && !words.some((word) => word.startsWith("--reporter"));
  const more = isDrill ? reporters.flatMap((name) => ["--reporter", name]) : [];
  return ["npx", "--yes", `fogbell@${version}`, ...words, ...more].map(quote).join(" ");
}

/** Both systems would evaluate such text before the shell sees it. */
function assertInert(words: readonly string[], format: string): void {
  assertOneLine(words, format);
  const bad = words.find((word) => word.includes("${{") || word.includes("$[["));
  if (bad !== undefined) throw unschedulable(`${format} would evaluate "${bad}"`, "leave the expression out");
}

function assertSecretNames(names: readonly string[]): void {
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined) throw unschedulable(`"${bad}" is no name of a secret`, "--secret AWS_SECRET_ACCESS_KEY");
}

const write = (header: readonly string[], value: object) =>
  `${header.map((text) => `# ${text}\n`).join("")}${stringify(value, { lineWidth: 0 })}`;

/**
 * What the next night must know: what receivers were told, or each bad night looks like the first; and what the last good
 * copy held, or a verify has nothing to compare with.
 */
function memoryOf({ secrets, words }: ScheduledJob): string[] {
  const isTelling = secrets.some((name) => name.startsWith("FOGBELL_NOTIFY_"));
  return [
    ...(isTelling ? ["drill-results/.notified"] : []),
    ...(words[0] === "verify" ? ["drill-results/.verified"] : []),
  ];
}

/** A cache entry is never changed, so each run leaves one of its own, and takes the newest that begins the same. */
function githubMemory(step: "restore" | "save", memory: readonly string[]): object {
  const own = { path: memory.join("\n"), key: `fogbell-notified-\${{ github.run_id }}-\${{ github.run_attempt }}` };
  if (step === "save") return { if: "always()", uses: "actions/cache/save@v4", with: own };
  return { uses: "actions/cache/restore@v4", with: { ...own, "restore-keys": "fogbell-notified-" } };
}

export function githubWorkflow(job: ScheduledJob): ScheduleFile[] {
  assertInert(job.words, "a workflow");
  assertSecretNames(job.secrets);
  const memory = memoryOf(job);
  const env = Object.fromEntries(job.secrets.map((name) => [name, `\${{ secrets.${name} }}`]));
  const workflow = {
    name: "Fogbell",
    on: { schedule: [{ cron: cronFields(job) }], workflow_dispatch: {} },
    permissions: { contents: "read" },
    // A second run would make the first one's durations a lie.
    concurrency: { group: "fogbell" },
    jobs: {
      fogbell: {
        "runs-on": "ubuntu-latest",
        "timeout-minutes": 120,
        steps: [
          { uses: "actions/checkout@v4" },
          { uses: "actions/setup-node@v4", with: { "node-version": 24 } },
          ...(memory.length > 0 ? [githubMemory("restore", memory)] : []),
          {
            name: "Fogbell",
            run: line(job, ["line", "github", `junit=${JUNIT}`]),
            ...(job.secrets.length > 0 ? { env } : {}),
          },
          ...(memory.length > 0 ? [githubMemory("save", memory)] : []),
          {
            name: "Keep the journals and reports: no row values and no secrets are in them",
            if: "always()",
            uses: "actions/upload-artifact@v4",
            with: {
              name: "drill-results",
              path: "drill-results/",
              "retention-days": 90,
              "if-no-files-found": "ignore",
            },
          },
        ],
      },
    },
  };
  const header = [
    "Fogbell, by the clock. Times are UTC, and GitHub may begin some minutes late.",
    ...nearWarnings(job),
  ];
  return [{ file: ".github/workflows/fogbell.yml", text: write(header, workflow) }];
}

export function gitlabPipeline(job: ScheduledJob): ScheduleFile[] {
  assertInert(job.words, "a pipeline");
  assertSecretNames(job.secrets);
  const memory = memoryOf(job);
  const pipeline = {
    fogbell: {
      image: "node:24",
      // The sandbox: a Docker engine beside the job. GitLab's hosted runners allow it; runners of one's own need privileged = true.
      services: [{ name: "docker:28-dind", alias: "docker" }],
      variables: { DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: "" },
      rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule"' }],
      resource_group: "fogbell",
      timeout: "2h",
      script: [line(job, ["line", `junit=${JUNIT}`])],
      ...(memory.length > 0
        ? { cache: { key: "fogbell-notified", paths: memory.map((path) => `${path}/`), when: "always" } }
        : {}),
      artifacts: {
        when: "always",
        reports: { junit: JUNIT },
        paths: ["drill-results/"],
        expire_in: "13 months",
      },
    },
  };
  const header = [
    "Fogbell, by the clock. Include it in .gitlab-ci.yml:  include: { local: fogbell.gitlab-ci.yml }",
    `GitLab keeps the times of pipelines in its own pages: Build, Pipeline schedules, new: ${cronFields(job)}`,
    ...(job.secrets.length > 0 ? [`Masked variables that the job needs: ${job.secrets.join(", ")}`] : []),
    ...nearWarnings(job),
    "Its sandbox is a Docker engine beside it (docker:dind): hosted runners have it, a runner of yours needs privileged = true.",
  ];
  return [{ file: "fogbell.gitlab-ci.yml", text: write(header, pipeline) }];
}

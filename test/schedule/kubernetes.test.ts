/** Manifests that the API's published schema takes, and that give a pod nothing more than it needs. Not run on a cluster. */
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseShard } from "../../src/run/shard.ts";
import type { ScheduledJob } from "../../src/schedule/job.ts";
import { kubernetesManifests } from "../../src/schedule/kubernetes.ts";
import { isNear } from "../../src/schedule/near-store.ts";

const JOB: ScheduledJob = {
  rhythm: "daily",
  hour: 3,
  minute: 10,
  words: ["verify"],
  program: [],
  folder: "/",
  envFile: null,
  secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  version: "0.1.0",
  databases: 12,
};
const KINDS = { CronJob, Job, NetworkPolicy };
const all = kubernetesManifests(JOB).flatMap(({ text }) =>
  parseAllDocuments(text).map((one) => one.toJS() as { kind: keyof typeof KINDS }),
);
const text = kubernetesManifests(JOB)
  .map((one) => one.text)
  .join("\n");

describe("manifests", () => {
  test.each(all.map((one) => [one.kind, one] as const))("%s is what the API's schema asks for", (kind, one) => {
    const Kind = KINDS[kind] as unknown as new (data: object) => { validate(): void };
    expect(() => new Kind(one).validate()).not.toThrow();
  });
  test("the schema would notice", () => {
    const broken = structuredClone(all[0]) as unknown as { spec: { concurrencyPolicy: number } };
    broken.spec.concurrencyPolicy = 1;
    expect(() => new CronJob(broken as never).validate()).toThrow();
  });
  test("give the pod no token, no privilege, a read-only root and a limited scratch; and say what wasn't done", () => {
    expect(text.match(/automountServiceAccountToken: false/g)).toHaveLength(2);
    for (const line of [
      "readOnlyRootFilesystem: true",
      "runAsNonRoot: true",
      "allowPrivilegeEscalation: false",
      "sizeLimit: 20Gi",
      "not run by us on a cluster",
      "kind: NetworkPolicy",
    ])
      expect(text).toContain(line);
    expect(text).not.toMatch(/privileged: true|docker\.sock|hostPath/);
  });
  test("repeat no verdict by our exit codes, and give each pod its part", () => {
    const job = all.find(({ kind }) => kind === "Job") as unknown as {
      spec: {
        completions: number;
        podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] };
      };
    };
    expect(job.spec.completions).toBe(12);
    expect(job.spec.podFailurePolicy.rules[0]).toMatchObject({
      action: "FailIndex",
      onExitCodes: { values: [1, 2, 3, 5] },
    });
    expect(text).toContain("index/12");
    expect(parseShard("index/12", { JOB_COMPLETION_INDEX: "0" })).toEqual({ index: 1, of: 12 });
    expect(parseShard("index/12", { JOB_COMPLETION_INDEX: "11" })).toEqual({ index: 12, of: 12 });
    expect(() => parseShard("index/12", {})).toThrow(/isn't a shard|no shard/);
    expect(() => parseShard("index/12", { JOB_COMPLETION_INDEX: "12" })).toThrow();
  });
  test("are refused for anything but a verify", () => {
    expect(() => kubernetesManifests({ ...JOB, words: ["run", "--all"] })).toThrow(/only verify/);
    expect(() => kubernetesManifests({ ...JOB, words: ["verify", "$(HOME)"] })).toThrow(/would expand/);
  });
});

describe("a store that no hosted runner reaches", () => {
  test.each([
    "directory:/var/backups",
    "/var/backups",
    "s3://b?endpoint=http://minio:9000",
    "s3://b?endpoint=https://10.0.0.5",
    "s3://b?endpoint=https://s3.lan",
  ])("%s", (url) => expect(isNear(url)).toBe(true));
  test.each(["s3://backups/shop?region=eu-central-1", "s3://b?endpoint=https://s3.example.org"])("is not %s", (url) =>
    expect(isNear(url)).toBe(false),
  );
});

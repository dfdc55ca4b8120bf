/**
 * A CronJob that verifies every night, and an Indexed Job for many databases: one part each, retried by index, by our exit
 * codes. The pod runs the local sandbox: no Docker, no privileges, no token, and no way out but to the store. Checked
 * against the API's schema; not run by us on a cluster. Pure.
 */
import { stringify } from "yaml";
import { assertOneLine, cronFields, type ScheduledJob, type ScheduleFile, unschedulable } from "./job.ts";

/** Room that one verify has; what doesn't fit is said, and no node's disk fills up. */
const SCRATCH = "20Gi";
/** Two hours. */
const DEADLINE_SECONDS = 7200;
const ID = 10001;

const LABELS = { "app.kubernetes.io/name": "fogbell" };

/** No verdict is repeated; what says something of the node is. Exit code 2 can't get better. */
const FAILURE_POLICY = {
  rules: [
    { action: "FailIndex", onExitCodes: { containerName: "fogbell", operator: "In", values: [1, 2, 3, 5] } },
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    { action: "Count", onExitCodes: { containerName: "fogbell", operator: "In", values: [4, 70, 130, 137, 143] } },
  ],
};
const CRON_POLICY = {
  rules: FAILURE_POLICY.rules.map((rule) => (rule.action === "FailIndex" ? { ...rule, action: "FailJob" } : rule)),
};

function podOf(job: ScheduledJob, more: readonly string[]): object {
  const env = job.secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name: "fogbell", key: name } } }));
  return {
    metadata: { labels: LABELS },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: ID,
        runAsGroup: ID,
        fsGroup: ID,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "fogbell",
          image: `fogbell:${job.version}`,
          args: [...job.words, "--sandbox", "local", "--out", "/results", "--config", "/config/fogbell.yaml", ...more],
          ...(env.length === 0 ? {} : { env }),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: {
            requests: { cpu: "1", memory: "2Gi", "ephemeral-storage": SCRATCH },
            limits: { memory: "4Gi", "ephemeral-storage": SCRATCH },
          },
          volumeMounts: [
            { name: "config", mountPath: "/config", readOnly: true },
            { name: "scratch", mountPath: "/scratch" },
            { name: "results", mountPath: "/results" },
          ],
        },
      ],
      volumes: [
        { name: "config", configMap: { name: "fogbell" } },
        { name: "scratch", emptyDir: { sizeLimit: SCRATCH } },
        { name: "results", persistentVolumeClaim: { claimName: "fogbell-results" } },
      ],
    },
  };
}

const cronJob = (job: ScheduledJob) => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "fogbell", labels: LABELS },
  spec: {
    schedule: cronFields(job),
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 7,
    jobTemplate: {
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: DEADLINE_SECONDS,
        podFailurePolicy: CRON_POLICY,
        template: podOf(job, []),
      },
    },
  },
});

const indexedJob = (job: ScheduledJob, parts: number) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { generateName: "fogbell-", labels: LABELS },
  spec: {
    completionMode: "Indexed",
    completions: parts,
    parallelism: Math.min(parts, 4),
    backoffLimitPerIndex: 2,
    maxFailedIndexes: parts,
    activeDeadlineSeconds: DEADLINE_SECONDS,
    podFailurePolicy: FAILURE_POLICY,
    // Each pod is told its number by Kubernetes, and takes that part.
    template: podOf(job, parts > 1 ? ["--shard", `index/${parts}`] : []),
  },
});

/** Nothing comes in; out goes name resolution, and what the store's address is: to be filled in. */
const networkPolicy = () => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "fogbell", labels: LABELS },
  spec: {
    podSelector: { matchLabels: LABELS },
    policyTypes: ["Ingress", "Egress"],
    egress: [
      {
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
      { to: [{ ipBlock: { cidr: "192.0.2.10/32" } }], ports: [{ port: 443, protocol: "TCP" }] },
    ],
  },
});

export function kubernetesManifests(job: ScheduledJob): ScheduleFile[] {
  assertOneLine(job.words, "a manifest");
  if (job.words[0] !== "verify")
    throw unschedulable("in Kubernetes only verify is scheduled", "fogbell schedule --kubernetes -- verify");
  const bad = job.words.find((word) => word.includes("$("));
  if (bad !== undefined) throw unschedulable(`Kubernetes would expand "${bad}"`, "leave the expression out");
  const header = [
    "# Fogbell in Kubernetes. Checked against the API's schema; not run by us on a cluster.",
    "# Before: build the image (see the Dockerfile) and push it; a ConfigMap fogbell with fogbell.yaml; a Secret fogbell with",
    "# the store's credentials; a PersistentVolumeClaim fogbell-results; the store's address in the NetworkPolicy.",
    "# The pod isn't isolated from its own network by Fogbell, so --trust-backups is needed: the NetworkPolicy is what holds.",
  ].join("\n");
  const file = (name: string, ...all: object[]) => ({
    file: name,
    text: `${header}\n${all.map((one) => stringify(one, { lineWidth: 0 })).join("---\n")}`,
  });
  const trusting = job.words.includes("--trust-backups") ? job : { ...job, words: [...job.words, "--trust-backups"] };
  return [
    file("fogbell.cronjob.yaml", cronJob(trusting), networkPolicy()),
    file("fogbell.indexed-job.yaml", indexedJob(trusting, job.databases ?? 1)),
  ];
}

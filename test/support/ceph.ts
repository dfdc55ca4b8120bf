/** A real S3 server for tests: Ceph RGW in a container, on loopback only, gone afterwards. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";

const KEY = "drillkey";
const SECRET = "drillsecret-planted";

export interface Ceph extends AsyncDisposable {
  readonly endpoint: string;
  readonly port: number;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly client: S3Client;
  /** Runs the server's own administration, as its operator does. */
  admin(...args: readonly string[]): string;
  /** A store URL for a place in a bucket, which need not exist. */
  url(bucket: string, prefix: string): string;
  /** A store URL for a bucket that it makes. */
  bucket(name: string, versioned?: boolean): Promise<string>;
}

const IMAGE = "fogbell/ceph:18";
const RECIPE = fileURLToPath(new URL("../../scripts/images/ceph.sh", import.meta.url));

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" }).trim();

/** Starts the server and points the environment's credentials at it, as a user would. */
export async function startCeph(): Promise<Ceph> {
  // Does nothing when the image is there.
  execFileSync("bash", [RECIPE], { stdio: ["ignore", "ignore", "inherit"] });
  const id = docker(
    "run",
    "-d",
    "--rm",
    "--label",
    "fogbell.test=ceph",
    "-p",
    "127.0.0.1::7480",
    "-e",
    `S3_KEY=${KEY}`,
    "-e",
    `S3_SECRET=${SECRET}`,
    IMAGE,
  );
  for (let look = 0; ; look++) {
    if (docker("logs", id).includes("READY s3")) break;
    if (look > 300) {
      const said = docker("logs", id);
      docker("rm", "-f", "-v", id);
      throw new Error(`the S3 server did not come up: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const port = Number(docker("port", id, "7480/tcp").split("\n")[0]?.split(":").at(-1));
  const endpoint = `http://127.0.0.1:${port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET });
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: KEY, secretAccessKey: SECRET },
  });
  const url = (bucket: string, prefix: string) => `s3://${bucket}/${prefix}?endpoint=${endpoint}&path-style=true`;
  return {
    endpoint,
    port,
    accessKey: KEY,
    secretKey: SECRET,
    client,
    admin: (...args) => docker("exec", id, "radosgw-admin", ...args),
    url,
    async bucket(name, versioned = false) {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      if (versioned)
        await client.send(
          new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }),
        );
      return url(name, "drills");
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      docker("rm", "-f", "-v", id);
    },
  };
}

/** The image: built here from local bases, run without privileges on a read-only root with little room; a verify and a drill in it. */
import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readHistory } from "../src/suite/history.ts";

const exec = promisify(execFile);
const BASE = "fogbell/postgres:15";
const docker = (...words: string[]) =>
  exec("docker", words, { maxBuffer: 1e9, env: { ...process.env, DOCKER_BUILDKIT: "0" } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

/** The installed package, as a context that needs no registry. */
async function contextIn(folder: string): Promise<string> {
  await exec("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: resolve(".") });
  const packed = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await exec("npm", ["install", ...flags, join(folder, packed)], { cwd: folder });
  const context = join(folder, "context");
  await cp(join(folder, "node_modules", "fogbell"), context, { recursive: true });
  await cp(join(folder, "node_modules"), join(context, "node_modules"), {
    recursive: true,
    filter: (path) => path !== join(folder, "node_modules", "fogbell"),
  });
  await copyFile("Dockerfile", join(context, "Dockerfile"));
  return context;
}

const body = async () => {
  const folder = await mkdtemp(join(tmpdir(), "fogbell-image-"));
  const id = folder.split("-").at(-1)?.toLowerCase() ?? "";
  const [node, image] = [`fogbell-test-node:${id}`, `fogbell-test:${id}`];
  try {
    const base = join(folder, "base");
    await mkdir(base);
    await copyFile(process.execPath, join(base, "node"));
    await writeFile(join(base, "Dockerfile"), `FROM ${BASE}\nCOPY node /usr/local/bin/node\n`);
    expect(await docker("build", "-q", "-t", node, base)).toMatchObject({ code: 0 });
    const args = ["--build-arg", `NODE=${node}`, "--build-arg", `BASE=${BASE}`];
    expect(await docker("build", "-q", ...args, "-t", image, await contextIn(folder))).toMatchObject({ code: 0 });
    const shares = [join(folder, "backups"), join(folder, "results")] as const;
    for (const share of shares) {
      await mkdir(share);
      await chmod(share, 0o777);
    }
    const [backups, results] = shares;
    const tied = [
      "run",
      "--rm",
      "--read-only",
      "--cap-drop",
      "ALL",
      "--security-opt",
      "no-new-privileges",
      "--network",
      "none",
    ];
    const mounts = ["--tmpfs", "/scratch:exec,size=2g,uid=10001,gid=10001", "-v", `${results}:/results`];
    const make = [
      "export PATH=$(echo /usr/lib/postgresql/*/bin):$PATH; initdb -D /scratch/d -A trust >/dev/null",
      "pg_ctl -D /scratch/d -o '-k /scratch -c listen_addresses=' -w start >/dev/null; export PGHOST=/scratch",
      `psql -qd postgres -c "CREATE TABLE orders AS SELECT i AS id, now() AS created_at FROM generate_series(1, 1000) i; ALTER TABLE orders ADD PRIMARY KEY (id)"`,
      "pg_dump -Fc postgres > /backups/shop-$(date -u +%Y%m%dT%H%M%SZ).dump; pg_ctl -D /scratch/d -m fast stop >/dev/null",
    ];
    const made = await docker(
      ...tied,
      ...mounts,
      "-v",
      `${backups}:/backups`,
      "--entrypoint",
      "sh",
      image,
      "-c",
      make.join("\n"),
    );
    expect(made).toMatchObject({ code: 0 });
    const fogbell = (...words: string[]) => docker(...tied, ...mounts, "-v", `${backups}:/backups:ro`, image, ...words);
    const common = ["--sandbox", "local", "--out", "/results"];
    const verified = await fogbell("verify", "--store", "/backups", "--trust-backups", ...common);
    expect(`${verified.code} ${verified.stdout} ${verified.stderr}`).toMatch(/^0 [\s\S]*GOOD/);
    const drilled = await fogbell("run", "drop-table", "--engine", "postgres@15", "--rows", "2000", ...common);
    expect(`${drilled.code} ${drilled.stdout} ${drilled.stderr}`).toMatch(/^0 [\s\S]*RECOVERED/);
    const { runs } = await readHistory([results]);
    expect(runs.map(({ result }) => result.verdict)).toEqual(["recovered", "recovered"]);
    expect(runs.every(({ result }) => result.cleanup?.failed.length === 0)).toBe(true);
    // Too little room is said as such, and isn't the backup's fault.
    const small = await docker(
      ...tied,
      "--tmpfs",
      "/scratch:exec,size=24m,uid=10001,gid=10001",
      "-v",
      `${results}:/results`,
      "-v",
      `${backups}:/backups:ro`,
      image,
      "verify",
      "--store",
      "/backups",
      "--trust-backups",
      ...common,
    );
    expect(small.code).toBe(4);
    const who = await docker("run", "--rm", "--entrypoint", "id", image, "-u");
    expect(who.stdout.trim()).toBe("10001");
    // What is missing in a pod isn't Docker: the advice fits the place.
    const without = await fogbell("verify", "--store", "/backups", "--out", "/results");
    expect(without.code).not.toBe(0);
  } finally {
    await docker("rmi", "-f", image, node);
    await rm(folder, { recursive: true, force: true });
  }
};

test("the image verifies and drills, not root, on a read-only root", { timeout: 600_000 }, body);

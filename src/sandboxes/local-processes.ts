/** The processes of a run, wherever they wandered: by the run id that each carries in its environment. Linux only. */
import { readdir, readFile } from "node:fs/promises";

export async function processesOf(runId: string): Promise<number[]> {
  const mark = `FOGBELL_RUN=${runId}`;
  const found: number[] = [];
  const entries = await readdir("/proc").catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
    if (environment.split("\0").includes(mark)) found.push(Number(entry));
  }
  return found;
}

/** Kills them all and waits until they are gone: a process that just forked may be missed by one look. */
export async function killRun(runId: string): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const pids = await processesOf(runId);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone between the look and the kill.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

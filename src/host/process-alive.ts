/**
 * Whether a process lives: not another of its number, not one of an earlier boot, and not only its entry in the table,
 * which stays where nobody collects it (a container without an init).
 */
import { readFileSync, readlinkSync } from "node:fs";

/** State and start of a process, as Linux tells them; null where nobody does. Source: proc(5), /proc/pid/stat. */
function standing(pid: number): { state: string; ticks: string } | null {
  try {
    // The program's name stands in brackets and may hold anything: what counts stands behind the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state: fields[0] ?? "", ticks: fields[19] ?? "" };
  } catch {
    return null;
  }
}

const orEmpty = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return "";
  }
};
/** Another after each start of the machine; empty where nobody tells. Source: random(4). */
const bootId = () => orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
/** Process ids mean something within one of these only. Source: pid_namespaces(7). */
const namespace = () => orEmpty(() => readlinkSync("/proc/self/ns/pid")).replace(/\D/g, "");

/** What tells this process from any other of its number: boot, namespace and start, with colons between. Null where nobody tells. */
export function ownStart(): string | null {
  const mine = standing(process.pid);
  return mine === null ? null : `${bootId()}:${namespace()}:${mine.ticks}`;
}

/** Whether there is such a process here, whoever owns it; one that has ended and was not collected is none. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  const now = standing(pid);
  if (now !== null) return now.state !== "Z" && now.state !== "X";
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** How that very process stands. `elsewhere`: in another namespace of process ids, which cannot be looked into. */
export function stateOf(pid: number, startedAt: string | null): "runs" | "gone" | "elsewhere" {
  const [ticks, inside, boot] = (startedAt ?? "").split(":").reverse();
  if (boot !== undefined && boot !== "" && bootId() !== "" && boot !== bootId()) return "gone";
  if (inside !== undefined && inside !== "" && namespace() !== "" && inside !== namespace()) return "elsewhere";
  if (!isAlive(pid)) return "gone";
  const now = standing(pid);
  return now === null || ticks === "" || ticks === undefined || now.ticks === ticks ? "runs" : "gone";
}

/** Whether that very process still runs here. */
export const isRunning = (pid: number, startedAt: string | null): boolean => stateOf(pid, startedAt) === "runs";

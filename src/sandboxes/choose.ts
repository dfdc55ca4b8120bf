/** Which sandbox a drill gets, and why: Docker when an engine answers, else this machine's own programs. */
import { UnavailableError, UsageError } from "../errors.ts";
import type { SandboxDriver, ServerSpec } from "../parts.ts";

export interface ChosenSandbox {
  readonly driver: SandboxDriver;
  readonly why: string;
  /** The image that a server would be started from, where there are images. */
  readonly image?: string | undefined;
}

/** `wanted` is a sandbox's name or `auto`, which tries them in the catalogue's order. */
export async function chooseSandbox(
  drivers: readonly SandboxDriver[],
  wanted: string,
  spec: ServerSpec,
  signal: AbortSignal,
): Promise<ChosenSandbox> {
  const candidates = wanted === "auto" ? drivers : drivers.filter(({ name }) => name === wanted);
  if (candidates.length === 0) {
    throw new UsageError(`no sandbox "${wanted}"`, {
      code: "FB_SANDBOX_UNKNOWN",
      next: drivers.map(({ name }) => `--sandbox ${name}`),
    });
  }
  const reasons: string[] = [];
  const next: string[] = [];
  for (const driver of candidates) {
    const { usable, because, image, next: mend } = await driver.available(spec, signal);
    if (usable) {
      const others = reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
      return { driver, image, why: wanted === "auto" ? `${because}${others}` : `asked for; ${because}` };
    }
    reasons.push(`${driver.name}: ${because}`);
    next.push(...mend);
  }
  throw new UnavailableError(`no sandbox can be used: ${reasons.join("; ")}`, {
    code: "FB_NO_SANDBOX",
    next: [...new Set([...next, "fogbell doctor"])],
  });
}

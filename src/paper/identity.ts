/** What a runbook says of itself for machines: the line that ties a page to the drill that it was printed from. Pure. */

export interface PageIdentity {
  readonly scenario: string;
  readonly engine: string;
  readonly run: string;
  /** When the drill ended, ISO 8601. */
  readonly drilledAt: string;
  readonly hash: string;
  /** Hash of each step, with its normal time in milliseconds. */
  readonly steps: readonly (readonly [string, number | null])[];
}

const BEGINS = "<!-- fogbell runbook ";

/** A comment that nothing inside can end. */
export function identityLine(identity: PageIdentity): string {
  const json = JSON.stringify(identity).replace(
    /[<>-]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${BEGINS}${json} -->`;
}

/** Null for a page that is no runbook of ours, or that somebody cut. */
export function readIdentity(page: string): PageIdentity | null {
  const line = page.split("\n").findLast((one) => one.startsWith(BEGINS));
  if (line === undefined) return null;
  try {
    return JSON.parse(line.slice(BEGINS.length).replace(/ -->$/, "")) as PageIdentity;
  } catch {
    return null;
  }
}

/** The page as people read it. */
export const withoutIdentity = (page: string): string =>
  page
    .split("\n")
    .filter((line) => !line.startsWith(BEGINS))
    .join("\n");

/**
 * Every command that is printed on a page of markdown, in order. What ran stands in fences marked `sh`; what may be typed in
 * its place where there is no Fogbell, and was not drilled, in fences marked `console`.
 */
export function printedCommands(page: string, marked: "sh" | "console" = "sh"): string[] {
  const fences = page.matchAll(/^(`{3,})(sh|console)\n([\s\S]*?)\n\1$/gm);
  return [...fences].flatMap(([, , mark, script = ""]) => (mark === marked ? [script] : []));
}

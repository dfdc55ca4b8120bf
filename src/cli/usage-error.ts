/** oclif's complaints about flags and arguments, without its headings and its advice that nobody asked for. */
import { stripVTControlCharacters } from "node:util";
import { UsageError } from "../errors.ts";
import { nearestFlag } from "./lookup.ts";

/** Some name the flags or the arguments that they are about. */
export interface Complaint extends Error {
  readonly flags?: unknown;
  readonly args?: unknown;
}

/** They carry `oclif.exit` 2, whatever their class. */
export function isComplaint(error: unknown): error is Complaint {
  return error instanceof Error && "oclif" in error && (error.oclif as { exit?: unknown } | null)?.exit === 2;
}

const MISSING_FLAG = /^Missing required flag (\S+)$/;

/** Of several things wrong with flags one line, and flags as they are typed. */
function flagsText(reasons: readonly string[]): string {
  const missing = reasons.flatMap((reason) => MISSING_FLAG.exec(reason)?.[1] ?? []).map((name) => `--${name}`);
  const others = reasons
    .filter((reason) => !MISSING_FLAG.test(reason))
    // A switch has no value that anybody typed.
    .map((reason) => reason.replace(/^(--[\w-]+)=true (?=cannot)/, "$1 "));
  const first =
    missing.length === 0 ? [] : [`Missing required flag${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`];
  return [...first, ...others].join("; ");
}

function messageOf({ message, args }: Complaint): string {
  const text = stripVTControlCharacters(message).replace(/\nSee more help with --help$/, "");
  const [, reasons] = /^The following errors? occurred:\n([\s\S]*)$/.exec(text) ?? [];
  if (reasons !== undefined) return flagsText(reasons.split("\n").map((line) => line.trim()));
  if (/^Missing \d+ required arg/.test(text) && Array.isArray(args)) {
    const missing = args as readonly { readonly name: string; readonly description?: string }[];
    const said = missing.map(
      ({ name, description = "" }) => `${name}${description === "" ? "" : ` (${description.replace(/\.$/, "")})`}`,
    );
    return `Missing argument${missing.length === 1 ? "" : "s"}: ${said.join("; ")}`;
  }
  return text.replace(/\s*\n\t\s*/g, ": ");
}

/** What went wrong behind `command`, as typed, which knows these flags. */
export function usageError(complaint: Complaint, command: string, flags: readonly string[]): UsageError {
  const typed = Array.isArray(complaint.flags) ? String(complaint.flags[0]) : null;
  const meant = typed === null ? null : nearestFlag(typed, flags);
  const message = messageOf(complaint);
  return new UsageError(meant === null ? message : `${message} (did you mean ${meant}?)`, {
    code: "FB_USAGE",
    next: [`${command} --help`],
  });
}

/** What all commands share: one way to print an error, one exit code each, clean stdout under --json. */
import { Command } from "@oclif/core/command";
import { asFogbellError, type FogbellError, UsageError } from "../errors.ts";
import { nearestFlag } from "./lookup.ts";
import { errorJson, errorText } from "./print-error.ts";

/** oclif's own complaints about flags and arguments carry `oclif.exit` 2, whatever their class. */
function isUsage(error: unknown): error is Error & { flags?: unknown } {
  return error instanceof Error && "oclif" in error && (error.oclif as { exit?: unknown } | null)?.exit === 2;
}

export abstract class FogbellCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<unknown> {
    const error = isUsage(thrown) ? this.#usage(thrown) : asFogbellError(thrown);
    process.exitCode = error.exitCode;
    // oclif would also complain that the command did not come to parsing; the error says why.
    this.parsed = true;
    if (this.jsonEnabled()) this.logJson(errorJson(error));
    else process.stderr.write(errorText(error));
    return undefined;
  }

  #usage(thrown: Error & { flags?: unknown }): FogbellError {
    const typed = Array.isArray(thrown.flags) ? String(thrown.flags[0]) : null;
    const names = [...Object.keys(this.ctor.flags), "json", "help"];
    const meant = typed === null ? null : nearestFlag(typed, names);
    const message = thrown.message.replace(/\nSee more help with --help$/, "").replace(/\s*\n\t\s*/g, ": ");
    const words = [this.config.bin, ...(this.id ?? "").split(":")].join(" ");
    return new UsageError(meant === null ? message : `${message} (did you mean ${meant}?)`, {
      code: "FB_USAGE",
      next: [`${words} --help`],
    });
  }
}

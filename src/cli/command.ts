/** What all commands share: one way to print an error, one exit code each, clean stdout under --json. */
import { Command } from "@oclif/core";
import { asFogbellError, Defect, type FogbellError, UsageError } from "../errors.ts";

/** oclif's own complaints about flags and arguments: a usage error, whatever their class. */
function isUsage(error: unknown): error is Error {
  return error instanceof Error && "oclif" in error && ("parse" in error || "args" in error || "flags" in error);
}

export abstract class FogbellCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<unknown> {
    // A reader that has gone away (`| head`) is no failure of ours.
    if ((thrown as NodeJS.ErrnoException).code === "EPIPE") process.exit(0);
    const error = isUsage(thrown)
      ? new UsageError(thrown.message.replace(/\nSee more help with --help$/, ""), {
          code: "FB_USAGE",
          next: [`${this.config.bin} ${this.id?.replaceAll(":", " ") ?? ""} --help`],
        })
      : asFogbellError(thrown);
    process.exitCode = error.exitCode;
    if (this.jsonEnabled()) {
      const { code, message, next, exitCode } = error;
      this.logJson({ error: { code, message, next, exitCode } });
      return undefined;
    }
    process.stderr.write(render(error));
    return undefined;
  }
}

function render(error: FogbellError): string {
  const next = error.next.map((line) => `  ${line}\n`).join("");
  const stack = error instanceof Defect ? `\n${(error.cause instanceof Error ? error.cause : error).stack}\n` : "";
  return `Error: ${error.message}\n       [${error.code}]\n${stack}${next === "" ? "" : `Next:\n${next}`}`;
}

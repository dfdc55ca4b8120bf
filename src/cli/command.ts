/** What all commands share: one way to print an error, one exit code each, clean stdout under --json. */
import { Command } from "@oclif/core/command";
import { asFogbellError, type FogbellError } from "../errors.ts";
import { errorJson, errorText } from "./print-error.ts";
import { type Complaint, isComplaint, usageError } from "./usage-error.ts";

export abstract class FogbellCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<unknown> {
    const error = isComplaint(thrown) ? this.#usage(thrown) : asFogbellError(thrown);
    process.exitCode = error.exitCode;
    // oclif would also complain that the command did not come to parsing; the error says why.
    this.parsed = true;
    if (this.jsonEnabled()) this.logJson(errorJson(error));
    else process.stderr.write(errorText(error));
    return undefined;
  }

  #usage(complaint: Complaint): FogbellError {
    const words = [this.config.bin, ...(this.id ?? "").split(":")].join(" ");
    return usageError(complaint, words, [...Object.keys(this.ctor.flags), "json", "help"]);
  }
}

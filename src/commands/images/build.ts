import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ImagesBuild extends FogbellCommand {
  static override summary =
    "Build sandbox images from distribution packages, for machines that can't reach a registry.";
  static override description =
    "Needs Debian's mmdebstrap and reachable package sources. Existing images are left as they are.";
  static override examples = ["<%= config.bin %> images build", "<%= config.bin %> images build postgres@17"];
  static override args = {
    engine: Args.string({ description: "Engine and version. Default: the first version of every engine." }),
  };
  static override flags = { force: Flags.boolean({ description: "Rebuild the image if it already exists." }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ImagesBuild);
    const { catalog } = await import("../../catalog.ts");
    const { buildImages } = await import("../../sandboxes/images.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    using interruption = onInterrupt(say);
    const built = await buildImages({
      engines: catalog.engines,
      wanted: args.engine ?? null,
      force: flags.force,
      say,
      signal: interruption.signal,
    });
    for (const { image, made } of built) this.log(`${image}  ${made ? "made" : "was there"}`);
    return built;
  }
}

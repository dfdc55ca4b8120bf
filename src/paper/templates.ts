/** Where templates come from: the package's own, each overridden by a file of the same name in the working directory. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { packageFolder } from "../host/package-folder.ts";
import type { Templates } from "./format.ts";

async function readPartials(folder: string): Promise<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const files = (await readdir(folder)).filter((file) => file.endsWith(".hbs"));
  const texts = await Promise.all(
    files.map(async (file) => [basename(file, ".hbs"), await readFile(join(folder, file), "utf8")] as const),
  );
  return Object.fromEntries(texts);
}

/** The templates of `reports` or `runbooks`. `working` is the folder whose files override ours. */
export async function readTemplates(
  kind: "reports" | "runbooks",
  working: string = process.cwd(),
  page: string = kind === "reports" ? "report.md.hbs" : "runbook.md.hbs",
): Promise<Templates> {
  const [ours, theirs] = [join(packageFolder(), kind), join(working, kind)];
  const file = existsSync(join(theirs, page)) ? join(theirs, page) : join(ours, page);
  return {
    page: await readFile(file, "utf8"),
    partials: { ...(await readPartials(join(ours, "partials"))), ...(await readPartials(join(theirs, "partials"))) },
  };
}

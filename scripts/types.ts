/** Writes dist/types: declarations of the public library and of what it reaches, that compile with nothing installed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";

/** Stands in for zod, of which the public types need no more; zod's own types fit where these are asked for. */
const ZOD = `/** As much of zod 4 as Fogbell's types name, so that compiling against them needs no zod. */
export declare namespace z {
  interface ZodType<Output = unknown> {
    parse(value: unknown): Output;
    safeParse(value: unknown): { success: true; data: Output } | { success: false; error: Error };
  }
}
`;

const SPECIFIER = /(from |import\()"([^"]+)"/g;

/** The declarations that `start` leads to, by path from `root`. Throws when one of them needs another package. */
function reached(root: string, start: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    const text = readFileSync(join(root, path), "utf8");
    found.set(path, text);
    for (const [, , target = ""] of text.matchAll(SPECIFIER)) {
      if (target.startsWith(".")) visit(normalize(join(dirname(path), target.replace(/\.ts$/, ".d.ts"))));
      else if (target !== "zod")
        throw new Error(`the public types in ${path} need "${target}": mark what needs it with @internal`);
    }
  };
  visit(start);
  return found;
}

/** `"../x.ts"` becomes `"../x.js"`, which is what consumers' compilers look for; zod becomes the stand-in. */
function relinked(path: string, text: string): string {
  const up = "../".repeat(path.split("/").length - 1) || "./";
  return text.replaceAll(SPECIFIER, (_, before: string, target: string) => {
    return `${before}"${target === "zod" ? `${up}zod.js` : target.replace(/\.ts$/, ".js")}"`;
  });
}

export function writeTypes(root: string): void {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-types-"));
  try {
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const flags = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--stripInternal"];
    execFileSync(process.execPath, [compiler, "-p", root, ...flags, "--rootDir", root, "--outDir", folder], {
      stdio: "inherit",
    });
    for (const [path, text] of reached(join(folder, "src"), "index.d.ts")) {
      if (/\bz\.(?!ZodType\b)/.test(text)) throw new Error(`${path} needs more of zod: mark it with @internal`);
      const file = join(root, "dist", "types", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, relinked(path, text));
    }
    writeFileSync(join(root, "dist", "types", "zod.d.ts"), ZOD);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

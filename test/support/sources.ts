/** The project's own files as text, with what each imports: for the tests that keep its shape. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface Import {
  /** A path from the project's root for our own files, else the package's name. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the project's root: `src/plan/plan.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const SKIPPED = new Set(["node_modules", "dist", "drill-results", ".git"]);

/** All files below `folder`, relative to the project's root, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !SKIPPED.has(name))
    .map((name) => normalize(join(folder, name)))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
    .sort();
}

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;"]*?\sfrom\s+)?"([^"]+)"|import\("([^"]+)"\)/gm;

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? "";
    const own = target.startsWith(".");
    // `import { type A, type B }` leaves nothing behind either.
    const names = /\{([^}]*)\}/.exec(match[0])?.[1]?.split(",") ?? [];
    const typeOnly = match[1] !== undefined || (names.length > 0 && names.every((name) => /^\s*(type\s|$)/.test(name)));
    return { target: own ? normalize(join(dirname(path), target)) : target, own, typeOnly };
  });
}

export function readSources(folder: string): Source[] {
  return filesBelow(folder)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const text = readFileSync(path, "utf8");
      return { path, text, imports: importsOf(path, text) };
    });
}

/**
 * Groups of files that reach each other by imports, each sorted by path: strongly connected parts of the graph, after
 * Tarjan. A file that imports itself is one, too.
 */
export function circlesOf(sources: readonly Source[]): string[][] {
  const targets = new Map(
    sources.map(({ path, imports }) => [path, imports.filter(({ own }) => own).map(({ target }) => target)]),
  );
  const found = new Map<string, { index: number; low: number; onStack: boolean }>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): number => {
    const own = { index: found.size, low: found.size, onStack: true };
    found.set(path, own);
    stack.push(path);
    for (const target of targets.get(path) ?? []) {
      const other = found.get(target);
      if (other === undefined && targets.has(target)) own.low = Math.min(own.low, visit(target));
      else if (other?.onStack === true) own.low = Math.min(own.low, other.index);
    }
    if (own.low === own.index) {
      const circle = stack.splice(stack.indexOf(path));
      for (const one of circle) (found.get(one) as { onStack: boolean }).onStack = false;
      if (circle.length > 1 || targets.get(path)?.includes(path) === true) circles.push(circle.sort());
    }
    return own.low;
  };
  for (const path of targets.keys()) if (!found.has(path)) visit(path);
  return circles;
}

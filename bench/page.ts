/** The page with the figures, and the machine that they came from: a figure without its machine means nothing. */
import { cpus, release, totalmem, type } from "node:os";
import { type Figure, isMet } from "./figures.ts";

export interface Results {
  readonly measuredAt: string;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
}

export function machine(dockerVersion: string): Record<string, string> {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    node: process.version,
    docker: dockerVersion,
  };
}

export function page({ measuredAt, quick, machine: facts, figures }: Results): string {
  const rows = figures.map((figure) => {
    const { name, what, value, unit, target, from } = figure;
    const parts = Object.entries(from).map(([key, part]) => `${key} ${part}`);
    const [promised, met] = target === null ? ["", ""] : [`≤ ${target} ${unit}`, isMet(figure) ? "met" : "**missed**"];
    return `| ${name} | ${what} | ${value} ${unit} | ${promised} | ${met} | ${parts.join(", ")} |`;
  });
  return `# Benchmarks

A drill should measure your restore, not itself. \`npm run bench\` measures what Fogbell adds, as ratios between things
measured in the same run on the same machine; \`npm run bench -- --quick\` does it in a few minutes on less data, for
finding large mistakes. It needs Docker, and for the whole of it about 20 GB of disk. The page and \`bench/results\` are
written by it.

Measured ${measuredAt.slice(0, 10)}${quick ? ", **quickly**: the targets are meant for the whole run" : ""}, on:

| | |
| --- | --- |
${Object.entries(facts)
  .map(([name, value]) => `| ${name} | ${value} |`)
  .join("\n")}

| Figure | What | Measured | Target | | From |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

Medians; *spread* is the distance from the fastest to the slowest, as a share of the median. Restores are timed in turns in
one container, and each is set against the one typed by hand right before or after it: the figure is the median of those
ratios, between the *lowest* and the *highest*. One closer to its target than those two lie apart says little. From run to
verdict is the wall clock of the whole command, clean-up and documents included, and grows with the data: what is promised
is promised for the small world; the shipped one stands beside it. *Apart*: measured anew after the others, on that day and
the same machine (\`-- --only\`). Memory is the kernel's high-water mark of the fogbell process alone; the server's is the sandbox's business.
`;
}

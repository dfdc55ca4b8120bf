/** What the documents tell people to type must exist: commands, flags, npm scripts, links. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../src/catalog.ts";
import { lookup } from "../src/cli/lookup.ts";
import { COMMANDS } from "../src/main.ts";
import { exitCodeOf } from "../src/result/verdict.ts";
import { filesBelow } from "./support/sources.ts";

const pages = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "bench/README.md"]
  .concat(filesBelow("docs"))
  .filter((path) => path.endsWith(".md"))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));
const scripts = (JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> }).scripts;

/** Every `fogbell …` in a sh block, and in code spans that begin with it. */
const fogbellLines = pages.flatMap(({ path, text }) => {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => (match[1] ?? "").split("\n"));
  const spans = [...text.matchAll(/`(fogbell [^`]+)`/g)].map((match) => match[1] ?? "");
  return [...blocks, ...spans]
    .filter((line) => line.startsWith("fogbell ") && !line.includes("…"))
    .flatMap((line) => commandsIn(shellWords(line).slice(1)).map((words) => ({ path, line, words })));
});

/** What stands behind `--` is a command of its own, to be run later. */
function commandsIn(words: readonly string[]): string[][] {
  const at = words.indexOf("--");
  return at === -1 ? [[...words]] : [words.slice(0, at), words.slice(at + 1)];
}

/** Enough of sh for the documents: single quotes, and no substitutions. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

describe("commands in the documents", () => {
  it("are many enough to be worth testing", () => {
    expect(fogbellLines.length).toBeGreaterThan(15);
  });

  it.each(fogbellLines)("$path: $line", ({ words }) => {
    const found = lookup(words, Object.keys(COMMANDS));
    if (found.kind === "other") return;
    expect(found.kind).toBe("command");
    if (found.kind !== "command") return;
    const command = COMMANDS[found.id as keyof typeof COMMANDS];
    const flags = command.flags as unknown as Record<string, { options?: readonly string[] }>;
    const known: typeof flags = { json: {}, help: {}, ...flags };
    const rest = words.slice(found.id.split(":").length);
    for (const [i, word] of rest.entries()) {
      if (!word.startsWith("--")) continue;
      const flag = known[word.slice(2)];
      expect(flag, `${word} of fogbell ${found.id}`).toBeDefined();
      if (flag?.options !== undefined) expect(flag.options).toContain(rest[i + 1]);
    }
  });

  it("that npm runs are scripts of package.json", () => {
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? ""));
    expect(named.length).toBeGreaterThan(4);
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it("begin, in the README, with the two that a newcomer types", () => {
    const readme = pages.find(({ path }) => path === "README.md")?.text ?? "";
    const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]?.trim());
    expect(blocks.slice(0, 2)).toEqual(["npm ci && npm run drill", "npm ci && npm test"]);
  });
});

describe("help", () => {
  it.each(Object.entries(COMMANDS))("of %s says what it does and shows examples that parse", (id, command) => {
    expect(command.summary.length).toBeGreaterThan(20);
    for (const example of command.examples) {
      const words = shellWords(example.replace("<%= config.bin %> ", ""));
      expect(lookup(words, Object.keys(COMMANDS))).toEqual({ kind: "command", id });
      for (const word of (commandsIn(words)[0] ?? []).filter((one) => one.startsWith("--"))) {
        expect(Object.keys({ ...command.flags, json: null })).toContain(word.slice(2));
      }
    }
  });

  it("says of every flag and argument what it is", () => {
    const silent = Object.entries(COMMANDS).flatMap(([id, command]) =>
      Object.entries({ ...command.args, ...command.flags } as Record<string, { description?: string }>)
        .filter(([, { description }]) => description === undefined)
        .map(([name]) => `${id} ${name}`),
    );
    expect(silent).toEqual([]);
  });
});

describe("exit codes", () => {
  const VERDICTS = ["recovered", "late", "lost", "void", "refused"] as const;
  const pageOf = (path: string) => pages.find((page) => page.path === path)?.text ?? "";
  it.each(["README.md", "docs/errors.md", "docs/ci.md"])("in %s are those that the program exits with", (path) => {
    const table = new Map(
      [...pageOf(path).matchAll(/^\| (\d+) \| (\w+)/gm)].map(([, code, word]) => [word, Number(code)]),
    );
    for (const verdict of VERDICTS) {
      expect(table.get(verdict), verdict).toBe(exitCodeOf({ verdict, interrupted: false, problems: [] }));
    }
    expect([...table.values()]).toEqual(expect.arrayContaining([2, 70, 130]));
    expect(pageOf(path)).toContain("Of several drills the worst counts: 5, 1, 4, 3, 0");
  });
  it("in the help of run are the same", () => {
    for (const verdict of VERDICTS) {
      const code = exitCodeOf({ verdict, interrupted: false, problems: [] });
      expect(COMMANDS.run.description).toContain(`${code} ${verdict}`);
    }
  });
});

describe("links in the documents", () => {
  it("lead to files that are there", () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#:]+)\)/g)]
        .map((match) => join(dirname(path), match[1] ?? ""))
        .filter((target) => !existsSync(target))
        .map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("name files of the project that are there", () => {
    const broken = pages
      .filter(({ path }) => !path.startsWith("docs/decisions"))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/`((?:src|test|docs|scripts|scenarios|bench)\/[\w./-]+\.\w+)`/g)]
          .filter((match) => !existsSync(match[1] ?? ""))
          .map((match) => `${path} → ${match[1]}`),
      );
    expect(broken).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  it("fits in a head", () => {
    expect(readFileSync("ARCHITECTURE.md", "utf8").split("\n").length).toBeLessThanOrEqual(150);
  });
});

describe("the engines of the catalogue", () => {
  const answer = /\*\*Which databases\?\*\*([\s\S]*?)\n\n/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
  const { keywords } = JSON.parse(readFileSync("package.json", "utf8")) as { keywords: string[] };

  it.each(catalog.engines)(
    "hold $name, which the README answers with, and which a search finds",
    ({ name, versions }) => {
      for (const version of versions)
        expect(answer).toMatch(new RegExp(`${name}(?:[^.]|\\.\\d)*\\b${version.replace(".", "\\.")}\\b`, "i"));
      expect(keywords.some((word) => word.startsWith(name))).toBe(true);
    },
  );
  it("are those that tests need servers of", () => {
    const [, row = ""] = /^\| `\*\.server\.test\.ts` \|([^|]*)\|/m.exec(readFileSync("CONTRIBUTING.md", "utf8")) ?? [];
    for (const { name, versions } of catalog.engines.filter((engine) => engine.name !== "mysql"))
      expect(row).toMatch(new RegExp(`${name}\\S* ${versions[0]?.replace(".", "\\.")}`, "i"));
  });
});

describe("docs/methods.md", () => {
  const text = readFileSync("docs/methods.md", "utf8");
  const rows = [...text.matchAll(/^\| `[a-z]+` \|.*$/gm)].map(([line]) => line.split("|").map((cell) => cell.trim()));

  it("has a row for every method of every engine, and a word only where the engine has it", () => {
    const columns = { postgres: 2, mariadb: 3 } as const;
    for (const [name, column] of Object.entries(columns)) {
      const told = rows.filter((row) => row[column] !== "").map((row) => row[1]?.replaceAll("`", ""));
      const there = catalog.engines.find((engine) => engine.name === name)?.methods.map((method) => method.name);
      expect(told.sort()).toEqual([...(there ?? [])].sort());
    }
  });
  it("names the methods of MySQL", () => {
    const [, told = ""] = /drilled like MariaDB and has its methods \(([^)]*)\)/.exec(text) ?? [];
    const there = catalog.engines
      .find((engine) => engine.name === "mysql")
      ?.methods.map((method) => `\`${method.name}\``);
    expect(told.split(", ")).toEqual(there);
  });
});

/**
 * A script refers to places by name, and the page lists those that its commands use: a name that is not listed would be empty
 * in the terminal of whoever types it, and one too many sends people looking for something that nothing needs.
 */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Line } from "../../src/parts.ts";
import { builtLines } from "../support/built-lines.ts";

/** Names of the system's, the shell's and Perl's own. A name with a default behind it (`${PGPORT:-5432}`) needs no place either. */
const NO_PLACES = new Set(["HOME", "PATH", "SIG"]);

/** Those that stand in a script as `$NAMES`, or that psql takes from its environment. */
function named({ script, progress = "" }: Pick<Line, "script" | "progress">): string[] {
  const text = `${script}\n${progress}`;
  const all = [
    ...text.matchAll(/\$\{?([A-Z][A-Z0-9_]+)\b(?!:-)/g),
    ...text.matchAll(/\\getenv \w+ ([A-Z][A-Z0-9_]+)/g),
  ].map(([, name = ""]) => name);
  return [...new Set(all)].filter((name) => !NO_PLACES.has(name)).sort();
}

/** What PostgreSQL's programs take from their environment when nobody tells them. */
function taken({ script }: Pick<Line, "script">): string[] {
  if (!/\b(psql|pg_dump|pg_dumpall|pg_restore|pg_basebackup|pg_recvlogical|createdb|dropdb)\b/.test(script)) return [];
  return /\bpg_dump(?! )|pg_dump (?!.*(-d|"\$))/.test(script) ? ["PGHOST", "PGDATABASE"] : ["PGHOST"];
}

/** Somebody's own command or script: it gets the places that its programs may take, whatever it says. */
const isSomebodys = (from: string) => from === "copies.shell" || from.startsWith("script.");

describe.each(catalog.engines.map((engine) => ({ name: engine.name, engine })))("$name", ({ engine }) => {
  const lines = builtLines(engine);
  test("there is something to look at, from every corner", () => {
    expect(lines.length).toBeGreaterThan(80);
    expect(new Set(lines.map(({ from }) => from.split(/[. ]/)[0]))).toEqual(
      new Set(
        [
          "server",
          ...(engine.log === undefined ? [] : ["log"]),
          "phrases",
          "copies",
          ...engine.methods.map(({ name }) => name),
        ].concat(engine.dumpText ? "dumpText" : []),
      ),
    );
  });
  test("every place that a script names stands in what it uses", () => {
    const lacking = lines.flatMap(({ from, line }) =>
      named(line).flatMap((name) => (line.uses.includes(name) ? [] : [`${from}: $${name}`])),
    );
    expect(lacking).toEqual([]);
  });
  test("and nothing stands there that it does not name, or twice", () => {
    const idle = lines
      .filter(({ from }) => !isSomebodys(from))
      .flatMap(({ from, line }) => {
        const known = [...named(line), ...taken(line)];
        return line.uses
          .filter((name, at) => !known.includes(name) || line.uses.indexOf(name) !== at)
          .map((name) => `${from}: $${name}`);
      });
    expect(idle).toEqual([]);
  });
});

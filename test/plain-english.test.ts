/** The lint of what people read: phrases that must not come back, words of the field, and sentences that are short enough. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../src/main.ts";
import { LONGEST_SENTENCE, PHRASES, sentencesOf, textsOf, WORDS } from "./support/plain-english.ts";
import { filesBelow } from "./support/sources.ts";

const sources = filesBelow("src").filter((path) => path.endsWith(".ts"));
const templates = ["reports", "runbooks"]
  .flatMap((folder) => filesBelow(folder))
  .filter((path) => path.endsWith(".hbs"));

describe("phrases that must not come back", () => {
  const texts = [
    ...sources.flatMap((path) => textsOf(readFileSync(path, "utf8")).map((text) => ({ path, text }))),
    ...templates.map((path) => ({ path, text: readFileSync(path, "utf8") })),
    { path: "README.md", text: readFileSync("README.md", "utf8") },
  ];
  test.each(PHRASES)("$pattern: say “$instead” ($reason)", ({ pattern }) => {
    expect(
      texts.filter(({ text }) => pattern.test(text)).map(({ path, text }) => `${path}: ${text.slice(0, 120)}`),
    ).toEqual([]);
  });
});

describe("help", () => {
  const help = Object.entries(COMMANDS).flatMap(([id, command]) =>
    [
      command.summary,
      (command as { description?: string }).description ?? "",
      ...Object.values({ ...command.args, ...command.flags } as Record<string, { description?: string }>).map(
        ({ description = "" }) => description,
      ),
    ].map((text) => ({ id, text })),
  );
  test("has short sentences", () => {
    const long = help.flatMap(({ id, text }) =>
      sentencesOf(text)
        .filter((one) => one.split(/\s+/).length > LONGEST_SENTENCE)
        .map((one) => `${id}: ${one}`),
    );
    expect(long).toEqual([]);
  });
  test.each(WORDS)("uses the field's words: not $pattern but “$instead” ($reason)", ({ pattern }) => {
    expect(help.filter(({ text }) => pattern.test(text))).toEqual([]);
  });
});

describe("the runbook", () => {
  const page = [
    "runbooks/samples/drop-table.md",
    "runbooks/samples/drop-table-mariadb.md",
    "runbooks/runbook.md.hbs",
  ].map((path) => readFileSync(path, "utf8").replace(/```[\s\S]*?```/g, ""));
  test("has short sentences", () => {
    const lines = page
      .flatMap((text) => text.split("\n\n"))
      .filter((text) => !text.includes("|") && !text.startsWith("<!--"));
    const long = lines.flatMap((text) =>
      sentencesOf(text.replaceAll("\n", " ")).filter((one) => one.split(/\s+/).length > LONGEST_SENTENCE),
    );
    expect(long.filter((one) => !one.includes("____"))).toEqual([]);
  });
});

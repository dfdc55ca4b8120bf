/** Strangers' questions to README, runbook and report: the line that answers each is still there. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const list = readFileSync("test/reading/README.md", "utf8");
const documents = list
  .split(/^## /m)
  .slice(1)
  .map((part) => {
    const [path = "", ...lines] = part.split("\n");
    const rows = lines.filter(
      (line) => line.startsWith("| ") && !line.startsWith("| Question") && !line.startsWith("| ---"),
    );
    const asked = rows
      .map((row) => /^\| (.*?\?) \| (.*) \|$/.exec(row))
      .map((found) => [found?.[1] ?? "", found?.[2] ?? ""] as const);
    return { path, asked };
  });

describe.each(documents)("$path", ({ path, asked }) => {
  const text = readFileSync(path, "utf8").replace(/\s+/g, " ");
  test("was asked ten questions", () => expect(asked).toHaveLength(10));
  test.each(asked)("%s", (_question, answer) => expect(text).toContain(answer));
});

/** `fogbell.yaml`: every mistake at its line, no secret ever, and a page that a hostile contact cannot break out of. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { configJsonSchema, databaseOf, loadConfig, readConfig } from "../../src/config/config.ts";
import type { ConfigError } from "../../src/errors.ts";
import { printedCommands } from "../../src/paper/identity.ts";
import { typstSource } from "../../src/paper/pdf.ts";
import { printHtml } from "../../src/paper/print-html.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import { deriveResult, readJournal } from "../../src/result/result.ts";

const MINIMAL = "version: 1\ndatabases:\n  - { name: Shop, engine: postgres }\n";

const DB = "version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n";

function problems(text: string): string {
  try {
    readConfig("fogbell.yaml", text);
    return "";
  } catch (error) {
    return (error as ConfigError).message;
  }
}

describe("reading", () => {
  test("the example of the page is valid, and every key of the schema stands on the page", async () => {
    const page = await readFile("docs/config.md", "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    expect(readConfig("docs/config.md", example).config.databases[0]?.rows).toEqual({ orders: "about 1,200,000" });
    const keys = [...JSON.stringify(configJsonSchema()).matchAll(/"([a-z-]+)":\{"(?:description|default)/g)].map(
      ([, key]) => key,
    );
    for (const key of keys.filter((one) => one !== "properties")) expect(page).toContain(key);
  });
  test("what the page on verifying shows of a database is valid, too", async () => {
    const blocks = [...(await readFile("docs/verify.md", "utf8")).matchAll(/```yaml\n([\s\S]*?)```/g)];
    expect(blocks).toHaveLength(3);
    for (const [, block = ""] of blocks) expect(problems(`${DB}${block.replace(/^(?=.)/gm, "    ")}`)).toBe("");
  });
  test("the committed schema is the code's", async () =>
    expect(JSON.parse(await readFile("docs/fogbell.v1.schema.json", "utf8"))).toEqual(configJsonSchema()));
  test.each([
    ["version: 1\ndatabase: []\n", /fogbell\.yaml:2:1 {2}unknown key "database" \(did you mean "databases"\?\)/],
    [
      `${MINIMAL}contacts:\n  - { role: x, nam: y }\n`,
      /5:\d+ {2}unknown key "nam" in contacts\.0 \(did you mean "name"\?\)/,
    ],
    ["version: 2\ndatabases: []\n", /1:10 {2}version/],
    ["- a\n", /a map of keys is needed/],
    ["a: [", /fogbell\.yaml:1:\d+/],
    [`${MINIMAL}runbook: { break-glass: "postgres://admin:hunter2@db1/shop" }\n`, /looks like a secret/],
    [`${MINIMAL}runbook: { channel: AKIAABCDEFGHIJKLMNOP }\n`, /looks like a secret/],
    [`${DB}    sources: [{ store: "s3://key:hunter2@bucket/x" }]\n`, /looks like a secret/],
    [`${DB}    sources: [{ store: "s3://b/x", encryption: { with: age } }]\n`, /name the key of age or gpg once/],
    [
      `${DB}    sources: [{ store: "s3://b/x", encryption: { with: age, key-env: AGE-SECRET-KEY-1ABC } }]\n`,
      /looks like a secret/,
    ],
    [`${DB}    sources: [{ stor: "s3://b/x" }]\n`, /unknown key "stor" .*did you mean "store"/],
    [`${DB}    checks: [{ sql: "SELECT 1" }]\n`, /needs min, max or equals/],
    [`${DB}    checks: [{ min: 1 }]\n`, /one of sql, shell and app/],
    [`${DB}    checks: [{ sql: "SELECT 1", min: 1, app: { image: shop, port: 80 } }]\n`, /one of sql, shell and app/],
    [`${DB}    checks: [{ app: { image: shop, port: 80, pth: / } }]\n`, /unknown key "pth" .*did you mean "path"/],
    [
      `${DB}    checks: [{ app: { image: shop, port: 80, env: { URL: "postgres://a:hunter2@h/x" } } }]\n`,
      /looks like a secret/,
    ],
    [`${DB}    objectives: { rto: soon }\n`, /a duration such as/],
    [`${DB}  - { name: Shop, engine: mariadb }\n`, /two have the same name/],
  ])("%j", (text, words) => expect(problems(text)).toMatch(words));
  test("a secret is refused and not repeated", () =>
    expect(problems(`${MINIMAL}runbook: { channel: "https://a:hunter2@b/" }\n`)).not.toContain("hunter2"));
  test("a file that is named must be there; the usual one may be missing", async () => {
    await expect(loadConfig("no such.yaml")).rejects.toMatchObject({
      message: "there is no file no such.yaml",
      code: "FB_CONFIG_UNREADABLE",
      exitCode: 2,
      next: ["fogbell init --out 'no such.yaml' --store URL"],
    });
    expect(await loadConfig(undefined)).toBeNull();
  });
  test("a folder is none", async () =>
    await expect(loadConfig("docs")).rejects.toMatchObject({
      message: "docs is a folder, not a file",
      next: ["fogbell init --out docs/fogbell.yaml --store URL"],
    }));
  test("one that is wrong is answered with the schema", () => {
    expect(() => readConfig("fogbell.yaml", "- a\n")).toThrow(
      expect.objectContaining({ next: expect.arrayContaining(["fogbell schema --config"]) }),
    );
  });
  test("the only database of an engine is meant; of two, the one that is named", () => {
    const one = readConfig("x", MINIMAL).config;
    expect(databaseOf(one, { engine: "postgres" })?.name).toBe("Shop");
    expect(databaseOf(one, { engine: "mariadb" })).toBeNull();
    const two = readConfig("x", `${MINIMAL}  - { name: Other, engine: postgres }\n`).config;
    expect(databaseOf(two, { engine: "postgres" })).toBeNull();
    expect(databaseOf(two, { engine: "postgres", name: "Other" })?.name).toBe("Other");
  });
});

describe("on the page", async () => {
  const templates = await readTemplates("runbooks", "/nonexistent");
  const result = deriveResult(readJournal(await readFile("reports/samples/drop-table/journal.jsonl", "utf8")));
  test("what is known is printed, and blanks stand for the rest", async () => {
    const page = await renderRunbook(result, templates, {
      facts: {
        system: "Shop",
        rows: { orders: "about 12" },
        contacts: [
          { role: "operator", name: "B. Operator", phone: "+1" },
          { role: "DBA on call", name: "C." },
        ],
        copies: [{ place: "bucket x", kept: "35 days" }],
      },
    });
    expect(page).toContain("| System | Shop |");
    expect(page).toMatch(/\| Operator \(types\) \| B\. Operator \| \+1 \|/);
    expect(page).toMatch(/\| Commander \(decides, does not type\) \| _{10,} \|/);
    expect(page).toMatch(/\| DBA on call \| C\. \| _{10,} \|/);
    expect(page).toMatch(/\| Rows in orders \| about 12 \|/);
    expect(page).toMatch(/\| bucket x \| 35 days \|/);
  });
  test.each([
    "|x|\n# owned",
    "<script>alert(1)</script>",
    "`rm -rf /`",
    "{{system}}",
    '"]#panic()',
    "![](http://x/y.png)",
  ])("a contact called %j breaks out of nothing", async (evil) => {
    const ours = await renderRunbook(result, templates);
    const page = await renderRunbook(result, templates, {
      facts: {
        system: evil,
        contacts: [{ role: evil, name: evil, phone: evil }],
        copies: [{ place: evil }],
        channel: evil,
      },
    });
    expect(printedCommands(page)).toEqual(printedCommands(ours));
    expect(page.match(/^#+ /gm)).toEqual(ours.match(/^#+ /gm));
    const html = await printHtml(page, evil);
    expect(html).not.toMatch(/<(script|img)\b/i);
    const source = await typstSource(page, evil, "a4");
    expect(source.replace(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain("panic");
  });
});

/**
 * JUnit's XML, which every CI system reads. There is no standard; this follows what Jenkins, GitLab and GitHub's
 * actions agree on: a suite for each drill, a case for each question, phase and objective; seconds; `failure` for a no,
 * `error` for what could not be judged.
 */

import { defineReporter } from "../define.ts";
import type { GateReport, GateRow } from "../gated.ts";
import { drillName } from "../paper/scorecard.ts";
import type { DrillResult } from "../record.ts";
import { type Case, casesOf, durationMsOf } from "./cases.ts";

/** Characters that no XML 1.0 document can hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function printable(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/**
 * Text between tags. Every `>` is escaped, so `]]>` cannot stand there either; and a line that begins with `::`, which a
 * CI system would take for a command should the file be printed into its log, begins with a reference instead.
 */
function content(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;")
    .replace(/^(\s*):(?=:)/gm, "$1&#58;");
}

/** A quoted attribute value; white space that parsers would turn into spaces is kept as references. */
function attribute(text: string): string {
  return `"${content(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}=${attribute(String(value))}`)
    .join("");
}

const seconds = (durationMs: number) => (durationMs / 1000).toFixed(3);

function testcase(one: Case, result: DrillResult, suite: string): string {
  const head = attributes({
    name: one.name,
    classname: `${suite}.${one.group}`,
    time: seconds(one.durationMs),
    file: result.scenario.file,
    ...(one.line > 0 ? { line: one.line } : {}),
  });
  const first = one.message.split("\n")[0] ?? "";
  const type = one.group === "verdict" ? result.verdict : one.group;
  const inside = {
    passed: one.message === "" ? "" : `<system-out>${content(one.message)}</system-out>`,
    failed: `<failure${attributes({ message: first, type })}>${content(one.message)}</failure>`,
    error: `<error${attributes({ message: first, type })}>${content(one.message)}</error>`,
    skipped: `<skipped${attributes({ message: first })}/>`,
  }[one.status];
  return inside === "" ? `    <testcase${head}/>` : `    <testcase${head}>${inside}</testcase>`;
}

/** Numbers that charts are made of. Not every reader shows properties, so `system-out` repeats them. */
function properties(result: DrillResult): [string, string][] {
  const { measured, objectives, scenario } = result;
  const numbers = Object.entries({ ...measured, ...objectives }).flatMap(([name, value]): [string, string][] =>
    typeof value === "number" ? [[name, String(value)]] : [],
  );
  return [
    ["runId", result.runId],
    ["verdict", result.verdict],
    ["engine", `${scenario.engine} ${scenario.version}`],
    ["contended", String(scenario.contended)],
    ["fogbell", result.fogbellVersion],
    ...numbers,
  ];
}

function count(cases: readonly Case[]) {
  const of = (status: Case["status"]) => cases.filter((one) => one.status === status).length;
  return { tests: cases.length, failures: of("failed"), errors: of("error"), skipped: of("skipped") };
}

function testsuite(result: DrillResult): string {
  const name = drillName(result.scenario);
  const cases = casesOf(result);
  const facts = properties(result);
  const head = attributes({
    name,
    ...count(cases),
    time: seconds(durationMsOf(result)),
    timestamp: result.beganAt.slice(0, 19),
    hostname: result.host.name ?? "unknown",
  });
  return [
    `  <testsuite${head}>`,
    "    <properties>",
    ...facts.map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
    "    </properties>",
    ...cases.map((one) => testcase(one, result, name)),
    `    <system-out>${content([...facts.map(([key, value]) => `${key}: ${value}`), ...result.next.map((next) => `next: ${next}`)].join("\n"))}</system-out>`,
    "  </testsuite>",
  ].join("\n");
}

function gateCase(row: GateRow, file: string): string {
  const head = attributes({ name: row.database, classname: `gate.${row.asked}`, file, line: row.line });
  const text = [row.because, ...row.next.map((next) => `next: ${next}`)].join("\n");
  return row.fault === null
    ? `    <testcase${head}><system-out>${content(text)}</system-out></testcase>`
    : `    <testcase${head}><failure${attributes({ message: row.because, type: row.fault })}>${content(text)}</failure></testcase>`;
}

function gateSuite({ rows, file, askedAt }: GateReport): string {
  const counts = {
    tests: rows.length,
    failures: rows.filter(({ fault }) => fault !== null).length,
    errors: 0,
    skipped: 0,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "fogbell gate", ...counts })}>`,
    `  <testsuite${attributes({ name: "gate", ...counts, timestamp: askedAt.slice(0, 19) })}>`,
    ...rows.map((row) => gateCase(row, file)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

export const junitReporter = defineReporter({
  name: "junit",
  summary: "JUnit XML: a suite for each drill, a case for each question, phase and objective.",
  renderGate: async (report) => [{ file: "gate.xml", text: gateSuite(report) }],
  async render(results) {
    const all = count(results.flatMap(casesOf));
    const time = seconds(results.reduce((sum, result) => sum + durationMsOf(result), 0));
    const text = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: "fogbell", ...all, time })}>`,
      ...results.map(testsuite),
      "</testsuites>",
      "",
    ].join("\n");
    return [{ file: "junit.xml", text }];
  },
});

/** The tutorial as a newcomer does it: own schema, own rows, own questions, and an application in a container of its own. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { newScenario } from "../../src/scenario/template.ts";
import { play } from "../support/play.ts";

const SQL = ["examples/tutorial/schema.sql", "examples/tutorial/data.sql"];
const CHECK = "SELECT count(*) FROM invoices WHERE paid";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tutorial-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Stands for somebody's application: it answers how many invoices there are, asked anew for each request. */
const APPLICATION = `use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $s->accept) {
  while (my $line = <$c>) { last if $line =~ /^\\r?$/ }
  my $n = qx(psql -XAtqc "SELECT count(*) FROM invoices" 2>/dev/null); chomp $n;
  my $status = $n =~ /^\\d+$/ ? "200 OK" : "503 Service Unavailable";
  print $c "HTTP/1.0 $status\\r\\n\\r\\n{\\"invoices\\": \\"$n\\"}\\n"; close $c;
}`;

test("own schema, own rows, own query: made by flags, valid, and recovered", async () => {
  const file = await newScenario({ id: "lost-invoices", sql: SQL, table: "invoices", check: CHECK, folder }, catalog);
  const { result } = await play({ sandbox: "docker", scenario: file });
  expect([result.verdict, result.reasons]).toEqual(["recovered", result.reasons]);
  expect(result.findings.filter(({ probe }) => probe === "sql").map(({ held }) => held)).toEqual(["yes", "yes"]);
});

test("an application beside the server is asked before and after, and reaches nothing else", async () => {
  const application = { image: "fogbell/postgres:15", port: 8080, path: "/invoices" };
  const file = await newScenario({ id: "asked-invoices", sql: SQL, table: "invoices", application, folder }, catalog);
  const told = { image: application.image, env: { PGUSER: "billing" }, command: ["perl", "-e", APPLICATION] };
  const text = (await readFile(file, "utf8")).replace(
    /^ {2}application: .*$/m,
    `  application: ${JSON.stringify(told)}`,
  );
  const asked = text.replaceAll("path: /invoices }", 'path: /invoices, contains: "\\"5000\\"" }');
  expect(asked).not.toBe(text);
  await writeFile(file, asked);
  const { result } = await play({ sandbox: "docker", scenario: file });
  expect([result.verdict, result.reasons]).toEqual(["recovered", result.reasons]);
  const http = result.findings.filter(({ probe }) => probe === "http");
  expect(http.map(({ group, held }) => [group, held])).toEqual([
    ["healthy", "yes"],
    ["verify", "yes"],
  ]);
  expect(result.cleanup?.failed).toEqual([]);
});

test("an application that does not come back is a loss, however whole the rows are", async () => {
  const file = join(folder, "asked-invoices.drill.yaml");
  const broken = (await readFile(file, "utf8")).replace(/^reopened:[\s\S]*?(?=^abort)/m, (part) =>
    part.replace('\\"5000\\"', '\\"5001\\"'),
  );
  await writeFile(file, broken);
  expect((await play({ sandbox: "docker", scenario: file })).result.verdict).toBe("lost");
});

test("where no application can be started, that is said and nothing is judged", async () => {
  const file = join(folder, "asked-invoices.drill.yaml");
  const { result } = await play({ sandbox: "local", scenario: file });
  expect(result.verdict).toBe("void");
  expect(result.problems[0]?.code).toBe("FB_NO_APPLICATION");
});

/** What people say in a shell and in a terminal that joined: whole, as typed, whatever a shell would make of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { dayIn, endDays } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-words-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

const SAID = [
  "it's gone; we're at 5 > 3 & \"orders\" isn't there | `date` $(id) $HOME * \\ # !!",
  "unbalanced ' and \" and ( and <<EOF",
  '"all of it in quotes"',
  "--owner is part of this, --due too",
];

test("what is said is kept as typed, a message leaves a prompt, and help answers every role", {
  timeout: 200_000,
}, async () => {
  const results = join(out, "words");
  await using operator = await openTerminal("words-operator", out);
  await operator.type(
    `fogbell gameday start empty-db-misdirect --within 1s --sandbox local --rows 2000 --out ${results}`,
  );
  // A message that arrives while nobody types leaves a prompt below it.
  await operator.sees(/>> a customer: [\s\S]*\n\w+@[\w-]+-db-1 \S* \$ *\n*$/);
  for (const text of SAID) await operator.enter(`tell ${text}`);
  await operator.enter('note one\n  two\'s; "three"', true);
  await operator.type("see");
  await operator.sees("only a dot");
  await operator.type("first's line");
  await operator.type("second > line");
  await operator.type(".");
  await operator.sees(/second > line\n\.\nrecorded\n/);
  await operator.enter("fogbell gameday decide don't panic");
  await operator.enter("cat <<EOF\nnote this is a file's line\nEOF", true);
  await operator.enter("echo it is; note from the shell");
  await operator.enter(`todo check the dump's age --owner the db team --due 2027-01-15`);
  await operator.enter("tell \u001b[2J<b>bold</b>".replace("\u001b", ""));
  await operator.enter("help");
  expect(await operator.text()).toContain("You are: operator");
  await using scribe = await openTerminal("words-scribe", out);
  await scribe.type(`fogbell gameday join --role scribe --out ${results}`);
  await scribe.sees("scribe> ");
  await scribe.type(`note the scribe's; "words" > all`);
  await scribe.paste('tell many\nlines\' "here"');
  await scribe.type("help");
  await scribe.sees("You are: scribe");
  await expect
    .poll(async () => all((await dayIn(results)).events, "said").length, { timeout: 20_000, interval: 300 })
    .toBe(12);
  const said = all((await dayIn(results)).events, "said").map(({ how, text }) => `${how} ${text}`);
  expect(said).toEqual([
    ...SAID.map((text) => `tell ${text}`),
    'note one\n  two\'s; "three"',
    "see first's line\nsecond > line",
    "decide don't panic",
    "note from the shell",
    "todo check the dump's age",
    "tell [2J<b>bold</b>",
    `note the scribe's; "words" > all`,
    'tell many\nlines\' "here"',
  ]);
  expect(all((await dayIn(results)).events, "said").find(({ how }) => how === "todo")).toMatchObject({
    owner: "the db team",
    due: "2027-01-15",
  });
  await operator.type("fogbell gameday end --abandon");
  await operator.sees("VOID");
});

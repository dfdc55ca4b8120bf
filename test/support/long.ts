/**
 * Some sets take many minutes: `npm test` runs a part of each, always the same, and prints what it leaves out;
 * `npm run test:long` runs all of them.
 */
import { test } from "vitest";
import type { Engine, Variant } from "../../src/parts.ts";

export const LONG = process.env.FOGBELL_LONG !== undefined;

/** So long all of them may take on two processors. */
export const LONGEST_MS = 3_600_000;

/** What a case is called where it is left out: its name, or the words that tell it from others. */
function nameOf(one: unknown): string {
  if (typeof one !== "object" || one === null) return String(one);
  if (Array.isArray(one)) return one.filter((word) => typeof word === "string" && word.length < 40).join(" ");
  const { name, id, scenario, engine } = one as Record<"name" | "id" | "engine", string | undefined> & {
    scenario?: { id: string };
  };
  return scenario === undefined ? (name ?? id ?? JSON.stringify(one)) : `${scenario.id} on ${engine}`;
}

function printLeftOut(what: string, all: number, left: readonly unknown[]): void {
  if (left.length === 0) return;
  const names = left.map(nameOf).join("; ");
  console.info(`left out: ${left.length} of ${all}, ${what}: ${names} (npm run test:long runs them)`);
}

/** Those that `npm test` runs; all of them in the long run. */
export function shortened<T>(what: string, all: readonly T[], isPart: (one: T, index: number) => boolean): T[] {
  const part = all.filter((one, index) => LONG || isPart(one, index));
  printLeftOut(what, all.length, LONG ? [] : all.filter((one, index) => !isPart(one, index)));
  return part;
}

/** One of so many, or all of them. */
export const some = <T>(what: string, all: readonly T[], oneOf: number): T[] =>
  shortened(what, all, (_one, index) => index % oneOf === 0);

/** A test that one engine takes for all; in the long run each has it. */
export const testFor =
  (isItsTurn: boolean) =>
  (name: string, body: () => Promise<void>): void => {
    if (LONG || isItsTurn) test(name, body);
    else printLeftOut("a test", 1, [name]);
  };

/** Of each method the way that goes on through a log, where it has one: its base is restored on the way. Else its first. */
export const oneOfEachMethod = ({ methods }: Pick<Engine, "methods">): string[] =>
  methods.flatMap(({ variants }) => {
    const one: Variant | undefined = variants.find(({ log }) => log) ?? variants[0];
    return one === undefined ? [] : [one.name];
  });

/** The ways to back up that `npm test` plays on an engine: none of its methods is left out, and none of its logs. */
export function someVariants(engine: Engine): string[] {
  const part = oneOfEachMethod(engine);
  const all = engine.methods.flatMap(({ variants }) => variants.map(({ name }) => name));
  return shortened(`ways to back up ${engine.name}`, all, (name) => part.includes(name));
}

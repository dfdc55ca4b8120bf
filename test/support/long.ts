/** Some sets take many minutes: `npm test` runs a part of each, always the same, and `npm run test:long` all of them. */
import { test } from "vitest";

export const LONG = process.env.FOGBELL_LONG !== undefined;

/** One of so many, or all of them. */
export const some = <T>(all: readonly T[], oneOf: number, rest = 0): T[] =>
  all.filter((_, index) => LONG || index % oneOf === rest);

/** A test that one engine takes for all; in the long run each has it. */
export const testFor = (isItsTurn: boolean): ((name: string, body: () => Promise<void>) => void) =>
  LONG || isItsTurn ? test : () => {};

/** Some sets take many minutes: `npm test` runs a part of each, always the same, and `npm run test:long` all of them. */
export const LONG = process.env.FOGBELL_LONG !== undefined;

/** One of so many, or all of them. */
export const some = <T>(all: readonly T[], oneOf: number, rest = 0): T[] =>
  all.filter((_, index) => LONG || index % oneOf === rest);

/** What hangs while it is opened is not waited for, and what comes late is closed. */
import { expect, test } from "vitest";
import { opening } from "../../src/run/opening.ts";

interface Thing extends AsyncDisposable {
  isClosed: boolean;
}
const thing = (): Thing => {
  const made: Thing = {
    isClosed: false,
    [Symbol.asyncDispose]: async () => {
      made.isClosed = true;
    },
  };
  return made;
};

test("what opens is given, also when it comes shortly after the run was told to end", async () => {
  const { signal } = new AbortController();
  const made = thing();
  expect(await opening(signal, async () => made)).toBe(made);
  const told = new AbortController();
  const late = opening(told.signal, () => new Promise<Thing>((done) => setTimeout(() => done(made), 60)), 500);
  told.abort(new Error("over"));
  expect(await late).toBe(made);
  expect(made.isClosed).toBe(false);
});

test("what does not come is not waited for, and closed when it does", async () => {
  const told = new AbortController();
  const made = thing();
  let come = (_thing: Thing) => {};
  const never = opening(told.signal, () => new Promise<Thing>((done) => (come = done)), 30);
  told.abort(new Error("over"));
  await expect(never).rejects.toThrow("over");
  come(made);
  await expect.poll(() => made.isClosed).toBe(true);
});

test("nothing is opened after the end, and an error is an error", async () => {
  const told = new AbortController();
  await expect(opening(told.signal, async () => Promise.reject(new Error("no room")))).rejects.toThrow("no room");
  told.abort(new Error("over"));
  let wasAsked = false;
  await expect(
    opening(told.signal, async () => {
      wasAsked = true;
      return thing();
    }),
  ).rejects.toThrow("over");
  expect(wasAsked).toBe(false);
});

/** What every engine and every method must do, without a server. Called once for each engine of the catalogue. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine, Method } from "../../src/parts.ts";
import { COPY_PROTOCOLS, capabilitiesOf, copyLanguageOf, languageOf, PROTOCOLS } from "../../src/plan/capabilities.ts";
import { builtLines } from "../support/built-lines.ts";

export function engineContract(engine: Engine): void {
  test("knows each protocol whole or not at all", () => {
    const knows = (all: object | undefined, phrase: string) => (all as Record<string, unknown>)?.[phrase] !== undefined;
    const half = [
      ...PROTOCOLS.map((one) => ({ ...one, all: engine.phrases })),
      ...COPY_PROTOCOLS.map((one) => ({ ...one, all: engine.copies })),
    ].filter(({ phrases, all }) => {
      const known = phrases.filter((phrase) => knows(all, phrase));
      return known.length > 0 && known.length < phrases.length;
    });
    expect(half.map(({ name }) => name)).toEqual([]);
  });

  test("gives a protocol by knowing it, and what it does not know is never said without a word", () => {
    for (const { name, phrases } of PROTOCOLS) {
      const [phrase] = phrases as [(typeof phrases)[number]];
      const poor = { ...engine, phrases: { ...engine.phrases, [phrase]: undefined } } as Engine;
      expect(capabilitiesOf(poor)).not.toContain(name);
      expect(() => (languageOf(poor)[phrase] as () => unknown)()).toThrow(`${engine.name} cannot say ${phrase}`);
    }
  });

  test("declines what it does not know of copies, or all of it", () => {
    const { copies, ...undisclosed } = engine;
    expect(capabilitiesOf(undisclosed as Engine)).not.toContain("copies");
    expect(() => copyLanguageOf(undisclosed as Engine)).toThrow(`${engine.name} knows nothing of copies`);
    if (copies === undefined) return;
    for (const { name, phrases } of COPY_PROTOCOLS) {
      const [phrase] = phrases as [(typeof phrases)[number]];
      const poor = { ...engine, copies: { ...copies, [phrase]: undefined } } as Engine;
      expect(capabilitiesOf(poor)).not.toContain(name);
      expect(() => copyLanguageOf(poor)[phrase]).toThrow(`${engine.name} cannot say ${phrase}`);
    }
  });

  test("prints each script from the value that it was built as", () => {
    const lines = builtLines(engine).map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(20);
    for (const { built, script } of lines) if (built !== undefined) expect(`${built}`).toBe(script);
  });

  test("makes and starts a server of each version without destroying anything", () => {
    for (const version of engine.versions) {
      const spec = engine.server(version, engine.options.parse({}));
      expect([spec.engine, spec.version]).toEqual([engine.name, version]);
      expect([spec.make.destroys, spec.start.destroys, spec.shutDown.destroys]).toEqual([false, false, false]);
    }
  });

  test("reads whatever its programs print, and never throws", () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => Array.isArray(engine.readErrors(text))));
  });
}

export function methodContract(engine: Engine, method: Method): void {
  const ways = method.variants.flatMap((variant) => [0, 1].flatMap((index) => variant.options(index) ?? []));

  test("takes the options of its own variants, and says who it is", () => {
    for (const told of ways) {
      const read = method.options.safeParse(told);
      // A variant may be made of another method's backups, too.
      if (read.success)
        expect(method.facts(read.data)).toMatchObject({ engine: engine.name, method: expect.any(String) });
    }
  });

  test("looks at any bytes, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const head = Buffer.from(bytes);
        expect(method.inspect({ head, tail: head, packing: [] })?.engine ?? engine.name).toBe(engine.name);
      }),
    );
  });

  test("can take away what it restored", () => {
    if (method.side === "database" && method.removeSide === undefined)
      expect(capabilitiesOf(engine)).toContain("side-databases");
  });
}

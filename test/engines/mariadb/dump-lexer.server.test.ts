/** The reader of dumps splits a text exactly as the command-line client does: asked of the client itself. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DumpLexer } from "../../../src/engines/mariadb/dump-lexer.ts";
import { ModeWatch } from "../../../src/engines/mariadb/dump-settings.ts";
import { LONG } from "../../support/long.ts";
import { type OwnServer, ownServer } from "../../support/mariadb-server.ts";

let server: OwnServer;
beforeAll(async () => {
  server = await ownServer();
}, 60_000);
afterAll(() => server.stop());

/** `S…` is said by a statement, `C…` by a command of the client; `F…` by nobody: it lies in a string or a comment. */
function readerSays(text: Buffer, sizes: readonly number[]) {
  const said: string[] = [];
  /** Its delimiter never came: the client sends it at the end, and what comes of it is the server's affair. */
  const open: string[] = [];
  const commandLines = new Set<number>();
  const lexer = new DumpLexer({
    statement: ({ tokens, isEnded }) => {
      const [head, what] = tokens;
      if (head?.text.toUpperCase() === "SET") mode.see(tokens.slice(1));
      if (head?.text.toUpperCase() === "SELECT" && what?.kind === "string") (isEnded ? said : open).push(what.text);
    },
    command: (_name, line) => void commandLines.add(line),
    comment: () => {},
    zeros: () => {},
    limit: () => {},
  });
  const mode = new ModeWatch(lexer.mode);
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes.length === 0 ? text.length : (sizes[turn % sizes.length] as number);
    lexer.push(text.subarray(at, at + size));
    at += size;
  }
  lexer.end();
  return { said, open, commandLines };
}

const space = fc.constantFrom(" ", "\n", "\t", "\n\n", " \n ", "\r\n");
const inside = fc
  .array(
    fc.constantFrom(
      ..."a,;,;;,//,$$,(,),--, -- ,#,/*,*/,/*!,SELECT 'F',`,\n,\nsystem echo F\n,\n\\! echo F\n,\nDELIMITER //\n".split(
        ",",
      ),
      ...["\nuse mysql\n", "\nsource F\n", "''", "\\\\", "\\'", '\\"', '""', "é", "\u{1f600}", "0x27"],
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

/** Something that is whole in itself, in this mode of the session. */
const quoted = (mode: { noEscapes: boolean; ansi: boolean }) =>
  fc.tuple(fc.constantFrom("'", '"', "`"), inside).map(([quote, text]) => {
    const escapes = quote !== "`" && !mode.noEscapes && !(quote === '"' && mode.ansi);
    const bare = escapes ? text : text.replaceAll("\\", "");
    let out = "";
    for (let at = 0; at < bare.length; at++) {
      const one = bare[at] as string;
      if (escapes && one === "\\") {
        out += one + (bare[++at] ?? "\\");
      } else out += one === quote ? quote + quote : one;
    }
    // A name needs one character that is no space, and holds none of four bytes.
    return quote === "`" || (quote === '"' && mode.ansi)
      ? `${quote}n${out.replaceAll("\u{1f600}", "")}n${quote}`
      : `${quote}${out}${quote}`;
  });

/** Without what opens or closes a comment. */
const flat = (text: string) => text.replaceAll("*", "");

const comment = fc.oneof(
  inside.map((text) => `/* ${flat(text)} */`),
  // One that is executed lies in one that is not; one that is opened again is not.
  fc.constantFrom("/* a /*! b */ c */", "/* a /*/ b */", "/*/ ; */", "/* /* ; */"),
  inside.map((text) => `# ${text.replaceAll(/[\r\n]/g, "")}\n`),
  inside.map((text) => `-- ${text.replaceAll(/[\r\n]/g, "")}\n`),
);

interface Piece {
  readonly text: (number: number, delimiter: string) => string;
}

const MODES = [
  { noEscapes: false, ansi: false, set: "SET sql_mode = ''" },
  { noEscapes: true, ansi: false, set: "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'" },
  { noEscapes: false, ansi: true, set: "/*!50003 SET @@sql_mode='ANSI_QUOTES,STRICT_TRANS_TABLES' */" },
  { noEscapes: true, ansi: true, set: "SET @x = 1, sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'" },
] as const;

const pieceIn = (mode: (typeof MODES)[number]): fc.Arbitrary<Piece> =>
  fc.oneof(
    // A statement with strings and comments in it.
    fc.tuple(fc.array(fc.tuple(quoted(mode), fc.option(comment)), { maxLength: 3 }), space, fc.option(comment)).map(
      ([parts, gap, before]): Piece => ({
        text: (number, delimiter) => {
          const columns = parts.map(([text, note]) => `,${note ?? ""} ${asColumn(text, mode)}`);
          return `${before ?? ""}SELECT${gap}'S${number}' ${columns.join(gap)}${gap}${delimiter}${gap}`;
        },
      }),
    ),
    fc.constant<Piece>({ text: (number, delimiter) => `/*!50001 SELECT 'S${number}' */${delimiter}\n` }),
    fc.constant<Piece>({ text: (number, delimiter) => `/*M!100100 SELECT 'S${number}' */${delimiter}\n` }),
    fc.constant<Piece>({ text: (number) => `/*!999999 SELECT 'F${number}' */\n` }),
    comment.map((text): Piece => ({ text: () => `${text}\n` })),
    // A body with semicolons, under a delimiter of its own.
    fc.tuple(fc.constantFrom("//", "$$", ";;", "EOF$"), inside).map(
      ([own, text]): Piece => ({
        text: (number, delimiter) =>
          `\nDELIMITER ${own}\nSELECT 'S${number}',\n/* ${flat(text.replaceAll(own, ""))};\nsystem echo F\n*/ 1${own}\nDELIMITER ${delimiter}\n`,
      }),
    ),
    // The client's own commands, in every place where it takes them.
    fc
      .constantFrom(
        (number: number) => `\nsystem echo C${number}\n`,
        (number: number) => `\n  SYSTEM\techo C${number}\n`,
        (number: number, delimiter: string) => `\nsystem echo C${number}${delimiter}\n`,
        (number: number, delimiter: string) => ` /* x */ system echo C${number} ${delimiter}\n`,
        (number: number, delimiter: string) => `\nSELECT 1 \\! echo C${number}\n${delimiter}\n`,
        (number: number, delimiter: string) => `\n\\! echo C${number}\n${delimiter}\n`,
        (number: number, delimiter: string) => `\n/*!50000 \\! echo C${number} */\n${delimiter}\n`,
      )
      .map((text): Piece => ({ text })),
  );

/** A name stands as a column's name. */
const asColumn = (text: string, { ansi }: { ansi: boolean }) =>
  text.startsWith("`") || (ansi && text.startsWith('"')) ? `1 AS ${text}` : text;

const story = fc.constantFrom(...MODES).chain((mode) =>
  fc.array(pieceIn(mode), { minLength: 1, maxLength: 12 }).map((pieces) => {
    let text = `${mode.set};\n`;
    pieces.forEach((piece, index) => {
      text += piece.text(index + 1, ";");
    });
    return text;
  }),
);

test("statements and commands are those that the client sees", { timeout: 300_000 }, () =>
  fc.assert(
    fc.property(story, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), (text, sizes) => {
      const bytes = Buffer.from(text);
      const { stdout } = server.client(bytes, "--force");
      const says = stdout.split("\n").flatMap((line) => line.match(/^[SFC]\d+/)?.[0] ?? []);
      const whole = readerSays(bytes, []);
      const shown = says.filter((one) => !one.startsWith("C") && !whole.open.includes(one));
      expect(whole.said.filter((one) => /^[SF]\d+$/.test(one))).toEqual(shown);
      // Every command that ran was seen, by its line.
      for (const one of says.filter((word) => word.startsWith("C"))) {
        const line = text.slice(0, text.indexOf(`echo ${one}`)).split("\n").length;
        expect([...whole.commandLines]).toContain(line);
      }
      expect(readerSays(bytes, sizes)).toEqual(whole);
    }),
    { numRuns: LONG ? 1500 : 300 },
  ),
);

/**
 * Where the application looks when people say that they are done. Its configuration is the truth: another server or
 * another database may have taken over, and whatever it uses is what is judged.
 */
import { dirname, resolve } from "node:path";
import type { PeopleTable } from "../drill/people.ts";
import type { Line, Places, PlaceTable } from "../parts.ts";
import type { FindingRecord } from "../record.ts";

const read: Line = {
  say: "Read which database the application uses.",
  script: 'cat "$APP_CONFIG"',
  uses: ["APP_CONFIG"],
  destroys: false,
};

/** The host as a name or a folder, the database as a name: nothing that a client would take for something else. */
const VALUE = /^[\w./-]{1,200}$/;

export interface Pointed {
  /** Places that mean something else than they did: name to value. Empty when the application is where it was. */
  readonly places: Places;
  readonly held: "yes" | "no";
  readonly because: string;
}

export interface PointedRequest {
  /** What the keys of a configuration mean, by the engine: key to the name of a place. */
  readonly keys: Readonly<Record<string, string>>;
  /** The places as they were. */
  readonly own: PlaceTable;
  /** The folder of this world, outside of which nothing is asked; null where the sandbox is cut off from everything else. */
  readonly root: string | null;
}

const isWithin = (value: string, root: string) => value.startsWith("/") && resolve(value).startsWith(`${root}/`);

/**
 * Where a configuration points. A key that it does not name means what it did; one that it names and leaves empty, or that
 * is not one word, points nowhere. Pure.
 */
export function pointedBy(text: string, { keys, own, root }: PointedRequest): Pointed {
  const told = new Map(
    text.split("\n").flatMap((line) => {
      const [, key = "", value = ""] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      const name = keys[key];
      return name === undefined ? [] : [[name, { key, value: value.replace(/^(["'])(.*)\1$/, "$2") }] as const];
    }),
  );
  const wrong = [...told.values()].find(({ value }) => !VALUE.test(value));
  if (told.get(keys.database ?? "") === undefined)
    return { places: {}, held: "no", because: "the application's configuration sets no database" };
  if (wrong !== undefined)
    return { places: {}, held: "no", because: `the application's configuration has no usable ${wrong.key}` };
  const outside = [...told.values()].find(
    ({ key, value }) => key !== "database" && root !== null && !isWithin(value, root),
  );
  if (outside !== undefined)
    return {
      places: {},
      held: "no",
      because: "the application is pointed outside the sandbox, where Fogbell doesn't look",
    };
  const moved = [...told].filter(([name, { value }]) => value !== own[name]?.value);
  const places = Object.fromEntries(moved.map(([name, { value }]) => [name, value]));
  const what = moved.map(([, { key }]) => (key === "database" ? "database" : "server"));
  const because =
    what.length === 0
      ? "the application uses its original server and database"
      : `the application uses another ${[...new Set(what)].sort().reverse().join(" and another ")}; that one was judged`;
  return { places, held: "yes", because };
}

/** Asks the configuration, and lets all later questions go where it points. */
export async function followApplication(table: PeopleTable): Promise<Pointed> {
  const { runner, plan, places, point, server, opensForeign } = table;
  const { exitCode, stdout } = await runner.ask(read, { phase: "verify", name: "application" });
  const keys = plan.engine.keyboard?.configuration ?? {};
  const pointed: Pointed =
    exitCode === 0
      ? pointedBy(stdout, { keys, own: places(), root: opensForeign ? null : dirname(server.folders.scratch) })
      : { places: {}, held: "no", because: "the application's configuration can't be read" };
  point(pointed.places);
  if (pointed.held === "no") return pointed;
  const answer = await runner.ask(plan.engine.phrases.databaseExists(), { phase: "verify", name: "application" });
  const word = answer.stdout.trim();
  if (answer.exitCode === 0 && word === "yes") return pointed;
  const where = Object.keys(pointed.places).length === 0 ? "" : ", and it's not the original one";
  return word === "no"
    ? { ...pointed, held: "no", because: `the database the application uses doesn't exist${where}` }
    : { ...pointed, held: "no", because: `the server the application uses doesn't answer${where}` };
}

/** As a finding of the day's own: an application that points nowhere serves nobody, whatever was restored. */
export const pointedFinding = ({ held, because }: Pointed): FindingRecord => ({
  probe: "application-points",
  group: "verify",
  subject: "its configuration",
  held,
  because,
  line: 0,
});

/** Which table and which column a story is about in a database that nobody described: by the scenario's rules. Pure. */
import { UnavailableError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { PARAM_RULES, type ParamRule, type ToldParam } from "../scenario/param-rules.ts";

/** A table as the engine's survey and the ledger know it. */
export interface TableFacts {
  readonly table: string;
  readonly rows: number;
  readonly referredBy: readonly string[];
  readonly refersTo: readonly string[];
  /** The whole number that is its key; null when it has no such key. */
  readonly key: string | null;
  /** Text columns that no key and no rule uses. */
  readonly texts: readonly string[];
}

export interface ChosenParams {
  readonly values: Readonly<Record<string, string>>;
  /** Of each the reason, as a sentence. */
  readonly because: readonly string[];
}

/** Answers lines of `SurveyPhrases.survey`. `rowsOf` knows the tables that hold rows. */
export function readSurvey(text: string, rowsOf: ReadonlyMap<string, number>): TableFacts[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      const [table = "", referredBy = "[]", refersTo = "[]", key = "", texts = "[]"] = line.split("\t");
      const rows = rowsOf.get(table);
      if (rows === undefined) return [];
      const list = (json: string) => JSON.parse(json) as string[];
      return [
        { table, rows, referredBy: list(referredBy), refersTo: list(refersTo), key: key || null, texts: list(texts) },
      ];
    });
}

const rowsText = (rows: number) => `${rows.toLocaleString("en-US")} rows`;

/** What a rule that belongs to a table picks in it; null when the table has nothing of the kind. */
const WITHIN: Readonly<Partial<Record<ParamRule, (facts: TableFacts) => string | null>>> = {
  "parent-table": ({ table, refersTo }) => refersTo[0] ?? table,
  "text-column": ({ texts }) => texts[0] ?? null,
  "number-key": ({ key }) => key,
};

/** Tables by how well they fit the rule, best first. An empty one loses nothing. */
function ranked(rule: ParamRule, all: readonly TableFacts[]): TableFacts[] {
  const full = all.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows || (a.table < b.table ? -1 : 1));
  if (rule === "largest-table") return full;
  const isReferred = ({ referredBy }: TableFacts) => referredBy.length > 0;
  return [...full.filter(isReferred), ...full.filter((one) => !isReferred(one))];
}

/** The table that somebody told, whichever way its name is written. Throws UnavailableError with the nearest ones. */
function toldTable(name: string, all: readonly TableFacts[], fullName: (table: string) => string): TableFacts {
  const found = all.find(({ table }) => table === name || table === fullName(name));
  if (found !== undefined) return found;
  const names = all.flatMap(({ table }) => [table, table.slice(table.indexOf(".") + 1)]);
  const near = nearest(name, names);
  const listed = all.slice(0, 12).map(({ table }) => table);
  throw new UnavailableError(
    `the database has no table "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}; it has ${listed.join(", ")}${all.length > listed.length ? ` and ${all.length - listed.length} more` : ""}`,
    { code: "FB_PARAM_UNFIT", next: near === undefined ? [] : [`--set table=${near}`] },
  );
}

export interface ParamChoice {
  readonly params: readonly ToldParam[];
  readonly told: Readonly<Record<string, string>>;
  readonly tables: readonly TableFacts[];
  /** Accounts as `SurveyPhrases.surveyRoles` names them, best first; empty where no param asks for one. */
  readonly roles: readonly string[];
  readonly fullName: (table: string) => string;
}

/** Which account stands for each param that asks for one. Throws UnavailableError where there is none, or not the told one. */
function chooseRoles({ params, told, roles }: ParamChoice): ChosenParams {
  const values: Record<string, string> = {};
  const because: string[] = [];
  for (const { name } of params.filter(({ choose }) => choose === "app-role")) {
    const named = told[name];
    const role = named ?? roles[0];
    if (role !== undefined && roles.includes(role)) {
      values[name] = role;
      because.push(`${name} is ${role}${named === undefined ? `: ${PARAM_RULES["app-role"]}` : ", as told"}`);
      continue;
    }
    const has = roles.length === 0 ? "it has none" : `it has ${roles.slice(0, 12).join(", ")}`;
    const near = named === undefined ? undefined : nearest(named, roles);
    throw new UnavailableError(
      named === undefined
        ? "only administrators can log in to the database, so there is no account to drop and bring back"
        : `the database has no account "${named}" that can log in and isn't an administrator; ${has}`,
      { code: "FB_PARAM_UNFIT", next: near === undefined ? ["fogbell scenario list"] : [`--set ${name}=${near}`] },
    );
  }
  return { values, because };
}

/** Throws UnavailableError for what was told and is not there, and where a rule finds nothing. */
export function chooseParams(choosing: ParamChoice): ChosenParams {
  const accounts = chooseRoles(choosing);
  const tables = chooseTables({ ...choosing, params: choosing.params.filter(({ choose }) => choose !== "app-role") });
  return { values: { ...tables.values, ...accounts.values }, because: [...tables.because, ...accounts.because] };
}

function chooseTables({ params, told, tables, fullName }: ParamChoice): ChosenParams {
  const lead = params.find(({ choose }) => choose === "referred-table" || choose === "largest-table");
  if (lead === undefined) return { values: {}, because: [] };
  const within = params.filter((one) => one !== lead && told[one.name] === undefined);
  const fits = (facts: TableFacts) => within.every(({ choose }) => (WITHIN[choose]?.(facts) ?? null) !== null);
  const named = told[lead.name];
  const candidates = named === undefined ? ranked(lead.choose, tables) : [toldTable(named, tables, fullName)];
  const table = candidates.find(fits);
  if (table === undefined) {
    const needs = within.map(({ choose }) => PARAM_RULES[choose]).join("; ");
    const why = candidates.length === 0 ? "no table holds a row" : `no table has ${needs}`;
    throw new UnavailableError(named === undefined ? why : `${named} lacks what the story needs: ${needs}`, {
      code: "FB_PARAM_UNFIT",
      next: ["--set name=value, for what the story is about", "fogbell scenario list"],
    });
  }
  const refers = table.referredBy.length;
  const why =
    named !== undefined
      ? `${lead.name} is ${table.table}, as told`
      : `${lead.name} is ${table.table}: ${rowsText(table.rows)}${refers === 0 ? "; no other table is referred to" : `, ${refers === 1 ? "one other table refers" : `${refers} other tables refer`} to it`}`;
  const values: Record<string, string> = { ...told, [lead.name]: table.table };
  const because = [why];
  for (const { name, choose } of within) {
    values[name] = WITHIN[choose]?.(table) ?? "";
    because.push(`${name} is ${values[name]}: ${PARAM_RULES[choose]}`);
  }
  return { values, because };
}

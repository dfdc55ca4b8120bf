/** What each kind of statement in a dump says: its kind and object, the roles it names, whether it would act elsewhere. */
import { action, objectKind, roleList, rolesAfter, type Token, type Told, Words } from "./dump-words.ts";

const NOTHING: readonly string[] = [];

/** Verbs that stand in records as they are; any other is `?`, because it may be anything. */
const VERBS: ReadonlySet<string> = new Set(
  `abort analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop
end execute explain fetch grant import insert listen load lock merge notify prepare reassign refresh reindex release reset
revoke rollback savepoint security select set show start truncate unlisten update vacuum values with alter`.split(
    /\s+/,
  ),
);
/** Functions that pg_dump calls. */
const CALLED: ReadonlySet<string> = new Set(
  `setval set_config lo_create lo_open lowrite lo_close lo_from_bytea lo_put lo_unlink
pg_extension_config_dump pg_replication_origin_create`.split(/\s+/),
);
/** At most so many words of one statement are looked at. */
export const MOST_TOKENS = 50_000;

/** Names as the engine's questions give them. */
function tableName(path: readonly string[], schema: string): string {
  const parts = path.slice(-2);
  return parts.length === 2 ? parts.join(".") : `${schema}.${parts[0] ?? ""}`;
}

const plain = (kind: string, name?: string): Told => ({
  kind,
  roles: NOTHING,
  ...(name === undefined ? {} : { name }),
});

export function tell(tokens: readonly Token[], schema: string): Told {
  const words = new Words(tokens);
  const verb = words.peek()?.is === "word" ? (words.one() ?? "") : "";
  switch (verb) {
    case "create":
      return create(words, schema);
    case "alter":
      return alter(words, schema);
    case "drop":
      return drop(words, schema);
    case "grant":
    case "revoke":
      return grant(words, verb);
    case "comment":
    case "security":
      return about(words, verb);
    case "copy":
      return copy(words, schema);
    case "insert": {
      words.take("into");
      return plain("INSERT", tableName(words.path(), schema));
    }
    case "select": {
      words.take("pg_catalog", ".");
      const called = words.one() ?? "";
      return plain(CALLED.has(called) && words.peek()?.text === "(" ? `SELECT ${called}` : "SELECT");
    }
    case "set":
    case "reset":
      return set(words, verb);
    case "refresh": {
      words.skip("materialized", "view", "concurrently");
      return plain("REFRESH MATERIALIZED VIEW", tableName(words.path(), schema));
    }
    default:
      return plain(VERBS.has(verb) ? verb.toUpperCase() : "?");
  }
}

const NAMELESS: ReadonlySet<string> = new Set([
  "SCHEMA",
  "EXTENSION",
  "LANGUAGE",
  "PUBLICATION",
  "SERVER",
  "ROLE",
  "USER",
  "GROUP",
]);

/** The name after an object's kind; schemas and their like stand in none. */
function nameOf(kind: string, words: Words, schema: string): string | undefined {
  const path = words.path();
  if (path.length === 0) return undefined;
  return NAMELESS.has(kind) || kind === "EVENT TRIGGER" || kind === "FOREIGN DATA WRAPPER"
    ? path.at(-1)
    : tableName(path, schema);
}

function elsewhere(verb: string, kind: string, words: Words): Told | null {
  const what = `${verb} ${kind}`;
  if (kind === "DATABASE") {
    const database = words.one() ?? "";
    const owner = words.find("owner");
    words.at = owner + 1;
    words.skip("=", "to");
    const roles = owner < 0 ? NOTHING : roleList(words);
    return { kind: what, name: database, roles, leaves: { kind: "database", what, database } };
  }
  if (kind === "TABLESPACE") return { kind: what, roles: NOTHING, leaves: { kind: "tablespace", what } };
  if (kind === "SYSTEM") return { kind: what, roles: NOTHING, leaves: { kind: "server", what } };
  if (kind !== "SUBSCRIPTION") return null;
  const name = words.one() ?? "";
  const rests = verb === "CREATE" ? words.has("connect", "=", "false") : words.has("owner", "to");
  return {
    kind: what,
    name,
    roles: rolesAfter(words, "owner", "to"),
    ...(rests ? {} : { leaves: { kind: "subscription", what } }),
  };
}

function create(words: Words, schema: string): Told {
  const kind = objectKind(words);
  const away = elsewhere("CREATE", kind, words);
  if (away !== null) return away;
  if (kind === "USER MAPPING")
    return { kind: "CREATE USER MAPPING", roles: words.take("for") ? roleList(words) : NOTHING };
  if (kind === "INDEX" && words.peek()?.text === "on") return plain("CREATE INDEX");
  if (kind === "SCHEMA") {
    const name = words.peek()?.text === "authorization" ? undefined : words.one();
    const roles = rolesAfter(words, "authorization");
    return { ...plain("CREATE SCHEMA", name ?? roles[0]), roles };
  }
  const name = nameOf(kind, words, schema);
  const roles = kind === "POLICY" ? rolesAfter(words, "to") : NOTHING;
  return { ...plain(`CREATE ${kind}`, name), roles };
}

function alter(words: Words, schema: string): Told {
  const kind = objectKind(words);
  const away = elsewhere("ALTER", kind, words);
  if (away !== null) return away;
  if (kind === "DEFAULT PRIVILEGES") {
    const made = [...rolesAfter(words, "for", "role"), ...rolesAfter(words, "for", "user")];
    return {
      kind: "ALTER DEFAULT PRIVILEGES",
      roles: [...made, ...rolesAfter(words, "to"), ...rolesAfter(words, "from")],
    };
  }
  if (kind === "ROLE" || kind === "USER") {
    const role = words.one() ?? "";
    const at = words.find("in", "database");
    if (at < 0) return plain("ALTER ROLE", role);
    words.at = at + 2;
    const database = words.one() ?? "";
    const what = "ALTER ROLE IN DATABASE";
    return {
      kind: what,
      name: role,
      roles: role === "all" ? NOTHING : [role],
      leaves: { kind: "database", what, database },
    };
  }
  const name = kind === "LARGE OBJECT" ? undefined : nameOf(kind, words, schema);
  const done = action(words);
  const roles = kind === "POLICY" ? rolesAfter(words, "to") : rolesAfter(words, "owner", "to");
  return { ...plain(`ALTER ${kind}${done}`, name), roles };
}

function drop(words: Words, schema: string): Told {
  const kind = objectKind(words);
  const away = elsewhere("DROP", kind, words);
  return away ?? plain(`DROP ${kind}`, nameOf(kind, words, schema));
}

function grant(words: Words, verb: string): Told {
  const kind = verb.toUpperCase();
  const given = [...rolesAfter(words, verb === "grant" ? "to" : "from"), ...rolesAfter(words, "granted", "by")];
  const on = words.find("on");
  if (on < 0) {
    // A role is given to a role.
    words.take("admin", "option", "for");
    return { kind: `${kind} ROLE`, roles: [...roleList(words), ...given] };
  }
  words.at = on + 1;
  if (!words.take("database")) return { kind, roles: given };
  const what = `${kind} ON DATABASE`;
  return { kind: what, roles: given, leaves: { kind: "database", what, database: words.one() ?? "" } };
}

function about(words: Words, verb: string): Told {
  const kind = verb === "comment" ? "COMMENT" : "SECURITY LABEL";
  const on = words.find("on");
  if (on < 0) return plain(kind);
  words.at = on + 1;
  const what = `${kind} ON ${objectKind(words)}`;
  const name = words.one() ?? undefined;
  if (!what.endsWith(" ON DATABASE")) return plain(what, name);
  return { ...plain(what, name), leaves: { kind: "database", what, database: name ?? "" } };
}

function copy(words: Words, schema: string): Told {
  const name = words.peek()?.text === "(" ? undefined : tableName(words.path(), schema);
  const told = plain("COPY", name);
  const isProgram = [words.find("from", "program"), words.find("to", "program")].some(
    (at) => at >= 0 && words.tokens[at]?.depth === 0,
  );
  if (isProgram) return { ...told, leaves: { kind: "program", what: "COPY … PROGRAM" } };
  const isFile = words.tokens.some(
    ({ is, depth }, at) =>
      is === "string" && depth === 0 && (words.tokens[at - 1]?.text === "from" || words.tokens[at - 1]?.text === "to"),
  );
  return isFile ? { ...told, leaves: { kind: "file", what: "COPY … a file" } } : told;
}

/** Whether rows of text follow the statement, up to their own closing line; in another form they never end. */
export function copiesIn(tokens: readonly Token[]): "text" | "rows" | "csv" | "rows-to-the-end" {
  const words = new Words(tokens);
  if (!words.take("copy")) return "text";
  const isOld = words.take("binary");
  const from = words.find("from", "stdin");
  if (from < 0) return "text";
  const form = new Set(tokens.slice(from).map(({ text }) => text.toLowerCase()));
  if (isOld || form.has("binary")) return "rows-to-the-end";
  return form.has("csv") ? "csv" : "rows";
}

function set(words: Words, verb: string): Told {
  if (words.take("session", "authorization") || words.take("role")) {
    const next = words.peek();
    const roles = next?.is === "string" ? [next.text] : roleList(words).filter((role) => role !== "none");
    return { kind: `${verb.toUpperCase()} ROLE`, roles };
  }
  words.skip("session", "local");
  return plain(verb.toUpperCase(), words.path().join("."));
}

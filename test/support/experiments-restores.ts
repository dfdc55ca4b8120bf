/** Copies that are made, looked at and restored; damage to files; sessions that keep others waiting. Each on files of its own. */
import { expect } from "vitest";
import type { BackupFacts, Line, Target } from "../../src/parts.ts";
import { AS_BEFORE, AS_PLANTED, type Experiment, ordersIn, PATIENT, the, well } from "./experiment.ts";
import type { Fluent, Laboratory } from "./laboratory.ts";

type Places = Readonly<Record<string, string>>;

/** A second server with the same databases: what is done to its files and its life is done to nobody else's. */
async function onAnother(lab: Laboratory, play: (places: Places) => Promise<void>): Promise<void> {
  const folder = (await lab.sh('echo "$SCRATCH/another"')).trim();
  const places: Places = lab.isPostgres
    ? { PGDATA: `${folder}/data`, PGHOST: `${folder}/s` }
    : { DATADIR: `${folder}/data`, DB_SOCKET: `${folder}/s.sock` };
  const make = lab.isPostgres
    ? `mkdir -p ${folder}/s && chmod 700 ${folder}/s && pg_basebackup -D ${folder}/data -X stream -c fast &&
printf '%s\\n' "unix_socket_directories = '${folder}/s'" 'archive_mode = off' >>${folder}/data/postgresql.auto.conf &&
pg_ctl -s -w -t 60 -D ${folder}/data -l ${folder}/data/server.log start`
    : `mkdir -p ${folder} && server=$(cat "$DATADIR/server.pid") && kill -STOP "$server" && cp -a --sparse=always "$DATADIR" ${folder}/data; kill -CONT "$server"
sed -i -e "s#$DATADIR#${folder}/data#" -e "s#$DB_SOCKET#${folder}/s.sock#" -e '/^log_bin/d' -e 's/256M/64M/' ${folder}/data/my.cnf &&
rm -f ${folder}/data/server.pid && { setsid mariadbd --defaults-file=${folder}/data/my.cnf </dev/null >/dev/null 2>&1 & } &&
for try in $(seq 200); do mariadb-admin --socket=${folder}/s.sock --silent ping 2>/dev/null && break; sleep 0.1; done`;
  const stop = lab.isPostgres
    ? `pg_ctl -s -m immediate -D ${folder}/data stop 2>/dev/null; rm -rf ${folder}`
    : `kill -KILL "$(cat ${folder}/data/server.pid 2>/dev/null)" 2>/dev/null; sleep 0.1; rm -rf ${folder}`;
  await lab.sh(`${stop}\n${make}`);
  try {
    await play(places);
  } finally {
    await lab.sh(stop);
  }
}

/** SQL on another server; what it prints. Throws when it fails. */
async function sqlOn(lab: Laboratory, places: Places, text: string, database = "shop"): Promise<string> {
  const script = lab.isPostgres
    ? `psql -XqAt -v ON_ERROR_STOP=1 -d ${database} <<'SQL'\n${text}\nSQL`
    : `mariadb --socket="$DB_SOCKET" -BN ${database} <<'SQL'\n${text}\nSQL`;
  const { exitCode, stdout, stderrTail } = await lab.run(
    { say: "Ask.", script, uses: [], destroys: false } satisfies Line,
    places,
  );
  if (exitCode !== 0) throw new Error(stderrTail);
  return stdout.replace(/\n$/, "").replaceAll("|", "\t");
}
const wellOn = async (lab: Laboratory, places: Places, lines: readonly Line[]): Promise<string> => {
  let said = "";
  for (const line of lines) {
    // What Fogbell does itself, people can do without it.
    const { exitCode, stdout, stderrTail } = await lab.run({ ...line, script: line.without ?? line.script }, places);
    expect([line.say, exitCode, stderrTail]).toEqual([line.say, 0, ""]);
    said += stdout;
  }
  return said;
};

const ORDERS = "SELECT COUNT(*), SUM(total) FROM orders;";

const files: readonly Experiment[] = [
  {
    of: "corruptTable",
    isLong: true,
    does: "the table cannot be read to its end, the others can, and the server runs; one without pages is left alone",
    lines: ({ phrases }) => [phrases.corruptTable("orders"), phrases.corruptTable("nothing_yet")],
    async play(lab, lines) {
      await lab.sql(
        "shop",
        lab.isPostgres
          ? "INSERT INTO orders (id, customer_id, total) SELECT g, 1, 1 FROM generate_series(1001, 5000) g; CHECKPOINT;"
          : "INSERT INTO orders (id, customer_id, total, note) SELECT seq, 1, 1, REPEAT('x', 50) FROM seq_1001_to_5000;",
      );
      await onAnother(lab, async (places) => {
        const small = await lab.run(the(lines, 1), places);
        expect(small.exitCode).not.toBe(0);
        if (lab.isPostgres) expect(await sqlOn(lab, places, "SELECT count(*) FROM nothing_yet;")).toBe("0");
        else
          await lab.sh(
            `for try in $(seq 100); do mariadb-admin --socket=${places.DB_SOCKET} --silent ping 2>/dev/null && break; { setsid mariadbd --defaults-file=${places.DATADIR}/my.cnf </dev/null >/dev/null 2>&1 & }; sleep 0.5; done`,
          );
        await wellOn(lab, places, [the(lines)]);
        expect(await sqlOn(lab, places, "SELECT COUNT(*) FROM items;")).toBe("40");
        const reading = lab.isPostgres
          ? "SELECT sum(length(o::text)) FROM orders o;"
          : "SELECT SUM(LENGTH(note)) FROM orders FORCE INDEX (PRIMARY);";
        await expect(sqlOn(lab, places, reading)).rejects.toThrow();
        if (lab.isPostgres) expect(await sqlOn(lab, places, "SELECT count(*) FROM orders WHERE id = 5000;")).toBe("1");
      });
      expect((await ordersIn(lab)).split("\t")[0]).toBe("4020");
    },
  },
  {
    of: "loseServer",
    isLong: true,
    does: "the server is dead and its files are gone; no other is",
    lines: ({ phrases }) => [phrases.loseServer()],
    async play(lab, lines) {
      await onAnother(lab, async (places) => {
        const folder = places.PGDATA ?? places.DATADIR ?? "";
        const pid = (await lab.sh(`head -n 1 ${folder}/${lab.isPostgres ? "postmaster.pid" : "server.pid"}`)).trim();
        expect(Number(pid)).toBeGreaterThan(1);
        await wellOn(lab, places, lines);
        expect((await lab.sh(`ls -d ${folder} 2>/dev/null || echo gone`)).trim()).toBe("gone");
        await expect(sqlOn(lab, places, "SELECT 1;")).rejects.toThrow();
        await expect
          .poll(() => lab.sh(`kill -0 ${pid} 2>/dev/null && echo there || echo gone`), PATIENT)
          .toBe("gone\n");
      });
      expect(await ordersIn(lab)).toBe(AS_PLANTED);
    },
  },
  {
    of: "copyFiles",
    isLong: true,
    does: "the server stands still, every file of it is copied and proven, and never over another copy",
    lines: ({ phrases }) => phrases.copyFiles(),
    async play(lab, lines) {
      await onAnother(lab, async (places) => {
        const folder = places.PGDATA ?? places.DATADIR ?? "";
        const said = await wellOn(lab, places, lines);
        expect(said).toMatch(/^[0-9a-f]{64} {2}/);
        await expect(sqlOn(lab, places, "SELECT 1;")).rejects.toThrow();
        expect(await lab.sh(`diff -r ${folder} "$SCRATCH/evidence/data" && echo same`)).toBe("same\n");
        // Stopped already: no error, and what was copied is not copied over.
        expect((await lab.run(the(lines), places)).exitCode).toBe(0);
        expect((await lab.run(the(lines, 1), places)).exitCode).not.toBe(0);
        await wellOn(lab, places, [the(lines, 2)]);
        await lab.sh(`echo x >>"$(find ${folder} -type f -size +100k | head -n 1)"`);
        expect((await lab.run(the(lines, 2), places)).exitCode).not.toBe(0);
      });
      expect(await ordersIn(lab)).toBe(AS_PLANTED);
    },
  },
  {
    of: "copyFiles, of a server that does not stop",
    isLong: true,
    does: "says so",
    lines: ({ phrases }) => phrases.copyFiles().slice(0, 1),
    async play(lab, lines) {
      await onAnother(lab, async (places) => {
        // The program that stops it cannot find it: it runs on.
        const lost = lab.isPostgres ? "postmaster.pid" : "server.pid";
        if (lab.isPostgres) return;
        await lab.sh(`mv ${places.DATADIR}/${lost} ${places.DATADIR}/moved.pid`);
        const { exitCode } = await lab.run(the(lines), places);
        await lab.sh(`mv ${places.DATADIR}/moved.pid ${places.DATADIR}/${lost} 2>/dev/null || true`);
        expect(exitCode).toBe(0);
        await expect(sqlOn(lab, places, "SELECT 1;")).rejects.toThrow();
      });
    },
  },
];

const waiting: readonly Experiment[] = [
  {
    of: "holdLock, findBlocker",
    does: "who waits is told, who is waited for is ended; whoever holds nobody up, or is of another database, is not",
    lines: ({ phrases }) => [phrases.holdLock("orders", 600), phrases.findBlocker()],
    async play(lab, lines) {
      await lab.sh('rm -f "$SCRATCH/detached.exit"');
      // MariaDB cannot tell who is waited for: whoever does nothing is ended, so that nobody else may be in.
      if (lab.isPostgres) await lab.session("lab_app", "shop");
      if (lab.isPostgres) {
        // In another database somebody waits, too, and that is nobody's business here.
        await lab.sh(
          `for what in "LOCK TABLE orders; SELECT pg_sleep(600)" "SELECT count(*) FROM orders"; do
setsid psql -Xq -d other -c "BEGIN; $what" >/dev/null 2>&1 </dev/null & sleep 0.3; done`,
        );
      }
      const others = await lab.sessions("other");
      await well(lab, [the(lines)]);
      const held = lab.isPostgres
        ? "SET lock_timeout = '200ms'; SELECT count(*) FROM orders;"
        : "SET lock_wait_timeout = 1; INSERT INTO notes VALUES ('x');";
      await expect(lab.sql("shop", held)).rejects.toThrow();
      // Others can be read meanwhile.
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM items;")).toBe("40");
      const wait = lab.isPostgres
        ? `setsid psql -Xq -d shop -c "SELECT count(*) FROM orders" >"$SCRATCH/waited" 2>&1 </dev/null &`
        : `setsid mariadb --socket="$DB_SOCKET" shop -e "INSERT INTO notes VALUES ('waited')" >"$SCRATCH/waited" 2>&1 </dev/null &`;
      await lab.sh(`${wait} sleep 2.2`);
      const { exitCode, stdout } = await lab.run(the(lines, 1));
      expect(exitCode).toBe(0);
      if (lab.isPostgres) {
        expect(stdout).toMatch(/^process \d+ waits for process (\d+), which is active\nended process \1\n$/);
        await expect.poll(() => lab.sh('cat "$SCRATCH/waited"'), PATIENT).toContain("20");
        expect(await lab.sessions("shop")).toBe(1);
      } else {
        expect(stdout).toMatch(/^process \d+: Waiting for [^\n]*lock\n(?:process[^\n]*\n)*KILL \d+;\n/);
        await expect.poll(() => lab.sql("shop", "SELECT COUNT(*) FROM notes;"), PATIENT).toBe("5");
      }
      expect(await lab.sessions("other")).toBe(lab.isPostgres ? others : 0);
      await lab.sh(
        lab.isPostgres
          ? `psql -XqAt -d postgres -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname IN ('shop', 'other')" >/dev/null`
          : "true",
      );
    },
  },
  {
    of: "findBlocker, where it was only slow",
    does: "nothing is said, and nobody is ended",
    lines: ({ phrases }) => [phrases.findBlocker()],
    async play(lab, lines) {
      await lab.session(lab.isPostgres ? "lab_app" : "root", "shop");
      await lab.sh(': >"$SCRATCH/detached.exit"; sleep 1.2');
      const { exitCode, stdout } = await lab.run(the(lines));
      await lab.sh('rm "$SCRATCH/detached.exit"');
      expect([exitCode, stdout]).toEqual([0, ""]);
      expect(await lab.sessions("shop")).toBe(1);
    },
  },
  {
    of: "takeOver (server)",
    does: "the application is pointed at the restored server, which lets nobody in yet; from then on it is the one that is meant",
    lines: ({ phrases }) => phrases.takeOver("server"),
    async play(lab, lines) {
      const before = await ordersIn(lab);
      for (const line of lines.slice(0, -1)) await well(lab, [line]);
      if (lab.isPostgres)
        expect(
          await lab.sql(
            "server",
            "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datconnlimit = 0;",
          ),
        ).toBe("shop_side");
      const last = the(lines, lines.length - 1);
      const asks = lab.isPostgres ? "sh -c 'echo \"$PGHOST $PGDATABASE\"'" : "sh -c 'echo \"$DB_SOCKET $DATABASE\"'";
      const own = (await lab.sh(lab.isPostgres ? 'echo "$PGHOST"' : 'echo "$DB_SOCKET"')).trim();
      const { exitCode, stdout } = await lab.run({ ...last, script: `${last.script}\n${asks}` });
      const key = lab.isPostgres ? "host" : "socket";
      const config = `${key}=${own}\ndatabase=shop_side\n`;
      expect([exitCode, stdout]).toEqual([0, `${config}${own} shop_side\n`]);
      expect(await lab.sh('cat "$SCRATCH/app.conf"')).toBe(config);
      expect([await ordersIn(lab), await ordersIn(lab, "shop_side")]).toEqual([before, AS_BEFORE]);
    },
  },
  {
    of: "makeSibling, runSqlInSibling",
    does: "the same tables without a row, under the other name; what is run there is run nowhere else",
    lines: ({ phrases }) => [
      phrases.makeSibling(),
      phrases.runSqlInSibling(
        "Run it.",
        "INSERT INTO customers (id, name) VALUES (1, 'x');\nINSERT INTO orders (id, customer_id, total) VALUES (1, 1, 9);",
      ),
      phrases.runSqlInSibling("Run it.", "INSERT INTO missing VALUES (1); INSERT INTO notes VALUES ('x');"),
    ],
    async play(lab, lines) {
      const places = { SIBLING: "sibling" };
      const before = await lab.fingerprint("shop");
      // One of that name is there already: nothing is done to it.
      expect((await lab.run(the(lines), { SIBLING: "other" })).exitCode).not.toBe(0);
      await wellOn(lab, places, [the(lines)]);
      const sibling = "sibling" as "shop";
      expect(await lab.sql(sibling, "SELECT COUNT(*) FROM customers;")).toBe("0");
      await wellOn(lab, places, [the(lines, 1)]);
      expect(await lab.sql(sibling, ORDERS)).toBe("1\t9");
      expect((await lab.run(the(lines, 2), places)).exitCode).not.toBe(0);
      expect(await lab.sql(sibling, "SELECT COUNT(*) FROM notes;")).toBe("0");
      await expect(lab.sql(sibling, "INSERT INTO items VALUES (77, 1, 1);")).rejects.toThrow();
      expect(await lab.fingerprint("shop")).toBe(before);
      await lab.sql("server", "DROP DATABASE sibling;");
    },
  },
];

interface Way {
  readonly name: string;
  readonly method: string;
  readonly options: object;
  /** What the restore is given, below the backup folder. */
  readonly backup: string;
}

const POSTGRES_WAYS: readonly Way[] = [
  { name: "logical, custom", method: "logical", options: {}, backup: "x.dump" },
  { name: "logical, custom in zstd", method: "logical", options: { compress: "zstd" }, backup: "x.dump.zst" },
  { name: "logical, directory", method: "logical", options: { format: "directory" }, backup: "x.dir" },
  { name: "logical, plain", method: "logical", options: { format: "plain" }, backup: "x.sql" },
  {
    name: "logical, plain in gzip",
    method: "logical",
    options: { format: "plain", compress: "gzip" },
    backup: "x.sql.gz",
  },
  { name: "physical", method: "physical", options: {}, backup: "x" },
  { name: "physical, not packed", method: "physical", options: { compress: "none" }, backup: "x" },
  { name: "snapshot, frozen", method: "snapshot", options: {}, backup: "x.snapshot.tar.gz" },
];
const MARIADB_WAYS: readonly Way[] = [
  { name: "logical, gzip", method: "logical", options: {}, backup: "x.sql.gz" },
  { name: "logical", method: "logical", options: { compress: "none" }, backup: "x.sql" },
  { name: "physical", method: "physical", options: {}, backup: "x" },
  { name: "physical, zstd", method: "physical", options: { compress: "zstd" }, backup: "x" },
  { name: "snapshot, frozen", method: "snapshot", options: {}, backup: "x.snapshot.tar.gz" },
];
const NAMES = [...new Set([...POSTGRES_WAYS, ...MARIADB_WAYS].map(({ name }) => name))];

const wayOf = (engine: Fluent, name: string) =>
  (engine.name === "postgres" ? POSTGRES_WAYS : MARIADB_WAYS).find((one) => one.name === name);

/** The lines of a way, and how many of them are which. */
function linesOf(engine: Fluent, { method: called, options: told }: Way, target: Target | null) {
  const method = engine.methods.find((one) => one.name === called);
  if (method === undefined) throw new Error(`no method ${called}`);
  const options = method.options.parse(told);
  // A dump of a newer pg_dump limits the client itself, as its first lines tell.
  const limits =
    engine.name === "postgres" && "format" in told && told.format === "plain" ? { limitsClient: true } : {};
  const facts: BackupFacts = { ...method.facts(options), ...limits, ...(target === null ? {} : { hasLog: true }) };
  const end: Target = target ?? { to: "end-of-log" };
  return {
    backup: method.backup("x", options),
    check: method.check(facts, end),
    recover: method.recover(facts, end),
    remove: method.removeSide?.() ?? [],
    isServer: method.side === "server",
  };
}

async function placesOf(lab: Laboratory, way: Way, isServer: boolean): Promise<Places> {
  const scratch = (await lab.sh('echo "$SCRATCH"')).trim();
  const side = `${scratch}/side`;
  const own: Places = isServer
    ? { SIDE_DATA: `${side}/data`, SIDE_HOST: `${side}/s`, SIDE_SOCKET: `${side}/s.sock`, SIDE_DATABASE: "shop" }
    : { SIDE_DATABASE: "restored" };
  return {
    BACKUP_DIR: `${scratch}/made`,
    BACKUP: `${scratch}/made/${way.backup}`,
    LOG: `${scratch}/log`,
    EXPECTED_BYTES: "1000000",
    ...own,
  };
}

/** Away with what an earlier try left, of a changed script perhaps. */
const CLEAR = (isPostgres: boolean) => `
${isPostgres ? 'pg_ctl -s -m immediate -D "$SCRATCH/side/data" stop 2>/dev/null' : 'kill -KILL "$(cat "$SCRATCH/side/data/side.pid" 2>/dev/null)" 2>/dev/null'}
rm -rf "$SCRATCH/side" "$SCRATCH/made" "$SCRATCH/last" "$SCRATCH/last.new" "$SCRATCH/log" "$SCRATCH"/read.* "$SCRATCH/read"
mkdir -p -m 700 "$SCRATCH/made" "$SCRATCH/side"`;

const atSide = (lab: Laboratory, places: Places, isServer: boolean): Places => {
  if (!isServer) return lab.isPostgres ? { PGDATABASE: "restored" } : { DATABASE: "restored" };
  return lab.isPostgres ? { PGHOST: places.SIDE_HOST ?? "" } : { DB_SOCKET: places.SIDE_SOCKET ?? "" };
};

/** Cuts the last bytes off the largest file of the backup. */
const cut = (lab: Laboratory, places: Places) =>
  lab.sh(
    `file=$(find ${places.BACKUP} -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d' ' -f2-) && truncate -s -5000 "$file"`,
  );

const restores: readonly Experiment[] = NAMES.map((name) => ({
  of: `restored: ${name}`,
  isLong: !name.startsWith("logical"),
  does: "found whole, comes back with every row beside the living database, which is untouched; cut off, it is found out",
  lines: (engine) => {
    const way = wayOf(engine, name);
    if (way === undefined) return [];
    const { backup, check, recover, remove } = linesOf(engine, way, null);
    return [...backup, ...check, ...recover, ...remove];
  },
  async play(lab, lines) {
    const way = wayOf(lab.engine, name);
    if (way === undefined) return;
    const { backup, check, recover, remove, isServer } = linesOf(lab.engine, way, null);
    const part = (from: number, count: number) => lines.slice(from, from + count);
    await lab.sh(CLEAR(lab.isPostgres));
    const places = await placesOf(lab, way, isServer);
    const before = await lab.fingerprint("shop");
    await wellOn(lab, places, part(0, backup.length));
    await lab.sql("shop", "DELETE FROM notes;");
    const checks = part(backup.length, check.length);
    await wellOn(lab, places, checks);
    const recovers = part(backup.length + check.length, recover.length);
    await wellOn(lab, places, recovers);
    const at = atSide(lab, places, isServer);
    const database = isServer ? "shop" : "restored";
    expect(await sqlOn(lab, at, ORDERS, database)).toBe(AS_PLANTED);
    expect(await sqlOn(lab, at, "SELECT COUNT(*) FROM notes;", database)).toBe("4");
    expect(await lab.sql("shop", "SELECT COUNT(*) FROM notes;")).toBe("0");
    await lab.sql("shop", "INSERT INTO notes (body) VALUES ('twice'), ('twice'), ('once'), (NULL);");
    expect(await lab.fingerprint("shop")).toBe(before);
    // Somebody is restoring already: the first line says so.
    expect((await lab.run(the(recovers), places)).exitCode).not.toBe(0);
    if (isServer) {
      await wellOn(lab, places, part(backup.length + check.length + recover.length, remove.length));
      await expect(sqlOn(lab, at, "SELECT 1;", database)).rejects.toThrow();
      expect((await lab.sh(`ls ${places.SIDE_DATA} 2>/dev/null || echo gone`)).trim()).toBe("gone");
    } else await lab.sql("server", "DROP DATABASE restored;");
    await cut(lab, places);
    const ends: (number | null)[] = [];
    for (const line of checks)
      ends.push((await lab.run({ ...line, script: line.without ?? line.script }, places)).exitCode);
    expect(ends.some((code) => code !== 0)).toBe(true);
    await lab.sh(CLEAR(lab.isPostgres));
  },
}));

const DAMAGE = "DELETE FROM items; DELETE FROM orders;";

/** To a moment between two writes, by each target. */
const logged = (name: string, target: Target): Experiment => ({
  of: `through the log: ${name}`,
  // The one in which the damage could be played again.
  isLong: !(target.to === "before-damage" && target.by === "time"),
  does: "every write up to there is in, and none behind it",
  lines: (engine) => {
    const way = wayOf(engine, "physical");
    if (way === undefined || (target.to === "named-point" && engine.log?.namePoint === undefined)) return [];
    const { check, recover } = linesOf(engine, way, target);
    const { log } = engine;
    const close = log === undefined ? [] : [log.close()];
    return [...close, ...check, ...recover];
  },
  async play(lab, lines) {
    const way = wayOf(lab.engine, "physical");
    if (way === undefined || lines.length === 0) return;
    const { backup, check, recover } = linesOf(lab.engine, way, target);
    await lab.sh(`${CLEAR(lab.isPostgres)}\nrm -f "$ARCHIVE"/*`);
    const places = await placesOf(lab, way, true);
    const base = await backupWithPlace(lab, backup, places);
    const moved = base === null ? lines : lines.map((line) => ({ ...line, script: base(line.script) }));
    await lab.sql("shop", "INSERT INTO orders (id, customer_id, total) VALUES (101, 1, 1);");
    await wellOn(lab, {}, [the(moved)]);
    await lab.sql("shop", "INSERT INTO orders (id, customer_id, total) VALUES (102, 1, 2);");
    if (target.to === "named-point" && lab.engine.log?.namePoint !== undefined)
      await wellOn(lab, {}, [lab.engine.log.namePoint(target.point)]);
    await lab.sh("sleep 1.1");
    const damagedAt = (await lab.sh("date -u +%Y-%m-%dT%H:%M:%SZ")).trim();
    await lab.sh("sleep 1.1");
    await lab.sql("shop", DAMAGE);
    await wellOn(lab, {}, [the(moved)]);
    await lab.sh('cp -r "$ARCHIVE" "$SCRATCH/log" && rm -f "$SCRATCH/log/copied"');
    const all = { ...places, DAMAGED_AT: damagedAt };
    await wellOn(lab, all, moved.slice(1));
    const at = atSide(lab, places, true);
    expect(await sqlOn(lab, at, ORDERS)).toBe(
      target.to === "end-of-log" ? (lab.isPostgres ? "0\t" : "0\tNULL") : "22\t2103",
    );
    await sqlOn(lab, at, "INSERT INTO notes VALUES ('written');");
    // A piece that is cut, one that is missing: found out before anything is restored.
    const checks = moved.slice(1, 1 + check.length).filter(({ about }) => about === "log");
    const end = async () => {
      const codes: (number | null)[] = [];
      for (const line of checks) codes.push((await lab.run(line, all)).exitCode);
      return codes.some((code) => code !== 0);
    };
    const piece = `"$(ls -d "$SCRATCH"/log/* | grep -vE 'backup$|history$' | tail -n 1)"`;
    await lab.sh(`cp -a "$SCRATCH/log" "$SCRATCH/log.kept" && truncate -s -100 ${piece}`);
    expect(await end()).toBe(true);
    await lab.sh('rm -rf "$SCRATCH/log" && mv "$SCRATCH/log.kept" "$SCRATCH/log"');
    expect(await end()).toBe(false);
    expect(recover.length).toBeGreaterThan(2);
    await lab.sh(CLEAR(lab.isPostgres));
  },
});

/** Takes the backup. MariaDB's place in the log is known only then: what rewrites scripts that were made before. */
async function backupWithPlace(
  lab: Laboratory,
  backup: readonly Line[],
  places: Places,
): Promise<((script: string) => string) | null> {
  await wellOn(lab, places, backup);
  if (lab.isPostgres) return null;
  const info = await lab.sh(`cat ${places.BACKUP}/xtrabackup_info`);
  const [, file = "", at = ""] = /filename '([^']+)', position '([0-9]+)'/.exec(info) ?? [];
  expect(file).not.toBe("");
  // The backup stands at the end of what was written; earlier pieces are not fetched.
  return (script) =>
    script
      .replaceAll("binlog.000001", file)
      .replaceAll('-ge "000001"', `-ge "${file.slice(file.lastIndexOf(".") + 1)}"`)
      .replaceAll("--start-position=4", `--start-position=${at}`)
      .replaceAll(/-lt 4\b/g, `-lt ${at}`);
}

const logs: readonly Experiment[] = [
  logged("to its end", { to: "end-of-log" }),
  logged("before the damage, by time", { to: "before-damage", by: "time" }),
  logged("before the damage, by its place", { to: "before-damage", by: "position" }),
  logged("to a named point", { to: "named-point", point: "before_it" }),
];

export const RESTORES: readonly Experiment[] = [...files, ...waiting, ...restores, ...logs];

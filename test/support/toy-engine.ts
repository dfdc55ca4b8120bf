/**
 * The smallest engine there can be: a folder of tab-separated files, driven by sh, without a server. It knows one optional
 * protocol beside what every drill needs, so it lives one story; of all others the planner says what is lacking.
 */
import { defineEngine, defineMethod } from "../../src/define.ts";
import type { BackupFacts, Line, Places } from "../../src/parts.ts";

const line = (say: string, script: string, uses: readonly string[] = ["DATA"], destroys = false): Line => ({
  say,
  script,
  uses,
  destroys,
});
const file = (table: string) => `"$DATA/${table}.tsv"`;

/** A row's key, bucket and a number that hangs on all of its text. */
const DIGEST = `function digest(text, i, h) {
  for (i = 1; i <= length(text); i++) h = (h * 31 + ord[substr(text, i, 1)]) % 4294967296
  return h }
  BEGIN { for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i }`;

const facts = (): BackupFacts => ({
  engine: "toy",
  method: "files",
  format: "text",
  packing: [],
  complete: "unknown",
  because: "read to its end when it is fetched",
});

const files = defineMethod({
  name: "files",
  summary: "All files of the folder, one after another in one.",
  side: "database",
  gives: ["side-restore", "one-table"],
  backup: (stem) => [
    line(
      "Back up the folder.",
      `{ echo 'TOY 1'
for file in "$DATA"/*; do echo "== \${file##*/}"; cat "$file"; done
echo '== end'; } >"$BACKUP_DIR/${stem}.toy"`,
      ["DATA", "BACKUP_DIR"],
    ),
  ],
  facts,
  inspect: ({ head }) => (head.toString("latin1").startsWith("TOY 1\n") ? facts() : null),
  check: () => [line("Look whether it was written to its end.", `[ "$(tail -n 1 "$BACKUP")" = '== end' ]`, ["BACKUP"])],
  recover: () => [
    line(
      "Restore the backup beside the damaged folder.",
      `mkdir -p "$SIDE" && awk -v to="$SIDE" '
  /^== / { file = to "/" $2; next }
  NR > 1 && file { print > file }' "$BACKUP"`,
      ["BACKUP", "SIDE"],
    ),
  ],
  variants: [{ name: "files", options: () => ({}), log: false }],
});

export const toy = defineEngine({
  name: "toy",
  summary: "A folder of tab-separated files.",
  versions: ["1"],
  methods: [files],
  readErrors: () => [],
  places: ({ folders }) => ({
    DATA: { meaning: "The damaged folder.", value: folders.data },
    SIDE: { meaning: "Where a backup is restored to.", value: folders.side },
  }),
  server: (version) => ({
    engine: "toy",
    version,
    image: "debian:12",
    builtImage: "fogbell/toy:1",
    packages: [],
    suite: "bookworm",
    account: "nobody",
    home: "/var/lib/toy",
    binaries: ["awk"],
    askVersion: ["printf", "1.0"],
    binaryFolders: ["/usr/bin"],
    environment: ({ data }): Places => ({ DATA: data }),
    make: line("Make the folder.", 'mkdir -p "$DATA"'),
    start: line("There is nothing to start.", ":"),
    shutDown: line("There is nothing to shut down.", ":"),
    stop: line("There is nothing to stop.", ":"),
  }),
  phrases: {
    preset: ({ rows, seed }) => [
      line(
        "Write the orders.",
        `mkdir -p "$DATA" && awk 'BEGIN { for (i = 1; i <= ${rows}; i++) printf "%d\\tcustomer %d\\t%d\\n", i, (i * ${seed}) % 97, i * 7 }' >${file("orders")}`,
      ),
    ],
    createHeartbeat: () => line("Make the heartbeat.", ': >"$DATA/heartbeat"'),
    writeTicks: ({ fromMs, toMs, everyMs }) =>
      line(
        "Tick.",
        `awk 'BEGIN { for (t = ${fromMs} + ${everyMs}; t <= ${toMs}; t += ${everyMs}) printf "%.0f\\n", t }' >>"$DATA/heartbeat"`,
      ),
    newestHeartbeat: (of) =>
      line(
        "Read the newest heartbeat.",
        `awk 'END { if (NR) print $0 "\\t" NR }' "$${of === "side" ? "SIDE" : "DATA"}/heartbeat"`,
        [of === "side" ? "SIDE" : "DATA"],
      ),
    databaseSize: () => line("How large is it?", 'du -sb "$DATA" | cut -f1'),
    databaseExists: () => line("Is it there?", 'if [ -d "$DATA" ]; then echo yes; else echo no; fi'),
    listTables: () =>
      line(
        "List the tables.",
        `for file in "$DATA"/*.tsv; do
  [ -e "$file" ] || continue
  name=\${file##*/}; printf '%s\\ttext\\t%s\\t["id"]\\n' "\${name%.tsv}" "$(wc -l <"$file")"
done`,
      ),
    bucketDigests: (requests) =>
      line(
        "Digest every row, by bucket.",
        requests
          .map(
            ({ table, buckets }) => `[ ! -e ${file(table)} ] || awk -F '\\t' '${DIGEST}
  { n[$1 % ${buckets}]++; sum[$1 % ${buckets}] += digest($0) }
  END { for (b in n) printf "${table}\\t%d\\t%d\\t%.0f\\n", b, n[b], sum[b] }' ${file(table)}`,
          )
          .join("\n"),
      ),
    keyDigests: ({ table, buckets }, only) =>
      line(
        "Digest rows by key.",
        `[ ! -e ${file(table)} ] || awk -F '\\t' '${DIGEST}
  { h = digest($0); printf "%08x%016x%08x%08x\\n", $1 % ${buckets}, $1, h, h }' ${file(table)} |
  sort${only === undefined ? "" : ` | { grep -E '^(${only.map((one) => one.toString(16).padStart(8, "0")).join("|")})' || true; }`}`,
      ),
    // What it knows beside: one table lost, and brought back.
    dropTable: (table) => line(`Remove ${table}.`, `rm ${file(table)}`, ["DATA"], true),
    tableExists: (table) => line("Is it there?", `if [ -e ${file(table)} ]; then echo yes; else echo no; fi`),
    countRows: (table) => line("Count.", `if [ -e ${file(table)} ]; then wc -l <${file(table)}; else echo missing; fi`),
    copyTableBack: (table) => [
      line(`Copy ${table} back.`, `cp "$SIDE/${table}.tsv" ${file(table)}`, ["SIDE", "DATA"], true),
    ],
    dropSide: () => line("Remove what was restored beside.", 'rm -r "$SIDE"', ["SIDE"], true),
  },
});

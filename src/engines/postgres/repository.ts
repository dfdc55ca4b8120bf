/** pgBackRest: full, differential and incremental backups in one repository, which holds the archived log as well. */
import { z } from "zod";
import { defineMethod } from "../../define.ts";
import type { BackupFacts, Content, Gathered, Line, LogArchive, StoredObject, Target } from "../../parts.ts";
import { removeSide, settingsOfSide, TABLESPACES, UNPACKED } from "./files.ts";
import { type LogSource, log, throughLog } from "./log.ts";

const options = z.strictObject({
  kind: z
    .enum(["full", "differential", "incremental"])
    .default("full")
    .describe("What is copied: everything, what changed since the last full one, or since the last of any kind.")
    .meta({ examples: ["full", "incremental"] }),
});
type Options = z.infer<typeof options>;

const TYPES = { full: "full", differential: "diff", incremental: "incr" } as const;
const KINDS: Readonly<Record<string, string>> = { full: "full", diff: "differential", incr: "incremental" };
const FOLDER = "repository";
const STANZA = "main";

/** A line of paper each. Everything by environment, which pgBackRest also reads where an option would not be valid. */
const words = (repository: string, data: string, command: string): readonly string[] => [
  `env PGBACKREST_CONFIG=/dev/null PGBACKREST_STANZA=${STANZA}`,
  `PGBACKREST_REPO1_PATH="${repository}"`,
  `PGBACKREST_LOCK_PATH="${repository}.lock"`,
  `PGBACKREST_PG1_PATH="${data}"`,
  'PGBACKREST_PG1_SOCKET_PATH="$PGHOST"',
  'PGBACKREST_PG1_USER="$PGUSER" PGBACKREST_LOG_LEVEL_FILE=off',
  "PGBACKREST_LOG_LEVEL_CONSOLE=error",
  `pgbackrest ${command}`,
];

const pgbackrest = (repository: string, data: string, command: string) =>
  words(repository, data, command).join(" \\\n  ");

const REPOSITORY = `$ARCHIVE/${FOLDER}`;

/** The server archives from its first moment on, so whoever comes first makes the repository. */
const INFO = `${REPOSITORY}/archive/${STANZA}/archive.info`;
const CREATE = `{ test -e "${INFO}" ||
  ${pgbackrest(REPOSITORY, "$PGDATA", "--no-online stanza-create")}; } &&`;

const repository: LogArchive = {
  ...log,
  stays: true,
  settings: {
    archive_mode: "on",
    // Said once, because the server cuts this command off at 1,023 bytes. Source: MAXPGPATH in shell_archive.c.
    archive_command: [
      "export PGBACKREST_CONFIG=/dev/null",
      `PGBACKREST_STANZA=${STANZA}`,
      `PGBACKREST_REPO1_PATH="${REPOSITORY}"`,
      `PGBACKREST_LOCK_PATH="${REPOSITORY}.lock"`,
      'PGBACKREST_PG1_PATH="$PGDATA"',
      "PGBACKREST_LOG_LEVEL_FILE=off;",
      `{ test -e "${INFO}" || pgbackrest --no-online stanza-create; } &&`,
      'pgbackrest archive-push "%p"',
    ].join(" "),
  },
  isPiece: (name) => name.startsWith(`${FOLDER}/`),
  // The repository itself knows.
  isNeeded: () => true,
  // A checksum, and how it is packed, stand behind its name.
  pieceAmong: (key) => /(?:^|\/)archive\/.*\/([0-9A-F]{24})-[0-9a-f]{40}(?:\.\w+)?$/.exec(key)?.[1] ?? null,
};

function backup(_stem: string, { kind }: Options): readonly Line[] {
  return [
    {
      say: `Take a ${kind} backup into the repository.`,
      script: `${CREATE}\n${pgbackrest(
        REPOSITORY,
        "$PGDATA",
        `--type=${TYPES[kind]} --start-fast \\
  --repo1-bundle --compress-type=gz --compress-level=1 \\
  --repo1-retention-full=9999999 --archive-timeout=120 backup`,
      )}`,
      uses: ["ARCHIVE", "PGDATA", "PGHOST", "PGUSER"],
      destroys: false,
    },
  ];
}

function facts({ kind }: Options): BackupFacts {
  return {
    engine: "postgres",
    method: "repository",
    format: kind,
    packing: [],
    complete: "unknown",
    because: "not made yet",
    label: "LABEL",
  };
}

const MANIFEST = /^((?:.*\/)?)backup\/([^/]+)\/([^/]+)\/backup\.manifest$/;

/** A label begins with that of its full backup; what it refers to is older, and so sorts before it. */
function gather(objects: readonly StoredObject[]): Gathered[] {
  return objects.flatMap((lead) => {
    const match = MANIFEST.exec(lead.key);
    if (match === null) return [];
    const [, root = "", stanza = "", label = ""] = match;
    const full = label.split("_")[0] ?? label;
    const sets = `${root}backup/${stanza}/`;
    const archived = objects.filter(({ key }) => key.startsWith(`${root}archive/${stanza}/`));
    const isNeeded = ({ key }: StoredObject) => {
      if (!key.startsWith(sets)) return false;
      const set = key.slice(sets.length).split("/")[0] ?? "";
      return set.startsWith("backup.info") || (set.startsWith(full) && set <= label);
    };
    const reachAt = archived.reduce((latest, { modifiedAt }) => (modifiedAt > latest ? modifiedAt : latest), "");
    return [{ lead, members: [...objects.filter(isNeeded), ...archived], byObjectTime: true, shared: true, reachAt }];
  });
}

/** The manifest is a list of settings. Source: pgBackRest's src/info/manifest.c. */
function inspect({ head, packing }: Content): BackupFacts | null {
  const text = head.toString("latin1");
  const value = (name: string) => new RegExp(`^${name}="([^"]*)"$`, "m").exec(text)?.[1];
  const [label, type, version] = [value("backup-label"), value("backup-type"), value("db-version")];
  // Not among quotes: it is a number.
  const stopped = /^backup-timestamp-stop=(\d{9,11})$/m.exec(text)?.[1];
  if (packing.length > 0 || !text.startsWith("[backrest]") || label === undefined || type === undefined) return null;
  return {
    engine: "postgres",
    method: "repository",
    format: KINDS[type] ?? type,
    packing: [],
    ...(version === undefined ? {} : { serverVersion: version }),
    complete: "unknown",
    because: "a repository: known when every file of it has been compared with its checksum",
    label,
    ...(stopped === undefined ? {} : { made: { text: new Date(Number(stopped) * 1000).toISOString(), at: "end" } }),
  };
}

function check(): readonly Line[] {
  return [
    {
      say: "Compare every file and every log segment in the repository with its checksum.",
      script: `told=$(${pgbackrest("$BACKUP", "$PGDATA", "--output=text --verbose verify")}) &&
printf '%s\\n' "$told" | sed -n '/status:/p; /archiveId/p' &&
! printf '%s\\n' "$told" |
  grep -qE 'status: (error|invalid)|invalid: [1-9]|missing: [1-9]'`,
      uses: ["BACKUP", "PGDATA", "PGHOST", "PGUSER"],
      expect: '"status: ok", and every backup "valid".',
      ifNot:
        "A backup that is not valid, or refers to one that is missing, cannot be restored: take another recovery point.",
      destroys: false,
    },
  ];
}

/** The pieces of the repository's log as the server wrote them: found under their names, with a checksum behind. */
const layOut: Line = {
  say: "Extract the repository's log, to look for the damage in it.",
  script: `mkdir "$SCRATCH/log" &&
for file in "$BACKUP"/archive/${STANZA}/*/*/*-*; do
  name=$(basename "$file")
  case $name in
  *.gz) gunzip -c "$file" ;;
  *.zst) zstd -dcq "$file" ;;
  *) cat "$file" ;;
  esac >"$SCRATCH/log/\${name%%-*}" || break
done`,
  uses: ["BACKUP", "SCRATCH"],
  expect: "No output.",
  ifNot: "SCRATCH must be empty and have room for the log.",
  destroys: false,
};

const source: LogSource = {
  folder: "$SCRATCH/log",
  uses: ["SCRATCH"],
  commandUses: ["BACKUP", "SIDE_DATA", "PGHOST", "PGUSER"],
  // In the server's settings a command stands on one line.
  restoreCommand: words("$BACKUP", "$SIDE_DATA", 'archive-get "%f" "%p"').join(" "),
};

function recover({ label = "latest" }: BackupFacts, target: Target): readonly Line[] {
  const restore: Line = {
    say: "Restore the backup from the repository into an empty folder. The damaged server isn't touched.",
    script: `mkdir -p -m 700 "$(dirname "$SIDE_DATA")" &&
mkdir -m 700 "$SIDE_DATA" &&
${pgbackrest("$BACKUP", "$SIDE_DATA", `--set=${label} \\\n  --tablespace-map-all="${TABLESPACES}" \\\n  --process-max="$JOBS" --archive-mode=off restore`)}`,
    uses: ["BACKUP", "SIDE_DATA", "JOBS", "PGHOST", "PGUSER", "EXPECTED_BYTES"],
    expect: "No output.",
    ifNot: "The message names the missing or damaged file. Take an older backup.",
    destroys: false,
    progress: UNPACKED,
  };
  return [restore, ...settingsOfSide, layOut, ...throughLog(target, source)];
}

export const repositoryMethod = defineMethod<Options>({
  name: "repository",
  summary: "pgBackRest: full, differential and incremental backups, with the log, in one repository.",
  options,
  gives: ["side-restore", "one-table", "point-in-time"],
  side: "server",
  variants: [
    {
      name: "repository",
      options: (index) => ({ kind: index === 0 ? "full" : "incremental" }),
      log: true,
    },
  ],
  programs: ["pgbackrest"],
  repository,
  backup,
  gather,
  facts,
  inspect,
  check,
  recover,
  removeSide,
});

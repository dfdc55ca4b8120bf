/**
 * SQLite: a file, and whatever opens it. There is no server, nobody logs in, and nothing can stand beside it but another file:
 * what hangs on those is declined by name.
 */
import { defineEngine } from "../../define.ts";
import type { Line, PlaceRequest, PlaceTable, ServerFolders, ServerSpec } from "../../parts.ts";
import { copies } from "./copies.ts";
import { dumpReader } from "./dump-reader.ts";
import { readErrors } from "./errors.ts";
import { keyboard } from "./keyboard.ts";
import { logical } from "./logical.ts";
import { physical } from "./physical.ts";
import { PROGRAM } from "./program.ts";
import { questions } from "./questions.ts";
import { recovery } from "./recovery.ts";
import { takeover } from "./takeover.ts";
import { world } from "./world.ts";

const places = ({ folders, database }: PlaceRequest): PlaceTable => ({
  DATABASE: { meaning: "The damaged file, by its whole path.", value: `${folders.data}/${database}.db` },
  SIDE_DATABASE: {
    meaning: "A file beside it, to restore into, by its whole path. Must not exist.",
    value: `${folders.side}/${database}.db`,
  },
});

const nothing = (say: string, destroys = false): Line => ({ say, script: ":", uses: [], destroys });

const server = (version: string): ServerSpec => ({
  engine: "sqlite",
  version,
  image: "fogbell/sqlite:3",
  builtImage: "fogbell/sqlite:3",
  packages: ["sqlite3"],
  suite: "trixie",
  account: "nobody",
  home: "/var/lib/sqlite",
  binaries: ["sqlite3"],
  standIns: { sqlite3: PROGRAM },
  askVersion: ["sqlite3", "--version"],
  binaryFolders: [],
  environment: ({ data }: ServerFolders) => ({ DATADIR: data }),
  make: { say: "Make an empty folder.", script: 'mkdir -p "$DATADIR"', uses: ["DATADIR"], destroys: false },
  start: nothing("There is nothing to start."),
  shutDown: nothing("There is nothing to shut down."),
  stop: nothing("There is nothing to stop.", true),
});

export const sqlite = defineEngine({
  name: "sqlite",
  summary: "SQLite 3: a file. Needs nothing but Node.",
  versions: ["3"],
  methods: [logical, physical],
  phrases: { ...world, ...questions, ...recovery, ...takeover },
  copies,
  keyboard,
  declines: {
    roles: "a file has no accounts: who may read or write it is the system's to say",
    accounts: "nothing in a file runs with the rights of an account",
    collations: "no index sorts by rules of another program's",
    "large-objects": "every value lies in its table",
  },
  readErrors,
  dumpReader: ({ method }) => (method === "logical" ? dumpReader() : null),
  server,
  places,
});

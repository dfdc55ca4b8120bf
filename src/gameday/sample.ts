/** One look at the world while people work, as text that a script printed, and what it says. Pure. */
import type { Line } from "../parts.ts";

/** `gone`: there is no such database; `down`: no server answered. */
export type Closed = "yes" | "no" | "gone" | "down";

export interface SeenFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

export interface Sample {
  readonly closed: Closed;
  /** Changes whenever somebody changes who may come in. Null where the engine has no such thing. */
  readonly access: string | null;
  /** Identity to name, of each database. */
  readonly databases: ReadonlyMap<string, string>;
  /** A word for what the application's configuration says. */
  readonly configuration: string;
  readonly evidence: { readonly files: number; readonly sizeBytes: number; readonly changedAtMs: number };
  /** Files that came to the scratch folder and to the store since the desk was laid. */
  readonly files: readonly SeenFile[];
}

/** Evidence by when it was copied, whatever times the copies keep; the rest by when it was written. */
const FOLDERS = `printf 'config\\t%s\\n' "$(cksum <"$APP_CONFIG" 2>/dev/null)"
find "$EVIDENCE" -type f -printf '%s\\t%C@\\n' 2>/dev/null | awk -F '\\t' '
  { n++; s += $1; if ($2 > m) m = $2 } END { printf "evidence\\t%d\\t%.0f\\t%.3f\\n", n, s, m }'
find "$SCRATCH" "$STORE" -type f -size +0 -newer "$DESK/rc" -printf 'file\\t%s\\t%T@\\t%p\\n' 2>/dev/null | head -n 2000
exit 0`;

/** The engine's own look, and then the folders: that no server answers is an answer, too. */
export const sampleLine = (watch: Line): Line => ({
  say: "Look at the world, and touch nothing.",
  script: `( ${watch.script}
) 2>/dev/null || printf 'closed\\tdown\\n'
${FOLDERS}`,
  uses: [...watch.uses, "EVIDENCE", "SCRATCH", "STORE", "DESK"],
  destroys: false,
});

/** The beginning of a file, unpacked. */
export const headLine: Line = {
  say: "Read the beginning of a file.",
  script: `case $(head -c 4 "$FILE" | od -An -tx1 | tr -d ' \\n') in
  1f8b*) gzip -dc "$FILE" ;;
  28b52ffd) zstd -dc "$FILE" ;;
  *) cat "$FILE" ;;
esac 2>/dev/null | head -c 300 | base64 -w0`,
  uses: ["FILE"],
  destroys: false,
};

const CLOSED: readonly string[] = ["yes", "no", "gone", "down"] satisfies readonly Closed[];

/** Null where the look did not come to its end. */
export function readSample(text: string): Sample | null {
  const rows = text.split("\n").map((line) => line.split("\t"));
  const of = (key: string) => rows.filter(([first]) => first === key);
  const closed = of("closed").at(-1)?.[1];
  const [evidence] = of("evidence");
  if (closed === undefined || !CLOSED.includes(closed) || evidence === undefined) return null;
  return {
    closed: closed as Closed,
    access: of("access").at(-1)?.[1] ?? null,
    databases: new Map(of("db").map(([, id = "", name = ""]) => [id, name])),
    configuration: of("config")[0]?.[1] ?? "",
    evidence: {
      files: Number(evidence[1]),
      sizeBytes: Number(evidence[2]),
      changedAtMs: Math.round(Number(evidence[3]) * 1000),
    },
    files: of("file").map(([, size, at, ...path]) => ({
      path: path.join("\t"),
      sizeBytes: Number(size),
      changedAtMs: Math.round(Number(at) * 1000),
    })),
  };
}

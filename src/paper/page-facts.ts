/** What a page says of the real database: as it was written down, and as a drill on it just measured. */
import type { DrillResult } from "../record.ts";
import { size } from "./words.ts";

/** What a page says of the real database. Everything absent is a blank to fill in. */
export interface RunbookFacts {
  readonly system?: string | undefined;
  readonly environment?: string | undefined;
  readonly host?: string | undefined;
  readonly database?: string | undefined;
  readonly size?: string | undefined;
  readonly rows?: Readonly<Record<string, string>>;
  readonly contacts?: readonly { readonly role: string; readonly name: string; readonly phone?: string | undefined }[];
  readonly breakGlass?: string | undefined;
  readonly channel?: string | undefined;
  readonly offline?: string | undefined;
  readonly copies?: readonly {
    readonly place: string;
    readonly kept?: string | undefined;
    readonly by?: string | undefined;
    /** What a verify last found to hold there. */
    readonly verified?: string | undefined;
  }[];
}

/** What was told stands; what was not is as the drill found it. A drill on the shop tells a page nothing of a real database. */
export function withOwn(facts: RunbookFacts, { scenario: { own }, dataset, places, sources, endedAt }: DrillResult) {
  if (own === undefined) return facts;
  const told = Object.keys(facts.rows ?? {}).length > 0;
  const chosen = sources.find((source) => source.chosen);
  const store = places.STORE?.value ?? "";
  const copies =
    chosen === undefined || store === ""
      ? []
      : [{ place: store, verified: `${endedAt.slice(0, 10)}: ${chosen.id}, restored in this drill` }];
  return {
    ...facts,
    system: facts.system ?? own.name,
    database: facts.database ?? own.database,
    ...(dataset === null
      ? {}
      : {
          size: facts.size ?? `about ${size(dataset.databaseBytes)} when just restored`,
          rows: told
            ? facts.rows
            : { [`all ${dataset.tables} tables together`]: `about ${dataset.rows.toLocaleString("en-US")}` },
        }),
    copies: facts.copies ?? copies,
  } satisfies RunbookFacts;
}

/** Records a ledger beside a backup that somebody makes: finds out which engine and version, then does both at one moment. */
import { UsageError } from "../errors.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import type { Catalog } from "../parts.ts";
import { copyLanguageOf } from "../plan/capabilities.ts";
import { assertGives } from "./assert-gives.ts";
import { engineNamed } from "./engine-named.ts";
import { type Recorded, recordLedger } from "./record-ledger.ts";

export interface LedgerRequest {
  readonly catalog: Catalog;
  readonly engine: string;
  readonly database: string;
  readonly file: string;
  readonly command: readonly string[];
  readonly signal: AbortSignal;
  readonly onOutput: (chunk: Uint8Array) => void;
}

/** Throws UsageError for an engine that nobody knows, or a command that takes no snapshot. */
export async function recordBeside(request: LedgerRequest): Promise<Recorded> {
  const { catalog, command } = request;
  const engine = engineNamed(catalog, request.engine);
  assertGives(engine, [{ who: "ledger record", need: "held-moment" }]);
  const { snapshot } = copyLanguageOf(engine);
  if (snapshot.lock === undefined && !command.some((word) => /\{snapshot\}|FOGBELL_SNAPSHOT/.test(word))) {
    throw new UsageError(
      "the backup behind -- does not say where the snapshot goes, so it would be of another moment",
      {
        code: "FB_NO_SNAPSHOT",
        next: [`fogbell ledger record … -- ${snapshot.example("shop", "shop")}`],
      },
    );
  }
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return recordLedger({
    ...request,
    engine,
    environment: { ...environment, ...snapshot.environment(request.database) },
    redact: createRedactor(secretsIn(process.env)),
  });
}

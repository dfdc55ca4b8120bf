/** How tests ask for a verify: plainly, on the local sandbox, the newest copy; each test says only what it changes. */
import { catalog } from "../../src/catalog.ts";
import { type LoadedConfig, readConfig } from "../../src/config/config.ts";
import type { VerifyRequest } from "../../src/verify/verify-all.ts";

/** All but where to look and where to write. */
export const PLAINLY: Omit<VerifyRequest, "config" | "storeUrl" | "outFolder"> = {
  catalog,
  names: [],
  at: "newest",
  sandbox: "local",
  keep: false,
  trustBackups: true,
  acceptChanges: false,
  proveChecks: false,
  jobs: 1,
  version: "test",
  signal: new AbortController().signal,
  onEvent: () => {},
  say: () => {},
  secrets: [],
  random: () => 0,
};

/** A fogbell.yaml of this text. */
export const configOf = (content: string): LoadedConfig => readConfig("fogbell.yaml", content);

import { expect, test } from "vitest";
import { copiesFound } from "../../src/drill/copies-found.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import type { RecoveryPoint } from "../../src/parts.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const bytes = (text: string) => Buffer.from(text);
const WHOLE =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n";

test("an audit counts whole copies where they really lie, and replicas as servers", async () => {
  const store = memoryStore({
    "nightly.sql": bytes(WHOLE),
    "cut.sql": bytes(WHOLE.slice(0, 80)),
    "empty.sql": bytes(""),
    "readme.txt": bytes("not a backup"),
    "offsite/nightly.sql": bytes(WHOLE),
  });
  const live = [{ name: "standby" }, { name: "far-standby" }] as unknown as readonly RecoveryPoint[];
  const backups = [{ name: "far-standby", offsite: true }] as never;
  const found = await copiesFound({ store, live, plan: { engine: postgres, backups } });
  expect(found.filter(({ offsite }) => offsite)).toHaveLength(2);
  expect(found).toHaveLength(4);
  expect(new Set(found.map(({ medium }) => medium)).size).toBe(3);
});

/**
 * PostgreSQL 17 can fire a trigger at each login. A copy that brings one must not be written into by being asked, which made
 * its newest row one of now, and must not shut us out.
 */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { testFolder } from "../support/dumps.ts";
import { shortened } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const on = (name: string, body: string) => `CREATE FUNCTION public.${name}() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN ${body} END $$;
CREATE EVENT TRIGGER ${name} ON login EXECUTE FUNCTION public.${name}();
`;

/** As pg_dump of 17 writes it, with these functions behind the rows. */
const dump = (triggers: string) => `--
-- PostgreSQL database dump
--

-- Dumped from database version 17.6
-- Dumped by pg_dump version 17.6

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.logins (at timestamp with time zone DEFAULT now(), who text);
CREATE TABLE public.orders (id integer NOT NULL);

COPY public.orders (id) FROM stdin;
${Array.from({ length: 140 }, (_, index) => index + 1).join("\n")}
\\.

${triggers}
--
-- PostgreSQL database dump complete
--

`;

const TRIGGERS: readonly (readonly [string, string])[] = [
  ["writes a row", on("note", "INSERT INTO public.logins (who) VALUES (session_user);")],
  ["lets nobody in", on("shut", "RAISE EXCEPTION 'from nine to five only';")],
];
const some = shortened("triggers at login", TRIGGERS, (_, index) => index === 0);

test.each(some)("a trigger at login that %s", async (_, triggers) => {
  await using folder = await testFolder();
  const file = join(folder.path, "store", "shop.sql");
  await mkdir(join(folder.path, "store"));
  await writeFile(file, dump(triggers));
  const at = Date.now() / 1000 - 3 * 3600;
  await utimes(file, at, at);
  const config = configOf(
    `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    objectives: { rto: 1h, rpo: 25h }\n    sources: [{ store: "directory:${folder.path}/store" }]\n`,
  );
  const outFolder = join(folder.path, "out");
  const [run] = await verifyAll({ ...PLAINLY, config, storeUrl: null, outFolder, sandbox: "docker" });
  expect(run?.result?.reasons.join("\n"), run?.result?.verdict).toMatch(/checks passed/);
  expect(run?.result?.verdict).toBe("recovered");
  const found = run?.result?.findings ?? [];
  expect(found.find(({ probe }) => probe === "rows")?.because).toContain("140 rows in 2 tables");
  expect(found.find(({ probe }) => probe === "freshness")?.because).toContain("3h 00m old by the object's time");
});

/**
 * Copies of files that mean harm, whole by their own list of checksums: settings that run something or write elsewhere, a
 * link in place of a file that a restore writes, signs that make a standby of it. They come back, and nothing happens
 * outside.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBench, testFolder } from "../support/dumps.ts";
import { judgeAll } from "./judged.ts";
import { copied, engineOf, fill, STAMP } from "./shops.ts";

/** Lines that somebody put into the settings of the server that is backed up. Nothing of it acts there. */
const SETTINGS = (place: string) => `
data_directory = '${place}/data'
external_pid_file = '${place}/pid'
restore_command = 'touch ${place}/restore'
archive_cleanup_command = 'touch ${place}/cleanup'
recovery_end_command = 'touch ${place}/end'
archive_mode = always
archive_command = 'touch ${place}/archive'
ssl_passphrase_command = 'touch ${place}/passphrase'
log_directory = '${place}/log'
logging_collector = on
unix_socket_directories = '${place}'
local_preload_libraries = 'nobody_has_this'
session_preload_libraries = 'nobody_has_this'
shared_preload_libraries = 'nobody_has_this'
`;

test.each(["recovery.signal", "standby.signal"])("a copy of PostgreSQL's files with %s", async (signal) => {
  await using folder = await testFolder();
  await chmod(folder.path, 0o777);
  await using bench = await openBench(engineOf("postgres"));
  await fill(bench, "postgres");
  // A folder that the sandbox sees, of an account that may write there.
  const place = join(bench.scratch, "outside");
  await bench.sh(`mkdir -m 777 "${place}" "${place}/log" && echo mine >"${place}/linked"
cat >>"$(psql -XAtd postgres -c "SHOW data_directory")/postgresql.conf" <<'CONF'${SETTINGS(place)}CONF
touch "$(psql -XAtd postgres -c "SHOW data_directory")/${signal}"`);
  const files = await copied(bench, "postgres", { compress: "none" });
  const base = Object.keys(files).find((key) => key.endsWith("base.tar")) ?? "";
  await mkdir(join(folder.path, "tar"));
  await writeFile(join(folder.path, "tar", "base.tar"), files[base] ?? Buffer.alloc(0));
  const tarred = await bench.bring(join(folder.path, "tar", "base.tar"));
  await bench.sh(`cd "$SCRATCH" && chmod u+w "${tarred}" 2>/dev/null
cp "${tarred}" linked.tar && tar --delete -f linked.tar postgresql.auto.conf &&
ln -s "${place}/linked" postgresql.auto.conf && tar -rf linked.tar postgresql.auto.conf`);
  const evil = { ...files, [base]: await bench.take("linked.tar") };
  const [judged] = await judgeAll(join(folder.path, "judged"), [
    { name: signal, form: "postgres base backup", engine: "postgres", files: evil, noticed: "clean" },
  ]);
  expect(judged?.verdict, judged?.because).toBe("recovered");
  expect(base).toContain(STAMP);
  expect(await readFile(join(place, "linked"), "utf8")).toBe("mine\n");
  for (const name of ["pid", "restore", "cleanup", "end", "archive", "passphrase", "data"])
    expect(existsSync(join(place, name)), name).toBe(false);
});

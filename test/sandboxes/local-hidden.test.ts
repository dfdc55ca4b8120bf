import { describe, expect, test } from "vitest";
import { hiddenOf } from "../../src/sandboxes/local-hidden.ts";

describe("what a local sandbox does not see", () => {
  test("folders in which sockets are made, each once, and sockets that lie elsewhere", () =>
    expect(
      hiddenOf(["/run", "/tmp", "/run", "/tmp/mine"], ["/run/postgresql/.s.PGSQL.5432", "/srv/db/mysql.sock"]),
    ).toEqual({ folders: ["/run", "/tmp"], sockets: ["/srv/db/mysql.sock"] }));
  test.each(["/", "/usr", "/etc", "/dev"])("%s: nothing would start without it", (folder) =>
    expect(hiddenOf([folder], [`${folder}/socket`.replace("//", "/")]).folders).toEqual([]),
  );
  test("a folder for temporary files is one, wherever it lies", () =>
    expect(hiddenOf(["/dev/shm", "/dev/shm/x", "/opt/tmp"], ["/dev/shm/y/s"])).toEqual({
      folders: ["/dev/shm", "/opt/tmp"],
      sockets: [],
    }));
  test("what only begins alike is another folder", () =>
    expect(hiddenOf(["/tmp"], ["/tmpx/s"])).toEqual({ folders: ["/tmp"], sockets: ["/tmpx/s"] }));
});

/** What names alone say of copies that are not finished, or were thrown away. */
import { expect, test } from "vitest";
import { isThrownAway, isUnfinished, setAside } from "../../src/backups/companions.ts";

test.each([
  "shop.dump.partial",
  "shop.sql.gz.crdownload",
  "shop.sql.gz.download",
  "shop.sql.gz.opdownload",
  "shop.sql.gz.upload",
  "shop-20261127.inprogress/toc.dat",
  "2026-11-27.partial/shop.dump",
  ".~tmp~/shop.dump",
  "a/.rsync-partial/shop.dump",
  ".shop.dump.Xq3bZk",
  "a/.shop-20261127.aB3dE9/toc.dat",
  "shop.dump.0a1b2c3d.partial",
  ".syncthing.shop.dump.tmp",
  ".in.shop.dump.",
])("%s is not finished", (key) => {
  expect(isUnfinished(key)).toBe(true);
});

test.each([
  "_delete.4711/a/shop.sql.gz",
  "#recycle/shop.dump",
  ".Trash-1000/files/shop.dump",
  "$RECYCLE.BIN/shop.dump",
])("%s was thrown away", (key) => {
  expect(isThrownAway(key)).toBe(true);
  expect(setAside(key)).toBe("it lies where things are thrown away");
});

test.each([
  "parts/shop.dump",
  "tmp/shop.dump",
  "downloads/shop.sql.gz",
  "upload/shop.sql.gz",
  "shop.part-aa",
  "recycle/shop.dump",
  "deleted/shop.dump",
  "shop_delete.sql",
  "temp.dump",
])("%s says nothing of the kind", (key) => {
  expect(setAside(key)).toBeNull();
});

/** A backup whose key is gone is really encrypted, and nobody has the key: not the drill either. */
import { expect, test } from "vitest";
import { withFault } from "../../src/world/faults.ts";

async function* once(text: string) {
  yield Buffer.from(text);
}
const read = async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of withFault(once("CREATE TABLE orders (id int);".repeat(50)), "key-lost", 1450))
    chunks.push(chunk);
  return Buffer.concat(chunks);
};

test("it begins as openssl's files do, has about its size, and is another each time", async () => {
  const [one, other] = [await read(), await read()];
  expect(one.subarray(0, 8).toString("latin1")).toBe("Salted__");
  expect(one.length).toBeGreaterThanOrEqual(1450);
  expect(one.length).toBeLessThan(1500);
  expect(one.toString("latin1")).not.toContain("CREATE");
  expect(one.equals(other)).toBe(false);
});

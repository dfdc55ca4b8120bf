import { storeContract } from "../contract/store.ts";
import { memoryDriver } from "./memory-store.ts";

// What stands in for a store in other tests must do what a store does.
storeContract(
  memoryDriver(),
  () => ({ within: "" }),
  (_options, outer) => ({ within: `${outer.place.slice("memory:".length)}/` }),
);

/** What a part of somebody's own is made with: the contracts, and how one is declared. For the library alone. */
export * from "./define.ts";
export * from "./parts.ts";

/** Flags of every command that talks to a fleet's queue. */
import { Flags } from "@oclif/core";

export const queueFlags = {
  queue: Flags.string({
    description: "PostgreSQL of the fleet's queue. It may hold a password: better set it in the environment.",
    env: "FOGBELL_QUEUE",
    noCacheDefault: true,
    helpValue: "URL",
  }),
  fleet: Flags.string({ description: "Name of the fleet, when several share that database.", default: "main" }),
};

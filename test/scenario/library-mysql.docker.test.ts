/**
 * The scenarios that ship, on MySQL: `npm test` plays the one that MySQL itself makes hardest (it ends at each spoiled
 * page), and the long run all of them, with their wrong moves and sabotages.
 */
import { endAsDesigned, inDocker, provesNothingSabotaged, wrongMovesArePunished } from "../support/library.ts";
import { shortened } from "../support/long.ts";

endAsDesigned(
  shortened("scenarios to their designed end on mysql", inDocker, ({ scenario }) => scenario.id === "fs-corruption"),
);
wrongMovesArePunished(shortened("wrong moves on mysql", inDocker, () => false));
provesNothingSabotaged(shortened("scenarios, sabotaged, on mysql", inDocker, () => false));

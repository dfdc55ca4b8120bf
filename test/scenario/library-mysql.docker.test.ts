/**
 * The scenarios that ship, on MySQL: `npm test` plays one that goes through the log and the one that MySQL itself makes
 * hardest (it ends at each spoiled page), and the long run all of them, with their wrong moves and sabotages.
 */
import { endAsDesigned, inDocker, provesNothingSabotaged, wrongMovesArePunished } from "../support/library.ts";
import { shortened } from "../support/long.ts";

endAsDesigned(
  shortened("scenarios to their designed end on mysql", inDocker, ({ scenario }) =>
    ["fs-corruption", "corrupt-migration"].includes(scenario.id),
  ),
);
wrongMovesArePunished(shortened("wrong moves on mysql", inDocker, () => false));
provesNothingSabotaged(shortened("scenarios, sabotaged, on mysql", inDocker, () => false));

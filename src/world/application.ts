/** What tells the application which database it uses. */
import type { Line } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";

export const application: Line = {
  say: "Tell the application which database it uses.",
  script: 'printf "database=%s\\n" "$DATABASE_NAME" >"$APP_CONFIG"',
  uses: ["DATABASE_NAME", "APP_CONFIG"],
  destroys: false,
};

export const usesApplication = ({ disaster, recovery, proof, verify, healthy }: Plan): boolean =>
  [...disaster, ...recovery, ...proof, ...verify, ...healthy].some(({ part }) => part.needs.includes("application"));

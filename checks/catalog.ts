// Every check that `npm run check` knows; the slow ones first, so that they overlap with the rest.
import type { Check } from "./check";
import { checkBoundaries } from "./check-boundaries";
import { checkHouse } from "./check-house";
import { checkLint } from "./check-lint";
import { checkTypes } from "./check-types";

export const checks: Check[] = [
  { name: "types", run: checkTypes },
  { name: "boundaries", run: checkBoundaries },
  { name: "lint", run: checkLint },
  { name: "house", run: checkHouse },
];

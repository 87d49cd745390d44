// Every check that `npm run check` knows; the slow ones first, so that they overlap with the rest.
import type { Check } from "./check";
import { checkBoundaries } from "./check-boundaries";
import { checkClient } from "./check-client";
import { checkColumns } from "./check-columns";
import { checkDeadCode } from "./check-dead-code";
import { checkDependencies } from "./check-dependencies";
import { checkDocuments } from "./check-documents";
import { checkHouse } from "./check-house";
import { checkLint } from "./check-lint";
import { checkSecrets } from "./check-secrets";
import { checkSql } from "./check-sql";
import { checkTypes } from "./check-types";

export const checks: Check[] = [
  { name: "types", run: checkTypes },
  { name: "client", run: checkClient },
  { name: "dead-code", run: checkDeadCode },
  { name: "boundaries", run: checkBoundaries },
  { name: "sql", run: checkSql },
  { name: "house", run: checkHouse },
  { name: "lint", run: checkLint },
  { name: "columns", run: checkColumns },
  { name: "secrets", run: checkSecrets },
  { name: "documents", run: checkDocuments },
  { name: "dependencies", run: checkDependencies },
];

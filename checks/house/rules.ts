// The rules of the house that a script can see, each with the mend it prints.
import { findBadFileNames } from "./find-bad-file-names";
import { findBadImports } from "./find-bad-imports";
import { findBigFunctions } from "./find-big-functions";
import { findConsoleCalls } from "./find-console-calls";
import { findEndlessFetches } from "./find-endless-fetches";
import { findEnvReads } from "./find-env-reads";
import { findExportedArrows } from "./find-exported-arrows";
import { findForgedScopes } from "./find-forged-scopes";
import { findLongFiles } from "./find-long-files";
import { findLostDeadlines } from "./find-lost-deadlines";
import { findMachinePaths } from "./find-machine-paths";
import { findMisnamedVerbs } from "./find-misnamed-verbs";
import { findMisplacedTrpcErrors } from "./find-misplaced-trpc-errors";
import { findMissingOpenings } from "./find-missing-openings";
import { findRawHtml } from "./find-raw-html";
import { findSilencedTests } from "./find-silenced-tests";
import { findSwallowedErrors } from "./find-swallowed-errors";
import { findTestSleeps } from "./find-test-sleeps";
import { findUncappedInputs } from "./find-uncapped-inputs";
import { findUnfinishedWork } from "./find-unfinished-work";
import { findUnguardedForms } from "./find-unguarded-forms";
import { findUnparsedProcedures } from "./find-unparsed-procedures";
import type { HouseFile, Place } from "./house-file";

export type HouseRule = { find: (file: HouseFile) => Place[]; mend: string };

export const houseRules: Record<string, HouseRule> = {
  "file-name": { find: findBadFileNames, mend: "Name the file after the act (verb-noun) or the thing it holds, in kebab-case." },
  import: { find: findBadImports, mend: "Import the thing itself: `~/…` from the root, `./x` for a sibling, no extension." },
  "long-file": { find: findLongFiles, mend: "Split it by purpose." },
  "big-function": { find: findBigFunctions, mend: "Give its parts names of their own; pass one object; return early." },
  opening: { find: findMissingOpenings, mend: "Begin the file with `// ` and one sentence that says what this room is." },
  "env-read": { find: findEnvReads, mend: "Add the variable to server/config-variables.ts and take it from Config." },
  "trpc-error": { find: findMisplacedTrpcErrors, mend: "Throw AppError; server/trpc maps it." },
  console: { find: findConsoleCalls, mend: "Use the log of Services, or process.stderr in a program that has none." },
  "swallowed-error": { find: findSwallowedErrors, mend: "Use the error, or say in a comment why it may be dropped." },
  "forged-scope": { find: findForgedScopes, mend: "Get the scope from mintWorkspaceScope." },
  "raw-html": { find: findRawHtml, mend: "Render text as children." },
  "unguarded-form": { find: findUnguardedForms, mend: "Read the form with formOf from ~/app/form-of." },
  "test-sleep": { find: findTestSleeps, mend: "Wait for the thing: vi.waitFor, an event, or the injected clock." },
  "silenced-test": { find: findSilencedTests, mend: "Mend the test or delete it." },
  "unfinished-work": { find: findUnfinishedWork, mend: "Do it now, or open an issue and delete the note." },
  "machine-path": { find: findMachinePaths, mend: "Use a relative path, or one from the configuration." },
  "uncapped-input": { find: findUncappedInputs, mend: "Add .max(…), or use a named shape that has one." },
  "misnamed-verb": {
    find: findMisnamedVerbs,
    mend: "Name the file after its exported function, or the function after the file.",
  },
  "exported-arrow": { find: findExportedArrows, mend: "Write `export function`." },
  "endless-fetch": { find: findEndlessFetches, mend: "Pass `signal: AbortSignal.timeout(…)`." },
  "lost-deadline": { find: findLostDeadlines, mend: "Use withDeadline of ~/server/with-deadline, or listen to the deadline." },
  "unparsed-procedure": { find: findUnparsedProcedures, mend: "Add .input(Schema) with a schema of the feature's contract." },
};

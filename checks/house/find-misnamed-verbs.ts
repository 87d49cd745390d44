// A verb is one file with one exported function of the same name.
import ts from "typescript";
import type { HouseFile, Place } from "./house-file";

const verbs = [
  ..."accept activate assert cancel change clone create delete deliver destroy disable enable find insert invite".split(" "),
  ..."invoke issue list probe record remove rename request reserve reset retry revoke rotate run send set settle".split(" "),
  ..."sign start stop stream sweep transition unset update verify".split(" "),
];
const verbFile = new RegExp(`^server/[a-z-]+/(${verbs.join("|")})-[a-z0-9-]+\\.ts$`);
/** Foundations and doors hold things as well as acts. */
const otherRooms =
  /^server\/(auth|http|trpc|queue|storage|vault|mail|net|providers|testing|redaction|rate-limit|plans|payments)\//;

export function findMisnamedVerbs(file: HouseFile): Place[] {
  if (!file.tree || !verbFile.test(file.path) || otherRooms.test(file.path)) return [];
  const stem = file.path.slice(file.path.lastIndexOf("/") + 1, -".ts".length);
  // `find-target.ts` may export `findInvokeTargetAcrossWorkspaces`: the same words in the same order.
  const expected = new RegExp(`^${stem.replaceAll("-", ".*")}`, "i");
  const exported = file.tree.statements.filter(isExportedFunction).map((statement) => statement.name?.text ?? "");
  return exported.some((name) => expected.test(name)) ? [] : [{ line: 1, what: `exports no function named after ${stem}` }];
}

function isExportedFunction(statement: ts.Statement): statement is ts.FunctionDeclaration {
  return (
    ts.isFunctionDeclaration(statement) &&
    (statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

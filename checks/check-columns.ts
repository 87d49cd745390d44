// Is every column classified (MISSION J10), does every table match its migration, and is every tenant's table row-secured?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import type { CheckOptions, Finding } from "./check";
import { readSchemaSql, type SchemaSql } from "./sql/read-schema-sql";

/** A table as its file in db/tables tells it. */
type TableFile = { table: string; path: string; classified: string[] | null };

export async function checkColumns({ root }: CheckOptions): Promise<Finding[]> {
  const sql = await readSchemaSql();
  const files = await readTableFiles(root);
  return [...files.flatMap((file) => judgeTable(file, sql)), ...judgeTenants(sql), ...judgeStrays(files, sql)];
}

async function readTableFiles(root: string): Promise<TableFile[]> {
  const schema = parse("db/schema.ts", await readFile(join(root, "db/schema.ts"), "utf8"));
  const pathOf = new Map<string, string>();
  const typeOf = new Map<string, string>();
  for (const statement of schema.statements) {
    if (ts.isImportDeclaration(statement)) rememberImports(statement, pathOf);
    if (ts.isTypeAliasDeclaration(statement) && ts.isTypeLiteralNode(statement.type)) rememberMembers(statement.type, typeOf);
  }
  return Promise.all(
    [...typeOf].map(async ([table, type]) => {
      const path = `db/tables/${(pathOf.get(type) ?? "").replace("./tables/", "")}.ts`;
      const tree = parse(path, await readFile(join(root, path), "utf8"));
      return { table: toSnake(table), path, classified: classifiedColumns(tree, type) };
    }),
  );
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

function rememberImports(statement: ts.ImportDeclaration, pathOf: Map<string, string>): void {
  const bindings = statement.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings) || !ts.isStringLiteral(statement.moduleSpecifier)) return;
  for (const element of bindings.elements) pathOf.set(element.name.text, statement.moduleSpecifier.text);
}

function rememberMembers(type: ts.TypeLiteralNode, typeOf: Map<string, string>): void {
  for (const member of type.members) {
    if (ts.isPropertySignature(member) && member.type) typeOf.set(member.name.getText(), member.type.getText());
  }
}

/** The keys of `…: ColumnClasses<Type> = {…}`; null when there is none. */
function classifiedColumns(tree: ts.SourceFile, type: string): string[] | null {
  for (const statement of tree.statements) {
    const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
    const value = declaration?.initializer;
    if (declaration?.type?.getText() !== `ColumnClasses<${type}>` || !value || !ts.isObjectLiteralExpression(value)) continue;
    return value.properties.map((property) => toSnake(property.name?.getText() ?? ""));
  }
  return null;
}

function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function judgeTable({ table, path, classified }: TableFile, { columns }: SchemaSql): Finding[] {
  if (!classified)
    return [
      { where: path, what: `${table} has no column classes`, mend: "Export a ColumnClasses<…> with a class for each column." },
    ];
  const made = columns.get(table);
  if (!made)
    return [{ where: path, what: `no migration makes the table ${table}`, mend: "Add a migration, or drop the table file." }];
  const missing = made.filter((column) => !classified.includes(column));
  const extra = classified.filter((column) => !made.includes(column));
  return [
    ...missing.map((column) => ({
      where: path,
      what: `${table}.${column} is in the migration only`,
      mend: "Add it to the row type and its classes.",
    })),
    ...extra.map((column) => ({
      where: path,
      what: `${table}.${column} is in the table file only`,
      mend: "Add a migration, or drop it here.",
    })),
  ];
}

function judgeTenants({ columns, rowSecured }: SchemaSql): Finding[] {
  const open = [...columns].filter(([table, names]) => names.includes("workspace_id") && !rowSecured.has(table));
  return open.map(([table]) => ({
    where: "db/migrations",
    what: `${table} has a workspace_id but no row-level security`,
    mend: "Add it to the tenant tables of the row-level-security migration.",
  }));
}

function judgeStrays(files: TableFile[], { columns }: SchemaSql): Finding[] {
  const known = new Set(files.map((file) => file.table));
  const strays = [...columns.keys()].filter((table) => !known.has(table));
  return strays.map((table) => ({
    where: "db/schema.ts",
    what: `${table} is missing`,
    mend: "Describe it in db/tables and add it to Schema.",
  }));
}

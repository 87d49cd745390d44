// Finds every exported query with the types of its parameters, and loads the very code that the product runs.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

export type Query = {
  /** For example `server/agents/agents.queries.ts`. */
  path: string;
  name: string;
  parameters: { name: string; type: ts.Type; isOptional: boolean }[];
  run: (...words: unknown[]) => unknown;
};

export type LoadedQueries = { queries: Query[]; checker: ts.TypeChecker };

export async function loadQueries(root: string, paths: string[]): Promise<LoadedQueries> {
  const modules = await loadModules(root, paths);
  const program = ts.createProgram(
    paths.map((path) => join(root, path)),
    optionsOf(root),
  );
  const checker = program.getTypeChecker();
  const queries = paths.flatMap((path, index) => {
    const source = program.getSourceFile(join(root, path));
    return source ? queriesOf(source, path, checker, modules[index] ?? {}) : [];
  });
  return { queries, checker };
}

function optionsOf(root: string): ts.CompilerOptions {
  const file = join(root, "tsconfig.json");
  return ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, root).options;
}

/** One bundle of all of them: the alias is resolved, packages stay where they are installed. */
async function loadModules(root: string, paths: string[]): Promise<Record<string, unknown>[]> {
  const folder = join(root, "build", "checks");
  const outfile = join(folder, `queries-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  const lines = paths.map((path, index) => `import * as m${index} from "./${path}";`);
  const contents = `${lines.join("\n")}\nexport const modules = [${paths.map((_, index) => `m${index}`).join(", ")}];`;
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  const loaded = (await import(pathToFileURL(outfile).href)) as { modules: Record<string, unknown>[] };
  await rm(outfile);
  return loaded.modules;
}

function queriesOf(source: ts.SourceFile, path: string, checker: ts.TypeChecker, module: Record<string, unknown>): Query[] {
  return source.statements.flatMap((statement) => {
    const name = ts.isFunctionDeclaration(statement) ? statement.name?.text : undefined;
    const run = name === undefined ? undefined : module[name];
    if (!ts.isFunctionDeclaration(statement) || name === undefined || typeof run !== "function") return [];
    const parameters = statement.parameters.map((parameter) => ({
      name: parameter.name.getText(),
      type: checker.getTypeAtLocation(parameter),
      isOptional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
    }));
    return [{ path, name, parameters, run: run as Query["run"] }];
  });
}

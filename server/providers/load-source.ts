// Reads one file of a bundle for esbuild, as plain JavaScript in which no path is left for esbuild to guess.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { type Loader, type Message, type OnLoadResult, transform } from "esbuild";

/** Given as text, so that no tsconfig.json is looked for: its `extends` and `paths` could point out of the bundle. */
export const tsconfigRaw = { compilerOptions: { jsx: "react-jsx" as const } };

const dataLoaders: Record<string, Loader> = {
  ".json": "json",
  ".txt": "text",
  ".md": "text",
  ".html": "text",
  ".css": "text",
  ".sql": "text",
};
const scriptLoaders: Record<string, Loader> = {
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  "": "js",
  ".jsx": "jsx",
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
};

/** `name` is the path within the bundle, for messages and source maps. */
export async function loadSource(path: string, name: string): Promise<OnLoadResult> {
  const extension = extname(path).toLowerCase();
  const dataLoader = dataLoaders[extension];
  if (dataLoader !== undefined) return { contents: await readFile(path), loader: dataLoader };
  const loader = scriptLoaders[extension];
  if (loader === undefined) {
    return {
      errors: [
        {
          text: `Files of type ${extension} cannot be imported. Use TypeScript, JavaScript, JSON or text.`,
          location: { file: name },
        },
      ],
    };
  }
  try {
    const { code } = await transform(await readFile(path), {
      loader,
      sourcefile: name,
      sourcemap: "inline",
      sourcesContent: false,
      charset: "utf8",
      tsconfigRaw,
      logLevel: "silent",
    });
    return (await hasGuessedPath(code)) ? { errors: [guessedPathError(name)] } : { contents: code, loader: "js" };
  } catch (thrown) {
    return { errors: (thrown as { errors: Message[] }).errors };
  }
}

/**
 * `import("../" + name)` makes esbuild walk whole directories, wherever they are, past every plugin. Its own printer writes what is
 * searched here, without comments and blanks, so a call looks one way only: a literal that is not followed by the end of the
 * argument is a path put together. Nothing optional stands in the pattern, so that no text takes more than linear time.
 */
async function hasGuessedPath(code: string): Promise<boolean> {
  if (!callStart.test(code)) return false;
  const plain = await transform(code, {
    loader: "js",
    minifyWhitespace: true,
    legalComments: "none",
    tsconfigRaw,
    logLevel: "silent",
  });
  for (const [, after] of plain.code.matchAll(callWithLiteral)) if (after !== ")" && after !== ",") return true;
  return false;
}

const callStart = /\b(?:import|require)(?:\?\.)?\(/;
const literal = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\[\s\S]|\$(?!\{))*`|`/;
const callWithLiteral = new RegExp(`${callStart.source}(?:${literal.source})([\\s\\S])`, "g");

function guessedPathError(name: string) {
  return {
    text: `The path of every import() and require() must be one plain string. Name each file, for example in a table of imports.`,
    location: { file: name },
  };
}

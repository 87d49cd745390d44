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
    return hasGuessedPath(code) ? { errors: [guessedPathError(name)] } : { contents: code, loader: "js" };
  } catch (thrown) {
    return { errors: (thrown as { errors: Message[] }).errors };
  }
}

/**
 * `import("../" + name)` makes esbuild walk whole directories, wherever they are, past every plugin. Its own printer has just written
 * `code`, so a call looks one way only: a literal that is not followed by the end of the argument is a path put together.
 * Takes time linear in `code`: what looks like the beginning of a comment may stand a million times in one string.
 */
function hasGuessedPath(code: string): boolean {
  const skipTrivia = createTriviaSkipper(code);
  for (const call of code.matchAll(callStart)) {
    literal.lastIndex = skipTrivia(call.index + call[0].length);
    const [, after] = literal.exec(code) ?? [];
    if (after !== undefined && after !== ")" && after !== ",") return true;
  }
  return false;
}

const callStart = /\b(?:import|require)(?:\?\.)?\(/g;
const literal = /(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\[\s\S]|\$(?!\{))*`|`)\s*([\s\S])/y;
const commentEnds = { "/*": "*/", "//": "\n" } as const;

/** Answers where the white space and comments end that begin at a place. Asked in rising order, it looks for each end once. */
function createTriviaSkipper(code: string): (from: number) => number {
  const known = { "/*": -1, "//": -1 };
  const white = /\s*/y;
  return (from) => {
    for (let at = from; ; ) {
      white.lastIndex = at;
      at += white.exec(code)?.[0].length ?? 0;
      const opening = code.slice(at, at + 2);
      if (opening !== "/*" && opening !== "//") return at;
      if (known[opening] < at + 2) known[opening] = indexOrEnd(code, commentEnds[opening], at + 2);
      at = known[opening] + commentEnds[opening].length;
    }
  };
}

function indexOrEnd(code: string, text: string, from: number): number {
  const found = code.indexOf(text, from);
  return found === -1 ? code.length : found;
}

function guessedPathError(name: string) {
  return {
    text: `The path of every import() and require() must be one plain string. Name each file, for example in a table of imports.`,
    location: { file: name },
  };
}

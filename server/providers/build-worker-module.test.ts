// A bundle builds into one module from its own files and nothing else, and what is wrong is said with file, line and column.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "~/server/errors";
import { buildWorkerModule } from "./build-worker-module";
import { importedBytesMax } from "./bundle-boundary";

const canary = "CANARY-outside-the-bundle";
let outside: string;
let directory: string;

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), "whs-build-"));
  directory = join(outside, "bundle");
  await writeFile(join(outside, "secret.ts"), `export default "${canary}";`);
  await writeFile(join(outside, "secret.txt"), canary);
  await mkdir(join(outside, "node_modules/leaky"), { recursive: true });
  await writeFile(join(outside, "node_modules/leaky/index.js"), `module.exports = "${canary}";`);
});
afterEach(() => rm(outside, { recursive: true, force: true }));

async function build(files: Record<string, string>, entrypoint = "src/index.ts"): Promise<string> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), contents);
  }
  const built = await buildWorkerModule({ directory, entrypoint }, { signal: AbortSignal.timeout(45_000), target: "node" });
  return built.code;
}

async function load(code: string): Promise<{ default: () => unknown }> {
  const { entry } = await import(/* @vite-ignore */ `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`);
  return entry;
}

describe("building a bundle", () => {
  it("bundles TypeScript, JSON, text and packages that the zip carries", async () => {
    const code = await build({
      "src/index.ts": `import data from "./data.json"; import text from "../prompt.md"; import { twice } from "./twice.js"; import pkg from "pkg/deep";
        export default (): string => data.name + text + twice(pkg);`,
      "src/data.json": `{"name":"n"}`,
      "prompt.md": "# p",
      "src/twice.ts": "export const twice = (text: string): string => text + text;",
      "node_modules/pkg/package.json": `{"name":"pkg","exports":{"./deep":{"import":"./deep.mjs"}}}`,
      "node_modules/pkg/deep.mjs": `export default "d";`,
    });
    expect((await load(code)).default()).toBe("n# pdd");
  });

  it("gives CommonJS code the modules of the runtime as they are", async () => {
    const code = await build(
      { "index.js": `const Events = require("events"); module.exports = () => new Events() instanceof require("node:events");` },
      "index.js",
    );
    expect((await load(code)).default()).toBe(true);
  });

  it("erases imports of the types package", async () => {
    const code = await build({
      "src/index.ts": `import type { AgentHandler } from "@webhost/agent"; const handler: AgentHandler = () => "typed"; export default handler;`,
    });
    expect((await load(code)).default()).toBe("typed");
  });

  it("names file, line and column of a mistake", async () => {
    await expect(build({ "src/index.ts": "export default () => {\n  return );\n};" })).rejects.toThrow(
      /^src\/index\.ts:2:10: Unexpected "\)"/,
    );
  });

  it("says that packages are not installed", async () => {
    await expect(build({ "src/index.ts": `import x from "left-pad"; export default () => x;` })).rejects.toThrow(
      /src\/index\.ts:1:15: Could not find "left-pad" in the bundle\. Packages are not installed for you/,
    );
  });

  const escapes: Record<string, Record<string, string>> = {
    "a parent path": { "src/index.ts": `import x from "../../secret"; export default () => x;` },
    "an absolute path": { "src/index.ts": `import x from "/etc/hostname"; export default () => x;` },
    "a package of a folder above": { "src/index.ts": `import x from "leaky"; export default () => x;` },
    "paths of a tsconfig": {
      "tsconfig.json": `{"compilerOptions":{"baseUrl":".","paths":{"outer":["../secret.ts"]}}}`,
      "src/index.ts": `import x from "outer"; export default () => x;`,
    },
    "extends of a tsconfig": {
      "tsconfig.json": `{"extends":"../secret.txt"}`,
      "src/index.ts": `import x from "outer"; export default () => x;`,
    },
    "main of a package.json": {
      "node_modules/tricky/package.json": `{"main":"../../../secret.ts"}`,
      "src/index.ts": `import x from "tricky"; export default () => x;`,
    },
    "browser map of a package.json": {
      "package.json": `{"browser":{"./src/safe.ts":"../secret.ts"}}`,
      "src/safe.ts": "export default 1;",
      "src/index.ts": `import x from "./safe"; export default () => x;`,
    },
    "imports of a package.json": {
      "package.json": `{"imports":{"#x":"../secret.ts"}}`,
      "src/index.ts": `import x from "#x"; export default () => x;`,
    },
    "exports of a package.json": {
      "node_modules/tricky/package.json": `{"name":"tricky","exports":{".":"./../../../secret.ts"}}`,
      "src/index.ts": `import x from "tricky"; export default () => x;`,
    },
    "module of a package.json": {
      "node_modules/tricky/package.json": `{"module":"/etc/hostname","main":"/etc/hostname"}`,
      "src/index.ts": `import x from "tricky"; export default () => x;`,
    },
    "a path in a style sheet": {
      "src/a.css": `@import "../../secret.txt"; a { background: url("../../secret.txt") }`,
      "src/index.ts": `import x from "./a.css"; export default () => x;`,
    },
    "a new URL": { "src/index.ts": `export default () => new URL("../../secret.txt", import.meta.url).href;` },
    "a source map": {
      "src/index.js": `export default () => 1;\n//# sourceMappingURL=../../secret.txt`,
      "src/index.ts": `import x from "./index.js"; export default x;`,
    },
    "an import with a loader": {
      "src/index.ts": `import x from "../../secret.txt" with { type: "text" }; export default () => x;`,
    },
    "a query behind the path": { "src/index.ts": `import x from "../../secret.txt?raw"; export default () => x;` },
    "an encoded path": { "src/index.ts": `import x from "..%2f..%2fsecret.txt"; export default () => x;` },
    "a template": { "src/index.ts": `export default (name: string) => import(\`../../${"$"}{name}.txt\`);` },
    "a glob import": { "src/index.ts": "export default (name: string) => import('../../' + name + '.txt');" },
    "a glob import behind comments": {
      "src/index.ts": "export default (name: string) => import(/* a */ /*! b */ // c\n '../../' + name + '.txt');",
    },
    "a glob require": { "src/index.ts": "export default (name: string) => require('../../' + name + '.txt');" },
    "a require": { "src/index.ts": `export default () => require("../../secret.txt");` },
    "a URL": { "src/index.ts": `import x from "file:///etc/hostname"; export default () => x;` },
  };
  for (const [name, files] of Object.entries(escapes)) {
    it(`does not leave the bundle through ${name}`, async () => {
      const outcome = await build(files).catch((thrown: unknown) => thrown);
      expect(outcome instanceof AppError ? outcome.message : outcome).not.toContain(canary);
      if (outcome instanceof AppError) expect(outcome.code).toBe("DEPLOYMENT_FAILED");
    });
  }

  it.each([
    ["data:text/javascript,export default 1", /Could not find "data:/],
    ["https://example.com/x.js", /Could not find "https:/],
    ["blob:x", /Could not find "blob:/],
  ])("takes no module from %s", async (address, refusal) => {
    await expect(build({ "src/index.ts": `import x from "${address}"; export default () => x;` })).rejects.toThrow(refusal);
  });

  it("holds a file once, however many queries its imports carry", async () => {
    const imports = Array.from({ length: 50 }, (_, at) => `import t${at} from "./big.txt?${at}";`).join("\n");
    const outcome = await build({
      "src/index.ts": `${imports}\nexport default () => t0;`,
      "src/big.txt": "x".repeat(100_000),
    }).catch((thrown: AppError) => thrown.message);
    expect(outcome.length).toBeLessThan(1_000_000);
  });

  it("refuses to take in more than it can build in its time", async () => {
    const files = {
      "src/index.ts": `import x from "./big.txt"; export default () => x;`,
      "src/big.txt": "x".repeat(importedBytesMax),
    };
    await expect(build(files)).rejects.toThrow(/more than 24 MiB\. Leave large data out/);
  });

  it("gives up in the middle of a build as soon as it is cancelled", async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `export const name${at} = (a: number) => a + ${at};`).join("\n");
    await mkdir(join(directory, "src"), { recursive: true });
    await writeFile(join(directory, "src/big.ts"), lines);
    await writeFile(join(directory, "src/index.ts"), `import * as big from "./big"; export default () => big;`);
    const cancelling = new AbortController();
    const built = buildWorkerModule({ directory, entrypoint: "src/index.ts" }, { signal: cancelling.signal });
    setImmediate(() => cancelling.abort(new Error("cancelled in the middle")));
    await expect(built).rejects.toThrow("cancelled in the middle");
  });

  it("does not leave the bundle through links to files or folders", async () => {
    await mkdir(join(directory, "src"), { recursive: true });
    await symlink(join(outside, "secret.ts"), join(directory, "src/link.ts"));
    await symlink(outside, join(directory, "src/folder"));
    for (const path of ["./link", "./folder/secret"]) {
      await expect(build({ "src/index.ts": `import x from "${path}"; export default () => x;` })).rejects.toThrow(
        /Could not find/,
      );
    }
  });

  it("does not tell whether a file outside exists", async () => {
    const text = async (path: string) =>
      build({ "src/index.ts": `import x from "${path}"; export default () => x;` }).catch((thrown: Error) =>
        thrown.message.replaceAll(path, ""),
      );
    expect(await text("../../secret.ts")).toBe(await text("../../absent.ts"));
  });

  it("runs nothing: no scripts of a package.json, no code of the entry point", async () => {
    const marker = join(outside, "ran");
    await build({
      "package.json": `{"scripts":{"preinstall":"touch ${marker}","prepare":"touch ${marker}"}}`,
      "src/index.ts": `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker)}, ""); export default () => "";`,
    });
    const { existsSync } = await import("node:fs");
    expect(existsSync(marker)).toBe(false);
  });

  it("builds a text that looks like a hundred thousand unfinished calls in its usual time", async () => {
    for (const piece of ["import(/*", "import(//", "require(  "]) {
      const code = await build({ "src/index.ts": `export default (): string => "${piece.repeat(100_000)}";` });
      expect(code).toContain(piece.repeat(100_000));
    }
  });

  it("stops when it is cancelled", async () => {
    const cancelled = AbortSignal.abort(new Error("cancelled"));
    await expect(buildWorkerModule({ directory, entrypoint: "x.ts" }, { signal: cancelled })).rejects.toThrow("cancelled");
  });
});

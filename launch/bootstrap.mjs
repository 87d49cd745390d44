// The only file that runs before anything is installed: checks Node, installs dependencies, bundles the launcher and hands over.
// Plain JavaScript that even an old Node can read, so that it can say that it is too old.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const nodeMin = [20, 19];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const installLockFile = path.join(root, ".install-lock");

main().catch((error) => {
  process.stderr.write(`${error.isSentence ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

async function main() {
  assertNode();
  process.chdir(root);
  if (!isInstalled()) await installOnce();
  const launcher = bundleLauncher();
  await import(pathToFileURL(launcher).href);
}

function sentence(message) {
  return Object.assign(new Error(message), { isSentence: true });
}

function assertNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  throw sentence(
    `This is Node ${process.versions.node}, and ${nodeMin.join(".")} or newer is needed: install it from https://nodejs.org or with your version manager (nvm install 20).`,
  );
}

/** Whether npm's own record of the tree holds what the lock asks for; what was cut off half-way has no such record. */
function isInstalled() {
  const wanted = readJson("package-lock.json");
  const found = readJson("node_modules/.package-lock.json");
  if (wanted === null || found === null || !isLockOf(wanted, readJson("package.json"))) return false;
  return Object.entries(wanted.packages).every(([place, entry]) => {
    const there = found.packages[place];
    // Packages for other platforms are in the lock and not in the tree.
    return (
      place === "" ||
      (there === undefined ? entry.optional === true || entry.devOptional === true : there.version === entry.version)
    );
  });
}

function isLockOf(lock, manifest) {
  const said = (tree) => JSON.stringify([tree.dependencies, tree.devDependencies]);
  return said(lock.packages[""]) === said(manifest);
}

function readJson(name) {
  const file = path.join(root, name);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : null;
}

/** Two commands started at once install once: the second waits for the first. */
async function installOnce() {
  while (!takeInstallLock()) await new Promise((resolve) => setTimeout(resolve, 500));
  try {
    if (!isInstalled()) await install();
  } finally {
    fs.rmSync(installLockFile, { force: true });
  }
}

function takeInstallLock() {
  try {
    fs.writeFileSync(installLockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EACCES" || error.code === "EROFS")
      throw sentence(`${root} cannot be written: clone the project into a directory of your own.`);
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(Number(fs.readFileSync(installLockFile, "utf8")))) fs.rmSync(installLockFile, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  process.stderr.write("Installing dependencies (once, about a minute) …\n");
  const ticking = setInterval(() => process.stderr.write(`Installing dependencies … ${seconds()} s\n`), 10_000);
  // Building the pages needs the development dependencies too, whatever NODE_ENV says.
  const args = ["install", "--include=dev", "--no-audit", "--no-fund", "--no-progress", "--prefer-offline", "--loglevel=error"];
  const code = await runNpm(args).finally(() => clearInterval(ticking));
  if (code !== 0)
    throw sentence(
      "npm install failed (its own words are above): check the network and free disk space (about 1 GB), then start again.",
    );
  process.stderr.write(`Dependencies installed in ${seconds()} s\n`);
}

/** Standard output stays clean: it belongs to what the command answers. */
function runNpm(args) {
  const cli = process.env.npm_execpath;
  const isNpm = cli !== undefined && path.basename(cli) === "npm-cli.js";
  const [command, words] = isNpm ? [process.execPath, [cli, ...args]] : ["npm", args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: root, stdio: ["ignore", 2, 2] });
    child.once("error", () => reject(sentence("npm is missing: install it beside Node (it comes with https://nodejs.org).")));
    child.once("exit", resolve);
  });
}

/** Ten milliseconds, so it is simply done at each start. */
function bundleLauncher() {
  const esbuild = createRequire(import.meta.url)("esbuild");
  const file = path.join(root, "build", "launch.js");
  const bundled = esbuild.buildSync({
    entryPoints: [path.join(root, "launch", "main.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    write: false,
    logLevel: "error",
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // Whole or not at all: another command may read it in this moment.
  fs.writeFileSync(`${file}.${process.pid}`, bundled.outputFiles[0].contents);
  fs.renameSync(`${file}.${process.pid}`, file);
  return file;
}

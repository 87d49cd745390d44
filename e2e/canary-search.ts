// Looks for canaries byte by byte, with grep, in files and in everything that was written down beside them.
import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formsOf, wideFormOf } from "./canary-forms";

export type Hit = { canary: string; form: string; place: string };

type Needle = { canary: string; text: string };

/** Forms of one canary in one file: no file full of them keeps another from being named. */
const formsMax = 3;
const grepTimeoutMs = 60_000;

/** Every form of every value; values that a longer one holds are found with it. */
function needlesOf(canaries: ReadonlyMap<string, string>): Needle[] {
  return [...canaries].flatMap(([canary, value]) => formsOf(value).map((text) => ({ canary, text })));
}

/** Regular files below `folder`, but for those that `isException` names. */
export function filesBelow(folder: string, isException: (file: string) => boolean): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    // Temporary files of the servers come and go.
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) return filesBelow(file, isException);
    return found?.isFile() && found.size > 0 && !isException(file) ? [file] : [];
  });
}

/** Which canary lies in which file, in which form. */
export function searchFiles(files: string[], canaries: ReadonlyMap<string, string>): Hit[] {
  const needles = needlesOf(canaries);
  const folder = mkdtempSync(path.join(tmpdir(), "whs-needles-"));
  try {
    const needleFile = path.join(folder, "needles");
    writeFileSync(needleFile, needles.map(({ text }) => text).join("\n"));
    const hits = grep(files, needleFile).flatMap((line) => hitOf(line, needles));
    return distinct([...hits, ...files.flatMap((file) => searchWide(file, canaries))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same in a text at hand. */
export function searchText(text: string, canaries: ReadonlyMap<string, string>): Hit[] {
  return needlesOf(canaries).flatMap((needle) =>
    text.includes(needle.text) ? [{ canary: needle.canary, form: needle.text.slice(0, 60), place: "" }] : [],
  );
}

/** Lines of `file:what was found`. */
function grep(files: string[], needleFile: string): string[] {
  const words = ["-0", "grep", "-a", "-o", "-H", "-F", "-f", needleFile, "/dev/null"];
  const found = spawnSync("xargs", words, {
    input: files.join("\0"),
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    timeout: grepTimeoutMs,
    maxBuffer: 256 * 1024 * 1024,
  });
  // 0: found, 1 and 123: nothing found in some call of grep, or one that failed: only what it says tells them apart.
  const complaints = found.stderr.split("\n").filter((line) => line !== "" && !line.endsWith(": No such file or directory"));
  if (found.error || ![0, 1, 123].includes(found.status ?? -1) || complaints.length > 0)
    throw new Error(`grep failed with ${found.status}: ${found.error ?? complaints.join("; ").slice(0, 2_000)}`);
  return found.stdout.split("\n").filter(Boolean);
}

function hitOf(line: string, needles: Needle[]): Hit[] {
  const end = line.indexOf(":");
  const needle = needles.find(({ text }) => text === line.slice(end + 1));
  return [{ canary: needle?.canary ?? "unknown", form: line.slice(end + 1, end + 60), place: line.slice(0, end) }];
}

function searchWide(file: string, canaries: ReadonlyMap<string, string>): Hit[] {
  const bytes = readUnlessGone(file);
  return [...canaries].flatMap(([canary, value]) =>
    bytes.includes(wideFormOf(value)) ? [{ canary, form: "UTF-16", place: file }] : [],
  );
}

/** The servers' own temporary files come and go while they run. */
function readUnlessGone(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

function distinct(hits: Hit[]): Hit[] {
  const found = new Map<string, Map<string, Hit>>();
  for (const hit of hits) {
    const name = JSON.stringify([hit.canary, hit.place]);
    const forms = found.get(name) ?? new Map<string, Hit>();
    found.set(name, forms);
    if (forms.size < formsMax) forms.set(hit.form, hit);
  }
  return [...found.values()].flatMap((forms) => [...forms.values()]);
}

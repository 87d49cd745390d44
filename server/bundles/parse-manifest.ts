// Reads `agent.config.json` and holds it against the bundle around it: every problem named with its field (MISSION C3).
import { type Runtime, runtimes } from "~/db/tables/deployments";
import { AppError, type ErrorIssue } from "~/server/errors";
import { inputIssues } from "~/server/input-issues";
import { isStorable } from "~/server/storable-text";
import { manifestPath } from "./drop-wrapping";
import { Manifest } from "./manifest.contract";

export type ManifestSurroundings = {
  /** Every file of the bundle. */
  paths: ReadonlySet<string>;
  /** The runtimes that this installation offers. */
  runtimes: readonly Runtime[];
};

export const manifestBytesMax = 64 * 1024;
const issuesMax = 20;
const sourceEndings = [".ts", ".mts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
const providerSections = ["cloudflare", "agentcore", "vps"] as const;

/** `bytes` is null when the bundle has no manifest of acceptable size. Throws `INVALID_REQUEST` with `details.issues`. */
export function parseManifest(bytes: Buffer | null, surroundings: ManifestSurroundings): Manifest {
  if (bytes === null) throw missing(surroundings.paths);
  const json = parseJson(bytes);
  if (!isStorable(json)) throw invalid([{ path: manifestPath, message: "A text holds U+0000 or half a surrogate pair." }]);
  const parsed = Manifest.safeParse(json);
  if (!parsed.success)
    throw invalid(inputIssues(parsed.error).map(({ path, message }) => ({ path: path || manifestPath, message })));
  const manifest = { ...parsed.data, entrypoint: withoutDot(parsed.data.entrypoint) };
  const issues = [
    ...entrypointIssues(manifest.entrypoint, surroundings.paths),
    ...runtimeIssues(manifest, surroundings.runtimes),
    ...keyIssues(manifest),
    ...goldenIssues(manifest, surroundings.paths),
  ];
  if (issues.length > 0) throw invalid(issues);
  return manifest;
}

/** The runtimes a manifest claims, in its order. */
export function runtimesOf(manifest: Manifest): readonly Runtime[] {
  return Array.isArray(manifest.runtime) ? manifest.runtime : [manifest.runtime];
}

/** The golden files that a manifest names, as paths of the bundle. */
export function goldenPathsOf(manifest: Manifest): string[] {
  return manifest.golden.map(withoutDot);
}

function missing(paths: ReadonlySet<string>): AppError {
  const elsewhere = [...paths].find((path) => path.endsWith(`/${manifestPath}`));
  const message = paths.has(manifestPath)
    ? `${manifestPath} is larger than 64 KiB. It holds settings only; put the rest into other files.`
    : elsewhere
      ? `There is no ${manifestPath} at the root of the archive, but one at "${elsewhere}". Pack the inside of that folder.`
      : `There is no ${manifestPath} at the root of the archive. Add one: name, protocol, runtime and entrypoint are enough.`;
  return new AppError("INVALID_REQUEST", message, {
    details: { reason: "manifest_missing", issues: [{ path: manifestPath, message }] },
  });
}

function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid([{ path: manifestPath, message: "The manifest is not UTF-8 text. Save it as UTF-8." }]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid([
      { path: manifestPath, message: `The manifest is not JSON: ${(error as SyntaxError).message.slice(0, 160)}.` },
    ]);
  }
}

function invalid(issues: ErrorIssue[]): AppError {
  const first = issues[0];
  const message = `${manifestPath}: ${first?.path === manifestPath ? "" : `${first?.path}: `}${first?.message}${issues.length > 1 ? ` (and ${issues.length - 1} more)` : ""}`;
  return new AppError("INVALID_REQUEST", message, {
    details: { reason: "manifest_invalid", issues: issues.slice(0, issuesMax) },
  });
}

function entrypointIssues(entrypoint: string, paths: ReadonlySet<string>): ErrorIssue[] {
  const path = "entrypoint";
  if (!sourceEndings.some((ending) => entrypoint.endsWith(ending)))
    return [{ path, message: `The entry point must be a TypeScript or JavaScript file (${sourceEndings.join(", ")}).` }];
  if (paths.has(entrypoint)) return [];
  const alike = [...paths].find((candidate) => candidate.toLowerCase() === entrypoint.toLowerCase());
  const hint = alike ? ` There is "${alike}": names are case-sensitive.` : "";
  return [{ path, message: `The bundle has no file "${entrypoint}".${hint}` }];
}

/** For whoever wants a runtime that is not offered. */
export const setUpHint = "What its operator can set up, and how, stands on the Runtimes page.";

function runtimeIssues(manifest: Manifest, offered: readonly Runtime[]): ErrorIssue[] {
  const claimed = runtimesOf(manifest);
  const issues: ErrorIssue[] = [];
  if (new Set(claimed).size !== claimed.length) issues.push({ path: "runtime", message: "A runtime is named twice." });
  if (!claimed.some((runtime) => offered.includes(runtime))) {
    const known = runtimes.filter((runtime) => offered.includes(runtime)).join(", ") || "none";
    const message = `This installation does not offer ${claimed.join(" or ")}. It offers: ${known}. ${setUpHint}`;
    issues.push({ path: "runtime", message });
  }
  for (const section of providerSections) {
    if (manifest[section] && !claimed.includes(section))
      issues.push({
        path: section,
        message: `The section "${section}" needs the runtime "${section}". Add it to runtime or remove the section.`,
      });
  }
  return [...issues, ...capabilityIssues(manifest, claimed)];
}

/** What only one runtime has cannot be promised on another. */
function capabilityIssues({ agentcore }: Manifest, claimed: readonly Runtime[]): ErrorIssue[] {
  const others = claimed.filter((runtime) => runtime !== "agentcore").join(" and ");
  const needed = Object.entries(agentcore ?? {}).flatMap(([name, isNeeded]) => (isNeeded ? [name] : []));
  if (others === "" || needed.length === 0) return [];
  return needed.map((name) => ({
    path: `agentcore.${name}`,
    message: `Only agentcore has this, and the bundle claims ${others} as well. Take it out, or claim agentcore alone.`,
  }));
}

function keyIssues(manifest: Manifest): ErrorIssue[] {
  const { requiredKeys, optionalKeys } = manifest.env;
  const twice = [...requiredKeys, ...optionalKeys].filter((key, index, all) => all.indexOf(key) !== index);
  return [...new Set(twice)].map((key) => ({ path: "env", message: `The key ${key} is named twice.` }));
}

function goldenIssues(manifest: Manifest, paths: ReadonlySet<string>): ErrorIssue[] {
  const golden = goldenPathsOf(manifest);
  return golden.flatMap((file, index) => {
    if (!paths.has(file)) return [{ path: `golden.${index}`, message: `The bundle has no file "${file}".` }];
    if (golden.indexOf(file) !== index) return [{ path: `golden.${index}`, message: `"${file}" is named twice.` }];
    return [];
  });
}

function withoutDot(path: string): string {
  return path.startsWith("./") ? path.slice(2) : path;
}

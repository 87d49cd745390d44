// A comparison of two versions as text that people can read: what golden files hold.
import type { FileChange, VersionDiff } from "~/server/deployments/compare.contract";

/** A golden file is there to be read. */
const linesShown = 20;
const marks = { same: " ", added: "+", removed: "-" } as const;

export function renderDiff(diff: VersionDiff): string {
  const { before, after, hosts } = diff;
  return [
    `v${before.version} ${before.runtime} -> v${after.version} ${after.runtime}${diff.isSameBundle ? ", the same bundle" : ""}`,
    ...diff.manifest.map((change) => `manifest ${change.path}: ${change.before ?? "absent"} -> ${change.after ?? "absent"}`),
    ...diff.keys.map((key) => `key ${key.name}: ${key.before ?? "absent"} -> ${key.after ?? "absent"}`),
    ...(diff.network
      ? [
          `network +${diff.network.added.join(",")} -${diff.network.removed.join(",")} any host: ${diff.network.before === null} -> ${diff.network.after === null}`,
        ]
      : []),
    ...hosts.added.map((host) => `host + ${host.host} in ${host.files.join(", ")}${host.mayReach ? "" : " (not allowed)"}`),
    ...hosts.removed.map((host) => `host - ${host.host} in ${host.files.join(", ")}`),
    ...(hosts.isPartial ? ["hosts: not all text was looked through"] : []),
    ...(diff.secrets ?? []).map((secret) => `secret ${secret.name}: ${secret.before} -> ${secret.after}, now ${secret.now}`),
    ...diff.files.flatMap(renderFile),
    ...(diff.filesMore > 0 ? [`and ${diff.filesMore} files more`] : []),
    ...(diff.isMasked ? ["something is masked"] : []),
    "",
  ].join("\n");
}

function renderFile(file: FileChange): string[] {
  const counts = file.added === null ? "" : ` +${file.added} -${file.removed}`;
  const sizes = `${file.beforeBytes ?? "none"} -> ${file.afterBytes ?? "none"} bytes`;
  return [
    `file ${file.path} ${file.change}, ${sizes}${counts}${file.leftOut ? `, no lines: ${file.leftOut}` : ""}${file.isCut ? ", cut" : ""}`,
    ...(file.hunks ?? []).flatMap(({ lines }) => [
      "  ...",
      ...lines.slice(0, linesShown).map((line) => `  ${line.before ?? "."} ${line.after ?? "."} ${marks[line.kind]}${line.text}`),
      ...(lines.length > linesShown ? [`  and ${lines.length - linesShown} lines more`] : []),
    ]),
  ];
}

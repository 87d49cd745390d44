// Which secrets a version would start with, and with which it last ran: values are never brought back, each start takes today's.
import type { SecretChange, VersionDiff } from "~/server/deployments/compare.contract";

type Props = { diff: VersionDiff; secrets: readonly SecretChange[] };

export function SecretChanges({ diff, secrets }: Props) {
  return (
    <ul>
      {secrets.map((secret) => (
        <li key={secret.name}>
          <code className="break-all font-mono text-[0.8125rem]">{secret.name}</code> {secretWords(secret, versionWord(diff))}
        </li>
      ))}
    </ul>
  );
}

function versionWord({ after }: VersionDiff): string {
  return after.version === null ? "it" : `v${after.version}`;
}

function secretWords({ before, after, now }: SecretChange, version: string): string {
  if (after === null) return `is not given to ${version}`;
  if (now === null) return `is not set any more; ${version} was last given its version ${after}`;
  if (now !== after)
    return `was changed since: ${version} was last given its version ${after}, and would start with version ${now}`;
  return before === null
    ? `is given to ${version} only, as version ${now}`
    : `is version ${now} today; the other one was last given its version ${before}`;
}

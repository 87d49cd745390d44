// What pasted text would set: keys with what becomes of them, and what cannot be set with the reason. Never a value.
import { StateMark } from "~/app/ui/state-mark";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import type { EnvEntry, EnvRefusal } from "./parse-env-text";

type Props = { entries: EnvEntry[]; refusals: EnvRefusal[]; secrets: SecretItem[] };

export function EnvPreview({ entries, refusals, secrets }: Props) {
  const known = new Map(secrets.map((secret) => [secret.name, secret]));
  return (
    <div aria-live="polite" className="grid grid-cols-1 gap-3 text-sm">
      {entries.length > 0 ? (
        <ul className="max-h-48 divide-y divide-line overflow-y-auto rounded-md border border-line">
          {entries.map(({ name }) => (
            <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5">
              <code className="min-w-0 flex-1 break-all font-mono text-[0.8125rem] text-ink">{name}</code>
              <span className="text-ink-3 text-xs">{fateOf(known.get(name))}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {refusals.length > 0 ? (
        <div className="rounded-md border border-working/30 bg-working-soft px-3 py-2">
          <StateMark tone="failed">
            {refusals.length === 1 ? "1 line is left out" : `${refusals.length} lines are left out`}
          </StateMark>
          <ul className="mt-1 max-h-32 overflow-y-auto">
            {refusals.map(({ name, line, reason }) => (
              <li key={`${line} ${name} ${reason}`} className="break-words text-ink-2">
                Line {line}
                {name ? (
                  <>
                    , <code className="break-all font-mono text-[0.8125rem] text-ink">{name}</code>
                  </>
                ) : null}
                : {reason}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

function fateOf(secret: SecretItem | undefined): string {
  if (!secret) return "new; no version names it";
  if (secret.isSet) return `replaces v${secret.version}`;
  return secret.isRequired ? "was missing" : "new";
}

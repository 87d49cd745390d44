// What is different in one version against another, in a few lines: what it may touch first, then what it is made of.
import { FileCode, FileJson, Globe, KeyRound, type LucideIcon, Server, ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";
import { countOf } from "~/app/ui/measures";
import { Tag } from "~/app/ui/tag";
import type { VersionDiff } from "~/server/deployments/compare.contract";
import { runtimeWords } from "./deployment-words";
import { SecretChanges } from "./secret-changes";

export function ChangesSummary({ diff }: { diff: VersionDiff }) {
  const lines = linesOf(diff);
  if (lines.length === 0) return <p className="text-ink-2 text-sm">The same bundle, with the same secrets.</p>;
  return (
    <ul className="grid grid-cols-1 gap-3.5 text-sm">
      {lines.map(({ icon: Icon, name, what }) => (
        <li key={name} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3">
          <Icon aria-hidden="true" className="mt-1 size-4 text-ink-3" />
          <div className="min-w-0">
            <p className="text-[0.8125rem] text-ink-3 leading-6">{name}</p>
            {what}
          </div>
        </li>
      ))}
    </ul>
  );
}

type Line = { icon: LucideIcon; name: string; what: ReactNode };

function linesOf(diff: VersionDiff): Line[] {
  const { hosts, network, keys, secrets, before, after } = diff;
  const others = diff.manifest.filter(({ path }) => !/^(env|network)\./.test(path));
  const lines: (Line | null)[] = [
    hosts.added.length > 0 ? { icon: ShieldAlert, name: "Newly named in the code", what: <Hosts hosts={hosts.added} /> } : null,
    network ? { icon: Globe, name: "May reach", what: <Network network={network} /> } : null,
    keys.length > 0 ? { icon: KeyRound, name: "Keys in the manifest", what: <Keys keys={keys} /> } : null,
    secrets && secrets.length > 0
      ? { icon: KeyRound, name: "Secrets", what: <SecretChanges diff={diff} secrets={secrets} /> }
      : null,
    before.runtime !== after.runtime
      ? { icon: Server, name: "Runtime", what: <Moves from={runtimeWords[before.runtime]} to={runtimeWords[after.runtime]} /> }
      : null,
    others.length > 0 ? { icon: FileJson, name: "Manifest", what: <Fields fields={others} /> } : null,
    diff.files.length > 0 ? { icon: FileCode, name: "Files", what: <p>{fileWords(diff)}</p> } : null,
    hosts.removed.length > 0
      ? {
          icon: Globe,
          name: "Not named any more",
          what: <Hosts hosts={hosts.removed.map((host) => ({ ...host, mayReach: true }))} />,
        }
      : null,
  ];
  return lines.filter((line) => line !== null);
}

function Hosts({ hosts }: { hosts: VersionDiff["hosts"]["added"] }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {hosts.map(({ host, mayReach, files }) => (
        <li key={host} title={`In ${files.join(", ")}`} className="flex flex-wrap items-center gap-x-1.5">
          <Tag isMono className="h-auto min-h-6 max-w-full whitespace-normal break-all text-xs">
            {host}
          </Tag>
          {mayReach ? null : <span className="text-working text-xs">refused by network.allow</span>}
        </li>
      ))}
    </ul>
  );
}

function Network({ network }: { network: NonNullable<VersionDiff["network"]> }) {
  const { before, after, added, removed } = network;
  if (after === null) return <p className="text-working">any public host; before only {before?.join(", ") || "none"}</p>;
  return (
    <p className="break-words">
      {before === null ? `only ${after.join(", ") || "no host"}; before any public host` : null}
      {before !== null && added.length > 0 ? <span className="block">also {added.join(", ")}</span> : null}
      {before !== null && removed.length > 0 ? <span className="block">no longer {removed.join(", ")}</span> : null}
    </p>
  );
}

function Keys({ keys }: { keys: VersionDiff["keys"] }) {
  return (
    <ul>
      {keys.map(({ name, before, after }) => (
        <li key={name}>
          <code className="break-all font-mono text-[0.8125rem]">{name}</code> {keyWords(before, after)}
        </li>
      ))}
    </ul>
  );
}

function keyWords(before: string | null, after: string | null): string {
  if (before === null) return `is new, ${after}`;
  return after === null ? "is not asked for any more" : `is ${after} now`;
}

function Fields({ fields }: { fields: VersionDiff["manifest"] }) {
  return (
    <ul>
      {fields.map(({ path, before, after }) => (
        <li key={path} className="break-words">
          <code className="font-mono text-[0.8125rem]">{path}</code> <Moves from={before ?? "absent"} to={after ?? "absent"} />
        </li>
      ))}
    </ul>
  );
}

function Moves({ from, to }: { from: string; to: string }) {
  return (
    <span className="tabular">
      <span className="text-ink-3">{from}</span> <span className="sr-only">becomes</span>
      <span aria-hidden="true" className="text-ink-3">
        →
      </span>{" "}
      {to}
    </span>
  );
}

function fileWords({ files, filesMore }: VersionDiff): string {
  const count = (change: string) => files.filter((file) => file.change === change).length;
  const parts = [
    [count("changed") + filesMore, "changed"],
    [count("added"), "added"],
    [count("removed"), "removed"],
  ] as const;
  const lines = files.reduce(
    (sum, file) => ({ added: sum.added + (file.added ?? 0), removed: sum.removed + (file.removed ?? 0) }),
    {
      added: 0,
      removed: 0,
    },
  );
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${countOf(number, "file")} ${word}`);
  const counted = lines.added + lines.removed > 0 ? `: ${countOf(lines.added, "line")} added, ${lines.removed} removed` : "";
  return said.join(", ") + counted;
}

// The repository, ref and commit that a bundle was made of, leading to exactly that state of it.
import type { UploadSource } from "~/server/bundles/bundles.contract";

export function SourceLink({ source: { host, owner, repo, ref, commit } }: { source: UploadSource }) {
  const address = `https://${host}/${owner}/${repo}`;
  const isDefault = ref === "HEAD";
  return (
    <span className="break-all">
      <a
        href={commit ? `${address}/tree/${commit}` : address}
        rel="noreferrer noopener"
        target="_blank"
        className="underline underline-offset-2"
      >
        {owner}/{repo}
      </a>
      , {isDefault ? "default branch" : <code className="font-mono text-[0.8125rem]">{ref}</code>}
      {commit ? (
        <>
          {" "}
          at{" "}
          <code className="font-mono text-[0.8125rem]" title={commit}>
            {commit.slice(0, 12)}
          </code>
        </>
      ) : null}
    </span>
  );
}

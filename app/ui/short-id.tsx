// An id, shortened; whole on hover, copied by a click.
import { Check } from "lucide-react";
import { classNames } from "./class-names";
import { useCopy } from "./copy-button";

export function ShortId({ id, className }: { id: string; className?: string }) {
  const { outcome, copy } = useCopy(id);
  return (
    <button
      type="button"
      onClick={copy}
      title={`${id}\nClick to copy`}
      className={classNames(
        "-mx-1 inline-flex h-6 items-center gap-1 whitespace-nowrap rounded px-1 font-mono text-ink-3 text-xs transition-colors hover:bg-hover hover:text-ink",
        className,
      )}
    >
      {shortened(id)}
      <span className="sr-only">, copy</span>
      {outcome === "copied" ? <Check aria-hidden="true" className="size-3 text-live" /> : null}
      <span role="status" className="sr-only">
        {outcome === "copied" ? "Copied" : ""}
      </span>
    </button>
  );
}

/** Prefix and the last six characters: ids sort by time, so their beginnings look alike. */
export function shortened(id: string): string {
  const [prefix, rest] = id.split("_");
  return rest && rest.length > 8 ? `${prefix}_…${rest.slice(-6)}` : id;
}

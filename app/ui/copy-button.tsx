// Copies a text and says so.
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { classNames } from "./class-names";

type Props = { text: string; label: string; children?: string; className?: string };

export function CopyButton({ text, label, children, className }: Props) {
  const { outcome, copy } = useCopy(text);
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={children ? undefined : label}
      title={label}
      className={classNames(
        "inline-flex h-7 min-w-7 shrink-0 items-center justify-center gap-1.5 rounded px-1.5 text-ink-3 text-xs transition-colors hover:bg-hover hover:text-ink",
        className,
      )}
    >
      <Icon aria-hidden="true" className={classNames("size-3.5", outcome === "copied" && "text-live")} />
      {children}
      <span role="status" className="sr-only">
        {outcome === "copied" ? "Copied" : outcome === "refused" ? "The browser refused to copy" : ""}
      </span>
    </button>
  );
}

const shownMs = 1_600;

export function useCopy(text: string) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    ) ?? setOutcome("refused");
  };
  return { outcome, copy };
}

// Whether the platform is ready, asked now and then while somebody looks.
import { useEffect, useState } from "react";
import { classNames } from "~/app/ui/class-names";

type Health = "asking" | "ready" | "degraded" | "unreachable";

const words: Record<Health, { text: string; dot: string }> = {
  asking: { text: "Checking", dot: "bg-line-strong" },
  ready: { text: "Operational", dot: "bg-live" },
  degraded: { text: "Degraded", dot: "bg-working" },
  unreachable: { text: "Unreachable", dot: "bg-failed" },
};

const everyMs = 60_000;
const timeoutMs = 5_000;

export function PlatformStatus() {
  const [health, setHealth] = useState<Health>("asking");
  useEffect(() => {
    let isGone = false;
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      const found = await askReadiness();
      if (!isGone) setHealth(found);
    };
    void look();
    const timer = setInterval(look, everyMs);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      isGone = true;
      clearInterval(timer);
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  const { text, dot } = words[health];
  return (
    <p role="status" className="flex h-8 items-center gap-2 px-1 text-ink-3 text-xs">
      <span aria-hidden="true" className={classNames("size-1.5 rounded-full", dot)} />
      <span className="max-md:sr-only">{text}</span>
    </p>
  );
}

async function askReadiness(): Promise<Health> {
  try {
    const answer = await fetch("/readyz", { signal: AbortSignal.timeout(timeoutMs), cache: "no-store" });
    return answer.ok ? "ready" : "degraded";
  } catch {
    return "unreachable";
  }
}

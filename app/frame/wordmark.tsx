// The mark and the name.
import { classNames } from "~/app/ui/class-names";

export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={classNames("size-5 fill-ink", className)}>
      <path
        fillRule="evenodd"
        d="M8 2h16a6 6 0 0 1 6 6v16a6 6 0 0 1-6 6H8a6 6 0 0 1-6-6V8a6 6 0 0 1 6-6Zm0 3.500A2.500 2.500 0 0 0 5.500 8v16A2.500 2.500 0 0 0 8 26.500h16a2.500 2.500 0 0 0 2.500-2.500V8A2.500 2.500 0 0 0 24 5.500H8Z"
      />
      <circle cx="20" cy="20" r="4.500" className="fill-accent" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-[0.9375rem] text-ink tracking-tight">
      <Mark />
      webhost<span className="-ml-2 text-ink-3">.systems</span>
    </span>
  );
}

// The line between two ways to do the same.
export function OrLine() {
  return (
    <div className="my-5 flex items-center gap-3 text-ink-3 text-xs" aria-hidden="true">
      <span className="h-px flex-1 bg-line" />
      or
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

// A row of small bars: the shape of the last hours, not their numbers.
export function SparkLine({ values, label }: { values: number[]; label: string }) {
  const highest = Math.max(1, ...values);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * 4} 20`}
      className="h-5 w-24 text-accent"
      preserveAspectRatio="none"
    >
      {values.map((value, at) => {
        const height = value === 0 ? 1 : Math.max(2, (value / highest) * 20);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the row.
            key={at}
            x={at * 4}
            y={20 - height}
            width={3}
            height={height}
            className={value === 0 ? "fill-line-strong" : "fill-accent"}
          />
        );
      })}
    </svg>
  );
}

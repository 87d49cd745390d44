// The frozen word by which lines are partitioned: for how many days they are kept, for example `d30`.
export function logClassOf(days: number): string {
  return `d${days}`;
}

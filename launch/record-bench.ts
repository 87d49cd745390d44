// What a measurement said, kept in docs/benchmarks.md: its verdicts, with the day and the machine, in the place of the ones before.

export type BenchRun = {
  name: string;
  /** The first line of its file. */
  about: string;
  output: string;
  day: string;
};

type Verdict = { isMet: boolean; figure: string; goal: string };

/** The document with this run in it. Runs stand in the order of their names. */
export function recordBench(document: string, run: BenchRun): string {
  const [head = "", ...sections] = document.split(/^(?=## )/m);
  const others = sections.map((section) => `${section.trim()}\n`).filter((section) => nameOf(section) !== run.name);
  const all = [...others, sectionOf(run)].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
  return `${head.trim()}\n\n${all.join("\n")}`;
}

function nameOf(section: string): string {
  return /^## (\S+)/.exec(section)?.[1] ?? "";
}

function sectionOf({ name, about, output, day }: BenchRun): string {
  const machine = /^.*\bcores\b.*$/m.exec(output)?.[0].trim() ?? "machine not said";
  const rows = verdictsOf(output).map(({ isMet, figure, goal }) => `| ${isMet ? "ok" : "**miss**"} | ${figure} | ${goal} |`);
  return `## ${name}
${about}

\`node launch/bootstrap.mjs bench ${name}\` · ${day} · ${machine}

| | measured | goal |
|---|---|---|
${rows.join("\n")}
`;
}

/** Lines that begin with a verdict; what the goal was stands in their last parentheses. */
function verdictsOf(output: string): Verdict[] {
  return output.split("\n").flatMap((line) => {
    const [, word, said] = /^(ok|MISS) +(.+)$/.exec(line.trimEnd()) ?? [];
    if (!word || !said) return [];
    const [, figure = said, goal = ""] = /^(.*?),? \(?goal:? ([^()]*)\)?$/.exec(said) ?? [];
    return [{ isMet: word === "ok", figure: cell(figure), goal: cell(goal) }];
  });
}

function cell(text: string): string {
  return text.trim().replaceAll(/ {2,}/g, " ").replaceAll("|", "\\|");
}

// Does any file of the repository hold something that looks like a real secret (MISSION F7)?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckOptions, Finding } from "./check";
import { findSecrets } from "./find-secrets";
import { listProjectFiles } from "./list-project-files";

const binary = /\.(png|jpe?g|gif|webp|ico|woff2?|zip|gz|pdf)$/;

export async function checkSecrets({ root }: CheckOptions): Promise<Finding[]> {
  const paths = (await listProjectFiles(root)).filter((path) => !binary.test(path));
  const findings: Finding[] = [];
  for (const path of paths) {
    for (const { line, kind } of findSecrets(await readFile(join(root, path), "utf8"))) {
      findings.push({
        where: `${path}:${line}`,
        what: `looks like ${kind}`,
        mend: "Revoke it if it is real. A sample says so: it contains the word example, fake, test or canary.",
      });
    }
  }
  return findings;
}

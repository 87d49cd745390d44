// A public repository at GitHub as a caller names it: judged letter by letter, so that nothing but GitHub is ever asked (MISSION C7, T7).
import { invalidField } from "~/server/errors";

export type GithubSource = {
  owner: string;
  repo: string;
  /** A branch, a tag or a commit; `HEAD` is the repository's default branch. */
  ref: string;
};

/** Not by a URL parser: it would forgive spellings (user info, ports, look-alike letters, dots) that lead elsewhere. */
const repositoryPattern = /^https:\/\/github\.com\/([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?\/?$/;
const refPattern = /^[A-Za-z0-9._/+@-]{1,200}$/;
const longRefPattern = /^refs\/(heads|tags)\/./;
/** What git itself takes in no part of a ref (git-check-ref-format). */
const badPart = /^$|^\.|\.$|\.\.|\.lock$/;

/** Throws `INVALID_REQUEST` with the field and its mend; looks nothing up. */
export function parseGithubSource(input: { url: string; ref: string }): GithubSource {
  const [, owner = "", repo = ""] = repositoryPattern.exec(input.url) ?? [];
  if (!owner || !repo || /^\.+$|\.git$/i.test(repo)) throw refusedUrl();
  const ref = input.ref || "HEAD";
  if (!isRef(ref)) throw refusedRef();
  return { owner, repo, ref };
}

function isRef(ref: string): boolean {
  if (!refPattern.test(ref) || ref.startsWith("-") || ref === "@") return false;
  if (ref.startsWith("refs/") && !longRefPattern.test(ref)) return false;
  return !ref.split("/").some((part) => badPart.test(part));
}

function refusedUrl() {
  const message =
    "Write a public repository as https://github.com/owner/repository, with nothing before or behind it; a branch, tag or commit goes into the field ref.";
  return invalidField("url", message, "github_url_invalid");
}

function refusedRef() {
  const message =
    "Write a branch, a tag or a commit as GitHub shows it, for example main, v1.2.0 or the 40 digits of a commit; letters, digits and . _ / + @ - are taken. Leave it empty for the default branch.";
  return invalidField("ref", message, "github_ref_invalid");
}

// Why a repository could not be fetched: one closed word for programs and one sentence for people.
import { AppError, type ErrorDetails, invalidField } from "~/server/errors";
import { GuardedFetchError } from "~/server/net/guarded-fetch-error";
import type { GithubSource } from "./github-source";

const waitSecondsMax = 3_600;
const waitSecondsUsual = 60;

export function repositoryMissing({ owner, repo }: GithubSource): AppError {
  const message = `GitHub has no public repository ${owner}/${repo}. Check the spelling; a private one cannot be fetched from here: upload it as a zip, or send it from its own pipeline.`;
  return invalidField("url", message, "github_repository_not_found");
}

export function repositoryMoved({ owner, repo }: GithubSource, movedTo: string | null): AppError {
  const now = movedTo ? `GitHub now leads to ${movedTo}` : "GitHub leads elsewhere";
  const message = `${owner}/${repo} has moved: ${now}. Write the present address, if you trust it.`;
  return invalidField("url", message, "github_repository_moved");
}

export function refMissing({ owner, repo, ref }: GithubSource): AppError {
  const message =
    ref === "HEAD"
      ? `${owner}/${repo} holds no commit yet. Push one, or name a branch that has one.`
      : `${owner}/${repo} has no branch, tag or commit ${ref}. Check the spelling, capital letters too.`;
  return invalidField("ref", message, "github_ref_not_found");
}

export function refAmbiguous({ ref }: GithubSource): AppError {
  const message = `${ref} is both a branch and a tag. Write refs/heads/${ref} for the branch or refs/tags/${ref} for the tag.`;
  return invalidField("ref", message, "github_ref_ambiguous");
}

export function otherCommit({ ref }: GithubSource): AppError {
  const message = `GitHub sent another commit than ${ref}. Nothing was kept; try again.`;
  return new AppError("INTERNAL", message, { details: { reason: "github_other_commit", overloaded: true } });
}

export function rateLimitedByGithub(retryAfter: string | undefined): AppError {
  const asked = /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) : waitSecondsUsual;
  const retryAfterSeconds = Math.min(Math.max(asked, 1), waitSecondsMax);
  return new AppError("RATE_LIMITED", "GitHub asks us to wait before the next repository is fetched. Try again later.", {
    details: { reason: "github_rate_limited", retryAfterSeconds },
  });
}

export function repositoryBlocked({ owner, repo }: GithubSource): AppError {
  return invalidField("url", `GitHub has closed access to ${owner}/${repo}. Ask its owner.`, "github_repository_blocked");
}

/** `what` is ours to read, in the log. */
export function unexpectedFromGithub(what: string): AppError {
  return unavailable("GitHub did not answer as it should.", "github_unexpected", new Error(what));
}

/** What broke on the way, said as GitHub's or the network's; passes other errors through. */
export function githubFailure(thrown: unknown): unknown {
  if (!(thrown instanceof GuardedFetchError)) return thrown;
  if (thrown.reason === "timed_out") return unavailable("GitHub answered too slowly.", "github_timed_out", thrown);
  if (thrown.reason === "too_large") {
    return new AppError("PAYLOAD_TOO_LARGE", "The repository is larger than any bundle may be. Upload what the agent needs.");
  }
  return unavailable("GitHub could not be reached.", "github_unreachable", thrown);
}

function unavailable(what: string, reason: NonNullable<ErrorDetails["reason"]>, cause: unknown): AppError {
  const message = `${what} Nothing was kept. Try again in a few minutes, or upload a zip.`;
  return new AppError("INTERNAL", message, { details: { reason, overloaded: true }, cause });
}

// Asks GitHub for a repository's zip: one request to github.com, one redirect to its archive host, each address checked (MISSION C7).
import { fetchGuarded, type GuardedAnswer } from "~/server/net/fetch-guarded";
import type { Services } from "~/server/services";
import {
  rateLimitedByGithub,
  refAmbiguous,
  refMissing,
  repositoryBlocked,
  repositoryMissing,
  repositoryMoved,
  unexpectedFromGithub,
} from "./github-refusal";
import type { GithubSource } from "./github-source";

type Needs = Pick<Services, "config">;

/** Below the lease of an idempotency key, with time left for the check. */
const downloadMsMax = 40_000;
const idleMs = 15_000;
/** More than any plan allows: the plan's own cap is kept where the bytes are written. */
const archiveBytesMax = 1024 ** 3;

/**
 * The answer's body is the zip; close it. The address behind `/archive/` is GitHub's documented one and counts against no limit of
 * its API. Rejects with an `AppError`, or `GuardedFetchError` when GitHub cannot be asked.
 */
export async function openGithubArchive(needs: Needs, source: GithubSource): Promise<GuardedAnswer> {
  const { web } = needs.config.github;
  const { owner, repo, ref } = source;
  const door = await ask(needs, new URL(`/${owner}/${repo}/archive/${ref}.zip`, web));
  await door.close();
  if (!isRedirect(door.status)) throw await refusalOf(needs, source, door);
  const archive = await ask(needs, archivePlace(needs, source, door.headers.location));
  if (archive.status === 200 && /^application\/zip\b/i.test(archive.headers["content-type"] ?? "")) return archive;
  await archive.close();
  throw archive.status === 200 || isRedirect(archive.status)
    ? unexpectedFromGithub(`the archive host answered ${archive.status}, ${archive.headers["content-type"]}`)
    : await refusalOf(needs, source, archive);
}

function ask({ config }: Needs, url: URL, method: "GET" | "HEAD" = "GET"): Promise<GuardedAnswer> {
  const { web, archive } = config.github;
  const origins = [web.origin, archive.origin];
  return fetchGuarded(config.network, url, { method, origins, timeoutMs: downloadMsMax, idleMs, bytesMax: archiveBytesMax });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Pinned: the archive host, and there this repository's zip. */
function archivePlace({ config }: Needs, source: GithubSource, location: string | undefined): URL {
  const { web, archive } = config.github;
  if (!location || !URL.canParse(location, web)) throw unexpectedFromGithub("a redirect without an address");
  const place = new URL(location, web);
  if (place.origin === web.origin) throw repositoryMoved(source, movedTo(place));
  const isPlain = place.origin === archive.origin && place.username === "" && place.password === "";
  const expected = `/${source.owner}/${source.repo}/zip/`.toLowerCase();
  if (isPlain && place.pathname.toLowerCase().startsWith(expected)) return place;
  throw unexpectedFromGithub(`a redirect to ${place.origin}`);
}

/** Shown to people, so only when it looks like a repository. */
function movedTo(place: URL): string | null {
  const [, owner, repo] = /^\/([A-Za-z0-9-]{1,39})\/([A-Za-z0-9._-]{1,100})\/archive\//.exec(place.pathname) ?? [];
  return owner && repo ? `https://github.com/${owner}/${repo}` : null;
}

async function refusalOf(needs: Needs, source: GithubSource, answer: GuardedAnswer): Promise<unknown> {
  const { status, headers } = answer;
  if (status === 404) return missing(needs, source);
  if (status === 300) return refAmbiguous(source);
  const retryAfter = headers["retry-after"];
  if (status === 429 || (status === 403 && retryAfter !== undefined)) return rateLimitedByGithub(retryAfter);
  if (status === 403 || status === 451) return repositoryBlocked(source);
  return unexpectedFromGithub(`GitHub answered ${status}`);
}

/** GitHub answers a missing ref as it answers a missing repository; the repository's page tells them apart. */
async function missing(needs: Needs, source: GithubSource): Promise<unknown> {
  const page = await ask(needs, new URL(`/${source.owner}/${source.repo}`, needs.config.github.web), "HEAD");
  await page.close();
  if (page.status === 200) return refMissing(source);
  if (page.status === 404) return repositoryMissing(source);
  return isRedirect(page.status) ? repositoryMoved(source, null) : refusalOf(needs, source, page);
}

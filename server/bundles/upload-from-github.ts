// Takes in a public repository as if the caller had uploaded GitHub's zip of it: the same cap, the same check, and where it is from.
import type { WorkspaceScope } from "~/server/auth/scope";
import { limitRate, type RateRule } from "~/server/rate-limit/limit-rate";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import type { GithubUploadInput, UploadItem } from "./bundles.contract";
import { githubFailure } from "./github-refusal";
import { type GithubSource, parseGithubSource } from "./github-source";
import { openGithubArchive } from "./open-github-archive";
import { receiveUpload } from "./receive-upload";

type Needs = Parameters<typeof receiveUpload>[0] & Pick<Services, "redis">;

/** A workspace must not use up the patience that GitHub has with the whole house. */
const fetched: RateRule = { name: "github_fetch", points: 30, windowSeconds: 600 };
const fetchesAtOnceMax = 3;
const fetches = new Slots((max) => `This workspace already fetches ${max} repositories at once. Wait until one of them is here.`);

/** The download keeps its own deadline, which says more than the door's. */
const unhurried = { idleMs: 60_000, bytesPerSecondMin: 1, graceMs: 60_000 };

/** Rejects with `INVALID_REQUEST` (`details.reason`: `github_…`, or as {@link receiveUpload}), `RATE_LIMITED`, `PAYLOAD_TOO_LARGE`. */
export async function uploadFromGithub(needs: Needs, scope: WorkspaceScope, input: GithubUploadInput): Promise<UploadItem> {
  const source = parseGithubSource(input);
  await limitRate(needs, [{ rule: fetched, subject: scope.workspaceId }]);
  const release = fetches.take(scope.workspaceId, fetchesAtOnceMax);
  try {
    return await fetchAndReceive(needs, scope, source);
  } catch (thrown) {
    throw githubFailure(thrown);
  } finally {
    release();
  }
}

async function fetchAndReceive(needs: Needs, scope: WorkspaceScope, source: GithubSource): Promise<UploadItem> {
  const archive = await openGithubArchive(needs, source);
  try {
    const announced = Number(archive.headers["content-length"]);
    return await receiveUpload(needs, scope, {
      fileName: fileNameOf(source),
      stream: saidPlainly(archive.body),
      contentLength: Number.isSafeInteger(announced) ? announced : undefined,
      pace: unhurried,
      source,
    });
  } finally {
    await archive.close();
  }
}

/** The door takes a stream's own error for a sender who went away. */
async function* saidPlainly(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw githubFailure(thrown);
  }
}

function fileNameOf({ repo, ref }: GithubSource): string {
  const version = ref === "HEAD" ? "" : `-${ref.replace(/^refs\/(heads|tags)\//, "").replaceAll("/", "-")}`;
  return `${repo}${version}.zip`;
}

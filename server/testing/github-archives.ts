// GitHub as far as a fetched repository sees it: github.com and its archive host, over TLS on loopback, strict about what it is asked.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import { generate } from "selfsigned";
import type { Config } from "~/server/config";
import type { Network } from "~/server/net/network";
import { createTestManifest } from "./factories";

export type GithubArchives = {
  /** What a test's configuration says of GitHub and of the network. */
  config: Pick<Config, "github" | "network">;
  port: number;
  /** `owner/repo@ref` → the zip; names a repository by being there. */
  archives: Map<string, Uint8Array>;
  /** Repositories without the ref that is asked for. */
  repositories: Set<string>;
  /** `host path` of every request that came. */
  asked: string[];
  /** Every name that was looked up. */
  lookedUp: string[];
  /** What a name leads to, call after call; else loopback. */
  answers: Map<string, string[]>;
  /** Answers a request in the stand-in's place; false lets it pass. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  reset(): void;
  close(): Promise<void>;
};

const web = "github.com";
const archive = "codeload.github.com";

export async function startGithubArchives(): Promise<GithubArchives> {
  const names = [web, archive].map((value) => ({ type: 2 as const, value }));
  const pems = await generate([{ name: "commonName", value: web }], {
    keySize: 2048,
    extensions: [{ name: "subjectAltName", altNames: names }],
  });
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    github.asked.push(`${request.headers.host?.split(":")[0]} ${request.url}`);
    if (!github.misbehave?.(request, response)) answer(github, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const github: GithubArchives = {
    config: {
      github: { web: new URL(`https://${web}:${port}`), archive: new URL(`https://${archive}:${port}`) },
      network: { allowLoopback: true, certificateAuthority: pems.cert, resolve: (host) => lookUp(github, host) },
    },
    port,
    archives: new Map(),
    repositories: new Set(),
    asked: [],
    lookedUp: [],
    answers: new Map(),
    misbehave: null,
    reset() {
      for (const kept of [github.archives, github.repositories, github.answers]) kept.clear();
      github.asked.length = 0;
      github.lookedUp.length = 0;
      github.misbehave = null;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return github;
}

const lookUp = async (github: GithubArchives, host: string): ReturnType<Network["resolve"]> => {
  github.lookedUp.push(host);
  const address = github.answers.get(host)?.shift() ?? "127.0.0.1";
  return [{ address, family: address.includes(":") ? 6 : 4 }];
};

/** As GitHub: `/archive/` leads to the archive host, `/zip/` is the zip; whatever else is asked is not there. */
function answer(github: GithubArchives, request: IncomingMessage, response: ServerResponse): void {
  const [host = ""] = (request.headers.host ?? "").split(":");
  const path = request.url ?? "";
  const sent = /^\/([^/]+\/[^/]+)\/zip\/(.+)$/.exec(path);
  const named = /^\/([^/]+\/[^/]+)\/archive\/(.+)\.zip$/.exec(path);
  const zip = github.archives.get(`${sent?.[1]}@${sent?.[2]}`);
  if (host === archive && zip) return void response.writeHead(200, { "content-type": "application/zip" }).end(zip);
  if (host === web && named && github.archives.has(`${named[1]}@${named[2]}`)) {
    const location = `https://${archive}:${github.port}/${named[1]}/zip/${named[2]}`;
    return void response.writeHead(302, { location }).end();
  }
  const isPage = host === web && request.method === "HEAD" && github.repositories.has(path.slice(1));
  response.writeHead(isPage ? 200 : 404, { "content-type": "text/html" }).end();
}

/** A zip as `git archive` makes it: one top folder, and the commit as the archive's comment. */
export function gitArchive(commit: string, files: Record<string, string> = {}, top = "agent-main"): Uint8Array {
  const texts = {
    "agent.config.json": JSON.stringify(createTestManifest()),
    "index.ts": `export default async () => "hello";`,
    ...files,
  };
  const named = Object.entries(texts).map(([path, text]) => [`${top}/${path}`, new TextEncoder().encode(text)]);
  const zip = Buffer.from(zipSync(Object.fromEntries(named)));
  zip.writeUInt16LE(commit.length, zip.length - 2);
  return Buffer.concat([zip, Buffer.from(commit, "latin1")]);
}

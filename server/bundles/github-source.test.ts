// Only a repository's plain address and a ref that git itself could hold are taken; everything else is refused by its letters alone.
import { describe, expect, it } from "vitest";
import { parseGithubSource } from "./github-source";

describe("an address", () => {
  it.each([
    ["https://github.com/octo-org/agent", "octo-org", "agent"],
    ["https://github.com/o/.github", "o", ".github"],
    ["https://github.com/o/a.b_c-d", "o", "a.b_c-d"],
    ["https://github.com/o/agent.git", "o", "agent"],
    ["https://github.com/o/agent/", "o", "agent"],
  ])("%s is taken", (url, owner, repo) => {
    expect(parseGithubSource({ url, ref: "" })).toEqual({ owner, repo, ref: "HEAD" });
  });

  it.each([
    "",
    "github.com/o/r",
    "http://github.com/o/r",
    "HTTPS://GITHUB.COM/o/r",
    "https://GitHub.com/o/r",
    "https://www.github.com/o/r",
    "https://api.github.com/o/r",
    "https://codeload.github.com/o/r",
    "https://gist.github.com/o/r",
    "https://github.com.evil.tld/o/r",
    "https://evil.tld/github.com/o/r",
    "https://evil.tld#https://github.com/o/r",
    "https://github.com@evil.tld/o/r",
    "https://user@github.com/o/r",
    "https://user:pass@github.com/o/r",
    "https://github.com:443/o/r",
    "https://github.com:8443/o/r",
    "https://github.com./o/r",
    "https://github.com\\@evil.tld/o/r",
    "https:/github.com/o/r",
    "https:github.com/o/r",
    "//github.com/o/r",
    "git@github.com:o/r.git",
    "ssh://git@github.com/o/r",
    "git://github.com/o/r",
    "file:///etc/passwd",
    "https://169.254.169.254/o/r",
    "https://[::1]/o/r",
    "https://gіthub.com/o/r",
    "https://github。com/o/r",
    "https://ⓖithub.com/o/r",
    "https://github.com/o",
    "https://github.com//o/r",
    "https://github.com/o//r",
    "https://github.com/o/r//",
    "https://github.com/o/r/tree/main",
    "https://github.com/o/r?x=1",
    "https://github.com/o/r#x",
    "https://github.com/../r",
    "https://github.com/o/..",
    "https://github.com/o/.",
    "https://github.com/o/...",
    "https://github.com/o/.git",
    "https://github.com/o/r.git.git",
    "https://github.com/o/%2e%2e",
    "https://github.com/o%2Fr/x",
    "https://github.com/o/r%2F..",
    "https://github.com/-o/r",
    "https://github.com/o_o/r",
    "https://github.com/о/r",
    "https://github.com/o/r ",
    " https://github.com/o/r",
    "https://github.com/o/r\n",
    "https://github.com/o/r\u0000",
    "https://github.com/o/r\u200b",
    `https://github.com/${"o".repeat(40)}/r`,
    `https://github.com/o/${"r".repeat(101)}`,
  ])("%j is refused", (url) => {
    expect(() => parseGithubSource({ url, ref: "main" })).toThrow(
      expect.objectContaining({ code: "INVALID_REQUEST", details: expect.objectContaining({ reason: "github_url_invalid" }) }),
    );
  });
});

describe("a ref", () => {
  const url = "https://github.com/o/r";

  it.each([
    "main",
    "v1.2.0",
    "feature/new-thing",
    "dependabot/npm_and_yarn/a-1.0",
    "release@2",
    "c++",
    "refs/heads/main",
    "refs/tags/v1",
    "0123456789abcdef0123456789abcdef01234567",
  ])("%s is taken", (ref) => {
    expect(parseGithubSource({ url, ref }).ref).toBe(ref);
  });

  it.each([
    "..",
    "../main",
    "a/../b",
    "a..b",
    ".",
    ".hidden",
    "a/.b",
    "/main",
    "main/",
    "a//b",
    "main.",
    "a./b",
    "main.lock",
    "a.lock/b",
    "-x",
    "--upload-pack=x",
    "@",
    "@{1}",
    "HEAD@{1}",
    "HEAD~1",
    "HEAD^",
    "main:path",
    "a b",
    " main",
    "main\n",
    "a\\b",
    "a%2Fb",
    "a?b",
    "a#b",
    "a*b",
    "[a]",
    "refs/",
    "refs/heads",
    "refs/heads/",
    "refs/pull/1/head",
    "refs/remotes/origin/x",
    "mаin",
    "a\u0000",
    "a".repeat(201),
  ])("%j is refused", (ref) => {
    expect(() => parseGithubSource({ url, ref })).toThrow(
      expect.objectContaining({ code: "INVALID_REQUEST", details: expect.objectContaining({ reason: "github_ref_invalid" }) }),
    );
  });
});

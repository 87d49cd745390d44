// Only the address of an incoming webhook at a host of Slack's own is taken, and no refusal repeats what was written: it is a secret.
import { describe, expect, it } from "vitest";
import { slackHosts } from "~/server/config-groups";
import { isSlackUrl, parseSlackUrl } from "./parse-slack-url";

const secret = "abcdefghijklmnopqrstuvwx";
const good = `https://hooks.slack.com/services/T0AB/B1CD/${secret}`;

describe("an address", () => {
  it.each([
    [good, "hooks.slack.com"],
    [`https://HOOKS.slack.com:443/services/T0AB/B1CD/${secret}`, "hooks.slack.com"],
    [`https://hooks.slack-gov.com/services/T0AB/B1CD/${secret}`, "hooks.slack-gov.com"],
  ])("%s is taken", (url, host) => {
    expect(parseSlackUrl(url, slackHosts)).toMatchObject({ host });
    expect(isSlackUrl(new URL(url), slackHosts)).toBe(true);
  });

  it.each([
    "",
    secret,
    good.replace("https", "http"),
    good.replace("https://", ""),
    good.replace("hooks.slack.com", "hooks.slack.com.example.com"),
    good.replace("hooks.slack.com", "slack.com"),
    good.replace("hooks.slack.com", "evil-hooks.slack.com"),
    good.replace("hooks.slack.com", "hooks.slack.com:8443"),
    good.replace("hooks.slack.com", "hooks.slack.com."),
    good.replace("hooks.", "me@hooks."),
    good.replace("hooks.", "me:pass@hooks."),
    good.replace("services", "workflows"),
    good.replace("services", "triggers"),
    good.replace("services", "services/x/../y"),
    good.replace("/services/", "/"),
    good.replace("/T0AB", ""),
    good.replace("T0AB", "t0ab"),
    `${good}/`,
    `${good}/more`,
    `${good}?x=1`,
    `${good}#x`,
    `${good}%2e`,
    `${good} and more`,
    good.replace(secret, "short"),
    good.replace(secret, "x".repeat(200)),
  ])("%s is refused, with a mend and without repeating it", (url) => {
    let said = "";
    try {
      parseSlackUrl(url, slackHosts);
    } catch (thrown) {
      const { code, message, details } = thrown as { code: string; message: string; details: unknown };
      said = JSON.stringify({ code, message, details });
    }
    expect(said).toContain("INVALID_REQUEST");
    expect(said).toMatch(/hooks\.slack\.com\/services|Make an incoming webhook/);
    expect(said).not.toMatch(/abcdef|T0AB|xxxx|evil|8443/);
  });

  it("that only looks like Slack's is a receiver like any other", () => {
    expect(isSlackUrl(new URL("https://hooks.slack.com/triggers/T0/1/abc"), slackHosts)).toBe(false);
    expect(isSlackUrl(new URL("https://hooks.example.com/services/T0AB/B1CD/abcdefgh"), slackHosts)).toBe(false);
  });
});

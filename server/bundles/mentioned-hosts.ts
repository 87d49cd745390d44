// Which hosts a text names: in URLs, and as whole quoted names. What code may reach is a matter of the network's rules; this tells what it speaks of.
import { parse } from "tldts";

/** The authority of a URL, up to whatever ends it; what stands before an `@` is a login and never shown. */
const urlAuthority = /\b(?:https?|wss?):\/\/([^\s"'`<>\\/?#(){}|^,;]{1,400})/gi;
const quotedName = /["'`]([a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24})(?::\d{1,5})?["'`]/gi;
const hostShape = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Endings of domains that quoted names in code end in for other reasons: files (`main.rs`) and fields (`user.name`). */
const unlikelyEndings = new Set(
  "ai.id as be by cc do fm gl in info is it id la md mov name no pl ps py rs sh so st to ts vi zip".split(/[ .]/),
);

/** Lower case, without port; at most `hostsMax`. Takes time linear in the length of the text. */
export function mentionedHosts(text: string, hostsMax: number): Set<string> {
  const hosts = new Set<string>();
  for (const [, authority = ""] of text.matchAll(urlAuthority)) add(hosts, hostOf(authority), hostsMax);
  for (const [, name = ""] of text.matchAll(quotedName)) add(hosts, publicNameOf(name.toLowerCase()), hostsMax);
  return hosts;
}

function add(hosts: Set<string>, host: string | null, hostsMax: number): void {
  if (host !== null && hosts.size < hostsMax) hosts.add(host);
}

function hostOf(authority: string): string | null {
  const name = authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(/:\d*$/, "")
    .replace(/\.$/, "")
    .toLowerCase();
  return hostShape.test(name) ? name : null;
}

/** A quoted word is a host only when it ends as a registered public domain does. */
function publicNameOf(name: string): string | null {
  const { domain, isIcann, publicSuffix } = parse(name, { validateHostname: true });
  if (!domain || !isIcann || !publicSuffix) return null;
  const ending = publicSuffix.slice(publicSuffix.lastIndexOf(".") + 1);
  return unlikelyEndings.has(ending) ? null : name;
}

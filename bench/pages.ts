// What a browser makes of the first pages: Lighthouse's four scores and the bytes of JavaScript, on a running product.
//
// Run with: node launch/bootstrap.mjs bench pages
// Lighthouse throttles by simulation (a slow phone on a slow line), so the scores hold on a busy machine; its times do not.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import lighthouse from "lighthouse";
import { openBrowser } from "~/e2e/browser";
import { type Product, startProduct } from "~/e2e/product";
import { findFreePort } from "~/launch/free-port";

const goals = { score: 0.95, scriptBytes: 150 * 1024 };
const categories = ["performance", "accessibility", "best-practices", "seo"] as const;

const dataDir = mkdtempSync(path.join(os.tmpdir(), "whs-bench-pages-"));
const product = await startProduct({ dataDir });
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const cookie = await signIn(product);
  await judge("landing", "/");
  await judge("sign-in", "/sign-in");
  await judge("overview", await overviewPath(cookie), cookie);
} finally {
  await product.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** The operator's one-time link, followed once; answers the cookies it gave. */
async function signIn({ signInUrl }: Product): Promise<string> {
  const response = await fetch(signInUrl, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

async function overviewPath(cookie: string): Promise<string> {
  const response = await fetch(product.url, { headers: { cookie }, redirect: "manual", signal: AbortSignal.timeout(10_000) });
  return response.headers.get("location") ?? "/";
}

async function judge(name: string, place: string, cookie?: string): Promise<void> {
  const port = await findFreePort("127.0.0.1");
  const browser = await openBrowser([`--remote-debugging-port=${port}`]);
  try {
    const run = await lighthouse(new URL(place, product.url).href, {
      port: port ?? 0,
      onlyCategories: [...categories],
      logLevel: "error",
      ...(cookie ? { extraHeaders: { cookie } } : {}),
    });
    if (!run) throw new Error(`Lighthouse answered nothing for ${name}.`);
    report(name, run.lhr);
  } finally {
    await browser.close();
  }
}

type Report = NonNullable<Awaited<ReturnType<typeof lighthouse>>>["lhr"];

function report(name: string, lhr: Report): void {
  const scores = categories.map((category) => `${category} ${Math.round((lhr.categories[category]?.score ?? 0) * 100)}`);
  const items = (lhr.audits["resource-summary"]?.details as { items?: { resourceType: string; transferSize: number }[] })?.items;
  const scriptBytes = items?.find((item) => item.resourceType === "script")?.transferSize ?? 0;
  const isGood =
    categories.every((category) => (lhr.categories[category]?.score ?? 0) >= goals.score) && scriptBytes <= goals.scriptBytes;
  say(`${isGood ? "ok  " : "MISS"} ${name.padEnd(10)} ${scores.join(", ")}; scripts ${Math.round(scriptBytes / 1024)} kB`);
  const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 0.9 && !isGood);
  for (const audit of failed) say(`       ${audit.id}: ${audit.displayValue ?? audit.title}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

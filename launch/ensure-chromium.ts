// A Chromium for the browser tests: the machine's own, or, as root on Debian or Ubuntu, installed with apt-get.
import { findProgram } from "./find-program";
import { LaunchProblem } from "./problem";
import { runCommand } from "./run-command";
import { showStep } from "./show-step";

const installTimeoutMs = 600_000;

/** Throws {@link LaunchProblem} with the command that installs it when there is none and we may not install it. */
export async function ensureChromium(): Promise<void> {
  if (isInstalled()) return;
  const isRoot = process.getuid?.() === 0;
  const aptGet = findProgram("apt-get");
  if (isRoot && aptGet) {
    await showStep("Installing Chromium for the browser tests", () => install(aptGet));
    if (isInstalled()) return;
  }
  throw new LaunchProblem(
    "The browser tests need Chromium, and there is none on this machine: install it (Debian: sudo apt-get install chromium, macOS: brew install --cask chromium) and run npm test again.",
  );
}

function isInstalled(): boolean {
  return findProgram("chromium", "chromium-browser", "google-chrome") !== null;
}

async function install(aptGet: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const updated = await runCommand(aptGet, ["-q", "update"], { env, timeoutMs: installTimeoutMs });
  const args = ["-q", "-y", "--no-install-recommends", "install", "chromium"];
  const installed = await runCommand(aptGet, args, { env, timeoutMs: installTimeoutMs });
  if (installed.code === 0) return;
  const reason = (installed.stderr || updated.stderr).trim().split("\n").at(-1);
  throw new LaunchProblem(`apt-get could not install Chromium (${reason}): install it yourself and run npm test again.`);
}

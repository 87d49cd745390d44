// What this machine offers to lock a process in, found out once, and the chain of programs that does it (docs/security/sandbox.md).
import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostHealth } from "~/runtime/contract/host-protocol";

export type Sandbox = HostHealth["sandbox"] & {
  warnings: string[];
  /** Where uids of agents are taken from; null when processes run as the user of this host. */
  uids: { first: number; last: number } | null;
  /** The command line in front of workerd, and the ids that Node must set when no program does. */
  wrap(limits: { uid: number | null; dataMb: number }): { argv: string[]; spawnIds: { uid?: number; gid?: number } };
};

/** Unassigned on Debian and Ubuntu, and inside the first 65,536 ids that containers map. */
const uids = { first: 40_000, last: 59_999 };
const probeTimeoutMs = 3_000;
const fileBytesMax = 512 * 1024 * 1024;
/** An open session takes three, and stays open for some seconds after its last use. */
const openFilesMax = 8_192;

/** An agent reaches its own folders by descriptors; what others keep in these it does not even see. */
const coveredFolders = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root", "/mnt", "/media", "/srv"];
/** `hidepid` of one mount alone, and this word for it, are as old as Linux 5.8; before it would have changed the whole machine's. */
const ownProcesses = "agent /proc proc hidepid=invisible,nosuid,nodev,noexec 0 0";
/** Shells put words of their own into an environment, and an agent's is empty. */
const mountThen = 'mount -a -T "$0" && exec env -i "$@"';

export function probeSandbox(isRoot = process.getuid?.() === 0): Sandbox {
  const hasNamespace = isRoot ? works("unshare", "-n", "true") : works("unshare", "-U", "-n", "true");
  const hasSetpriv = works("setpriv", "--no-new-privs", "--pdeathsig", "KILL", ...(isRoot ? identity(uids.first) : []), "true");
  const hasPrlimit = works("prlimit", "--core=0", "true");
  const isOwnUser = isRoot;
  const mounts = isRoot ? writeMounts() : null;
  const hasMounts = mounts !== null && works("unshare", "-n", "-m", "sh", "-c", mountThen, mounts, "true");
  // Without setpriv Node changes the user before the first program runs, and that user may not make a namespace.
  const isNamespaceUsed = hasNamespace && (hasSetpriv || !isRoot);
  const areMountsUsed = isNamespaceUsed && hasMounts;
  return {
    ownUser: isOwnUser,
    networkNamespace: isNamespaceUsed,
    ownView: areMountsUsed,
    noNewPrivileges: hasSetpriv,
    resourceLimits: hasPrlimit,
    uids: isOwnUser ? uids : null,
    warnings: warningsOf({ isOwnUser, isNamespaceUsed, areMountsUsed, hasSetpriv, hasPrlimit }),
    wrap({ uid, dataMb }) {
      const argv: string[] = [];
      if (isNamespaceUsed) argv.push("unshare", ...(isRoot ? [] : ["-U"]), "-n");
      if (areMountsUsed) argv.push("-m", "sh", "-c", mountThen, mounts);
      if (hasSetpriv) argv.push("setpriv", "--no-new-privs", "--pdeathsig", "KILL", ...(uid === null ? [] : identity(uid)));
      if (hasPrlimit) {
        argv.push("prlimit", `--data=${dataMb * 1024 * 1024}`, `--nofile=${openFilesMax}`, "--core=0", `--fsize=${fileBytesMax}`);
      }
      return { argv, spawnIds: uid === null || hasSetpriv ? {} : { uid, gid: uid } };
    },
  };
}

/**
 * What is mounted in front of each agent's process, as `mount` reads it: from a file, and under a name of its own, for it skips what seems
 * to be there already. Gone when this program ends.
 */
function writeMounts(): string {
  // Root mounts what this says, for months: in a folder that everybody writes into and a cleaner tidies up, another could come to stand there.
  const folder = mkdtempSync(join(works("test", "-w", "/run") ? "/run" : tmpdir(), "whs-mounts-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const empty = coveredFolders.filter(isFolder).map((path) => `agent ${path} tmpfs ro,nosuid,nodev,noexec,size=4k,mode=755 0 0`);
  const file = join(folder, "fstab");
  writeFileSync(file, `${[ownProcesses, ...empty].join("\n")}\n`, { mode: 0o600 });
  return file;
}

function identity(uid: number): string[] {
  return [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"];
}

type Found = Record<"isOwnUser" | "isNamespaceUsed" | "areMountsUsed" | "hasSetpriv" | "hasPrlimit", boolean>;

function warningsOf(has: Found): string[] {
  const warnings: string[] = [];
  if (!has.isOwnUser) warnings.push("Agents run as the user of the agent host. Start it as root to give each its own user.");
  if (!has.isNamespaceUsed) {
    warnings.push(
      "Agents share the network of this machine; only workerd and the egress proxy hold them back. Allow `unshare -n`.",
    );
  }
  if (has.isOwnUser && !has.areMountsUsed)
    warnings.push(
      "Code that broke out of an agent would see this machine's list of processes and its shared folders. Allow `unshare -m`, on Linux 5.8 or newer.",
    );
  if (!has.hasSetpriv)
    warnings.push("setpriv is missing: processes may outlive a killed agent host until its next start. Install util-linux.");
  if (!has.hasPrlimit)
    warnings.push("prlimit is missing: memory outside the JavaScript heap is only watched. Install util-linux.");
  return warnings;
}

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: probeTimeoutMs }).status === 0;
}

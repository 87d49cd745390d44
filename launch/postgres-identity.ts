// Whom PostgreSQL runs as: it refuses root, so root lends it another user that reaches both its binaries and its data.
import { spawnSync } from "node:child_process";
import { LaunchProblem } from "./problem";

export type PostgresIdentity = { kind: "self" } | { kind: "user"; uid: number; gid: number } | { kind: "namespace" };

type Command = { command: string; args: string[]; options: { uid?: number; gid?: number } };

const probeTimeoutMs = 10_000;

/** Chooses once, for a new cluster: ourselves unless we are root, else `postgres`, `nobody`, or a user namespace. */
export function choosePostgresIdentity(binary: string, directory: string): PostgresIdentity {
  if (process.getuid?.() !== 0) return { kind: "self" };
  const users = ["postgres", "nobody"].map(lookUpUser).filter((user) => user !== null);
  const identity = [...users, { kind: "namespace" } as const].find((candidate) => canReach(candidate, binary, directory));
  if (identity) return identity;
  throw new LaunchProblem(
    `PostgreSQL does not run as root, and no other user can reach ${directory}: start as an ordinary user, move the project to a directory that others may enter (for example /srv), or set DATABASE_URL.`,
  );
}

/** Refuses early when a cluster made under another user cannot be run by us. */
export function assertPostgresIdentity(identity: PostgresIdentity, binary: string, directory: string): void {
  const isRoot = process.getuid?.() === 0;
  if ((identity.kind === "self") === !isRoot && canReach(identity, binary, directory)) return;
  throw new LaunchProblem(
    `The database in ${directory} was made by ${identity.kind === "self" ? "an ordinary user" : "root"}: start as that user again, or set DATA_DIR to another directory.`,
  );
}

/** The command line that runs `command` as this identity. */
export function asPostgres(identity: PostgresIdentity, command: string, args: string[]): Command {
  if (identity.kind === "namespace")
    return { command: "unshare", args: ["--user", "--map-user=65534", command, ...args], options: {} };
  return { command, args, options: identity.kind === "user" ? { uid: identity.uid, gid: identity.gid } : {} };
}

function canReach(identity: PostgresIdentity, binary: string, directory: string): boolean {
  const probes: [string, string[]][] = [
    [binary, ["--version"]],
    ["test", ["-x", directory]],
  ];
  return probes.every(([program, programArgs]) => {
    const { command, args, options } = asPostgres(identity, program, programArgs);
    return spawnSync(command, args, { ...options, cwd: "/", timeout: probeTimeoutMs }).status === 0;
  });
}

function lookUpUser(name: string): PostgresIdentity | null {
  const [uid, gid] = ["-u", "-g"].map((flag) => spawnSync("id", [flag, name], { encoding: "utf8", timeout: probeTimeoutMs }));
  if (uid?.status !== 0 || gid?.status !== 0) return null;
  return { kind: "user", uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

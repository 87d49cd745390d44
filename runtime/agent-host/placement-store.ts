// Placed deployments on disk: the module and what is known of it, written once, its digest checked at every load.
import { createHash } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Placement } from "~/runtime/contract/host-protocol";
import { HostError } from "./host-error";

/** A placement without its module, which stays on disk until it is needed. */
export type PlacedRecord = Omit<Placement, "module">;

/** The folder of the sessions and the user it belongs to. */
export type PlacedState = { path: string; uid: number | null };

const PlacedRecord = Placement.omit({ module: true });
const safeName = /^[A-Za-z0-9_-]{1,64}$/;

export type PlacementStore = {
  list(): PlacedRecord[];
  find(deploymentId: string): PlacedRecord | null;
  /** False when exactly this was placed before. Throws `CONFLICT` when something else was, and like `readModule`. */
  put(placement: Placement): boolean;
  /** Throws with the reason `module_altered` when the file is not what was placed, or is not there. */
  readModule(record: PlacedRecord): string;
  /** Throws likewise when the house recorded another digest than the one beside the module. */
  assertRecorded(record: PlacedRecord, moduleSha256: string | undefined): void;
  /** Also removes the sessions, unless another placement shares them. */
  remove(deploymentId: string): void;
  openState(record: PlacedRecord): PlacedState;
};

/** `onAltered` hears of every module that was refused. */
export function openPlacementStore(
  directory: string,
  uids: { first: number; last: number } | null,
  onAltered: (record: PlacedRecord) => void,
): PlacementStore {
  const placementsPath = join(directory, "placements");
  const statePath = join(directory, "state");
  for (const path of [placementsPath, statePath]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const records = loadRecords(placementsPath);

  function readModule(record: PlacedRecord): string {
    return findPlacedModule(placementsPath, record) ?? refuse(record);
  }

  function refuse(record: PlacedRecord): never {
    onAltered(record);
    throw new HostError("RUNTIME_ERROR", "The placed module was changed on disk. Deploy the agent again.", {
      details: { reason: "module_altered" },
    });
  }

  return {
    list: () => [...records.values()],
    find: (deploymentId) => records.get(deploymentId) ?? null,
    put(placement) {
      assertSafe(placement);
      const placed = records.get(placement.deploymentId);
      if (placed !== undefined) {
        assertSame(placed, placement);
        readModule(placed);
        return false;
      }
      records.set(placement.deploymentId, writePlacement(placementsPath, placement));
      return true;
    },
    readModule,
    assertRecorded(record, moduleSha256) {
      if (moduleSha256 !== undefined && moduleSha256 !== record.moduleSha256) refuse(record);
    },
    remove(deploymentId) {
      const record = records.get(deploymentId);
      if (record === undefined) return;
      records.delete(deploymentId);
      rmSync(join(placementsPath, deploymentId), { recursive: true, force: true });
      const isShared = [...records.values()].some(({ stateKey }) => stateKey === record.stateKey);
      if (!isShared) rmSync(join(statePath, record.stateKey), { recursive: true, force: true });
    },
    openState({ stateKey }) {
      const path = join(statePath, stateKey);
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
      if (uids === null) return { path, uid: null };
      const owner = statSync(path).uid;
      if (owner >= uids.first && owner <= uids.last) return { path, uid: owner };
      const uid = freeUid(statePath, uids);
      chownSync(path, uid, uid);
      return { path, uid };
    },
  };
}

/** Null when it is not what was placed. The digest is of the bytes as they lie there: decoding them first would hide differences. */
function findPlacedModule(placementsPath: string, record: PlacedRecord): string | null {
  const path = join(placementsPath, record.deploymentId, "module.js");
  const bytes = existsSync(path) ? readFileSync(path) : null;
  return bytes && digestOf(bytes) === record.moduleSha256 ? bytes.toString("utf8") : null;
}

/** One user for each set of sessions, remembered by who owns the folder. */
function freeUid(statePath: string, uids: { first: number; last: number }): number {
  const taken = new Set(readdirSync(statePath).map((name) => statSync(join(statePath, name)).uid));
  for (let uid = uids.first; uid <= uids.last; uid += 1) if (!taken.has(uid)) return uid;
  throw new HostError("RUNTIME_ERROR", "This machine holds as many agents as it can. Remove old deployments.");
}

function loadRecords(placementsPath: string): Map<string, PlacedRecord> {
  const records = new Map<string, PlacedRecord>();
  for (const name of readdirSync(placementsPath)) {
    const path = join(placementsPath, name, "placement.json");
    // A folder without its record is a placement that was cut off: the house places it again.
    if (safeName.test(name) && existsSync(path)) records.set(name, PlacedRecord.parse(JSON.parse(readFileSync(path, "utf8"))));
    else rmSync(join(placementsPath, name), { recursive: true, force: true });
  }
  return records;
}

function writePlacement(placementsPath: string, { module, ...record }: Placement): PlacedRecord {
  const path = join(placementsPath, record.deploymentId);
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(join(unfinished, "module.js"), module, { mode: 0o600, flush: true });
  writeFileSync(join(unfinished, "placement.json"), JSON.stringify(record), { mode: 0o600, flush: true });
  renameSync(unfinished, path);
  return record;
}

function assertSafe(placement: Placement): void {
  for (const field of ["deploymentId", "stateKey"] as const) {
    if (!safeName.test(placement[field]))
      throw new HostError("INVALID_REQUEST", `${field}: use letters, digits, dash and underscore.`);
  }
  if (digestOf(placement.module) !== placement.moduleSha256) {
    throw new HostError("INVALID_REQUEST", "The module does not match moduleSha256; it was damaged on the way. Send it again.");
  }
}

function assertSame(placed: PlacedRecord, { module: _module, ...record }: Placement): void {
  if (JSON.stringify(PlacedRecord.parse(placed)) === JSON.stringify(PlacedRecord.parse(record))) return;
  throw new HostError("CONFLICT", "This deployment is already placed and differs. Deployments never change; make a new one.");
}

function digestOf(module: string | Buffer): string {
  return createHash("sha256").update(module).digest("hex");
}

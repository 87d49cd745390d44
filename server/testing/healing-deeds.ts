// What people, machines and misfortune do to deployments, as commands that fast-check strings together.
import fc from "fast-check";
import { deleteAgent } from "~/server/agents/delete-agent";
import { disableAgent, enableAgent } from "~/server/agents/disable-agent";
import { activateDeployment } from "~/server/deployments/activate-deployment";
import { cancelDeployment } from "~/server/deployments/cancel-deployment";
import { createDeployment } from "~/server/deployments/create-deployment";
import { isFinished } from "~/server/deployments/deployments.contract";
import { retryDeployment } from "~/server/deployments/retry-deployment";
import { sweepDeployments } from "~/server/deployments/sweep-deployments";
import { sweepVersions } from "~/server/deployments/sweep-versions";
import { applySecrets } from "~/server/secrets/apply-secrets";
import { setSecret } from "~/server/secrets/set-secret";
import { sweepSecretRefreshes } from "~/server/secrets/sweep-secret-refreshes";
import type { Seen } from "./healing-ledger";
import type { HealingWorld, Trouble, TroubleKind } from "./healing-world";
import type { Fate } from "./mortal-process";

type Deed = { name: string; act(world: HealingWorld): Promise<void> };
type World = { world: HealingWorld };

/** After each of them the ledger looks whether all is as it must be. */
class Command implements fc.AsyncCommand<World, null> {
  constructor(readonly deed: Deed) {}
  check = () => true;
  async run({ world }: World): Promise<void> {
    await this.deed.act(world);
    await world.ledger.look();
  }
  toString = () => this.deed.name;
}

const pick = fc.nat({ max: 20 });
const fate: fc.Arbitrary<Fate | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ atAct: fc.integer({ min: 1, max: 60 }), how: fc.constant("dies" as const) }) },
  { weight: 1, arbitrary: fc.record({ atAct: fc.integer({ min: 1, max: 60 }), how: fc.constant("freezes" as const) }) },
);
const methods = ["build", "deploy", "activate", "invoke", "destroy", "refreshSecrets"] as const satisfies Trouble["method"][];
const kinds = ["is away", "answer is lost", "refuses", "times out"] as const satisfies TroubleKind[];
const trouble = fc.record({ method: fc.constantFrom(...methods), how: fc.constantFrom(...kinds) });
const [second, minute] = [1_000, 60_000];
const waits = [6 * second, 16 * second, 31 * second, 50 * second, 21 * minute, 60 * minute, -60 * minute];

/** The same deed more than once is more of it. */
export function healingCommands(): fc.Arbitrary<fc.AsyncCommand<World, null>>[] {
  const delivers = fc.tuple(pick, fate).map(([nth, ends]) => deliver(nth, ends));
  const creates = fc.tuple(pick, fc.boolean(), fate).map(([nth, activates, ends]) => create(nth, activates, ends));
  const deeds: fc.Arbitrary<Deed>[] = [
    ...[creates, creates, creates, delivers, delivers, delivers, delivers, delivers],
    pick.map((nth) => ({ name: `deliver ${nth} twice`, act: (world) => world.deliverTwice(nth) })),
    fc.tuple(pick, fate).map(([nth, ends]) => cancel(nth, ends)),
    fc.tuple(pick, fate).map(([nth, ends]) => retry(nth, ends)),
    fc.tuple(pick, fate).map(([nth, ends]) => activate(nth, ends)),
    fc.tuple(pick, fc.boolean()).map(([nth, isOn]) => setAble(nth, isOn)),
    fc.tuple(pick, fate).map(([nth, ends]) => remove(nth, ends)),
    trouble.map((next) => ({ name: `${next.method} ${next.how}`, act: async (world) => void world.troubles.push(next) })),
    trouble.map((next) => ({ name: `${next.method} ${next.how}`, act: async (world) => void world.troubles.push(next) })),
    fc.constantFrom(...waits).map(wait),
    fc.constantFrom(...waits.slice(0, 4)).map(wait),
    fate.map(sweep),
    fate.map((ends) => ({
      name: `prune ${tell(ends)}`,
      act: (world) => world.inProcess(ends, (mine) => sweepVersions(mine)),
    })),
    fc.tuple(pick, fate).map(([nth, ends]) => rotate(nth, ends)),
    fc.constant({ name: "thaw", act: (world) => world.thawOne() }),
    fc.constant({ name: "land", act: (world) => world.landSent() }),
    fc.constant({ name: "flush", act: (world) => world.flush() }),
  ];
  return deeds.map((deed) => deed.map((one) => new Command(one)));
}

const tell = (ends: Fate | null) => (ends ? `(${ends.how} at act ${ends.atAct})` : "");

function deliver(nth: number, ends: Fate | null): Deed {
  return { name: `deliver ${nth} ${tell(ends)}`, act: (world) => world.deliver(nth, ends) };
}

function create(nth: number, isToActivate: boolean, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const { ledger, scope, uploadId } = world;
    const agentId = agentAt(world, nth);
    await world.inProcess(ends, async (mine) => {
      const { deploymentId } = await createDeployment(mine, scope, { agentId, uploadId, activate: isToActivate });
      ledger.noteAsked(deploymentId);
    });
  };
  return { name: `create ${nth} ${isToActivate ? "to activate" : ""} ${tell(ends)}`, act };
}

function cancel(nth: number, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const id = versionAt(world, nth, ({ status }) => !isFinished(status));
    if (!id) return;
    world.ledger.noteWish("cancel", id);
    await world.inProcess(ends, async (mine) => {
      await cancelDeployment(mine, world.scope, id);
      world.ledger.noteCancelled(id);
    });
  };
  return { name: `cancel ${nth} ${tell(ends)}`, act };
}

function retry(nth: number, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const id = versionAt(world, nth, ({ status }) => status === "failed" || status === "cancelled");
    if (!id) return;
    await world.inProcess(ends, async (mine) => {
      world.ledger.noteAsked((await retryDeployment(mine, world.scope, id)).deploymentId);
    });
  };
  return { name: `retry ${nth} ${tell(ends)}`, act };
}

function activate(nth: number, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const id = versionAt(world, nth, ({ status }) => status === "ready" || status === "superseded");
    if (!id) return;
    world.ledger.noteWish("activate", id);
    await world.inProcess(ends, (mine) => activateDeployment(mine, world.scope, id));
  };
  return { name: `activate ${nth} ${tell(ends)}`, act };
}

function setAble(nth: number, isOn: boolean): Deed {
  const change = isOn ? enableAgent : disableAgent;
  const act = async (world: HealingWorld) => {
    const agentId = agentAt(world, nth);
    if (!isOn) world.ledger.agents.set(agentId, { isDeleted: false, wasDisabled: true });
    await world.inProcess(null, (mine) => change(mine, world.scope, agentId));
  };
  return { name: `${isOn ? "enable" : "disable"} ${nth}`, act };
}

/** Another one takes its place, so that there is always something to do. */
function remove(nth: number, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const agentId = agentAt(world, nth);
    await world.inProcess(ends, (mine) => deleteAgent(mine, world.scope, agentId));
    const row = world.services.owner.selectFrom("agents").select("deletedAt").where("id", "=", agentId);
    if (!(await row.executeTakeFirstOrThrow()).deletedAt) return;
    world.ledger.agents.set(agentId, { isDeleted: true, wasDisabled: false });
    await world.newAgent();
  };
  return { name: `delete ${nth} ${tell(ends)}`, act };
}

function wait(ms: number): Deed {
  const act = async (world: HealingWorld) => {
    if (ms > minute) world.ledger.noteLeap();
    // What was sent arrives within a stage's deadline, or never.
    if (ms > 30 * second) await world.landSent();
    world.services.clock.advance(ms);
  };
  return { name: `${ms / second} s go by`, act };
}

function sweep(ends: Fate | null): Deed {
  const act = (world: HealingWorld) =>
    world.inProcess(ends, async (mine) => {
      await sweepDeployments(mine);
      await sweepSecretRefreshes(mine);
    });
  return { name: `sweep ${tell(ends)}`, act };
}

function rotate(nth: number, ends: Fate | null): Deed {
  const act = async (world: HealingWorld) => {
    const secret = { agentId: agentAt(world, nth), name: "KEY", value: `value ${nth}` };
    await world.inProcess(null, (mine) => setSecret(mine, world.scope, secret));
    await world.inProcess(ends, (mine) => applySecrets(mine, world.scope, {}));
  };
  return { name: `rotate and apply ${nth} ${tell(ends)}`, act };
}

function agentAt({ ledger }: HealingWorld, nth: number): string {
  const there = [...ledger.agents].filter(([, agent]) => !agent.isDeleted);
  return there[nth % there.length]?.[0] ?? "";
}

function versionAt({ ledger }: HealingWorld, nth: number, fits: (seen: Seen) => boolean): string | undefined {
  const fitting = [...ledger.versions].filter(([, seen]) => !ledger.agents.get(seen.agentId)?.isDeleted && fits(seen));
  return fitting[nth % Math.max(fitting.length, 1)]?.[0];
}

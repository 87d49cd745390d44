// A process of the house inside the test's own, that dies or freezes at a chosen act: the next query, blob, message or provider call.
import type { KyselyPlugin } from "kysely";
import type { Placement } from "~/runtime/contract/host-protocol";
import type { Provider } from "~/server/providers/provider";
import type { Services } from "~/server/services";

/** `freezes` is a machine that stands still for a while, between two acts and outside of any transaction. */
export type Fate = { atAct: number; how: "dies" | "freezes" };

class ProcessDied extends Error {
  constructor(readonly isJustNow = false) {
    super("This process is dead, or stands still.");
  }
}

export type MortalProcess = {
  services: Services;
  /** Resolves when it stands still; never, when that was not its fate. */
  frozen: Promise<void>;
  /** It goes on as if nothing had been, and lives. */
  thaw(): void;
};

/** `onSent` hears of a placement that was on its way when its process died: it may still arrive. Null: it lives. */
export function openMortalProcess(
  services: Services,
  fate: Fate | null,
  onSent: (placement: Placement) => void = () => undefined,
): MortalProcess {
  let [acts, isDead, hasFrozen] = [0, false, false];
  let [markFrozen, thaw] = [() => {}, () => {}];
  let thawed: Promise<void> | null = null;
  const frozen = new Promise<void>((resolve) => {
    markFrozen = resolve;
  });

  /** What a dead process would still do does not happen. */
  function act(): void {
    if (isDead || thawed) throw new ProcessDied();
    acts += 1;
    isDead = fate?.how === "dies" && acts === fate.atAct;
    if (isDead) throw new ProcessDied(true);
  }

  async function actOutside(): Promise<void> {
    if (fate?.how === "freezes" && acts >= fate.atAct && !hasFrozen && !isDead) {
      hasFrozen = true;
      thawed = new Promise<void>((resolve) => {
        thaw = resolve;
      });
      markFrozen();
      await thawed;
      thawed = null;
    }
    act();
  }

  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      act();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const before = <T extends object>(thing: T, names: readonly string[]): T =>
    new Proxy(thing, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (!names.includes(String(name))) return value.bind(target);
        return async (...given: unknown[]) => {
          await actOutside();
          return value.apply(target, given);
        };
      },
    });
  const watched = (provider: Provider) => wrapProvider(provider, actOutside, onSent);
  return {
    services: {
      ...services,
      log: services.log.child({}, { level: "silent" }),
      db: services.db.withPlugin(plugin),
      across: services.across.withPlugin(plugin),
      redis: before(services.redis, ["publish"]),
      queue: before(services.queue, ["ring"]),
      blobs: before(services.blobs, ["read", "putBytes", "delete"]),
      providers: {
        get: (runtime) => watched(services.providers.get(runtime)),
        list: () => services.providers.list().map(watched),
      },
    },
    frozen,
    thaw: () => thaw(),
  };
}

/** Each call is an act. The one at which the process died was sent, if it was to place something. */
function wrapProvider(provider: Provider, act: () => Promise<void>, onSent: (placement: Placement) => void): Provider {
  const first =
    <Given extends unknown[], T>(call: (...given: Given) => Promise<T>, onDeath?: (...given: Given) => void) =>
    async (...given: Given): Promise<T> => {
      await act().catch((error) => {
        if (error instanceof ProcessDied && error.isJustNow) onDeath?.(...given);
        throw error;
      });
      return call(...given);
    };
  return {
    ...provider,
    build: first(provider.build),
    deploy: first(provider.deploy, onSent),
    activate: first(provider.activate),
    invoke: first(provider.invoke),
    stop: first(provider.stop),
    holders: first(provider.holders),
    refreshSecrets: first(provider.refreshSecrets),
    destroy: first(provider.destroy),
  };
}

// Of the same act on the same thing, asked for many times at once, one runs and one more follows for all who came meanwhile.

type Turn = { running: Promise<void>; next: Promise<void> | null };

/** What was asked for while it ran may have changed too late for it; the follower begins after everybody asked. */
export function createTurns(): (key: string, act: () => Promise<void>) => Promise<void> {
  const turns = new Map<string, Turn>();

  function run(key: string, act: () => Promise<void>): Promise<void> {
    const turn: Turn = { running: act(), next: null };
    turns.set(key, turn);
    const leave = () => {
      if (turns.get(key) === turn && turn.next === null) turns.delete(key);
    };
    turn.running.then(leave, leave);
    return turn.running;
  }

  return (key, act) => {
    const turn = turns.get(key);
    if (!turn) return run(key, act);
    const begin = () => run(key, act);
    turn.next ??= turn.running.then(begin, begin);
    return turn.next;
  };
}

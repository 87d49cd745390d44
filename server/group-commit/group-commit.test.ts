// Groups are an economy, not a shared fate: order, durability, failure and fullness are each submission's own.
import { describe, expect, it, vi } from "vitest";
import { GroupCommit } from "./group-commit";

function createCommits(
  commit: (items: number[]) => Promise<number[]>,
  limits: { pendingMax?: number; groupMax?: number; companyWanted?: number; lanes?: number } = {},
) {
  return new GroupCommit<number, number>({ name: "numbers", pendingMax: 100, groupMax: 10, gatherMs: 0, commit, ...limits });
}

const double = async (items: number[]) => items.map((item) => item * 2);

describe("a group commit", () => {
  it("answers each submission with its own outcomes, in order", async () => {
    const groups: number[][] = [];
    const commits = createCommits(async (items) => {
      groups.push(items);
      return double(items);
    });
    const answers = await Promise.all([commits.submit([1, 2]), commits.submit([]), commits.submit([3])]);
    expect(answers).toEqual([[2, 4], [], [6]]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it("never makes a group larger than its cap, but keeps a submission whole", async () => {
    const sizes: number[] = [];
    const commits = createCommits(
      async (items) => {
        sizes.push(items.length);
        return double(items);
      },
      { groupMax: 4 },
    );
    await Promise.all([
      commits.submit([1, 2, 3]),
      commits.submit([4, 5]),
      commits.submit([6, 7, 8, 9, 10, 11]),
      commits.submit([12]),
    ]);
    expect(sizes).toEqual([3, 2, 6, 1]);
  });

  it("that follows another waits for who was just answered, unless enough company is there", async () => {
    const groupsWhere = async (companyWanted: number) => {
      const groups: number[][] = [];
      let meanwhile = Promise.resolve<number[]>([]);
      const commits = createCommits(
        async (items) => {
          groups.push(items);
          if (groups.length === 1) meanwhile = commits.submit([2]);
          return double(items);
        },
        { companyWanted },
      );
      const next = commits.submit([1]).then(() => commits.submit([3]));
      expect(await next).toEqual([6]);
      expect(await meanwhile).toEqual([4]);
      return groups;
    };
    expect(await groupsWhere(2)).toEqual([[1], [2, 3]]);
    expect(await groupsWhere(1)).toEqual([[1], [2], [3]]);
  });

  it("begins beside another only with the company wanted, in so many lanes at most, under one bound", async () => {
    const open: (() => void)[] = [];
    const groups: number[][] = [];
    const commits = createCommits(
      async (items) => {
        groups.push(items);
        await new Promise<void>((resolve) => open.push(resolve));
        return double(items);
      },
      { companyWanted: 2, lanes: 2, pendingMax: 6 },
    );
    const answers = [commits.submit([1])];
    await vi.waitFor(() => expect(groups).toEqual([[1]]));
    answers.push(commits.submit([2]));
    expect(groups).toEqual([[1]]);
    answers.push(commits.submit([3]));
    expect(groups).toEqual([[1], [2, 3]]);
    answers.push(commits.submit([4, 5, 6]));
    await expect(commits.submit([7])).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(groups).toEqual([[1], [2, 3]]);
    open[1]?.();
    await vi.waitFor(() => expect(groups).toEqual([[1], [2, 3], [4, 5, 6]]));
    for (const one of open) one();
    expect(await Promise.all(answers)).toEqual([[2], [4], [6], [8, 10, 12]]);
    await commits.drain();
  });

  it("leaves the few that came last to the lane that is still under way, and drains them with it", async () => {
    const open: (() => void)[] = [];
    const groups: number[][] = [];
    const commits = createCommits(
      async (items) => {
        groups.push(items);
        if (groups.length <= 2) await new Promise<void>((resolve) => open.push(resolve));
        return double(items);
      },
      { companyWanted: 2, lanes: 2 },
    );
    const first = commits.submit([1]);
    await vi.waitFor(() => expect(groups).toHaveLength(1));
    const second = commits.submit([2, 3]);
    const last = commits.submit([4]);
    open[1]?.();
    expect(await second).toEqual([4, 6]);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(groups).toEqual([[1], [2, 3]]);
    const drained = commits.drain();
    open[0]?.();
    await drained;
    expect(groups).toEqual([[1], [2, 3], [4]]);
    expect(await Promise.all([first, last])).toEqual([[2], [8]]);
  });

  it("lets one refused submission sink alone", async () => {
    const commits = createCommits(async (items) => {
      if (items.includes(13)) throw new Error("refused");
      return double(items);
    });
    const answers = await Promise.allSettled([commits.submit([1]), commits.submit([13]), commits.submit([2])]);
    expect(answers).toMatchObject([{ value: [2] }, { reason: new Error("refused") }, { value: [4] }]);
  });

  it("refuses what goes over its bound at once, and takes it when there is room again", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const commits = createCommits(async (items) => gate.then(() => double(items)), { pendingMax: 3 });
    const waiting = commits.submit([1, 2, 3]);
    expect(commits.isFull).toBe(true);
    await expect(commits.submit([4])).rejects.toMatchObject({
      code: "RATE_LIMITED",
      details: { overloaded: true },
      retryable: true,
    });
    open();
    await waiting;
    expect(await commits.submit([4])).toEqual([8]);
  });

  it("drains only once everything is committed, also what came meanwhile", async () => {
    const committed: number[] = [];
    const commits = createCommits(async (items) => {
      await new Promise((resolve) => setImmediate(resolve));
      committed.push(...items);
      return double(items);
    });
    const first = commits.submit([1]).then(() => commits.submit([2]));
    await commits.drain();
    await first;
    await commits.drain();
    expect(committed).toEqual([1, 2]);
  });
});

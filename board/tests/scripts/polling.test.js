// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createPolling } from "../../static/board/polling.js";

const page = { hidden: false };
Object.assign(globalThis, { document: page });
beforeEach(() => (page.hidden = false));

/**
 * Return a polling by a clock of its own, and what it does: `run` goes on to the next poll and returns how long that took to come.
 * @param {() => Promise<boolean>} poll
 */
function startedPolling(poll) {
  let time = 0;
  /** @type {{ callback: () => void, wait: number } | undefined} */
  let next;
  const schedule = (/** @type {() => void} */ callback, /** @type {number} */ wait) => {
    next = { callback, wait };
    return setTimeout(() => {});
  };
  const polling = createPolling({ now: () => time, schedule });
  polling.start(poll);

  async function run() {
    await new Promise((resolve) => setTimeout(resolve));
    const due = next;
    next = undefined;
    time += due?.wait ?? 0;
    due?.callback();
    return due?.wait;
  }

  return { ...polling, run, idle: (/** @type {number} */ milliseconds) => (time += milliseconds) };
}

test("the interval grows with the time in which nothing happens, up to 15 seconds", async () => {
  const { run, idle } = startedPolling(async () => false);
  assert.equal(await run(), 3_000);
  idle(197_000);
  await run();
  assert.equal(await run(), 10_150);
  idle(3_600_000);
  await run();
  assert.equal(await run(), 15_000);
});

test("news are followed by the next poll at once, and by short intervals", async () => {
  let hasNews = false;
  const { run, idle } = startedPolling(async () => hasNews);
  idle(3_600_000);
  await run();
  hasNews = true;
  await run();
  assert.equal(await run(), 0);
  hasNews = false;
  await run();
  assert.equal(await run(), 3_000);
});

test("after failures the interval doubles, up to 30 seconds", async () => {
  const { run } = startedPolling(() => Promise.reject(new Error("no network")));
  const waits = [];
  for (let count = 0; count < 6; count++) waits.push(await run());
  assert.deepEqual(waits, [3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
});

test("a hidden page does not poll, until it is shown", async () => {
  page.hidden = true;
  let polls = 0;
  const { run, pollNow } = startedPolling(async () => Boolean(polls++));
  assert.equal(await run(), undefined);
  page.hidden = false;
  pollNow();
  assert.equal(polls, 1);
});

test("polling that was stopped goes on no more", async () => {
  const { run, stop, isStarted } = startedPolling(async () => false);
  stop();
  assert.equal(await run(), undefined);
  assert.equal(isStarted(), false);
});

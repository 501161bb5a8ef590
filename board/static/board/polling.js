// @ts-check
// Polls the server every few seconds, for pages whose socket does not get through. A hidden page does not poll.
// The longer nothing changes and nobody touches the page, the longer the interval.

const MIN_INTERVAL = 3_000;
const MAX_INTERVAL = 15_000;
const SHARE_OF_IDLE = 1 / 20;
const MAX_INTERVAL_AFTER_FAILURES = 30_000;
const ACTIVITY = ["keydown", "pointerdown", "pointermove"];

/** @param {{ now?: () => number, schedule?: (callback: () => void, wait: number) => Timer }} [clock] */
export function createPolling({ now = () => performance.now(), schedule = setTimeout } = {}) {
  /** @type {(() => Promise<boolean>) | null} */
  let poll = null;
  /** @type {Timer | undefined} */
  let timer;
  let isPending = false;
  let failures = 0;
  let activeAt = now();

  const isStarted = () => poll !== null;
  const noteActivity = () => (activeAt = now());

  /**
   * Call a function again and again. It returns a promise of whether there was news, which rejects when the poll failed.
   * @param {() => Promise<boolean>} callback
   */
  function start(callback) {
    if (poll) return;
    poll = callback;
    for (const kind of ACTIVITY) addEventListener(kind, noteActivity);
    pollNow();
  }

  function stop() {
    poll = null;
    clearTimeout(timer);
    for (const kind of ACTIVITY) removeEventListener(kind, noteActivity);
  }

  /** Poll at once, if polling was started. */
  async function pollNow() {
    clearTimeout(timer);
    if (!poll || isPending || document.hidden) return;
    isPending = true;
    let wait = 0;
    try {
      if (await poll()) noteActivity();
      else wait = Math.min(MAX_INTERVAL, Math.max(MIN_INTERVAL, (now() - activeAt) * SHARE_OF_IDLE));
      failures = 0;
    } catch {
      wait = Math.min(MAX_INTERVAL_AFTER_FAILURES, MIN_INTERVAL * 2 ** failures++);
    }
    isPending = false;
    if (isStarted()) timer = schedule(pollNow, wait);
  }

  return { start, stop, pollNow, isStarted };
}

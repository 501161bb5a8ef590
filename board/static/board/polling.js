// @ts-check
// Looks at the server every few seconds, for pages whose socket does not come through. A page that nobody sees does not
// look; the longer nothing changes and nobody touches it, the more rarely one looks.

const LEAST = 3_000;
const MOST = 15_000;
const SHARE_OF_IDLE = 1 / 20;
const AFTER_FAILURES = 30_000;

let look = null;
let timer = null;
let isLooking = false;
let failures = 0;
let touchedAt = performance.now();

/** Call `what` again and again. It returns a promise of whether there was news, and rejects when the look failed. */
export function startPolling(what) {
  if (look) return;
  look = what;
  for (const kind of ["keydown", "pointerdown", "pointermove"]) addEventListener(kind, touch);
  lookNow();
}

export function stopPolling() {
  look = null;
  clearTimeout(timer);
  for (const kind of ["keydown", "pointerdown", "pointermove"]) removeEventListener(kind, touch);
}

export const isPolling = () => look !== null;

/** Look at once, if one looks at all. */
export async function lookNow() {
  clearTimeout(timer);
  if (!look || isLooking || document.hidden) return;
  isLooking = true;
  let wait = 0;
  try {
    if (await look()) touch();
    else wait = Math.min(MOST, Math.max(LEAST, (performance.now() - touchedAt) * SHARE_OF_IDLE));
    failures = 0;
  } catch {
    wait = Math.min(AFTER_FAILURES, LEAST * 2 ** failures++);
  }
  isLooking = false;
  if (look) timer = setTimeout(lookNow, wait);
}

function touch() {
  touchedAt = performance.now();
}

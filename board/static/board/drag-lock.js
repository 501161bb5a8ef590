// @ts-check
// The lock of the card that is being dragged or carried, which keeps it from others.

const RENEW_EVERY = 5_000;

/** @param {(message: object) => void} send */
export function createDragLock(send) {
  /** @type {string | null} */
  let held = null;
  /** @type {Timer | undefined} */
  let timer;
  return {
    /** @param {string} id */
    hold(id) {
      held = id;
      const renew = () => send({ hold: Number(id) });
      renew();
      timer = setInterval(renew, RENEW_EVERY);
    },
    /**
     * Release the card, as soon as its move, if there is one, is saved.
     * @param {string} id
     * @param {Promise<void> | null} saved
     */
    async release(id, saved = null) {
      clearInterval(timer);
      held = null;
      await saved;
      if (held !== id) send({ release: Number(id) });
    },
  };
}

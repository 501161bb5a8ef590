// @ts-check
// The page's side of the live protocol (board/live/consumers.py). The socket is a cursor: the page sends the sequence
// number that it shows, and gets what changed since. While no socket gets through, the page polls the same over HTTP;
// it does not know then who else is on the board, or which cards are locked.

import { createBoardUpdates } from "./board-updates.js";
import { createConnectionStatus } from "./connection-status.js";
import { get } from "./dom.js";
import { createDragLock } from "./drag-lock.js";
import { createPolling } from "./polling.js";
import { createPresence } from "./presence.js";
import { urlOf } from "./urls.js";

const OFFLINE_AFTER = 5_000;
const SILENT_AFTER = 20_000;
// A lost socket usually comes back soon. One that never opened is behind a proxy that refuses it.
const POLL_AFTER = 7_000;
const POLL_AFTER_FAILURES = 2;
const POLL_TIMEOUT = 10_000;
// The longest wait before the next try: with an unreachable server, with one that closes sockets soon, while polling.
const MAX_WAIT_UNREACHED = 2_000;
const MAX_WAIT = 10_000;
const MAX_WAIT_WHILE_POLLING = 30_000;
const ABNORMAL = 1006;
const TRY_LATER = 1013;
const LOG_IN = 4401;
const NO_ACCESS = 4403;
const GIVE_WAY = 4408;

/**
 * The room of a board without a socket.
 * @type {Room}
 */
const EMPTY_ROOM = { people: [], more: 0, held: {}, holders: {} };

/** @param {Pick<BoardPage, "board" | "cards" | "announce" | "announceChanges" | "showBell" | "t">} page */
export function createLive(page) {
  const { board, cards } = page;
  const status = createConnectionStatus(get(document, "[data-live]"), page);
  const presence = createPresence(page);
  const updates = createBoardUpdates(page);
  const polling = createPolling();

  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {Timer | undefined} */
  let retryTimer;
  let failures = 0;
  // Of this socket.
  let wasOpen = false;
  let hasReceived = false;
  // Whether any socket of this page got through.
  let hadSocket = false;
  // Whether the last poll succeeded.
  let isPollingLive = false;
  /** @type {Moment | null} */
  let lostAt = now();
  let receivedAt = now();
  let room = EMPTY_ROOM;

  /** @param {object} message */
  function send(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  const sendCursor = () => send({ since: Number(board.dataset.seq) });
  const sendVisibility = () => send({ hidden: Number(document.hidden) });

  function connect() {
    clearTimeout(retryTimer);
    receivedAt = now();
    noteLoss();
    wasOpen = hasReceived = false;
    const opened = openSocket();
    socket = opened;
    if (!opened) return onClose(ABNORMAL);
    opened.onopen = () => {
      wasOpen = true;
      // First: what a hidden page shows, nobody sees.
      if (document.hidden) sendVisibility();
      sendCursor();
    };
    opened.onmessage = ({ data }) => opened === socket && onMessage(JSON.parse(data));
    opened.onclose = ({ code }) => opened === socket && onClose(code);
  }

  /** Return a new socket, null in a browser that has none or lets nobody open one. */
  function openSocket() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    try {
      return new WebSocket(`${scheme}://${location.host}${board.dataset.socket}?language=${document.documentElement.lang}`);
    } catch {
      return null;
    }
  }

  /** @param {Frame} frame */
  async function onMessage(frame) {
    failures = 0;
    receivedAt = now();
    hasReceived = hadSocket = true;
    isPollingLive = false;
    polling.stop();
    if (!(await updates.applyFrame(frame))) return socket?.close();
    if (frame.room) showRoom(frame.room);
    if (frame.bell) page.showBell(frame.bell);
    cards.showLocks(room);
    lostAt = null;
    status.show("live");
    sendCursor();
  }

  /** @param {number} code */
  function onClose(code) {
    socket = null;
    if (code === LOG_IN) return logIn();
    noteLoss();
    if (status.isLive() && !isPollingLive) status.show("catching-up");
    if (code === GIVE_WAY && document.hidden) {
      // Another tab has the place of this one, until this one is shown again.
      lostAt = null;
      return;
    }
    failures++;
    if (code === TRY_LATER && !hasReceived) startPolling("crowded");
    else if (code === NO_ACCESS || (!hadSocket && failures >= POLL_AFTER_FAILURES)) startPolling("blocked");
    if (code !== NO_ACCESS) retryTimer = setTimeout(connect, maxWait() * (0.5 + Math.random()));
  }

  function noteLoss() {
    if (!isPollingLive) lostAt ??= now();
  }

  function maxWait() {
    const longest = isPollingLive ? MAX_WAIT_WHILE_POLLING : wasOpen ? MAX_WAIT : MAX_WAIT_UNREACHED;
    return Math.min(longest, 250 * 2 ** (failures - 1));
  }

  /**
   * Poll until a socket gets through.
   * @param {string} reason the key of a text
   */
  const startPolling = (reason) => polling.start(() => poll(reason));

  /**
   * Fetch and show what changed. Returns whether there was anything; throws when the request failed.
   * @param {string} reason
   */
  async function poll(reason) {
    try {
      const response = await fetch(changesAddress(), { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(POLL_TIMEOUT) });
      // A socket got through first.
      if (!polling.isStarted()) return false;
      if (response.type === "opaqueredirect") {
        logIn();
        return false;
      }
      const hasNews = response.status === 200;
      if (!response.ok || (hasNews && !(await updates.applyFrame(await response.json())))) throw new Error("Polling failed.");
      if (polling.isStarted()) showPolling(reason);
      return hasNews;
    } catch (error) {
      if (isPollingLive && polling.isStarted()) {
        isPollingLive = false;
        noteLoss();
        status.show("catching-up");
      }
      throw error;
    }
  }

  function changesAddress() {
    const { changes, seq, format } = board.dataset;
    return `${changes}?${new URLSearchParams({ since: seq, format, language: document.documentElement.lang })}`;
  }

  /** @param {string} reason */
  function showPolling(reason) {
    if (!isPollingLive) showRoom(EMPTY_ROOM);
    cards.showLocks(room);
    isPollingLive = true;
    lostAt = null;
    status.show("live", "slow", reason);
  }

  /** @param {Room} newRoom */
  function showRoom(newRoom) {
    room = newRoom;
    presence.showPeople(room);
  }

  /** Close a socket that fell silent, and show how long the connection has been lost. */
  function checkConnection() {
    if (socket && elapsed(receivedAt) > SILENT_AFTER) {
      socket.close();
      onClose(ABNORMAL);
      if (!isPollingLive) status.show("offline");
    }
    const lostFor = lostAt && elapsed(lostAt);
    if (lostFor && lostFor > OFFLINE_AFTER) status.show("offline");
    if (lostFor && lostFor > POLL_AFTER) startPolling("blocked");
    status.showSeconds(lostFor);
  }

  /** Catch up at once when the page is shown again, or the network is back. */
  function catchUp() {
    if (socket?.readyState === WebSocket.OPEN) sendCursor();
    else if (!socket && !document.hidden) connect();
    polling.pollNow();
  }

  /** Open the socket of the board and keep it open. */
  function startLive() {
    status.show("catching-up");
    connect();
    setInterval(checkConnection, 1_000);
    // A page that the server filtered has some of the cards only; the filter of the script needs all.
    if (board.matches("[data-filtered]")) updates.loadPage();
    document.addEventListener("visibilitychange", () => {
      sendVisibility();
      if (!document.hidden) catchUp();
    });
    addEventListener("pageshow", catchUp);
    addEventListener("online", catchUp);
  }

  return { startLive, isPushed: () => !!socket && hasReceived, dragLock: createDragLock(send) };
}

function logIn() {
  location.assign(`${urlOf("login")}?next=${encodeURIComponent(location.pathname)}`);
}

/**
 * The time of two clocks: one stands still while the machine sleeps, the other may be set.
 * @typedef {[steady: number, wall: number]} Moment
 */

/** @returns {Moment} */
export function now() {
  return [performance.now(), Date.now()];
}

/**
 * Return the milliseconds since a moment, by the clock on which it is longer ago.
 * @param {Moment} moment
 */
export function elapsed([steady, wall]) {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

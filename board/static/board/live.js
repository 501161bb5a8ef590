// @ts-check
// The page's side of the live protocol (board/live/consumers.py). The socket is a cursor: the page says which sequence
// number it shows, gets what changed since, and says so again. While no socket comes through, the page asks for the
// same over HTTP every few seconds; who is here and who holds a card it does not know then.

import { announce, announceChanges } from "./announcer.js";
import { parse, remove, showLocks, upsert, upsertAll } from "./cards.js";
import { t } from "./i18n.js";
import { isPolling, lookNow, startPolling, stopPolling } from "./polling.js";
import { urlOf } from "./urls.js";

const OFFLINE_AFTER = 5_000;
const SILENT_AFTER = 20_000;
// A socket that was open and is lost comes back soon, most often. One that never opened is behind a proxy that refuses it.
const POLL_AFTER = 7_000;
const POLL_AFTER_FAILURES = 2;
const LOOK_TIMEOUT = 10_000;
const OK = 200;
// Between two tries: while nobody answers, and with a server that answers but does not stay.
const UNREACHED_WAIT = 2_000;
const LONGEST_WAIT = 10_000;
const WAIT_WHILE_POLLING = 30_000;
// How many people have a place in the head of the page.
const PEOPLE_SHOWN = 5;
const PEOPLE_ON_PHONES = 2;
const ABNORMAL = 1006;
const TRY_LATER = 1013;
const LOG_IN = 4401;
const NO_ACCESS = 4403;
const GIVE_WAY = 4408;

// Parts of the page (goLive).
let board;
let sign;
let people;
let everybody;

let socket = null;
let retry = null;
let failures = 0;
let wasOpen = false;
let hasReceived = false;
// Whether any socket of this page came through.
let hadSocket = false;
// Whether the last look over HTTP came back.
let isLookedAt = false;
let lostAt = now();
let receivedAt = lostAt;
let room = noRoom();

/** Open the socket of a board and keep it open. */
export function goLive(element) {
  board = element;
  [sign, people, everybody] = ["[data-live]", ".people", ".everybody"].map((part) => document.querySelector(part));
  show("catching-up");
  connect();
  setInterval(watch, 1_000);
  // A page that the server filtered shows a part only; with the script the filter hides, and all are there.
  if (board.matches("[data-filtered]")) load();
  document.addEventListener("visibilitychange", () => {
    sendVisibility();
    if (!document.hidden) ask();
  });
  addEventListener("pageshow", ask);
  addEventListener("online", ask);
}

/** Locks the card that is being dragged or carried for the others, and renews the lock meanwhile. */
export const dragLock = {
  hold(id) {
    this.held = id;
    send({ hold: Number(id) });
    this.timer = setInterval(() => send({ hold: Number(id) }), 5_000);
  },
  /** Release the card; the others may have it when its move, if there is one, is saved. */
  async release(id, saved) {
    clearInterval(this.timer);
    this.held = null;
    await saved;
    if (this.held !== id) send({ release: Number(id) });
  },
};

function connect() {
  clearTimeout(retry);
  receivedAt = now();
  if (!isLookedAt) lostAt ??= receivedAt;
  wasOpen = hasReceived = false;
  const mine = (socket = openSocket());
  if (!mine) return lose(ABNORMAL);
  mine.onopen = () => {
    wasOpen = true;
    send({ since: Number(board.dataset.seq) });
    if (document.hidden) sendVisibility();
  };
  mine.onmessage = (event) => mine === socket && receive(JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lose(event.code);
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

async function receive(frame) {
  failures = 0;
  receivedAt = now();
  hasReceived = hadSocket = true;
  isLookedAt = false;
  stopPolling();
  if (!(await take(frame))) return socket?.close();
  if (frame.room) showRoom(frame.room);
  showLocks(room);
  lostAt = null;
  show("live");
  send({ since: Number(board.dataset.seq) });
}

/** Show what a frame says. Tells whether it could. */
async function take(frame) {
  if (frame.reset || frame.format !== board.dataset.format) return load();
  apply(frame);
  return true;
}

function apply(frame) {
  const by = new Map(frame.news?.map((news) => [String(news.task), news.name]));
  for (const card of parse(frame.cards ?? "")) upsert(card, true, by.get(card.dataset.task));
  for (const id of frame.left ?? []) remove(id, frame.seq, by.get(String(id)));
  if (frame.head) showHead(frame.head);
  announceChanges(frame.news ?? []);
  if (frame.seq > Number(board.dataset.seq)) board.dataset.seq = frame.seq;
}

function showHead(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const head = board.querySelector(".board-head");
  // Who reads the description goes on reading.
  if (head.querySelector("details[open]")) template.content.querySelector("details")?.setAttribute("open", "");
  head.replaceWith(template.content);
}

/** The room of a board of which no socket tells who is here. */
function noRoom() {
  return { people: [], more: 0, held: {}, holders: {} };
}

function showRoom(fresh) {
  room = fresh;
  const shown = room.people.slice(0, PEOPLE_SHOWN).map(({ name, initials, colour }) => avatar(initials, name, `p${colour}`));
  const total = room.people.length + room.more;
  if (total > PEOPLE_ON_PHONES) shown.push(rest(total));
  people.replaceChildren(...shown);
  const names = room.people.map(({ name }) => Object.assign(document.createElement("li"), { textContent: name, dir: "auto" }));
  if (room.more) names.push(Object.assign(document.createElement("li"), { textContent: t("morePeople", { count: room.more }) }));
  everybody.replaceChildren(...names);
}

/** The end of the row of people: how many more there are, which shows everybody's name. */
function rest(total) {
  const more = Object.assign(document.createElement("li"), { className: total > PEOPLE_SHOWN ? "more" : "more few" });
  const button = Object.assign(document.createElement("button"), { type: "button", title: t("everybody", { count: total }) });
  button.popoverTargetElement = everybody;
  for (const [className, shown] of Object.entries({ "on-desks": PEOPLE_SHOWN, "on-phones": PEOPLE_ON_PHONES })) {
    button.append(Object.assign(document.createElement("span"), { className, textContent: `+${total - shown}` }));
  }
  more.append(button);
  return more;
}

function avatar(text, title, className) {
  const person = document.createElement("li");
  return Object.assign(person, { textContent: text, title, className });
}

/** Fetch the board anew and show it; after a release with other components, the whole page. Tells whether it could. */
async function load() {
  try {
    const response = await fetch(location.pathname, { cache: "no-store" });
    if (response.redirected) return location.assign(response.url);
    if (response.status === 404) return location.reload();
    if (response.ok) return showPage(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // No network: the socket is opened again later, and this with it.
  }
  return false;
}

function showPage(page) {
  const fresh = page.querySelector(".board");
  const release = (element) => element.dataset.format.split(".")[0];
  if (release(fresh) !== release(board) && !board.querySelector(".card.open")) return location.reload();
  upsertAll(page);
  showHead(fresh.querySelector(".board-head").outerHTML);
  Object.assign(board.dataset, { seq: fresh.dataset.seq, format: fresh.dataset.format });
  return true;
}

function lose(code) {
  socket = null;
  if (code === LOG_IN) return logIn();
  if (!isLookedAt) lostAt ??= now();
  if (sign.dataset.live === "live" && !isLookedAt) show("catching-up");
  if (code === GIVE_WAY && document.hidden) {
    // Another tab has the place of this one, until somebody looks here again.
    lostAt = null;
    return;
  }
  failures++;
  if (code === TRY_LATER && !hasReceived) poll("crowded");
  else if (code === NO_ACCESS || (!hadSocket && failures >= POLL_AFTER_FAILURES)) poll("blocked");
  if (code !== NO_ACCESS) retry = setTimeout(connect, longestWait() * (0.5 + Math.random()));
}

function logIn() {
  location.assign(`${urlOf("login")}?next=${encodeURIComponent(location.pathname)}`);
}

function longestWait() {
  const longest = isLookedAt ? WAIT_WHILE_POLLING : wasOpen ? LONGEST_WAIT : UNREACHED_WAIT;
  return Math.min(longest, 250 * 2 ** (failures - 1));
}

/** Look for changes every few seconds until a socket comes through. `why` is the key of the word that says why. */
function poll(why) {
  startPolling(() => look(why));
}

/** Ask for what changed since, and show it. Returns whether there was anything; throws when nothing came. */
async function look(why) {
  try {
    const response = await fetch(changesAddress(), { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(LOOK_TIMEOUT) });
    // The socket was quicker.
    if (!isPolling()) return false;
    if (response.type === "opaqueredirect") return logIn();
    if (!response.ok) throw new Error(`The look came back with ${response.status}.`);
    const isNews = response.status === OK;
    if (isNews && !(await take(await response.json()))) throw new Error("The board could not be loaded.");
    if (isPolling()) showLookedAt(why);
    return isNews;
  } catch (error) {
    if (isLookedAt && isPolling()) {
      isLookedAt = false;
      lostAt ??= now();
      show("catching-up");
    }
    throw error;
  }
}

function changesAddress() {
  const { changes, seq, format } = board.dataset;
  return `${changes}?${new URLSearchParams({ since: seq, format, language: document.documentElement.lang })}`;
}

function showLookedAt(why) {
  if (!isLookedAt) showRoom(noRoom());
  showLocks(room);
  isLookedAt = true;
  lostAt = null;
  show("live", "slow", why);
}

/** Once a second: a wire that fell silent is cut, a socket that is gone for long is called so. */
function watch() {
  if (socket && elapsed(receivedAt) > SILENT_AFTER) {
    socket.close();
    lose(ABNORMAL);
    if (!isLookedAt) show("offline");
  }
  if (lostAt && elapsed(lostAt) > OFFLINE_AFTER) show("offline");
  if (lostAt && elapsed(lostAt) > POLL_AFTER) poll("blocked");
  sign.dataset.seconds = lostAt ? Math.round(elapsed(lostAt) / 1_000) : "";
}

/** Back on this page or on the network: ask at once. */
function ask() {
  if (socket?.readyState === WebSocket.OPEN) send({ since: Number(board.dataset.seq) });
  else if (!socket && !document.hidden) connect();
  lookNow();
}

function sendVisibility() {
  send({ hidden: Number(document.hidden) });
}

// One clock stands still while the machine sleeps, the other may be set: the longer time counts.
function now() {
  return [performance.now(), Date.now()];
}

/** @param {number[]} moment */
function elapsed([steady, wall]) {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** Show the state of the connection, in the words of `key`, and why it is so, if there is anything to say of it. */
function show(state, key = state, why = null) {
  const text = t(key);
  if (sign.dataset.live === state && sign.textContent === text) return;
  // The state before the script ran is "offline" too, with no words.
  const wasOffline = sign.dataset.live === "offline" && sign.textContent;
  if (why) announce(t(why));
  else if (state === "offline" || (state === "live" && wasOffline)) announce(text);
  sign.dataset.live = state;
  sign.textContent = text;
  sign.title = why ? t(why) : "";
}

// The page's side of the live protocol (board/consumers.py). The socket is a cursor: the page says which sequence
// number it shows, gets what changed since, and says so again.

import { leave, parse, settle, settleAll, showHeld } from "./cards.js";
import { report, say } from "./news.js";
import { word } from "./words.js";

const OFFLINE_AFTER = 5_000;
const SILENT_AFTER = 20_000;
// Between two tries: while nobody answers, and with a server that answers but does not stay.
const UNREACHED_WAIT = 2_000;
const LONGEST_WAIT = 10_000;
// How many people have a place in the head of the page.
const PEOPLE_SHOWN = 5;
const PEOPLE_ON_PHONES = 2;
const LOG_IN = 4401;
const NO_ACCESS = 4403;

const board = document.querySelector(".board");
const sign = document.querySelector("[data-live]");
const people = document.querySelector(".people");
const everybody = document.querySelector(".everybody");

let socket = null;
let retry = null;
let failures = 0;
let wasOpen = false;
let lostAt = now();
let heardAt = lostAt;
let held = {};

/** Open the socket and keep it open. */
export function goLive() {
  show("catching-up");
  connect();
  setInterval(watch, 1_000);
  // A page that the server filtered shows a part only; with the script the filter hides, and all are there.
  if (board.matches("[data-filtered]")) load();
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("pageshow", ask);
  addEventListener("online", ask);
}

/** Tell the others what is in hand, and renew it while it is. */
export const hands = {
  hold(id) {
    this.held = id;
    tell({ hold: Number(id) });
    this.timer = setInterval(() => tell({ hold: Number(id) }), 5_000);
  },
  /** The hand is empty; the others may have the card when its move, if there is one, is saved. */
  async release(id, saved) {
    clearInterval(this.timer);
    this.held = null;
    await saved;
    if (this.held !== id) tell({ release: Number(id) });
  },
};

function connect() {
  clearTimeout(retry);
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = (socket = new WebSocket(`${scheme}://${location.host}/sprints/${board.dataset.sprint}/live?language=${document.documentElement.lang}`));
  heardAt = now();
  wasOpen = false;
  mine.onopen = () => {
    wasOpen = true;
    tell({ since: Number(board.dataset.seq) });
  };
  mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lose(event.code);
}

async function hear(frame) {
  failures = 0;
  heardAt = now();
  if (frame.reset || frame.format !== board.dataset.format) {
    if (!(await load())) return socket?.close();
  } else {
    apply(frame);
  }
  if (frame.room) showRoom(frame.room);
  showHeld(held);
  lostAt = null;
  show("live");
  tell({ since: Number(board.dataset.seq) });
}

function apply(frame) {
  const by = new Map(frame.news?.map((news) => [String(news.task), news.name]));
  for (const card of parse(frame.cards ?? "")) settle(card, true, by.get(card.dataset.task));
  for (const id of frame.left ?? []) leave(id, frame.seq, by.get(String(id)));
  if (frame.head) showHead(frame.head);
  report(frame.news ?? []);
  if (frame.seq > Number(board.dataset.seq)) board.dataset.seq = frame.seq;
}

function showHead(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  board.querySelector(".board-head").replaceWith(template.content);
}

function showRoom(room) {
  held = room.held;
  const shown = room.people.slice(0, PEOPLE_SHOWN).map(({ name, initials, colour }) => avatar(initials, name, `p${colour}`));
  const total = room.people.length + room.more;
  if (total > PEOPLE_ON_PHONES) shown.push(rest(total));
  people.replaceChildren(...shown);
  const names = room.people.map(({ name }) => Object.assign(document.createElement("li"), { textContent: name, dir: "auto" }));
  if (room.more) names.push(Object.assign(document.createElement("li"), { textContent: word("morePeople", { count: room.more }) }));
  everybody.replaceChildren(...names);
}

/** The end of the row of people: how many more there are, which shows everybody's name. */
function rest(total) {
  const more = Object.assign(document.createElement("li"), { className: total > PEOPLE_SHOWN ? "more" : "more few" });
  const button = Object.assign(document.createElement("button"), { type: "button", title: word("everybody", { count: total }) });
  button.popoverTargetElement = everybody;
  for (const [className, shown] of [["on-desks", PEOPLE_SHOWN], ["on-phones", PEOPLE_ON_PHONES]]) {
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
  settleAll(page);
  showHead(fresh.querySelector(".board-head").outerHTML);
  Object.assign(board.dataset, { seq: fresh.dataset.seq, format: fresh.dataset.format });
  return true;
}

function lose(code) {
  socket = null;
  lostAt ??= now();
  if (code === LOG_IN) return location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  if (code === NO_ACCESS) return show("offline");
  if (sign.dataset.live === "live") show("catching-up");
  const wait = Math.min(wasOpen ? LONGEST_WAIT : UNREACHED_WAIT, 250 * 2 ** failures++) * (0.5 + Math.random());
  retry = setTimeout(connect, wait);
}

/** Once a second: a wire that fell silent is cut, a socket that is gone for long is called so. */
function watch() {
  if (socket && elapsed(heardAt) > SILENT_AFTER) {
    socket.close();
    lose(1006);
    show("offline");
  }
  if (lostAt && elapsed(lostAt) > OFFLINE_AFTER) show("offline");
  sign.dataset.seconds = lostAt ? Math.round(elapsed(lostAt) / 1_000) : "";
}

/** Back on this page or on the network: ask at once. */
function ask() {
  if (socket?.readyState === WebSocket.OPEN) tell({ since: Number(board.dataset.seq) });
  else if (!socket) connect();
}

// One clock stands still while the machine sleeps, the other may be set: the longer time counts.
function now() {
  return [performance.now(), Date.now()];
}

function elapsed([steady, wall]) {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function show(state) {
  if (sign.dataset.live === state && sign.textContent === word(state)) return;
  // The state before the script ran is "offline" too, with no words.
  const wasOffline = sign.dataset.live === "offline" && sign.textContent;
  if (state === "offline" || (state === "live" && wasOffline)) say(word(state));
  sign.dataset.live = state;
  sign.textContent = word(state);
}

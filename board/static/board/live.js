// The page's side of the live protocol (board/consumers.py). The socket is a cursor: the page says which sequence
// number it shows, gets what changed since, and says so again.

import { leave, parse, settle, settleAll, showHeld } from "./cards.js";

const OFFLINE_AFTER = 5_000;
const SILENT_AFTER = 20_000;
const LONGEST_WAIT = 10_000;
const LOG_IN = 4401;
const NO_ACCESS = 4403;

const board = document.querySelector(".board");
const sign = document.querySelector("[data-live]");
const people = document.querySelector(".people");
const WORDS = { live: "Live", "catching-up": "Catching up", offline: "Offline" };

let socket = null;
let retry = null;
let failures = 0;
let lostAt = performance.now();
let heardAt = 0;
let loading = null;

/** Open the socket and keep it open. */
export function goLive() {
  show("catching-up");
  connect();
  setInterval(watch, 1_000);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("pageshow", ask);
  addEventListener("online", ask);
}

/** Tell the others what is in hand, and renew it while it is. */
export const hands = {
  hold(id) {
    tell({ hold: Number(id) });
    this.timer = setInterval(() => tell({ hold: Number(id) }), 5_000);
  },
  release(id) {
    clearInterval(this.timer);
    tell({ release: Number(id) });
  },
};

function connect() {
  clearTimeout(retry);
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = (socket = new WebSocket(`${scheme}://${location.host}/sprints/${board.dataset.sprint}/live`));
  heardAt = performance.now();
  mine.onopen = () => tell({ since: Number(board.dataset.seq), format: board.dataset.format });
  mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data));
  mine.onclose = (event) => mine === socket && lose(event.code);
}

async function hear(frame) {
  failures = 0;
  heardAt = performance.now();
  if (frame.reset) await load();
  else apply(frame);
  lostAt = null;
  show("live");
  tell({ since: Number(board.dataset.seq) });
}

function apply(frame) {
  const by = new Map(frame.news?.map((news) => [String(news.task), news.name]));
  for (const card of parse(frame.cards ?? "")) settle(card, true, by.get(card.dataset.task));
  for (const id of frame.left ?? []) leave(id, frame.seq, by.get(String(id)));
  if (frame.head) showHead(frame.head);
  if (frame.room) showRoom(frame.room);
  if (frame.seq > Number(board.dataset.seq)) board.dataset.seq = frame.seq;
}

function showHead(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  board.querySelector(".board-head").replaceWith(template.content);
}

function showRoom(room) {
  showHeld(room.held);
  people.replaceChildren(
    ...room.people.map(({ name, initials, colour }) => {
      const person = document.createElement("li");
      person.className = `p${colour}`;
      person.title = name;
      person.textContent = initials;
      return person;
    }),
  );
}

/** Fetch the board anew and show it; after a release with other components, the whole page. */
export function load() {
  loading ??= fetchBoard().finally(() => (loading = null));
  return loading;
}

async function fetchBoard() {
  const response = await fetch(location.pathname);
  if (response.redirected) return location.assign(response.url);
  if (!response.ok) return location.reload();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(".board");
  const release = (element) => element.dataset.format.split(".")[0];
  if (release(fresh) !== release(board) && !board.querySelector(".card.open")) return location.reload();
  settleAll(page);
  showHead(fresh.querySelector(".board-head").outerHTML);
  board.dataset.seq = fresh.dataset.seq;
  board.dataset.format = fresh.dataset.format;
}

function lose(code) {
  socket = null;
  lostAt ??= performance.now();
  if (code === LOG_IN) return location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  if (code === NO_ACCESS) return show("offline");
  if (sign.dataset.live === "live") show("catching-up");
  const wait = Math.min(LONGEST_WAIT, 250 * 2 ** failures++) * (0.5 + Math.random());
  retry = setTimeout(connect, wait);
}

/** Once a second: a wire that fell silent is cut, a socket that is gone for long is called so. */
function watch() {
  const now = performance.now();
  if (socket && now - heardAt > SILENT_AFTER) {
    socket.close();
    lose(1006);
    show("offline");
  }
  if (lostAt !== null && now - lostAt > OFFLINE_AFTER) show("offline");
  sign.dataset.seconds = lostAt === null ? "" : Math.round((now - lostAt) / 1_000);
}

/** Back on this page or on the network: ask at once. */
function ask() {
  if (socket?.readyState === WebSocket.OPEN) tell({ since: Number(board.dataset.seq) });
  else if (!socket) connect();
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function show(state) {
  if (sign.dataset.live === state && sign.textContent === WORDS[state]) return;
  sign.dataset.live = state;
  sign.textContent = WORDS[state];
}

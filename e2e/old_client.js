// A client as people wrote them ten years ago, with jQuery's way of asking and Backbone's of saving: each request says what the
// one of those libraries would, PUT sends the whole model back, and forms show errors as `{field: [messages]}` beside the fields.

let token = null;
let collections = {};
const shown = {};

/** As $.ajax: the data of a GET become its query, with the cache-buster; those of a log-in are a form, those of a model JSON. */
function ajax(method, url, data, kind = "application/json") {
  const request = new XMLHttpRequest();
  if (method === "GET") url += `${url.includes("?") ? "&" : "?"}${new URLSearchParams({ ...data, _: Date.now() })}`;
  request.open(method, url);
  request.setRequestHeader("Accept", "application/json, text/javascript, */*; q=0.01");
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  if (token) request.setRequestHeader("Authorization", `Token ${token}`);
  let body = null;
  if (data && method !== "GET") {
    request.setRequestHeader("Content-Type", kind);
    body = kind === "application/json" ? JSON.stringify(data) : new URLSearchParams(data).toString();
  }
  return new Promise((resolve, reject) => {
    request.onload = () => {
      // jQuery parses by the content type; what is no JSON is text to it.
      const isJson = /^application\/json\b/.test(request.getResponseHeader("Content-Type"));
      const answer = isJson ? JSON.parse(request.responseText) : request.responseText;
      if (request.status < 300) resolve(answer);
      else reject({ status: request.status, responseJSON: isJson ? answer : undefined });
    };
    request.send(body);
  });
}

/** As Backbone's sync: POST for what is new, PUT with all attributes for what is not. */
function save(model, url) {
  return model.links ? ajax("PUT", model.links.self, model) : ajax("POST", url, model);
}

/** As the forms of the book's client: every key is a field's name, every value a list of messages. */
function showErrors(form, errors) {
  for (const [field, messages] of Object.entries(errors)) {
    const input = form.elements[field];
    const place = input ? input.parentElement : form;
    place.append(...messages.map((text) => Object.assign(document.createElement("p"), { className: "error", textContent: text })));
  }
}

function onSubmit(id, act) {
  const form = document.getElementById(id);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelectorAll(".error").forEach((error) => error.remove());
    act(Object.fromEntries(new FormData(form)), form).catch((failure) => {
      if (failure.status === 400) showErrors(form, failure.responseJSON);
      else showErrors(form, { failed: [`${failure.status}: ${failure.responseJSON.detail}`] });
    });
  });
  return form;
}

onSubmit("login", async (data, form) => {
  const kind = "application/x-www-form-urlencoded; charset=UTF-8";
  token = (await ajax("POST", "/api/token", data, kind)).token;
  collections = await ajax("GET", "/api/");
  form.hidden = true;
  document.getElementById("sprint").hidden = false;
  await listSprints();
});

onSubmit("sprint", async (data) => {
  await save(data, collections.sprints);
  await listSprints();
});

onSubmit("task", async (data) => {
  await save(data, collections.tasks);
  await listTasks();
});

const details = onSubmit("details", async (data, form) => {
  await save({ ...form.model, ...data }, collections.tasks);
  await listTasks();
});
details.elements.delete.addEventListener("click", async () => {
  await ajax("DELETE", details.model.links.self);
  await listTasks();
});

async function listSprints() {
  let page = await ajax("GET", collections.sprints, { end_min: "2000-01-01", page_size: 100 });
  const sprints = page.results;
  while (page.next) {
    page = await ajax("GET", page.next);
    sprints.push(...page.results);
  }
  const list = document.getElementById("sprints");
  list.replaceChildren(...sprints.map((sprint) => item(sprint.name || sprint.end, () => openSprint(sprint))));
}

async function openSprint(sprint) {
  shown.sprint = await ajax("GET", sprint.links.self);
  document.getElementById("task").hidden = false;
  await listTasks();
}

/** The tasks of the sprint, by its link and status by status, and the backlog. */
async function listTasks() {
  const lists = [{ backlog: "True" }, ...[1, 2, 3, 4].map((status) => ({ sprint: shown.sprint.id, status }))];
  const pages = await Promise.all(lists.map((filters) => ajax("GET", collections.tasks, { ...filters, page_size: 100 })));
  const tasks = pages.flatMap((page) => page.results);
  document.getElementById("tasks").replaceChildren(
    ...tasks.map((task) => item(`${task.name} (${task.status_display}, ${task.assigned ?? "nobody"})`, () => openTask(task))),
  );
}

function openTask(task) {
  details.model = task;
  details.hidden = false;
  for (const input of details.elements) if (input.name in task) input.value = task[input.name] ?? "";
}

function item(text, open) {
  const link = Object.assign(document.createElement("button"), { textContent: text });
  link.addEventListener("click", open);
  const line = document.createElement("li");
  line.append(link);
  return line;
}

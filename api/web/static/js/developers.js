// The page of the API: a question is asked from here and its answer shown, with what is left of the quota.
// Without this the links open the same answers.

const LONGEST = 20000; // characters of an answer that are shown: more than that nobody reads on a page

function address(section) {
  let path = section.dataset.path;
  const query = new URLSearchParams();
  for (const input of section.querySelectorAll("input")) {
    const value = input.value.trim();
    if (path.includes(`{${input.name}}`)) path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value) query.set(input.name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function show(section, text) {
  const answer = section.querySelector("[data-answer]");
  answer.hidden = false;
  answer.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

async function ask(section) {
  const where = address(section);
  const told = section.querySelector("[data-told]");
  section.querySelector("[data-address]").textContent = `GET ${decodeURIComponent(where)}`;
  section.querySelector("[data-open]").href = where;
  const begun = performance.now();
  try {
    const answer = await fetch(where, { headers: { Accept: "application/json" } });
    const body = await answer.text();
    const left = answer.headers.get("RateLimit");
    told.textContent = `${answer.status} · ${Math.round(performance.now() - begun)} ms${left ? ` · RateLimit: ${left}` : ""}`;
    show(section, pretty(body));
  } catch (failure) {
    told.textContent = String(failure);
  }
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

for (const section of document.querySelectorAll("[data-example]")) {
  const form = section.querySelector("form");
  if (!form) continue;
  form.querySelector("[data-ask]").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(section);
  });
}

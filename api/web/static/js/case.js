// A case by keyboard: j and k go through the findings, n to the next case of the desk.
// A form that is sent is not sent again while the answer is on its way; the server would answer the same.

const findings = [...document.querySelectorAll(".findings > li")];

function typing(target) {
  return target.closest("input, textarea, select") !== null;
}

function go(step) {
  const at = findings.findIndex((item) => item.getAttribute("aria-current") === "true");
  const next = Math.min(Math.max(at + step, 0), findings.length - 1);
  findings.forEach((item, index) => (index === next ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current")));
  findings[next]?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
  if (event.key === "n") document.querySelector("[data-next]")?.click();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// What a person does on any page, and how pages come and go.

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (body.dataset.state === "limited") find("summary").focus();
  else proceed();
});

for (const link of all("[data-replace]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(link.href);
  });
}

for (const button of all("[data-logout]")) {
  button.addEventListener("click", async () => {
    if (!(await send("logout", {}))) return;
    sessionStorage.clear();
    leave("home", button.dataset.logout);
  });
}

for (const link of all("[data-again]")) link.href = place("identify");

find("retry")?.addEventListener("click", load);

addEventListener("pagehide", () => {
  otp?.abort();
  for (const input of all("[data-secret]")) input.value = "";
});

// What the back/forward cache kept may be over.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !steps[page]) return;
  body.dataset.wait = "";
  load();
});

/** The address is shown once, then forgotten; without a change just made there is nothing to show. */
const finish = () => {
  const done = JSON.parse(sessionStorage.getItem("done"));
  if (!done) return leave("home");
  sessionStorage.setItem("done", "{}");
  find("address").hidden = !done.email;
  fill(document, done);
  if (done.url) for (const link of all("[data-sign-in]")) link.href = done.url;
  delete body.dataset.wait;
  return undefined;
};

// A notice that the address names, such as an expired session, is read out.
const notice = find(location.hash.slice(1));
if (notice?.matches(".target")) notice.focus();

if (page === "done") finish();
if (steps[page]) load();

// Small helpers that markup asks for by data attributes. They listen on the document, so they serve static and interactive pages alike.

const one = (id) => document.getElementById(id);

/** Moves focus to an element (or to the first field inside it) and brings it into view. */
export function focusOn(id) {
  const element = one(id);
  if (!element) return false;
  const target = element.matches("fieldset, [role=group], [role=radiogroup]") ? element.querySelector("input, select, textarea, button") ?? element : element;
  target.focus();
  target.scrollIntoView({ block: "center" });
  return document.activeElement === target;
}

// Links to a field: <a href="...#id" data-focus="id">
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-focus]");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  event.stopPropagation();
  focusOn(link.dataset.focus);
}, true);

// Static pages: an error summary that came with the page takes focus at once.
one("error-summary")?.focus();

// Colours
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-theme-choice]")) return;
  const choice = event.target.value;
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = choice === "system"
    ? `portal-theme=; path=/; max-age=0; samesite=lax${secure}`
    : `portal-theme=${choice}; path=/; max-age=31536000; samesite=lax${secure}`;
});

// Menus close once something in them has been chosen.
document.addEventListener("click", (event) => {
  const menu = event.target.closest?.("a")?.closest("[popover]");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});

// A button that prints the page: <button data-print>
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) print(); });

// Command palette
const palette = () => one("palette");
function openPalette() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[data-palette-text]").select();
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k" && palette()) {
    event.preventDefault();
    openPalette();
  }
  if (event.target.matches?.("[data-palette-text]")) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") event.preventDefault();
    if (event.key === "Enter" && event.target.getAttribute("aria-activedescendant")) palette().close();
  }
  // Enter takes the highlighted entry of a pick list; it must not send the form around it.
  if (event.key === "Enter" && event.target.matches?.("[role=combobox][aria-expanded=true]")) event.preventDefault();
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches?.("[role=combobox]:not(select)")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette-open]")) openPalette();
  const dialog = palette();
  if (dialog?.open && (event.target === dialog || event.target.closest?.("[data-palette-entry]"))) dialog.close();
});

// Keeps the highlighted entry of any list box in view.
new MutationObserver((changes) => {
  for (const { target } of changes)
    if (target.getAttribute("aria-selected") === "true") target.scrollIntoView({ block: "nearest" });
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-selected"] });

// Leaving with unsaved words: a form says data-unsaved while something in it has not reached the server.
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unsaved=true]")) event.preventDefault();
});

// Lost connection. Nothing is put in the browser's storage: what was typed is on the server up to the last save.
const reconnect = one("components-reconnect-modal");
if (reconnect) {
  let waiting = false;
  const answers = async () => {
    try { return (await fetch("/health/live", { cache: "no-store" })).ok; } catch { return false; }
  };
  const reloadWhenAnswering = async () => {
    if (waiting) return;
    waiting = true;
    // Files that are being uploaded go on without the page's connection; opening the page afresh would lose them.
    while (!(await answers()) || document.documentElement.hasAttribute("data-uploading")) await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const form of document.querySelectorAll("[data-unsaved]")) form.dataset.unsaved = "false";
    location.reload();
  };
  const tryAgain = async () => {
    try {
      if (await Blazor.reconnect()) {
        reconnect.close();
        tellAgain();
      }
      else await reloadWhenAnswering();
    } catch { /* not reachable: the dialog stays, and says so */ }
  };
  // A line may be dead for half a minute before anybody notices. What was typed into it stands on the page, and the server has not heard of it:
  // once the line is back, each field touched since is told again. (A box without a name turns with every telling, so it is left alone; of a choice
  // that was changed since, only what is chosen now is told.)
  const unnoticed = 60_000, touched = new Map();
  let lostAt = 0;
  addEventListener("input", ({ target }) => touched.set(target, Date.now()), true);
  const tellAgain = () => {
    for (const [field, at] of touched)
      if (field.isConnected && at > lostAt - unnoticed && !field.matches("[type=checkbox]:not([name]), [type=radio]:not(:checked), [type=file]"))
        field.dispatchEvent(new Event(field.matches("select, [type=radio], [type=checkbox]") ? "change" : "input", { bubbles: true }));
    touched.clear();
  };
  // The server could not take an event (it came for a handler that was just replaced): what stands in the fields is told again.
  addEventListener("unhandledrejection", (event) => {
    if (!String(event.reason?.message ?? event.reason).includes("DispatchEventAsync")) return;
    event.preventDefault();
    lostAt = Date.now();
    tellAgain();
  });
  reconnect.addEventListener("components-reconnect-state-changed", ({ detail }) => {
    if (detail.state === "show" && !reconnect.open) {
      lostAt = Date.now();
      reconnect.showModal();
    }
    if (detail.state === "hide" && reconnect.open) {
      reconnect.close();
      tellAgain();
    }
    if (detail.state === "rejected" || detail.state === "resume-failed") reloadWhenAnswering();
  });
  reconnect.addEventListener("cancel", (event) => event.preventDefault());
  reconnect.querySelector("[data-reconnect]").addEventListener("click", tryAgain);
  const whenBack = () => { if (reconnect.open && document.visibilityState === "visible") tryAgain(); };
  document.addEventListener("visibilitychange", whenBack);
  addEventListener("online", whenBack);
}

// The body chart: one tab stop a figure; arrow keys go to the nearest part in that direction, Enter and the space bar press it.
document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.("[data-roving] [role=button]");
  if (!from) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    from.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way) return;
  event.preventDefault();
  const middle = (part) => { const box = part.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
  const [x, y] = middle(from);
  let best = null, least = Infinity;
  for (const part of from.closest("[data-roving]").querySelectorAll("[role=button]")) {
    const [px, py] = middle(part);
    const along = (px - x) * way[0] + (py - y) * way[1];
    const across = Math.abs((px - x) * way[1]) + Math.abs((py - y) * way[0]);
    if (part === from || along <= 1) continue;
    const distance = along + across * 2;
    if (distance < least) [best, least] = [part, distance];
  }
  best?.focus();
});
document.addEventListener("focusin", (event) => {
  const part = event.target.closest?.("[data-roving] [role=button]");
  if (!part) return;
  for (const other of part.closest("[data-roving]").querySelectorAll("[role=button]")) other.setAttribute("tabindex", other === part ? "0" : "-1");
});

// The queue's rows by keyboard: arrow keys, Home and End go from referral to referral, the space bar and x tick the one that has the focus.
// Enter is the link's own. The right arrow goes to the referral beside the list, Escape comes back. The component keeps which row Tab leads to.

export const hasRoom = () => matchMedia("(min-width: 80rem)").matches;

const current = () => document.querySelector("[data-rows] a[data-row][tabindex='0']");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("[data-beside]")) current()?.focus();
  const link = event.target.closest?.("[data-rows] a[data-row]");
  if (!link || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.key === " " || event.key === "x") {
    event.preventDefault();
    link.closest("tr").querySelector("input[type=checkbox]")?.click();
    return;
  }
  if (event.key === "ArrowRight") {
    document.querySelector("[data-beside] h2")?.focus();
    return;
  }
  const links = [...link.closest("[data-rows]").querySelectorAll("a[data-row]")];
  const here = links.indexOf(link);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  links[Math.min(Math.max(to, 0), links.length - 1)].focus();
});

// After a decision the next referral shows by itself: its row comes into view where it is not.
new MutationObserver((changes) => {
  for (const { target } of changes)
    if (target.matches("[data-rows] a[aria-current=true]")) target.scrollIntoView({ block: "nearest" });
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-current"] });

// The queue's rows by keyboard: arrow keys, Home and End go from referral to referral, the space bar and x tick the one that has the focus.
// Enter is the link's own. The component keeps which row Tab leads to.

export const hasRoom = () => matchMedia("(min-width: 80rem)").matches;

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-rows] a[data-row]");
  if (!link || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.key === " " || event.key === "x") {
    event.preventDefault();
    link.closest("tr").querySelector("input[type=checkbox]")?.click();
    return;
  }
  const links = [...link.closest("[data-rows]").querySelectorAll("a[data-row]")];
  const here = links.indexOf(link);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  links[Math.min(Math.max(to, 0), links.length - 1)].focus();
});

/*
 * The behaviour of the HTML report: the search hides articles that do not hold every word and opens the groups of the others;
 * a button opens or closes all groups; links open the group that they lead to; printing opens everything.
 */
const input = document.getElementById("search");
const found = document.getElementById("found");
const all = document.getElementById("all");
const groups = [...document.querySelectorAll(".group")];
const folds = [...document.querySelectorAll("details")];
if (input) {
  const texts = [];
  let before;
  let waiting;
  const words = () => input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (node, wanted) => {
    const text = (texts[node.dataset.at] ??= node.textContent.toLowerCase());
    return wanted.every((word) => text.includes(word));
  };
  const search = () => {
    const wanted = words();
    if (wanted.length > 0) before ??= groups.map((group) => group.open);
    let shown = 0;
    groups.forEach((group, at) => {
      let any = false;
      for (const node of group.querySelectorAll("article")) {
        node.hidden = !matches(node, wanted);
        if (!node.hidden) {
          any = true;
          shown += 1;
        }
      }
      group.hidden = !any;
      if (wanted.length > 0) group.open = any;
      else if (before) group.open = before[at];
    });
    if (wanted.length === 0) before = undefined;
    found.textContent = shown.toLocaleString("en-US") + " shown";
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 60);
  });
  all.addEventListener("click", () => {
    const open = groups.some((group) => !group.hidden && !group.open);
    for (const group of groups) if (!group.hidden) group.open = open;
    all.textContent = open ? "Close all" : "Open all";
  });
  if (input.value) search();
}
const follow = () => {
  const target = document.getElementById(location.hash.slice(1));
  const group = target?.closest(".group");
  if (!group) return;
  if (target.hidden) {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  }
  target.hidden = group.hidden = false;
  group.open = true;
  requestAnimationFrame(() => target.scrollIntoView());
};
addEventListener("hashchange", follow);
follow();
let closed = [];
addEventListener("beforeprint", () => {
  closed = folds.filter((fold) => !fold.open);
  for (const fold of closed) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of closed) fold.open = false;
});

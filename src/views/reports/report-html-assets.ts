/** The style of the HTML report: light or dark as the reader's system is; light and whole on paper. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c2024; --dim: #60646c; --page: #fff; --card: #f6f7f9; --line: #d9dce1;
  --red: #b3261e; --green: #18794e; --amber: #8a5a00; --blue: #0b5cad; --removed: #fdeceb; --added: #e6f6ee; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #edeef0; --dim: #a0a4ac; --page: #111315; --card: #1b1e21;
  --line: #33383e; --red: #ff8f87; --green: #4cc38a; --amber: #f5c45e; --blue: #70b8ff; --removed: #3a2022; --added: #14301f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { border-left: .4rem solid var(--blue); padding-left: 1rem; margin-bottom: 1rem; }
header.ok, header.failed { color: var(--ink); } header.ok { border-color: var(--green); } header.failed { border-color: var(--red); }
header p { margin: 0; color: var(--dim); } h1 { margin: 0; font-size: 1.5rem; line-height: 1.3; text-wrap: balance; }
h2, h3 { margin: 0; font-size: 1rem; font-weight: 500; } summary h2 { display: inline; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre span { display: block; }
pre { margin: .5rem 0 0; white-space: pre-wrap; tab-size: 4; }
ins, del { display: block; text-decoration: none; padding: 0 .4rem; margin: 0 -.4rem; border-radius: .2rem; }
ins { color: var(--green); background: var(--added); } del { color: var(--red); background: var(--removed); }
a { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; } dt { color: var(--dim); }
dd { margin: 0; }
.alarm { border: 1px solid var(--red); border-radius: .4rem; padding: .6rem .8rem; margin: .75rem 0; }
.alarm h2 { color: var(--red); font-weight: 700; }
.alarm ul { margin: .3rem 0; padding-left: 1.2rem; } .alarm details ul { max-height: 40vh; overflow-y: auto; }
.search { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; position: sticky; top: 0; z-index: 1;
  background: var(--page); padding: .5rem 0; margin: 0; }
input, button { font: inherit; color: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--card); }
input { flex: 1 1 8rem; min-width: 0; } button { cursor: pointer; }
output { color: var(--dim); min-width: 6rem; text-align: right; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.group { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .5rem .8rem; background: var(--card); }
.many .group { content-visibility: auto; contain-intrinsic-size: auto 2.6rem; }
summary { cursor: pointer; } summary .counts { color: var(--dim); }
article { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .6rem; scroll-margin-top: 4rem; }
article:target { outline: 2px solid var(--blue); outline-offset: .3rem; }
.sign { font-family: ui-monospace, monospace; font-weight: 700; display: inline-block; min-width: 1ch; }
.add, .ok { color: var(--green); } .change, .warning { color: var(--amber); } .take { color: var(--blue); }
.remove, .data-loss, .error, .failed, .problem { color: var(--red); } .note, .skipped, .leave { color: var(--dim); }
article p { margin: .3rem 0 0; white-space: pre-line; }
[hidden] { display: none !important; }
@media (max-width: 30rem) { body { padding: 1rem .6rem 3rem; } .group { padding: .5rem .6rem; }
  .search label { position: absolute; clip-path: inset(50%); } input { flex-basis: 100%; } output { flex: 1; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } output { text-align: left; } }
@media print { .search { display: none; } .group { background: none; } .many .group { content-visibility: visible; } body { max-width: none; }
  .alarm details ul { max-height: none; } h2, h3 { break-after: avoid; } }
`;

/**
 * What the HTML report does by itself: the search hides what does not hold every word, and opens what does; a button opens
 * and closes all; links open what they lead to; paper gets everything.
 */
export const script = `
const input = document.getElementById("search");
const found = document.getElementById("found");
const all = document.getElementById("all");
const groups = [...document.querySelectorAll(".group")];
const folds = [...document.querySelectorAll("details")];
if (input) {
  const texts = [];
  let before;
  let waiting;
  const words = () => input.value.toLowerCase().split(/\\s+/).filter(Boolean);
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
        if (!node.hidden) { any = true; shown += 1; }
      }
      group.hidden = !any;
      if (wanted.length > 0) group.open = any;
      else if (before) group.open = before[at];
    });
    if (wanted.length === 0) before = undefined;
    found.textContent = shown.toLocaleString("en-US") + " shown";
  };
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 60); });
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
  if (target.hidden) { input.value = ""; input.dispatchEvent(new Event("input")); }
  target.hidden = group.hidden = false;
  group.open = true;
  requestAnimationFrame(() => target.scrollIntoView());
};
addEventListener("hashchange", follow);
follow();
let closed = [];
addEventListener("beforeprint", () => { closed = folds.filter((fold) => !fold.open); for (const fold of closed) fold.open = true; });
addEventListener("afterprint", () => { for (const fold of closed) fold.open = false; });
`;

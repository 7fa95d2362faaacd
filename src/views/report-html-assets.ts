/** The style of the HTML report: light or dark as the reader's system is; readable on paper. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c2024; --dim: #60646c; --page: #fff; --card: #f6f7f9; --line: #d9dce1;
  --red: #b3261e; --green: #18794e; --amber: #8a5a00; --blue: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --dim: #a0a4ac; --page: #111315; --card: #1b1e21;
  --line: #33383e; --red: #ff8f87; --green: #4cc38a; --amber: #f5c45e; --blue: #70b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
header { border-left: .4rem solid var(--blue); padding-left: 1rem; }
header.ok { border-color: var(--green); } header.failed { border-color: var(--red); }
header p { margin: 0; color: var(--dim); } h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 0; font-size: 1rem; font-weight: 500; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; overflow-wrap: anywhere; }
pre { margin: .5rem 0 0; white-space: pre-wrap; } ins, del { text-decoration: none; }
ins { color: var(--green); } del { color: var(--red); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
.alarm { border: 1px solid var(--red); border-radius: .4rem; padding: .6rem .8rem; } .alarm strong { color: var(--red); }
.search { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; position: sticky; top: 0; background: var(--page); padding: .5rem 0; }
input { flex: 1; min-width: 10rem; font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--card); color: inherit; }
output { color: var(--dim); }
.group { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .5rem .8rem; background: var(--card); }
summary { cursor: pointer; } summary span { color: var(--dim); }
article { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .6rem; }
.sign { font-family: ui-monospace, monospace; font-weight: 700; }
.note { color: var(--dim); } .warning { color: var(--amber); } .data-loss, .error, .problem { color: var(--red); }
article p { margin: .3rem 0 0; overflow-wrap: anywhere; }
[hidden] { display: none; }
@media print { .search { display: none; } }
`;

/** The search of the HTML report: hides what does not hold every word, and opens what does. */
export const script = `
const input = document.getElementById("search");
const found = document.getElementById("found");
if (input) {
  const articles = [...document.querySelectorAll("article")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
  const groups = [...document.querySelectorAll(".group")].map((node) => ({ node, open: node.open }));
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of articles) {
      node.hidden = !words.every((word) => text.includes(word));
      if (!node.hidden) shown += 1;
    }
    for (const { node, open } of groups) {
      node.hidden = node.querySelector("article:not([hidden])") === null;
      node.open = words.length > 0 ? !node.hidden : open;
    }
    found.textContent = shown.toLocaleString("en-US") + " shown";
  });
}
`;

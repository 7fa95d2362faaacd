import { expect, test } from "vitest";
import { fillSlots, html } from "../../../../src/views/reports/template.js";

const hostile = `<script>alert("1" & '2')</script>`;
const escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";

test("every interpolated text is escaped, in content and in attributes", () => {
  expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  expect(html`<b>${3}</b>`.text).toBe("<b>3</b>");
});

test("line breaks in attributes survive", () => {
  expect(html`<p title="${"a\nb"}">${"a\nb"}</p>`.text).toBe('<p title="a&#10;b">a\nb</p>');
});

test("markup within markup is not escaped again", () => {
  const items = ["a&b", "c"].map((text) => html`<b>${text}</b>`);
  expect(html`<i>${items}</i>`.text).toBe("<i><b>a&amp;b</b>\n<b>c</b></i>");
});

test("the slots of a page are filled in the same way, and values hold no slots", () => {
  const values = { title: "{{body}} <b>", body: html`<i>$&</i>` };
  expect(fillSlots("<h1>{{title}}</h1>{{body}}{{other}}", values)).toBe(
    "<h1>{{body}} &lt;b&gt;</h1><i>$&</i>",
  );
});

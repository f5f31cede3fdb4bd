"""How the theory page looks: a narrow list of chapters beside a column of text, with figures wider than the text."""

STYLE = """<style>
/* the list of chapters stays; on narrow screens one box takes its place */
.st-key-theory_aside { position: sticky; top: 5rem; max-height: calc(100vh - 6rem); overflow-y: auto; }
[data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] .st-key-theory_aside) > div { height: 100%; }
.st-key-theory_aside [role="radiogroup"] { gap: 0; }
.st-key-theory_aside [role="radiogroup"] label { width: 100%; padding: 0.22rem 0.5rem; margin: 0;
  border-left: 2px solid transparent; }
.st-key-theory_aside [data-testid="stRadioOption"] > div > div:not([data-testid]) { display: none; }
.st-key-theory_aside [data-testid="stRadioOption"] p { font-size: 0.92rem; line-height: 1.35; }
.st-key-theory_aside [data-testid="stRadioOption"]:hover p { text-decoration: underline;
  text-underline-offset: 0.2em; }
.st-key-theory_aside [data-selected="true"] { border-left-color: currentColor !important; }
.st-key-theory_aside [data-selected="true"] p { font-weight: 600; }
.st-key-theory_aside [data-testid="stRadioOption"]:has(input:focus-visible) { outline: 2px solid currentColor;
  outline-offset: -2px; border-radius: 0.25rem; }
.st-key-theory_narrow { display: none; }
@media (max-width: 900px) {
  .st-key-theory_narrow { display: flex; }
  [data-testid="stColumn"]:has(.st-key-theory_aside) { display: none; }
  [data-testid="stColumn"]:has(.st-key-theory_narrow) { min-width: 100%; }
}
[data-testid="stLayoutWrapper"]:has(> .st-key-theory_narrow) { display: none; }
@media (max-width: 900px) { [data-testid="stLayoutWrapper"]:has(> .st-key-theory_narrow) { display: flex; } }
/* words: text, captions and what is said of a figure have one measure */
.st-key-theory_frame { --measure: 37rem; }
.st-key-theory_frame .lab-quiet { max-width: var(--measure); }
.theory-number { margin: 0 0 0.35rem; font-size: 0.9rem; color: color-mix(in srgb, currentColor 70%, transparent); }
.lab-title:focus { outline: none; }
[class*="st-key-theory_text"] p, [class*="st-key-theory_text"] li { font-size: 1.05rem; line-height: 1.65;
  max-width: var(--measure); }
[class*="st-key-theory_text"] :is(h2, h3) { font-size: 1.3rem; padding: 0.6rem 0 0.2rem; }
[class*="st-key-theory_text"] .katex-display { overflow-x: auto; overflow-y: hidden;
  max-width: var(--measure); margin: 0.6em 0; padding: 0.2em 0; }
[class*="st-key-theory_text"] table { font-size: 0.95rem; }
/* formulas as large as the text around them, never broken at a sign */
.st-key-theory_frame .katex { font-size: 1.06em; white-space: nowrap; }
.st-key-theory_frame .katex-display > .katex { font-size: 1.14em; }
.st-key-theory_frame [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: 0.4rem; }
/* live figures */
[class*="st-key-theory_figure_"] { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding: 1.1rem 0 0.9rem;
  margin: 0.4rem 0; gap: 0.8rem; }
.theory-branch { margin: 0; font-size: 0.9rem; color: color-mix(in srgb, currentColor 74%, transparent); }
.theory-translation { margin: 0.1rem 0 0.2rem; font-family: var(--lab-serif); font-size: 1.3rem; line-height: 1.35; }
[class*="st-key-theory_branch_"] { border-top: 3px solid transparent; padding-top: 0.6rem; }
[class*="st-key-theory_branch_"][class*="_on"] { border-top-color: currentColor; }
.st-key-theory_catalogue_table { overflow: clip; }
.st-key-theory_catalogue_table table { font-size: 0.9rem; }
.st-key-theory_catalogue_table p { max-width: none; }
.st-key-theory_frame .st-key-theory_catalogue_table .katex { white-space: normal; }
@media (max-width: 640px) {
  .st-key-theory_catalogue_table :is(table, tbody, tr, td) { display: block; width: auto; border: none; }
  .st-key-theory_catalogue_table thead { display: none; }
  .st-key-theory_catalogue_table tr { padding: 0.6rem 0;
    border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
  .st-key-theory_catalogue_table td { padding: 0.15rem 0; overflow-x: auto; }
  .st-key-theory_catalogue_table td:first-child { font-weight: 600; }
}
[class*="st-key-theory_open_"] { gap: 0.15rem; }
[class*="st-key-theory_figure_"] a[data-testid="stPageLink-NavLink"] { padding-left: 0; }
[class*="st-key-theory_figure_"] a[data-testid="stPageLink-NavLink"] p { text-decoration: underline;
  text-underline-offset: 0.2em; }
.theory-say { font-size: 1.05rem; margin: 0; max-width: var(--measure); line-height: 1.5; }
.theory-say strong { font-weight: 600; }
/* corrections: one table, of which each row is laid out in two columns, in one on a phone */
.st-key-theory_corrections table { display: block; width: 100%; border: none; }
.st-key-theory_corrections :is(thead, tbody) { display: block; }
.st-key-theory_corrections tr { display: grid; gap: 0.3rem 1.6rem; padding: 0.8rem 0 0.9rem;
  grid-template: "place right" auto "says right" 1fr "see source" auto / 1fr 1.25fr;
  border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.st-key-theory_corrections thead tr { padding: 0.2rem 0; border: none; grid-template: "says right" auto / 1fr 1.25fr; }
.st-key-theory_corrections :is(td, th) { display: block; border: none; padding: 0; line-height: 1.5; min-width: 0;
  overflow-wrap: anywhere; text-align: left; font-size: 1rem; }
.st-key-theory_corrections th { font-size: 0.9rem; font-weight: 600; }
.st-key-theory_corrections :is(td, th):nth-child(1) { grid-area: place; }
.st-key-theory_corrections :is(td, th):nth-child(2) { grid-area: says; }
.st-key-theory_corrections :is(td, th):nth-child(3) { grid-area: right; }
.st-key-theory_corrections :is(td, th):nth-child(4) { grid-area: source; }
.st-key-theory_corrections :is(td, th):nth-child(5) { grid-area: see; font-size: 0.9rem; }
.st-key-theory_corrections td:is(:nth-child(1), :nth-child(4)) { font-size: 0.9rem;
  color: color-mix(in srgb, currentColor 70%, transparent); }
.st-key-theory_corrections th:is(:nth-child(1), :nth-child(4), :nth-child(5)) { position: absolute; width: 1px;
  height: 1px; overflow: hidden; clip-path: inset(50%); }
.st-key-theory_corrections td a { color: inherit; text-underline-offset: 0.2em; }
@media (max-width: 640px) {
  .st-key-theory_corrections tr { gap: 0.45rem;
    grid-template: "place" auto "says" auto "right" auto "source" auto "see" auto / 1fr; }
  .st-key-theory_corrections th { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .st-key-theory_corrections td:nth-child(3) { border-left: 3px solid light-dark(#7a58be, #a78fe0);
    padding-left: 0.8rem; }
}
/* references, the way on */
.theory-references h2 { font-size: 1rem; margin: 0.8rem 0 0.3rem; padding: 0; font-weight: 600; }
.theory-references ul { margin: 0; padding-left: 1.1rem; }
.theory-references li { font-size: 0.9rem; line-height: 1.5; max-width: var(--measure); overflow-wrap: anywhere;
  margin: 0.15rem 0; }
.theory-references a { color: inherit; text-underline-offset: 0.15em; }
.st-key-theory_way { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding-top: 0.9rem;
  margin-top: 0.8rem; }
</style>"""

# Turning a page starts the next one at its top, with the focus on its title.
TO_TOP = """
let last = null;
export default function ({ data }) {
  const turned = last !== null && last !== data.chapter;
  last = data.chapter;
  if (!turned) return;
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  const begin = (left) => {
    const title = document.querySelector(".st-key-theory_frame .lab-title");
    if (title) title.focus({ preventScroll: true });
    else if (left) requestAnimationFrame(() => begin(left - 1));
  };
  begin(30);
}
"""
